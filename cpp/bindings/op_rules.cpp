#include "op_rules.hpp"

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "building.hpp"

namespace scopetrie::python {

const Facts::Value& Facts::value_of(std::size_t i) const {
  std::size_t at = 0;
  while (values[at].input != i) ++at;
  return values[at];
}

Output Facts::input(std::size_t i) const {
  if (ids[i] == kNone) return value_of(i).output;
  const Tensor tensor = graph_.ops.tensor(ids[i]);
  return {tensor.shape, base_dtype(tensor.dtype)};
}

bool Facts::ints(std::size_t i, std::span<const std::int64_t>& out) {
  if (ids[i] == kNone) {
    const Literal& literal = value_of(i).literal;
    out = literal.ints();
    return literal.has_ints();
  }
  const Tensor tensor = graph_.ops.tensor(ids[i]);
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

namespace {

using Dims = std::vector<std::int64_t>;
using Sizes = std::span<const std::int64_t>;

PyObject* interned(const char* text) { return PyUnicode_InternFromString(text); }

// The dims of an input of known rank.
bool known(Facts& facts, std::size_t i, Dims& dims) {
  const Output input = facts.input(i);
  if (!facts.shapes().known_rank(input.shape)) return false;
  const auto span = facts.shapes().dims(input.shape);
  dims.assign(span.begin(), span.end());
  return true;
}

// An axis counted from either end, as one counted from the front.
bool to_front(std::int64_t& axis, std::size_t rank) {
  const auto size = static_cast<std::int64_t>(rank);
  if (axis < -size || axis >= size) return false;
  if (axis < 0) axis += size;
  return true;
}

// Whether the literal or tensor is a scalar / a vector of ints that are known.
bool one_int(Facts& facts, std::size_t i, std::int64_t& out) {
  Sizes ints;
  if (facts.input(i).shape != ShapeTable::kScalar || !facts.ints(i, ints)) return false;
  out = ints[0];
  return true;
}
bool vector_of_ints(Facts& facts, std::size_t i, Sizes& out) {
  return facts.shapes().dims(facts.input(i).shape).size() == 1 && facts.ints(i, out);
}

// The dtype that an attribute names.
bool dtype_of(Facts& facts, PyObject* name, std::uint8_t& out) {
  PyObject* dtype = facts.attribute(name);
  const auto found = dtype == nullptr ? state().dtype_numbers.end() : state().dtype_numbers.find(dtype);
  if (found == state().dtype_numbers.end() || found->second > kRefOffset) return false;
  out = found->second;
  return true;
}

bool give(Facts& facts, std::uint8_t dtype, const Dims& dims, Output& out) {
  if (!facts.decided()) return false;
  out = {facts.shapes().intern(dims), dtype};
  return true;
}

bool same(Facts& facts, Output& out) {
  out = facts.input(0);
  return facts.decided();
}

// Of at least rank 1.
bool same_rows(Facts& facts, Output& out) { return same(facts, out) && out.shape != ShapeTable::kScalar; }

bool reduce(Facts& facts, Output& out) {
  static PyObject* const kKeepDims = interned("keep_dims");
  Dims dims;
  Sizes axes;
  if (!known(facts, 0, dims) || !facts.ints(1, axes)) return false;
  const bool keep = facts.flag(kKeepDims);
  constexpr std::int64_t kGone = -2;
  for (std::int64_t axis : axes) {
    if (!to_front(axis, dims.size())) return false;
    dims[static_cast<std::size_t>(axis)] = keep ? 1 : kGone;
  }
  std::erase(dims, kGone);
  return give(facts, facts.input(0).dtype, dims, out);
}

bool arg(Facts& facts, Output& out) {
  static PyObject* const kOutputType = interned("output_type");
  Dims dims;
  std::int64_t axis;
  if (!known(facts, 0, dims) || !one_int(facts, 1, axis) || !to_front(axis, dims.size())) return false;
  std::uint8_t dtype;
  if (!dtype_of(facts, kOutputType, dtype)) return false;
  dims.erase(dims.begin() + axis);
  return give(facts, dtype, dims, out);
}

// The number of elements, or -1 where that is not known or large.
std::int64_t product(const Dims& dims) {
  std::int64_t total = 1;
  for (const std::int64_t dim : dims) {
    if (dim < 0 || (dim != 0 && total > (std::int64_t{1} << 53) / dim)) return -1;
    total *= dim;
  }
  return total;
}

bool reshape(Facts& facts, Output& out) {
  Sizes sizes;
  if (!vector_of_ints(facts, 1, sizes) || !std::ranges::all_of(sizes, [](auto size) { return size >= -1; }))
    return false;
  const Output input = facts.input(0);
  Dims dims(sizes.begin(), sizes.end());
  const std::int64_t count = facts.shapes().elements(input.shape);
  const auto unknown = std::ranges::count(dims, -1);
  if (count >= 0 && unknown == 1) {
    const auto at = std::ranges::find(dims, -1);
    *at = 1;
    const std::int64_t rest = product(dims);
    if (rest <= 0 || count % rest != 0) return false;
    *at = count / rest;
  } else if (count >= 0 && unknown == 0 && product(dims) != count) {
    return false;
  }
  return give(facts, input.dtype, dims, out);
}

bool transpose(Facts& facts, Output& out) {
  Dims dims;
  Sizes order;
  if (!known(facts, 0, dims) || !vector_of_ints(facts, 1, order) || order.size() != dims.size()) return false;
  Dims made;
  for (const std::int64_t axis : order) {
    if (axis < 0 || axis >= static_cast<std::int64_t>(dims.size())) return false;
    made.push_back(dims[static_cast<std::size_t>(axis)]);
  }
  return give(facts, facts.input(0).dtype, made, out);
}

bool expand_dims(Facts& facts, Output& out) {
  Dims dims;
  Sizes axes;
  if (!known(facts, 0, dims) || !facts.ints(1, axes) || axes.size() != 1) return false;
  std::int64_t axis = axes[0];
  if (!to_front(axis, dims.size() + 1)) return false;
  dims.insert(dims.begin() + axis, 1);
  return give(facts, facts.input(0).dtype, dims, out);
}

bool squeeze(Facts& facts, Output& out) {
  static PyObject* const kAxes = interned("squeeze_dims");
  Dims dims;
  PyObject* axes = facts.attribute(kAxes);
  if (axes == nullptr || !PyTuple_CheckExact(axes) || !known(facts, 0, dims)) return false;
  Literal literal;
  if (!literal.read(axes) || !literal.has_ints() || literal.dims().size() != 1) return false;
  constexpr std::int64_t kGone = -2;
  if (literal.ints().empty()) {
    if (std::ranges::find(dims, ShapeTable::kUnknownDim) != dims.end()) return false;
    std::ranges::replace(dims, 1, kGone);
  }
  for (std::int64_t axis : literal.ints()) {
    if (!to_front(axis, dims.size())) return false;
    std::int64_t& dim = dims[static_cast<std::size_t>(axis)];
    if (dim > 1 || dim == 0) return false;
    dim = kGone;
  }
  std::erase(dims, kGone);
  return give(facts, facts.input(0).dtype, dims, out);
}

// Makes `dims` what it and another shape of the rank both are; false where they differ. `but` is not looked at.
bool merge(Dims& dims, const Dims& other, std::size_t but) {
  if (dims.size() != other.size()) return false;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (i == but || dims[i] == other[i] || other[i] < 0) continue;
    if (dims[i] >= 0) return false;
    dims[i] = other[i];
  }
  return true;
}

bool concat(Facts& facts, Output& out) {
  Dims dims, other;
  std::int64_t axis;
  const std::size_t count = facts.size() - 1;
  if (count < 2 || !one_int(facts, count, axis) || !known(facts, 0, dims) || !to_front(axis, dims.size())) return false;
  const auto along = static_cast<std::size_t>(axis);
  for (std::size_t i = 1; i < count; ++i) {
    if (!known(facts, i, other) || !merge(dims, other, along)) return false;
    dims[along] = dims[along] < 0 || other[along] < 0 ? ShapeTable::kUnknownDim : dims[along] + other[along];
  }
  return give(facts, facts.input(0).dtype, dims, out);
}

bool pack(Facts& facts, Output& out) {
  static PyObject* const kAxis = interned("axis");
  Dims dims, other;
  if (facts.size() == 0 || !known(facts, 0, dims)) return false;
  for (std::size_t i = 1; i < facts.size(); ++i)
    if (!known(facts, i, other) || !merge(dims, other, dims.size())) return false;
  std::int64_t axis = facts.number(kAxis, 0);
  if (!to_front(axis, dims.size() + 1)) return false;
  dims.insert(dims.begin() + axis, static_cast<std::int64_t>(facts.size()));
  return give(facts, facts.input(0).dtype, dims, out);
}

bool add_n(Facts& facts, Output& out) {
  if (facts.size() < 2) return false;
  out = facts.input(0);
  for (std::size_t i = 1; i < facts.size(); ++i)
    if (facts.input(i).shape != out.shape) return false;
  return facts.decided();
}

bool matmul(Facts& facts, Output& out) {
  static PyObject* const kTransposeA = interned("transpose_a");
  static PyObject* const kTransposeB = interned("transpose_b");
  Dims a, b;
  if (!known(facts, 0, a) || !known(facts, 1, b) || a.size() != 2 || b.size() != 2) return false;
  if (facts.flag(kTransposeA)) std::swap(a[0], a[1]);
  if (facts.flag(kTransposeB)) std::swap(b[0], b[1]);
  if (a[1] != b[0] && a[1] >= 0 && b[0] >= 0) return false;
  return give(facts, facts.input(0).dtype, {a[0], b[1]}, out);
}

bool bias_add(Facts& facts, Output& out) {
  static PyObject* const kFormat = interned("data_format");
  Dims dims, bias;
  if (!known(facts, 0, dims) || !known(facts, 1, bias) || dims.size() < 2 || bias.size() != 1) return false;
  if (PyObject* format = facts.attribute(kFormat);
      format != nullptr && (!PyUnicode_Check(format) || PyUnicode_CompareWithASCIIString(format, "NHWC") != 0))
    return false;
  if (dims.back() < 0 || dims.back() != bias[0]) return false;
  return give(facts, facts.input(0).dtype, dims, out);
}

bool cast(Facts& facts, Output& out) {
  static PyObject* const kTarget = interned("DstT");
  const Output input = out = facts.input(0);
  // A cast to the same dtype is none.
  return dtype_of(facts, kTarget, out.dtype) && out.dtype != input.dtype && facts.decided();
}

bool placeholder(Facts& facts, Output& out) {
  static PyObject* const kDType = interned("dtype");
  static PyObject* const kShape = interned("shape");
  PyObject* dims = facts.attribute(kShape);
  if (dims == nullptr || !dtype_of(facts, kDType, out.dtype) || !facts.decided()) return false;
  if (dims != Py_None && !PyTuple_CheckExact(dims)) return false;
  if (parse_dims(facts.shapes(), dims, out.shape)) return true;
  PyErr_Clear();
  return false;
}

bool tile(Facts& facts, Output& out) {
  Dims dims;
  Sizes times;
  if (!known(facts, 0, dims) || !vector_of_ints(facts, 1, times) || times.size() != dims.size()) return false;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (times[i] < 0 || times[i] > std::numeric_limits<std::int32_t>::max()) return false;
    if (dims[i] > std::numeric_limits<std::int32_t>::max()) return false;
    if (dims[i] >= 0) dims[i] *= times[i];
  }
  return give(facts, facts.input(0).dtype, dims, out);
}

bool pad(Facts& facts, Output& out) {
  Dims dims;
  Sizes amounts;
  if (facts.size() != 2 || !known(facts, 0, dims) || !facts.ints(1, amounts)) return false;
  const auto table = facts.shapes().dims(facts.input(1).shape);
  if (table.size() != 2 || table[1] != 2 || amounts.size() != 2 * dims.size()) return false;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const std::int64_t low = amounts[2 * i], high = amounts[2 * i + 1];
    if (low < 0 || high < 0) return false;
    if (dims[i] >= 0) dims[i] += low + high;
  }
  return give(facts, facts.input(0).dtype, dims, out);
}

