#include "calls/op_rules.hpp"

#include <algorithm>

#include "calls/building.hpp"

namespace scopetrie::python {

const Facts::Value& Facts::value_of(std::size_t i) const {
  std::size_t at = 0;
  while (values[at].input != i) ++at;
  return values[at];
}

Output Facts::found(std::size_t i) const {
  if (ids[i] == kNone) return value_of(i).output;
  const TensorRow tensor = graph_.ops.tensor(ids[i]);
  return {tensor.shape, base_dtype(tensor.dtype)};
}

bool Facts::ints(std::size_t i, std::span<const std::int64_t>& out) {
  if (ids[i] == kNone) {
    const Literal& literal = value_of(i).literal;
    out = literal.ints();
    return literal.has_ints();
  }
  const TensorRow tensor = graph_.ops.tensor(ids[i]);
  if (tensor.dtype != kInt32 && tensor.dtype != kInt64) return false;
  const auto op = graph_.ops.operation(tensor.op);
  if (op.kind != kinds().constant || op.attribute == kNone) return false;
  if (!found_.read(graph_.attributes[op.attribute]) || !found_.has_ints()) return false;
  const auto dims = shapes().dims(tensor.shape);  // a constant of one number may keep just that for all elements
  out = found_.ints();
  return std::ranges::equal(dims, found_.dims());
}

PyObject* Facts::attribute(PyObject* name) {
  PyObject* found = attrs_ == nullptr ? nullptr : PyDict_GetItemWithError(attrs_, name);
  if (found != nullptr) ++asked_;
  return found;
}

bool Facts::flag(PyObject* name) {
  PyObject* found = attribute(name);
  if (found != nullptr && !PyBool_Check(found)) leave();
  return found == Py_True;
}

std::int64_t Facts::number(PyObject* name, std::int64_t fallback) {
  PyObject* found = attribute(name);
  if (found == nullptr) return fallback;
  int overflow = 0;
  const std::int64_t value = PyLong_CheckExact(found) ? PyLong_AsLongLongAndOverflow(found, &overflow) : 0;
  if (!PyLong_CheckExact(found) || overflow != 0) leave();
  return value;
}

bool Facts::dims(std::size_t i, Dims& out) const {
  const Output input = this->input(i);
  if (!shapes().known_rank(input.shape)) return false;
  const auto span = shapes().dims(input.shape);
  out.assign(span.begin(), span.end());
  return true;
}

bool Facts::one_int(std::size_t i, std::int64_t& out) {
  std::span<const std::int64_t> found;
  if (input(i).shape != ShapeTable::kScalar || !ints(i, found)) return false;
  out = found[0];
  return true;
}

bool Facts::vector(std::size_t i, std::span<const std::int64_t>& out) {
  return shapes().dims(input(i).shape).size() == 1 && ints(i, out);
}

bool Facts::dtype_attribute(PyObject* name, DType& out) {
  PyObject* dtype = attribute(name);
  const auto found = dtype == nullptr ? state().dtype_numbers.end() : state().dtype_numbers.find(dtype);
  if (found == state().dtype_numbers.end() || found->second > DType::kReferences) return false;
  out = found->second;
  return true;
}

bool Facts::give(std::uint8_t dtype, const Dims& dims, Output& out) const {
  if (!decided()) return false;
  out = {shapes().intern(dims), dtype};
  return true;
}

bool to_front(std::int64_t& axis, std::size_t rank) {
  const auto size = static_cast<std::int64_t>(rank);
  if (axis < -size || axis >= size) return false;
  if (axis < 0) axis += size;
  return true;
}

}  // namespace scopetrie::python
