// Functions of tensors, operations and variables.
#include <algorithm>

#include "boundary.hpp"

namespace scopetrie::capi {

namespace {

const char* operation_name(scopetrie_operation operation) {
  return text_of([&](std::string& text) { text = given_handle(operation).name(); });
}
const char* operation_type(scopetrie_operation operation) {
  return text_of([&](std::string& text) { text = given_handle(operation).type(); });
}
std::int32_t operation_output(scopetrie_operation operation, std::uint32_t index, scopetrie_tensor* tensor) {
  return guarded(
      [&] { place(tensor, "place for the tensor") = as<scopetrie_tensor>(given_handle(operation).output(index)); });
}

const char* tensor_name(scopetrie_tensor tensor) {
  return text_of([&](std::string& text) { text = given_handle(tensor).name(); });
}
std::int32_t tensor_dtype(scopetrie_tensor tensor) {
  return guarded_or<>(-1, [&] { return std::int32_t{given_handle(tensor).dtype().base()}; });
}
std::int32_t tensor_shape(scopetrie_tensor tensor, std::int64_t* sizes, std::size_t room) {
  return guarded_or<>(-2, [&] {
    const Sizes shape = given_handle(tensor).shape();
    if (!shape) return -1;
    const std::span out = given(sizes, std::min(room, shape->size()), "place for the sizes");
    std::copy_n(shape->begin(), out.size(), out.begin());
    return static_cast<std::int32_t>(shape->size());
  });
}

const char* variable_name(scopetrie_variable variable) {
  return text_of([&](std::string& text) { text = given_handle(variable).name(); });
}
const char* variable_path(scopetrie_variable variable) {
  return text_of([&](std::string& text) { text = given_handle(variable).path(); });
}
std::int32_t variable_tensor(scopetrie_variable variable, scopetrie_tensor* tensor) {
  return guarded([&] { place(tensor, "place for the tensor") = as<scopetrie_tensor>(given_handle(variable).read()); });
}

}  // namespace

void add_values(scopetrie_api& table) {
  table.operation_name = operation_name;
  table.operation_type = operation_type;
  table.operation_output = operation_output;
  table.tensor_name = tensor_name;
  table.tensor_dtype = tensor_dtype;
  table.tensor_shape = tensor_shape;
  table.variable_name = variable_name;
  table.variable_path = variable_path;
  table.variable_tensor = variable_tensor;
}

}  // namespace scopetrie::capi
