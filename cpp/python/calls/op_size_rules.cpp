// Shape rules of ops that take sizes or dtypes: see op_rules.hpp.
#include <algorithm>
#include <limits>
#include <unordered_map>

#include "calls/op_rules.hpp"

namespace scopetrie::python {

namespace {

using Sizes = std::span<const std::int64_t>;

PyObject* interned(const char* text) { return PyUnicode_InternFromString(text); }

// Attributes; while the module is loaded, since interning may wait for another thread (see locking.hpp).
PyObject* const kDType = interned("dtype");
PyObject* const kOutType = interned("out_type");
PyObject* const kShape = interned("shape");
PyObject* const kTarget = interned("DstT");

bool cast(Facts& facts, Output& out) {
  const Output input = out = facts.input(0);
  // A cast to the same dtype is none.
  return facts.dtype_attribute(kTarget, out.dtype) && out.dtype != input.dtype && facts.decided();
}

bool placeholder(Facts& facts, Output& out) {
  PyObject* dims = facts.attribute(kShape);
  if (dims == nullptr || !facts.dtype_attribute(kDType, out.dtype) || !facts.decided()) return false;
  if (dims != Py_None && !PyTuple_CheckExact(dims)) return false;
  if (parse_dims(facts.shapes(), dims, out.shape)) return true;
  PyErr_Clear();
  return false;
}

bool tile(Facts& facts, Output& out) {
  Dims dims;
  Sizes times;
  if (!facts.dims(0, dims) || !facts.vector(1, times) || times.size() != dims.size()) return false;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (times[i] < 0 || times[i] > std::numeric_limits<std::int32_t>::max()) return false;
    if (dims[i] > std::numeric_limits<std::int32_t>::max()) return false;
    if (dims[i] >= 0) dims[i] *= times[i];
  }
  return facts.give(facts.input(0).dtype, dims, out);
}

bool pad(Facts& facts, Output& out) {
  Dims dims;
  Sizes amounts;
  if (facts.size() != 2 || !facts.dims(0, dims) || !facts.ints(1, amounts)) return false;
  const auto table = facts.shapes().dims(facts.input(1).shape);
  if (table.size() != 2 || table[1] != 2 || amounts.size() != 2 * dims.size()) return false;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const std::int64_t low = amounts[2 * i], high = amounts[2 * i + 1];
    if (low < 0 || high < 0) return false;
    if (dims[i] >= 0) dims[i] += low + high;
  }
  return facts.give(facts.input(0).dtype, dims, out);
}

bool slice(Facts& facts, Output& out) {
  Dims dims;
  Sizes sizes, begin;
  if (!facts.dims(0, dims) || !facts.vector(2, sizes) || sizes.size() != dims.size()) return false;
  const Dims counts(sizes.begin(), sizes.end());
  if (!facts.vector(1, begin) || begin.size() != dims.size()) return false;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (begin[i] < 0 || counts[i] < -1 || (counts[i] < 0 && dims[i] >= 0 && begin[i] > dims[i])) return false;
    dims[i] = counts[i] >= 0 ? counts[i] : dims[i] < 0 ? ShapeTable::kUnknownDim : dims[i] - begin[i];
  }
  return facts.give(facts.input(0).dtype, dims, out);
}

bool gather(Facts& facts, Output& out) {
  Dims dims, picked;
  std::int64_t axis;
  const std::uint8_t indices = facts.input(1).dtype;
  if ((indices != kInt32 && indices != kInt64) || !facts.dims(0, dims) || !facts.dims(1, picked)) return false;
  if (!facts.one_int(2, axis) || !to_front(axis, dims.size())) return false;
  dims.erase(dims.begin() + axis);
  dims.insert(dims.begin() + axis, picked.begin(), picked.end());
  return facts.give(facts.input(0).dtype, dims, out);
}

bool fill(Facts& facts, Output& out) {
  Sizes sizes;
  if (!facts.vector(0, sizes) || facts.input(1).shape != ShapeTable::kScalar) return false;
  if (!std::ranges::all_of(sizes, [](auto size) { return size >= 0; })) return false;
  return facts.give(facts.input(1).dtype, Dims(sizes.begin(), sizes.end()), out);
}

bool broadcast_to(Facts& facts, Output& out) {
  Sizes sizes;
  if (!facts.vector(1, sizes) || !std::ranges::all_of(sizes, [](auto size) { return size >= 0; })) return false;
  const Output input = facts.input(0);
  const ShapeId wanted = facts.shapes().intern(sizes);
  const auto both = facts.shapes().broadcast(input.shape, wanted);
  if (!facts.shapes().known_rank(input.shape) || !both || *both != wanted || !facts.decided()) return false;
  out = {wanted, input.dtype};
  return true;
}

bool shape_of(Facts& facts, Output& out) {
  Dims dims;
  out.dtype = kInt32;
  if (!facts.dims(0, dims) || !facts.dtype_attribute(kOutType, out.dtype)) return false;
  return facts.give(out.dtype, {static_cast<std::int64_t>(dims.size())}, out);
}

bool select(Facts& facts, Output& out) {
  const Output condition = facts.input(0), x = facts.input(1), y = facts.input(2);
  if (condition.dtype != kBool || x.dtype != y.dtype || x.shape != y.shape || x.shape != condition.shape) return false;
  out = x;
  return facts.decided();
}

}  // namespace

NativeRule find_size_rule(std::string_view name) {
  static const std::unordered_map<std::string_view, NativeRule> rules = {
      {"broadcast_to", broadcast_to}, {"cast", cast},     {"fill", fill},      {"gather", gather}, {"pad", pad},
      {"placeholder", placeholder},   {"select", select}, {"shape", shape_of}, {"slice", slice},   {"tile", tile}};
  const auto at = rules.find(name);
  return at == rules.end() ? nullptr : at->second;
}

}  // namespace scopetrie::python
