// What a C++ program gives as initializer: a rule of the core's, a value, a tensor, or a function that makes one.
//
// Invariants: as in v1, a value and a tensor have a shape of their own, and a variable of theirs is asked for without
// one; a rule and a function are told the shape.
// Thread safety: a value; functions are called in the thread that makes the variable.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "scopetrie/graph/handles.hpp"
#include "scopetrie/scopes/native_host.hpp"
#include "scopetrie/variables/initializer.hpp"
#include "scopetrie/variables/partitions.hpp"

namespace scopetrie {

/// What a function that makes a first value is told.
struct InitialRequest {
  Context& at;  // in the name scope for its operations
  std::span<const std::int64_t> shape;
  DType dtype;
  const Slice* part = nullptr;  // where `shape` lies in the whole, for a part of a partitioned variable
  std::span<const std::int64_t> whole = {};
};
using InitialFunction = std::function<Tensor(const InitialRequest&)>;

class Initial {
 public:
  /// A constant: one number, or the elements of a tensor in row-major order.
  struct Value {
    AttributeValue elements;
    std::vector<std::int64_t> dims = {};
    DType dtype = kFloat32;
    /// The same of another dtype, 0 for its own. Throws v1's error where the elements are none of that dtype.
    Value as(DType wanted) const;
  };
  struct Function : Object {
    Function(InitialFunction call, bool needs_shape) : call(std::move(call)), needs_shape(needs_shape) {}
    const InitialFunction call;
    const bool needs_shape;
  };

  /// Nothing: the scope's, or what v1 takes for the dtype.
  Initial() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): {.initializer = zeros()}
  Initial(Initializer rule) : what_(std::move(rule)) {}
  template <std::floating_point Number>
  Initial(Number number)  // NOLINT(google-explicit-constructor)
      : what_(Value{AttributeValue(static_cast<double>(number)), {}, kFloat32}) {}
  template <std::integral Number>
  Initial(Number number)  // NOLINT(google-explicit-constructor)
      : what_(Value{AttributeValue(static_cast<std::int64_t>(number)), {}, kInt32}) {}
  Initial(bool value) : what_(Value{AttributeValue(value), {}, kBool}) {}  // NOLINT(google-explicit-constructor)
  Initial(Value value) : what_(std::move(value)) {}                        // NOLINT(google-explicit-constructor)
  Initial(const std::vector<double>& row);                                 // NOLINT(google-explicit-constructor)
  Initial(TensorValue value);                                              // NOLINT(google-explicit-constructor)
  Initial(Tensor tensor) : what_(tensor) {}                                // NOLINT(google-explicit-constructor)
  Initial(const Operation& made) : Initial(made.output(0)) {}              // NOLINT(google-explicit-constructor)
  /// A function that is told a shape.
  template <std::invocable<const InitialRequest&> Call>
  Initial(Call call)  // NOLINT(google-explicit-constructor)
      : what_(make_object<Function>(InitialFunction(std::move(call)), true)) {}
  /// A function that needs no shape: a variable of its is asked for without one.
  static Initial computed(InitialFunction call) {
    Initial made;
    made.what_ = make_object<Function>(std::move(call), false);
    return made;
  }

  bool is_given() const { return what_.index() != 0; }
  /// Whether it has a shape of its own before anything is made: a value or a tensor.
  bool is_value() const { return value() != nullptr || tensor() != nullptr; }
  const Initializer* rule() const { return std::get_if<Initializer>(&what_); }
  const Value* value() const { return std::get_if<Value>(&what_); }
  const Tensor* tensor() const { return std::get_if<Tensor>(&what_); }
  const Function* function() const {
    const HostObject* object = std::get_if<HostObject>(&what_);
    return object == nullptr ? nullptr : static_cast<const Function*>(native_object(object->get()));
  }

  /// As the setting of a scope.
  operator HostObject() const;  // NOLINT(google-explicit-constructor): {.initializer = ...} of a scope's options
  /// What a scope's setting says; nothing for null.
  static const Initial* of_setting(void* object);

 private:
  std::variant<std::monostate, Initializer, Value, Tensor, HostObject> what_;
};

}  // namespace scopetrie