bool slice(Facts& facts, Output& out) {
  Dims dims;
  Sizes sizes, begin;
  if (!known(facts, 0, dims) || !vector_of_ints(facts, 2, sizes) || sizes.size() != dims.size()) return false;
  const Dims counts(sizes.begin(), sizes.end());
  if (!vector_of_ints(facts, 1, begin) || begin.size() != dims.size()) return false;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (begin[i] < 0 || counts[i] < -1 || (counts[i] < 0 && dims[i] >= 0 && begin[i] > dims[i])) return false;
    dims[i] = counts[i] >= 0 ? counts[i] : dims[i] < 0 ? ShapeTable::kUnknownDim : dims[i] - begin[i];
  }
  return give(facts, facts.input(0).dtype, dims, out);
}

bool gather(Facts& facts, Output& out) {
  Dims dims, picked;
  std::int64_t axis;
  const std::uint8_t indices = facts.input(1).dtype;
  if ((indices != kInt32 && indices != kInt64) || !known(facts, 0, dims) || !known(facts, 1, picked)) return false;
  if (!one_int(facts, 2, axis) || !to_front(axis, dims.size())) return false;
  dims.erase(dims.begin() + axis);
  dims.insert(dims.begin() + axis, picked.begin(), picked.end());
  return give(facts, facts.input(0).dtype, dims, out);
}

