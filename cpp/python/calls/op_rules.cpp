// Shape rules of ops that reorder, reduce and join: see op_rules.hpp.
#include "calls/op_rules.hpp"

#include <algorithm>
#include <unordered_map>

namespace scopetrie::python {

namespace {

using Sizes = std::span<const std::int64_t>;

PyObject* interned(const char* text) { return PyUnicode_InternFromString(text); }

// Attributes; while the module is loaded, since interning may wait for another thread (see locking.hpp).
PyObject* const kAxis = interned("axis");
PyObject* const kFormat = interned("data_format");
PyObject* const kKeepDims = interned("keep_dims");
PyObject* const kOutputType = interned("output_type");
PyObject* const kSqueezeDims = interned("squeeze_dims");
PyObject* const kTransposeA = interned("transpose_a");
PyObject* const kTransposeB = interned("transpose_b");

bool same(Facts& facts, Output& out) {
  out = facts.input(0);
  return facts.decided();
}

// Of at least rank 1.
bool same_rows(Facts& facts, Output& out) { return same(facts, out) && out.shape != ShapeTable::kScalar; }

bool reduce(Facts& facts, Output& out) {
  Dims dims;
  Sizes axes;
  if (!facts.dims(0, dims) || !facts.ints(1, axes)) return false;
  const bool keep = facts.flag(kKeepDims);
  constexpr std::int64_t kGone = -2;
  for (std::int64_t axis : axes) {
    if (!to_front(axis, dims.size())) return false;
    dims[static_cast<std::size_t>(axis)] = keep ? 1 : kGone;
  }
  std::erase(dims, kGone);
  return facts.give(facts.input(0).dtype, dims, out);
}

bool arg(Facts& facts, Output& out) {
  Dims dims;
  std::int64_t axis;
  if (!facts.dims(0, dims) || !facts.one_int(1, axis) || !to_front(axis, dims.size())) return false;
  DType dtype;
  if (!facts.dtype_attribute(kOutputType, dtype)) return false;
  dims.erase(dims.begin() + axis);
  return facts.give(dtype, dims, out);
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
  if (!facts.vector(1, sizes) || !std::ranges::all_of(sizes, [](auto size) { return size >= -1; })) return false;
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
  return facts.give(input.dtype, dims, out);
}

bool transpose(Facts& facts, Output& out) {
  Dims dims;
  Sizes order;
  if (!facts.dims(0, dims) || !facts.vector(1, order) || order.size() != dims.size()) return false;
  Dims made;
  for (const std::int64_t axis : order) {
    if (axis < 0 || axis >= static_cast<std::int64_t>(dims.size())) return false;
    made.push_back(dims[static_cast<std::size_t>(axis)]);
  }
  return facts.give(facts.input(0).dtype, made, out);
}

bool expand_dims(Facts& facts, Output& out) {
  Dims dims;
  Sizes axes;
  if (!facts.dims(0, dims) || !facts.ints(1, axes) || axes.size() != 1) return false;
  std::int64_t axis = axes[0];
  if (!to_front(axis, dims.size() + 1)) return false;
  dims.insert(dims.begin() + axis, 1);
  return facts.give(facts.input(0).dtype, dims, out);
}

bool squeeze(Facts& facts, Output& out) {
  Dims dims;
  PyObject* axes = facts.attribute(kSqueezeDims);
  if (axes == nullptr || !PyTuple_CheckExact(axes) || !facts.dims(0, dims)) return false;
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
  return facts.give(facts.input(0).dtype, dims, out);
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
  if (count < 2 || !facts.one_int(count, axis) || !facts.dims(0, dims) || !to_front(axis, dims.size())) return false;
  const auto along = static_cast<std::size_t>(axis);
  for (std::size_t i = 1; i < count; ++i) {
    if (!facts.dims(i, other) || !merge(dims, other, along)) return false;
    dims[along] = dims[along] < 0 || other[along] < 0 ? ShapeTable::kUnknownDim : dims[along] + other[along];
  }
  return facts.give(facts.input(0).dtype, dims, out);
}

bool pack(Facts& facts, Output& out) {
  Dims dims, other;
  if (facts.size() == 0 || !facts.dims(0, dims)) return false;
  for (std::size_t i = 1; i < facts.size(); ++i)
    if (!facts.dims(i, other) || !merge(dims, other, dims.size())) return false;
  std::int64_t axis = facts.number(kAxis, 0);
  if (!to_front(axis, dims.size() + 1)) return false;
  dims.insert(dims.begin() + axis, static_cast<std::int64_t>(facts.size()));
  return facts.give(facts.input(0).dtype, dims, out);
}

bool add_n(Facts& facts, Output& out) {
  if (facts.size() < 2) return false;
  out = facts.input(0);
  for (std::size_t i = 1; i < facts.size(); ++i)
    if (facts.input(i).shape != out.shape) return false;
  return facts.decided();
}

bool matmul(Facts& facts, Output& out) {
  Dims a, b;
  if (!facts.dims(0, a) || !facts.dims(1, b) || a.size() != 2 || b.size() != 2) return false;
  if (facts.flag(kTransposeA)) std::swap(a[0], a[1]);
  if (facts.flag(kTransposeB)) std::swap(b[0], b[1]);
  if (a[1] != b[0] && a[1] >= 0 && b[0] >= 0) return false;
  return facts.give(facts.input(0).dtype, {a[0], b[1]}, out);
}

bool bias_add(Facts& facts, Output& out) {
  Dims dims, bias;
  if (!facts.dims(0, dims) || !facts.dims(1, bias) || dims.size() < 2 || bias.size() != 1) return false;
  if (PyObject* format = facts.attribute(kFormat);
      format != nullptr && (!PyUnicode_Check(format) || PyUnicode_CompareWithASCIIString(format, "NHWC") != 0))
    return false;
  if (dims.back() < 0 || dims.back() != bias[0]) return false;
  return facts.give(facts.input(0).dtype, dims, out);
}

}  // namespace

NativeRule find_native_rule(std::string_view name) {
  static const std::unordered_map<std::string_view, NativeRule> rules = {{"add_n", add_n},
                                                                         {"arg", arg},
                                                                         {"bias_add", bias_add},
                                                                         {"concat", concat},
                                                                         {"expand_dims", expand_dims},
                                                                         {"matmul", matmul},
                                                                         {"pack", pack},
                                                                         {"reduce", reduce},
                                                                         {"reshape", reshape},
                                                                         {"same", same},
                                                                         {"same_rows", same_rows},
                                                                         {"squeeze", squeeze},
                                                                         {"transpose", transpose}};
  const auto at = rules.find(name);
  return at == rules.end() ? find_size_rule(name) : at->second;
}

}  // namespace scopetrie::python
