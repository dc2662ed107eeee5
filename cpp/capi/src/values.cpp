// Functions of tensors, operations and variables.
#include <algorithm>

#include "boundary.hpp"

namespace scopetrie::capi {

namespace {

// A handle of the caller's as the face has it.
template <class Value, class Handle>
Value checked(const Handle& handle, const char* what) {
  if (handle.graph == nullptr) refuse_handle(what);
  return as<Value>(handle);
}
Tensor value_of(scopetrie_tensor tensor) { return checked<Tensor>(tensor, "tensor"); }
Operation value_of(scopetrie_operation operation) { return checked<Operation>(operation, "operation"); }
Variable value_of(scopetrie_variable variable) { return checked<Variable>(variable, "variable"); }

const char* operation_name(scopetrie_operation operation) {
  return text_of([&](std::string& text) { text = value_of(operation).name(); });
}
const char* operation_type(scopetrie_operation operation) {
  return text_of([&](std::string& text) { text = value_of(operation).type(); });
}
std::int32_t operation_output(scopetrie_operation operation, std::uint32_t index, scopetrie_tensor* tensor) {
  return guarded([&] { *tensor = as<scopetrie_tensor>(value_of(operation).output(index)); });
}

const char* tensor_name(scopetrie_tensor tensor) {
  return text_of([&](std::string& text) { text = value_of(tensor).name(); });
}
std::int32_t tensor_dtype(scopetrie_tensor tensor) {
  return guarded_or<>(-1, [&] { return std::int32_t{value_of(tensor).dtype().base()}; });
}
std::int32_t tensor_shape(scopetrie_tensor tensor, std::int64_t* sizes, std::size_t room) {
  return guarded_or<>(-2, [&] {
    const Sizes shape = value_of(tensor).shape();
    if (!shape) return -1;
    std::copy_n(shape->begin(), std::min(room, shape->size()), sizes);
    return static_cast<std::int32_t>(shape->size());
  });
}

const char* variable_name(scopetrie_variable variable) {
  return text_of([&](std::string& text) { text = value_of(variable).name(); });
}
const char* variable_path(scopetrie_variable variable) {
  return text_of([&](std::string& text) { text = value_of(variable).path(); });
}
std::int32_t variable_tensor(scopetrie_variable variable, scopetrie_tensor* tensor) {
  return guarded([&] { *tensor = as<scopetrie_tensor>(value_of(variable).read()); });
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
