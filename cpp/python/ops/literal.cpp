#include "ops/literal.hpp"

#include <algorithm>
#include <limits>

#include "ops/building.hpp"
#include "values/ndarrays.hpp"

namespace scopetrie::python {

bool Literal::read(PyObject* value) {
  if (state().literals_are_converted) return false;
  start(value);
  if (!PyList_CheckExact(value) && !PyTuple_CheckExact(value)) return read_number(value) || read_array_value(value);
  return read_list(value, 0) && (count_ != 0 || rank_ == 1);
}

bool Literal::read_at(PyObject* value, std::size_t depth) {
  if (PyList_CheckExact(value) || PyTuple_CheckExact(value)) return read_list(value, depth);
  return depth == rank_ && read_number(value);
}

bool Literal::read_list(PyObject* list, std::size_t depth) {
  const Py_ssize_t length = PySequence_Fast_GET_SIZE(list);
  if (depth == rank_) {
    if (count_ != 0 || depth == kMostRank) return false;  // mixed with a number, or too deep
    dims_[rank_++] = length;
  } else if (dims_[depth] != length) {
    return false;
  }
  for (Py_ssize_t i = 0; i < length; ++i)
    if (!read_at(PySequence_Fast_GET_ITEM(list, i), depth + 1)) return false;
  return true;
}

bool Literal::read_number(PyObject* value) {
  if (count_ == kMost) return false;
  if (PyLong_CheckExact(value)) {
    int overflow = 0;
    const long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (overflow != 0) return false;
    low_ = has_ints_ ? std::min<std::int64_t>(low_, number) : number;
    high_ = has_ints_ ? std::max<std::int64_t>(high_, number) : number;
    has_ints_ = true;
    if (count_ < kMostInts) ints_[count_] = number;
  } else if (PyFloat_CheckExact(value)) {
    has_floats_ = true;
    const double number = std::fabs(PyFloat_AS_DOUBLE(value));
    if (std::isfinite(number)) largest_ = std::max(largest_, number);
  } else if (PyBool_Check(value)) {
    has_bools_ = true;
  } else {
    return false;
  }
  ++count_;
  return true;
}

bool Literal::read_array_value(PyObject* value) {
  ArrayView array;
  // A read-only array may be a broadcast of one number, which need not be copied.
  if (!read_array(value, array) || !array.is_writeable || array.dims.size() > kMostRank) return false;
  array_dtype_ = array.dtype;
  rank_ = array.dims.size();
  count_ = 1;
  for (std::size_t i = 0; i < rank_; ++i) count_ *= static_cast<std::size_t>(dims_[i] = array.dims[i]);
  has_ints_ = (array.dtype == kInt32 || array.dtype == kInt64) && array.elements != nullptr && count_ <= kMostInts;
  for (std::size_t i = 0; has_ints_ && i < count_; ++i)
    ints_[i] = array.dtype == kInt32 ? static_cast<const std::int32_t*>(array.elements)[i]
                                     : static_cast<const std::int64_t*>(array.elements)[i];
  return true;
}

bool Literal::read(const AttributeValue& kept) {
  if (kept.kind() == AttributeValue::Kind::kHost) return read(static_cast<PyObject*>(kept.host_object()));
  const bool is_one = kept.kind() == AttributeValue::Kind::kInt;
  if (!is_one && kept.kind() != AttributeValue::Kind::kInts) return false;
  const std::size_t count = is_one ? 1 : kept.int_count();
  if (count > kMostInts) return false;
  start(nullptr);
  if (is_one)
    ints_[0] = kept.integer();
  else
    kept.copy_ints(ints_);
  rank_ = is_one ? 0 : 1;
  dims_[0] = static_cast<std::int64_t>(count_ = count);
  has_ints_ = count != 0;
  if (has_ints_) {
    low_ = std::ranges::min(ints());
    high_ = std::ranges::max(ints());
  }
  return true;
}

bool Literal::count(std::size_t count, bool reversed) {
  if (count > kMostInts) return false;
  start(nullptr);
  rank_ = 1;
  dims_[0] = static_cast<std::int64_t>(count_ = count);
  high_ = dims_[0] - 1;
  has_ints_ = count != 0;
  for (std::size_t i = 0; i < count; ++i) ints_[i] = static_cast<std::int64_t>(reversed ? count - 1 - i : i);
  return true;
}

std::uint8_t Literal::dtype(std::uint8_t wanted) const {
  if (array_dtype_ != 0) return wanted == 0 || wanted == array_dtype_ ? array_dtype_ : 0;
  if (has_bools_) return !has_floats_ && !has_ints_ && (wanted == 0 || wanted == kBool) ? kBool : DType();
  if (wanted == 0) wanted = has_floats_ || count_ == 0 ? kFloat32 : kInt32;
  const DType dtype(wanted);
  const IntegerRange integers = dtype.integers();
  return (!has_floats_ || dtype.holds(largest_)) && integers.has(low_) && integers.has(high_) ? wanted : 0;
}

std::uint8_t Literal::index_dtype() const {
  if (array_dtype_ != 0) return array_dtype_;
  constexpr IntegerRange kIndices = kInt32.integers();
  return !has_floats_ && !has_bools_ && kIndices.has(low_) && kIndices.has(high_) ? kInt32 : DType();
}

namespace {

PyObject* as_tuples(PyObject* value) {
  const bool is_list = PyList_CheckExact(value);
  if (!is_list && !PyTuple_CheckExact(value)) return Py_NewRef(value);
  const Py_ssize_t length = PySequence_Fast_GET_SIZE(value);
  Py_ssize_t numbers = 0;
  const auto is_number = [&](Py_ssize_t i) {
    PyObject* item = PySequence_Fast_GET_ITEM(value, i);
    return !PyList_CheckExact(item) && !PyTuple_CheckExact(item);
  };
  while (numbers < length && is_number(numbers)) ++numbers;
  if (numbers == length) return is_list ? tuple_of(value) : Py_NewRef(value);
  return tuple_of(static_cast<std::size_t>(length), [&](std::uint32_t i) {
    return as_tuples(PySequence_Fast_GET_ITEM(value, static_cast<Py_ssize_t>(i)));
  });
}

}  // namespace

bool Literal::keep_list(AttributeValue& out) const {
  if (array_dtype_ == 0 && rank_ == 1 && has_ints()) {
    out = AttributeValue(ints());
    return true;
  }
  const NoCollection until_copied;  // the lists are as they were when they were read
  PyObject* made = array_dtype_ != 0 ? copy_array(value_) : as_tuples(value_);
  if (made == nullptr) return false;
  out = AttributeValue(HostObject::adopt(python_host, made));
  return true;
}

bool plain_dtype(PyObject* dtype, std::uint8_t& out) {
  out = 0;
  if (dtype == Py_None) return true;
  const auto found = state().dtype_numbers.find(dtype);
  if (found == state().dtype_numbers.end()) return false;
  out = found->second;
  return true;
}

TensorId add_literal(Context& context, const Literal& literal, std::uint8_t dtype, SegmentId segment) {
  GraphState& graph = state_of(context.graph);
  AttributeValue kept;
  if (!literal.keep(kept)) return kNone;
  const Output output{graph.ops.shapes().intern(literal.dims()), dtype};
  const Name name = graph.ops.unique(context.scope(), segment).name;
  if (graph.has_unnoted_names) graph.check_unused(name);
  if (graph.has_odd_scopes) graph.check_operation_name(name);
  const auto made = static_cast<TensorId>(graph.ops.tensor_count());
  add_operation(context, kinds().constant, name, {}, {&output, 1}, graph.keep(std::move(kept)));
  return made;
}

}  // namespace scopetrie::python
