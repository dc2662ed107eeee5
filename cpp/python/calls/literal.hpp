// Plain Python values as constants: numbers, lists of them and arrays, that nobody has to be asked about.
//
// Invariants: reading runs no Python code, so nothing changes meanwhile. What is not plain (other types, ragged or long
// lists) or does not go with the dtype is left to Python, which converts it or says what is wrong with it.
// Thread safety: that of locking.hpp. Lists are read through OwnTuples, and arrays as NumPy does: whoever writes to one
// that is given to another thread must see to it that it is not read meanwhile.
#pragma once

#include <cmath>
#include <span>

#include "objects/graph.hpp"

namespace scopetrie::python {

/// One value as far as it was read.
class Literal {
 public:
  static constexpr std::size_t kMostRank = 8;
  static constexpr std::size_t kMost = 64;  // elements of lists; of more, an array is the better copy
  static constexpr std::size_t kMostInts = 16;

  /// Reads exact ints, floats and bools, exact lists and tuples of them, and arrays of numbers. False where there is
  /// anything else.
  bool read(PyObject* value);
  /// The same for a float that one of dtype `wanted` holds, which is what most values are.
  bool read_float(PyObject* value, std::uint8_t wanted) {
    if (!PyFloat_CheckExact(value) || (wanted != kFloat32 && wanted != kFloat64)) return false;
    if (state().literals_are_converted || !(std::fabs(PyFloat_AS_DOUBLE(value)) <= 3e38)) return false;
    start(value);
    count_ = 1;
    return has_floats_ = true;
  }
  /// Reads what a Const keeps, as far as that is ints.
  bool read(const AttributeValue& kept);
  /// The ints 0, 1, ..., count - 1 as a vector; or in reverse. False where there are too many.
  bool count(std::size_t count, bool reversed);

  /// The dtype of the constant where `wanted` is asked for (0: what v1 infers), or 0 where Python must decide.
  std::uint8_t dtype(std::uint8_t wanted) const;
  /// The same for shapes and axes: int32, of an empty list as well; 0 for what has no ints or larger ones.
  std::uint8_t index_dtype() const;
  std::span<const std::int64_t> dims() const { return {dims_, rank_}; }
  bool has_ints() const { return array_dtype_ == 0 ? !has_floats_ && !has_bools_ && count_ <= kMostInts : has_ints_; }
  /// The elements of a value that has_ints().
  std::span<const std::int64_t> ints() const { return {ints_, count_}; }
  /// What the Const keeps: a number itself, tuples for lists, of an array a copy. False with an exception set.
  bool keep(AttributeValue& out) const {
    if (rank_ != 0 || array_dtype_ != 0) return keep_list(out);
    out = to_attribute(value_);
    return true;
  }

 private:
  void start(PyObject* value) {
    value_ = value;
    array_dtype_ = 0;
    rank_ = count_ = 0;
    has_floats_ = has_bools_ = has_ints_ = false;
    low_ = high_ = 0;
    largest_ = 0;
  }
  bool keep_list(AttributeValue& out) const;
  bool read_at(PyObject* value, std::size_t depth);
  bool read_list(PyObject* list, std::size_t depth);
  bool read_number(PyObject* value);
  bool read_array_value(PyObject* value);

  // Set by start(): a call has room for several literals, and pays for those that it reads.
  PyObject* value_;  // borrowed; null for count()
  std::size_t rank_, count_;
  std::uint8_t array_dtype_;  // 0 where it is no array
  bool has_floats_, has_bools_, has_ints_;
  std::int64_t low_, high_;  // of the ints
  double largest_;           // of the finite floats, without sign
  std::int64_t dims_[kMostRank];
  std::int64_t ints_[kMostInts];
};

/// Makes a Const of `literal` called `segment` in the current name scope. Returns kNone with an exception set.
TensorId add_literal(Context& context, const Literal& literal, std::uint8_t dtype, SegmentId segment);

/// The number of the dtype that is asked for, 0 for None; false where it is given in a form that Python must read.
bool plain_dtype(PyObject* dtype, std::uint8_t& out);

/// Adds plain_constant() / plain_variable() to the module.
bool bind_constants(PyObject* module);
bool bind_plain_variable(PyObject* module);

}  // namespace scopetrie::python
