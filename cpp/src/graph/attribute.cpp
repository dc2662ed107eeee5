#include "scopetrie/graph/attribute.hpp"

#include <algorithm>

namespace scopetrie {

struct AttributeValue::Box {
  virtual ~Box() = default;
  std::size_t references = 1;
};

template <class Value>
struct AttributeValue::BoxOf final : Box {
  explicit BoxOf(Value given) : value(std::move(given)) {}
  Value value;
};

template <class Value>
void AttributeValue::put(std::uintptr_t tag, Value value) {
  word_ = reinterpret_cast<std::uintptr_t>(static_cast<Box*>(new BoxOf<Value>(std::move(value))));
  tag_ = tag;
}

template <class Value>
const Value& AttributeValue::boxed() const {
  return static_cast<const BoxOf<Value>*>(static_cast<const Box*>(host_object()))->value;
}

AttributeValue::AttributeValue(std::string value) { put(tag(Kind::kString), std::move(value)); }
AttributeValue::AttributeValue(std::vector<double> value) { put(tag(Kind::kFloats), std::move(value)); }
AttributeValue::AttributeValue(std::vector<AttributeValue> value) { put(tag(Kind::kList), std::move(value)); }
AttributeValue::AttributeValue(TensorValue value) { put(tag(Kind::kTensor), std::move(value)); }
AttributeValue::AttributeValue(NamedAttributes value) { put(tag(Kind::kNamed), std::move(value)); }

const std::string& AttributeValue::text() const { return boxed<std::string>(); }
const std::vector<double>& AttributeValue::reals() const { return boxed<std::vector<double>>(); }
const std::vector<AttributeValue>& AttributeValue::list() const { return boxed<std::vector<AttributeValue>>(); }
const TensorValue& AttributeValue::tensor() const { return boxed<TensorValue>(); }
const NamedAttributes& AttributeValue::named() const { return boxed<NamedAttributes>(); }

void AttributeValue::put_many(std::span<const std::int64_t> value) {
  put(kManyInts, std::vector<std::int64_t>(value.begin(), value.end()));
}
const std::vector<std::int64_t>& AttributeValue::many_ints() const { return boxed<std::vector<std::int64_t>>(); }
void AttributeValue::copy_many(std::int64_t* out) const { std::ranges::copy(many_ints(), out); }

const AttributeValue* AttributeValue::find(std::string_view name) const {
  if (kind() != Kind::kNamed) return nullptr;
  const auto at = std::ranges::find(named(), name, [](const auto& each) -> std::string_view { return each.first; });
  return at == named().end() ? nullptr : &at->second;
}

void AttributeValue::share() const {
  if (kind() == Kind::kHost)
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the tag is the host's address
    reinterpret_cast<const Host*>(tag_)->retain(host_object());
  else
    ++static_cast<Box*>(host_object())->references;
}

// NOLINTNEXTLINE(readability-make-member-function-const): it ends what the value holds
void AttributeValue::drop() noexcept {
  if (kind() == Kind::kHost) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the tag is the host's address
    reinterpret_cast<const Host*>(tag_)->release(host_object());
    return;
  }
  Box* box = static_cast<Box*>(host_object());
  if (--box->references == 0) delete box;
}

}  // namespace scopetrie
