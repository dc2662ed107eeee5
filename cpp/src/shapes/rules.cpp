#include "rules.hpp"

#include <algorithm>
#include <limits>
#include <unordered_map>

namespace scopetrie {

using namespace rules;

std::string_view name_of(RuleAttribute attribute) {
  static constexpr std::string_view kNames[] = {"adj_x",
                                                "adj_y",
                                                "axis",
                                                "batch_dim",
                                                "batch_dims",
                                                "begin_mask",
                                                "block_size",
                                                "compute_uv",
                                                "compute_v",
                                                "data_format",
                                                "dilations",
                                                "DstT",
                                                "dtype",
                                                "ellipsis_mask",
                                                "end_mask",
                                                "equation",
                                                "explicit_paddings",
                                                "full_matrices",
                                                "index_type",
                                                "is_training",
                                                "keep_dims",
                                                "ksize",
                                                "ksizes",
                                                "new_axis_mask",
                                                "num",
                                                "num_partitions",
                                                "num_split",
                                                "out_idx",
                                                "output_dtype",
                                                "output_type",
                                                "out_type",
                                                "padding",
                                                "rates",
                                                "seq_dim",
                                                "shape",
                                                "shrink_axis_mask",
                                                "squeeze_dims",
                                                "strides",
                                                "Targmax",
                                                "transpose_a",
                                                "transpose_b",
                                                "type",
                                                "validate_shape"};
  static_assert(std::size(kNames) == static_cast<std::size_t>(RuleAttribute::kCount));
  return kNames[static_cast<std::size_t>(attribute)];
}

void refuse_count(const ShapeRule& rule, std::size_t count) {
  throw Error(ErrorKind::kValue, "The operation needs at least " + std::to_string(rule.least_inputs) +
                                     " inputs, but has " + std::to_string(count) + ".");
}

void refuse_broadcast(const ShapeTable& shapes, ShapeId a, ShapeId b) {
  // v1 names the first pair of dimensions that differ, from the last ones on.
  const auto x = shapes.dims(a), y = shapes.dims(b);
  std::int64_t m = 0, n = 0;
  for (std::size_t i = 0; i < std::max(x.size(), y.size()); ++i) {
    m = i < x.size() ? x[x.size() - 1 - i] : 1;
    n = i < y.size() ? y[y.size() - 1 - i] : 1;
    if (m != n && m != 1 && n != 1 && known(m) && known(n)) break;
  }
  refuse_unequal(m, n);
}

void need_size(std::int64_t size) {
  if (size < kUnknownDim)
    throw Error(ErrorKind::kValue, "Invalid value in tensor used for shape: " + std::to_string(size));
}

const ShapeRule* find_rule(std::string_view type) {
  using Rules = std::unordered_map<std::string_view, ShapeRule>;
  static const Rules* const rules = [] {
    auto* all = new Rules;  // never destroyed: other statics may ask while they end
    for (const auto& rows : {array_rules(), elementwise_rules(), index_rules(), join_rules(), linalg_rules(),
                             nn_rules(), reduction_rules(), state_rules(), window_rules()})
      for (const Row& row : rows)
        for (std::string_view types = row.types; !types.empty();) {
          const std::size_t length = std::min(types.find(' '), types.size());
          all->emplace(types.substr(0, length), row.rule);
          types.remove_prefix(std::min(length + 1, types.size()));
        }
    return all;
  }();
  const auto at = rules->find(type);
  return at == rules->end() ? nullptr : &at->second;
}

namespace rules {

std::string shown(std::span<const std::int64_t> dims) {
  std::string text = "[";
  for (const std::int64_t dim : dims) {
    if (text.size() > 1) text += ',';
    text += known(dim) ? std::to_string(dim) : "?";
  }
  return text + ']';
}

std::string shown(const ShapeTable& shapes, ShapeId shape) {
  return shapes.known_rank(shape) ? shown(shapes.dims(shape)) : "<unknown>";
}

void refuse_unequal(std::int64_t a, std::int64_t b) { refuse("Dimensions must be equal, but are ", a, " and ", b); }

std::int64_t plus(std::int64_t a, std::int64_t b) {
  if (!known(a) || !known(b)) return kUnknownDim;
  if (a > std::numeric_limits<std::int64_t>::max() - b) refuse("Dimension size overflow from adding ", a, " and ", b);
  return a + b;
}

std::int64_t times(std::int64_t a, std::int64_t b) {
  if (a == 0 || b == 0) return 0;
  if (!known(a) || !known(b)) return kUnknownDim;
  if (a > std::numeric_limits<std::int64_t>::max() / b)
    refuse("Negative dimension size caused by overflow when multiplying ", a, " and ", b);
  return a * b;
}

std::int64_t over(std::int64_t size, std::int64_t by) {
  if (!known(size) || !known(by)) return kUnknownDim;
  if (by == 0 || size % by != 0) refuse("Dimension size must be evenly divisible by ", by, " but is ", size);
  return size / by;
}

std::int64_t merged(std::int64_t a, std::int64_t b) {
  if (known(a) && known(b) && a != b) refuse_unequal(a, b);
  return known(a) ? a : b;
}

std::int64_t product(std::span<const std::int64_t> dims) {
  if (std::ranges::find(dims, 0) != dims.end()) return 0;
  if (std::ranges::any_of(dims, [](auto dim) { return !known(dim); })) return kUnknownDim;
  std::int64_t total = 1;
  for (const std::int64_t dim : dims) total = times(total, dim);
  return total;
}

bool to_front(std::int64_t& axis, std::size_t rank) {
  const auto size = static_cast<std::int64_t>(rank);
  if (axis < -size || axis >= size) return false;
  if (axis < 0) axis += size;
  return true;
}

void need_rank(const RuleCall& call, std::size_t input, std::size_t rank) {
  if (call.known_rank(input) && call.rank(input) != rank)
    refuse("Shape must be rank ", rank, " but is rank ", call.rank(input));
}

void need_rank_at_least(const RuleCall& call, std::size_t input, std::size_t rank) {
  if (call.known_rank(input) && call.rank(input) < rank)
    refuse("Shape must be at least rank ", rank, " but is rank ", call.rank(input));
}

Dims dims_of_rank(const RuleCall& call, std::size_t input, std::size_t rank) {
  need_rank(call, input, rank);
  Dims dims;
  if (!call.read(input, dims)) dims.assign(rank, kUnknownDim);
  return dims;
}

void merge(Dims& dims, std::span<const std::int64_t> other, std::string_view end) {
  if (dims.size() != other.size())
    refuse("Shapes must be equal rank, but are ", dims.size(), " and ", other.size(), end);
  for (std::size_t i = 0; i < dims.size(); ++i)
    if (known(dims[i]) && known(other[i]) && dims[i] != other[i])
      refuse("Dimension ", i, " in both shapes must be equal, but are ", dims[i], " and ", other[i], ". Shapes are ",
             shown(dims), " and ", shown(other), ".", end);
  for (std::size_t i = 0; i < dims.size(); ++i)
    if (!known(dims[i])) dims[i] = other[i];
}

ShapeId merged(RuleCall& call, ShapeId a, ShapeId b) {
  if (a == b || !call.shapes.known_rank(b)) return a;
  if (!call.shapes.known_rank(a)) return b;
  const auto found = call.shapes.dims(a);
  Dims dims(found.begin(), found.end());
  merge(dims, call.shapes.dims(b));
  return call.shapes.intern(dims);
}

ShapeId broadcast(RuleCall& call, ShapeId a, ShapeId b) {
  const auto both = call.shapes.broadcast(a, b);
  if (!both) refuse_broadcast(call.shapes, a, b);
  return *both;
}

}  // namespace rules

}  // namespace scopetrie