bool fill(Facts& facts, Output& out) {
  Sizes sizes;
  if (!vector_of_ints(facts, 0, sizes) || facts.input(1).shape != ShapeTable::kScalar) return false;
  if (!std::ranges::all_of(sizes, [](auto size) { return size >= 0; })) return false;
  return give(facts, facts.input(1).dtype, Dims(sizes.begin(), sizes.end()), out);
}

bool broadcast_to(Facts& facts, Output& out) {
  Sizes sizes;
  if (!vector_of_ints(facts, 1, sizes) || !std::ranges::all_of(sizes, [](auto size) { return size >= 0; }))
    return false;
  const Output input = facts.input(0);
  const ShapeId wanted = facts.shapes().intern(sizes);
  const auto both = facts.shapes().broadcast(input.shape, wanted);
  if (!facts.shapes().known_rank(input.shape) || !both || *both != wanted || !facts.decided()) return false;
  out = {wanted, input.dtype};
  return true;
}

bool shape_of(Facts& facts, Output& out) {
  static PyObject* const kOutType = interned("out_type");
  Dims dims;
  out.dtype = kInt32;
  if (!known(facts, 0, dims) || !dtype_of(facts, kOutType, out.dtype)) return false;
  return give(facts, out.dtype, {static_cast<std::int64_t>(dims.size())}, out);
}

