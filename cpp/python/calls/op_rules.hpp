// The rules of common operations whose shapes depend on attributes or on values: reductions, reshape, concat, ...
//
// Invariants: each is a second version of the rule in Python beside it, which says what is wrong where this one does
// not decide. Deciding runs no Python code and changes nothing but the table of shapes.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "calls/literal.hpp"
#include "objects/handles.hpp"

namespace scopetrie::python {

using Dims = std::vector<std::int64_t>;

/// What a rule may look at: the inputs, tensors or literals, and the attributes.
class Facts {
 public:
  static constexpr std::size_t kMostLiterals = 4;
  struct Value {
    std::size_t input;  // which of the flat list of inputs
    bool is_axes;       // all the axes, because none were named: a constant beside the operation
    Output output;
    Literal literal;
  };

  Facts(GraphState& graph, PyObject* attrs) : graph_(graph), attrs_(attrs) {}
  Facts(const Facts&) = delete;
  Facts& operator=(const Facts&) = delete;

  ShapeTable& shapes() const { return graph_.ops.shapes(); }
  std::size_t size() const { return ids.size(); }
  /// Dtype (never a reference) and shape of an input.
  Output input(std::size_t i) const { return i < kKept ? kept_[i] : found(i); }
  /// Looks at an input, which is a tensor or a value that has been read; before it is asked for.
  Output look_at(std::size_t i) {
    const Output input = found(i);
    if (i < kKept) kept_[i] = input;
    return input;
  }
  /// Whether an input is a variable's own memory, whose dtype a rule may pass on.
  bool is_reference(std::size_t i) const { return ids[i] != kNone && graph_.ops.tensor(ids[i]).dtype.is_reference(); }
  /// The elements of an input of ints, where they are known; false where they are not.
  bool ints(std::size_t i, std::span<const std::int64_t>& out);
  /// The same of a scalar; of a vector. The span holds until the next call.
  bool one_int(std::size_t i, std::int64_t& out);
  bool vector(std::size_t i, std::span<const std::int64_t>& out);
  /// The dims of an input; false where its rank is not known.
  bool dims(std::size_t i, Dims& out) const;

  /// Attributes. An attribute of another type than asked for, and one that nobody asked for, leave the case undecided.
  bool flag(PyObject* name);
  std::int64_t number(PyObject* name, std::int64_t fallback);
  PyObject* attribute(PyObject* name);  // borrowed; null where it is not given
  PyObject* attributes() const { return attrs_; }
  bool dtype_attribute(PyObject* name, DType& out);
  bool decided() const { return !odd_ && asked_ == (attrs_ == nullptr ? 0 : PyDict_GET_SIZE(attrs_)); }
  void leave() { odd_ = true; }
  /// Makes this the output, if the case is decided.
  bool give(std::uint8_t dtype, const Dims& dims, Output& out) const;

  std::span<TensorId> ids;  // kNone for a literal
  std::size_t value_count = 0;
  bool has_axes = false;  // one of them is all axes
  Value values[kMostLiterals];

 private:
  static constexpr std::size_t kKept = 4;

  const Value& value_of(std::size_t i) const;
  Output found(std::size_t i) const;

  GraphState& graph_;
  PyObject* attrs_;
  Py_ssize_t asked_ = 0;
  bool odd_ = false;
  Output kept_[kKept];
  Literal found_;  // of a constant
};

/// Gives the output; false where Python must decide.
using NativeRule = bool (*)(Facts& facts, Output& out);

/// The rule of a name, null where there is none; that of an op which takes sizes or dtypes.
NativeRule find_native_rule(std::string_view name);
NativeRule find_size_rule(std::string_view name);

/// An axis counted from either end as one counted from the front; false where it is out of range.
bool to_front(std::int64_t& axis, std::size_t rank);

}  // namespace scopetrie::python
