#include "scopetrie/variables/initial.hpp"

#include <typeinfo>

#include "scopetrie/variables/new_variable.hpp"

namespace scopetrie {

namespace {

struct InitialSetting final : Object {
  explicit InitialSetting(Initial initial) : initial(std::move(initial)) {}
  const Initial initial;
};

}  // namespace

Initial::Initial(const std::vector<double>& row)
    : what_(Value{AttributeValue(row), {static_cast<std::int64_t>(row.size())}, kFloat32}) {}

Initial::Initial(TensorValue value) {
  const DType dtype = value.dtype;
  std::vector<std::int64_t> dims = value.dims;
  what_ = Value{AttributeValue(std::move(value)), std::move(dims), dtype};
}

Initial::Value Initial::Value::as(DType wanted) const {
  if (wanted == 0 || wanted == dtype) return *this;
  const bool is_taken = elements.kind() != AttributeValue::Kind::kTensor && dtype != kBool &&
                        (wanted.is_floating() || (wanted.is_integer() && dtype == kInt32));
  if (is_taken) return {elements, dims, wanted};
  Initializer first{.kind = Initializer::Kind::kConstant, .first = elements};
  if (elements.kind() == AttributeValue::Kind::kFloats && !elements.reals().empty())
    first.first = AttributeValue(elements.reals().front());
  throw refuse_dtype(first, wanted);
}

Initial::operator HostObject() const { return make_object<InitialSetting>(*this); }

Initializer::operator HostObject() const { return Initial(*this); }

const Initial* Initial::of_setting(void* object) {
  if (object == nullptr) return nullptr;
  const Object& setting = *native_object(object);
  if (typeid(setting) != typeid(InitialSetting))
    throw Error(ErrorKind::kType,
                "The scope's initializer is an object of the program's own, not an scopetrie::Initial.",
                {.call = "get_variable"});
  return &static_cast<const InitialSetting&>(setting).initial;
}

}  // namespace scopetrie