bool select(Facts& facts, Output& out) {
  const Output condition = facts.input(0), x = facts.input(1), y = facts.input(2);
  if (condition.dtype != kBool || x.dtype != y.dtype || x.shape != y.shape || x.shape != condition.shape) return false;
  out = x;
  return facts.decided();
}

}  // namespace

NativeRule find_native_rule(std::string_view name) {
  static const std::unordered_map<std::string_view, NativeRule> rules = {{"add_n", add_n},
                                                                         {"arg", arg},
                                                                         {"bias_add", bias_add},
                                                                         {"broadcast_to", broadcast_to},
                                                                         {"cast", cast},
                                                                         {"concat", concat},
                                                                         {"expand_dims", expand_dims},
                                                                         {"fill", fill},
                                                                         {"gather", gather},
                                                                         {"matmul", matmul},
                                                                         {"pack", pack},
                                                                         {"pad", pad},
                                                                         {"placeholder", placeholder},
                                                                         {"reduce", reduce},
                                                                         {"reshape", reshape},
                                                                         {"same", same},
                                                                         {"same_rows", same_rows},
                                                                         {"select", select},
                                                                         {"shape", shape_of},
                                                                         {"slice", slice},
                                                                         {"squeeze", squeeze},
                                                                         {"tile", tile},
                                                                         {"transpose", transpose}};
  const auto at = rules.find(name);
  return at == rules.end() ? nullptr : at->second;
}

}  // namespace scopetrie::python
