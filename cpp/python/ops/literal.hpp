// Plain Python values as constants: numbers, lists of numbers, and arrays, read without calling Python.
//
// Invariants: reading runs no Python code, so nothing changes meanwhile. The slow path in Python converts or refuses
// anything else: other types, ragged or long lists, values that do not fit the dtype.
// Thread safety: that of locking.hpp. Lists are read through OwnTuples. Arrays are not locked, as in NumPy: a program
// must not write to an array that another thread reads.
#pragma once

#include <cmath>
#include <span>

#include "graph/graph.hpp"

namespace scopetrie::python {

/// A value, as far as it has been read.
class Literal {
 public:
  static constexpr std::size_t kMostRank = 8;
  static constexpr std::size_t kMost = 64;  // elements of lists; longer ones are better stored as arrays
  static constexpr std::size_t kMostInts = 16;

  /// Reads ints, floats and bools, lists and tuples of them (exact types), and arrays of numbers. False for anything
  /// else.
  bool read(PyObject* value);
  /// The same for the most common value, a float that dtype `wanted` holds.
  bool read_float(PyObject* value, std::uint8_t wanted) {
    if (!PyFloat_CheckExact(value) || (wanted != kFloat32 && wanted != kFloat64)) return false;
    if (state().literals_are_converted || !(std::fabs(PyFloat_AS_DOUBLE(value)) <= 3e38)) return false;
    start(value);
    count_ = 1;
    return has_floats_ = true;
  }
  /// Reads what a Const keeps, as far as that is ints.
  bool read(const AttributeValue& kept);
  /// The vector 0, 1, ..., count - 1, or its reverse. False if it is too long.
  bool count(std::size_t count, bool reversed);

  /// The dtype of the constant, given the wanted one (0: as v1 infers); 0: take the slow path.
  std::uint8_t dtype(std::uint8_t wanted) const;
  /// The same for shapes and axes: int32, also for an empty list; 0 if it has other elements or larger ints.
  std::uint8_t index_dtype() const;
  std::span<const std::int64_t> dims() const { return {dims_, rank_}; }
  bool has_ints() const { return array_dtype_ == 0 ? !has_floats_ && !has_bools_ && count_ <= kMostInts : has_ints_; }
  /// The elements; requires has_ints().
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

  // Set by start(), not by the constructor: a call has several literals, most of them unused.
  PyObject* value_;  // borrowed; null for count()
  std::size_t rank_, count_;
  std::uint8_t array_dtype_;  // 0 if it is not an array
  bool has_floats_, has_bools_, has_ints_;
  std::int64_t low_, high_;  // of the ints
  double largest_;           // the largest absolute value of the finite floats
  std::int64_t dims_[kMostRank];
  std::int64_t ints_[kMostInts];
};

/// Makes a Const of `literal` called `segment` in the current name scope. Returns kNone with an exception set.
TensorId add_literal(Context& context, const Literal& literal, std::uint8_t dtype, SegmentId segment);

/// The number of a dtype argument, 0 for None; false for forms that only Python reads.
bool plain_dtype(PyObject* dtype, std::uint8_t& out);

}  // namespace scopetrie::python
