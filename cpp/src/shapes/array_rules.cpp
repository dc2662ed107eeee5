// Rules of ops that reshape, fill, pad and repeat tensors, and of those that tell shapes.
#include <algorithm>

#include "rules.hpp"

namespace scopetrie::rules {

namespace {

using Attribute = RuleAttribute;
using Numbers = std::span<const std::int64_t>;

void shape_of(RuleCall& call) {
  const DType made = call.dtype(Attribute::kOutType, kInt32);
  for (std::size_t i = 0; i < call.size(); ++i)
    call.give(made, Dims{call.known_rank(i) ? static_cast<std::int64_t>(call.rank(i)) : kUnknownDim});
}

void size_of(RuleCall& call) { call.give(call.dtype(Attribute::kOutType, kInt32), ShapeTable::kScalar); }

void rank_of(RuleCall& call) { call.give(kInt32, ShapeTable::kScalar); }

void reshape(RuleCall& call) {
  need_rank(call, 1, 1);
  const DType dtype = call.dtype(0);
  const std::int64_t count = call.known_rank(0) ? product(call.dims(0)) : kUnknownDim;
  Dims dims;
  if (!call.sizes(1, dims)) return call.give_unknown(dtype);
  const auto unknown = std::ranges::count(dims, kUnknownDim);
  if (count >= 0 && unknown == 0 && product(dims) != count)
    refuse("Cannot reshape a tensor with ", count, " elements to shape ", shown(dims), " (", product(dims),
           " elements)");
  if (count >= 0 && unknown == 1) {
    const auto at = std::ranges::find(dims, kUnknownDim);
    *at = 1;
    const std::int64_t rest = product(dims);
    *at = rest == 0 ? kUnknownDim : over(count, rest);
  }
  call.give(dtype, dims);
}

void transpose(RuleCall& call) {
  need_rank(call, 1, 1);
  const DType dtype = call.dtype(0);
  const auto length = call.known_rank(1) ? call.dims(1)[0] : kUnknownDim;
  Dims dims;
  const bool knows_dims = call.read(0, dims);
  if (knows_dims && known(length) && static_cast<std::int64_t>(dims.size()) != length)
    refuse("Dimension must be ", dims.size(), " but is ", length);
  Numbers order;
  const bool knows_order = call.ints(1, order);
  if (!knows_dims)  // an order of one may be that of a scalar, too
    return length > 1 ? call.give_rank(dtype, static_cast<std::size_t>(length)) : call.give_unknown(dtype);
  if (!knows_order) return call.give_rank(dtype, dims.size());
  Dims made;
  for (std::int64_t axis : order) {
    const std::int64_t asked = axis;
    if (!to_front(axis, dims.size())) refuse("perm dim ", asked, " is out of range of input rank ", dims.size());
    made.push_back(dims[static_cast<std::size_t>(axis)]);
  }
  call.give(dtype, made);
}

void expand_dims(RuleCall& call) {
  Dims dims;
  std::int64_t axis = 0;
  const bool knows_axis = call.one_int(1, axis);
  if (!call.read(0, dims) || !knows_axis) return call.give_unknown(call.dtype(0));
  const std::size_t ranks = dims.size() + 1;
  if (!to_front(axis, ranks)) refuse("dim ", axis, " not in the interval [-", ranks, ", ", dims.size(), "].");
  dims.insert(dims.begin() + axis, 1);
  call.give(call.dtype(0), dims);
}

void squeeze(RuleCall& call) {
  const Dims axes = call.list(Attribute::kSqueezeDims);
  Dims dims;
  if (!call.read(0, dims)) return call.give_unknown(call.dtype(0));
  constexpr std::int64_t kGone = -2;
  if (axes.empty()) {
    if (std::ranges::find(dims, kUnknownDim) != dims.end()) return call.give_unknown(call.dtype(0));
    std::ranges::replace(dims, 1, kGone);
  }
  for (std::int64_t axis : axes) {
    if (!to_front(axis, dims.size()))
      refuse("Tried to squeeze dim index ", axis, " for tensor with ", dims.size(), " dimensions.");
    std::int64_t& dim = dims[static_cast<std::size_t>(axis)];
    if (known(dim) && dim != 1) refuse("Can not squeeze dim[", axis, "], expected a dimension of 1, got ", dim);
    dim = kGone;
  }
  dims.remove(kGone);
  call.give(call.dtype(0), dims);
}

void broadcast_to(RuleCall& call) {
  need_rank(call, 1, 1);
  Dims made;
  if (!call.sizes(1, made)) return call.give_unknown(call.dtype(0));
  const auto dims = call.dims(0);
  if (dims.size() > made.size()) refuse("Shape must be at most rank ", made.size(), " but is rank ", dims.size());
  for (std::size_t i = 1; i <= dims.size(); ++i)  // from the last on
    if (dims[dims.size() - i] > 1) made[made.size() - i] = merged(dims[dims.size() - i], made[made.size() - i]);
  call.give(call.dtype(0), made);
}

void broadcast_args(RuleCall& call) {
  std::int64_t length = 0;
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t each = call.known_rank(i) && call.rank(i) != 0 ? call.dims(i)[0] : kUnknownDim;
    length = known(length) && known(each) ? std::max(length, each) : kUnknownDim;
  }
  call.give(call.dtype(0), Dims{length});
}

// What the input is said to be.
void ensure_shape(RuleCall& call) {
  call.give(call.dtype(0), merged(call, call.shape(0), call.shape(Attribute::kShape)));
}

void tile(RuleCall& call) {
  need_rank(call, 1, 1);
  Dims dims;
  const bool knows_dims = call.read(0, dims);
  const std::int64_t length = call.known_rank(1) ? call.dims(1)[0] : kUnknownDim;
  if (knows_dims && known(length) && static_cast<std::int64_t>(dims.size()) != length)
    refuse("Shape must be rank ", dims.size(), " but is rank ", length);
  Dims counts;
  const bool knows_counts = call.sizes(1, counts);
  if (!knows_dims && !known(length)) return call.give_unknown(call.dtype(0));
  if (!knows_dims) dims.assign(static_cast<std::size_t>(length), kUnknownDim);
  for (std::size_t i = 0; i < dims.size(); ++i) dims[i] = times(dims[i], knows_counts ? counts[i] : kUnknownDim);
  call.give(call.dtype(0), dims);
}

void pad(RuleCall& call) {
  need_rank(call, 1, 2);
  Dims dims;
  const bool knows_dims = call.read(0, dims);
  const Dims table = dims_of_rank(call, 1, 2);
  if (known(table[1]) && table[1] != 2) refuse("Dimension must be 2 but is ", table[1]);
  if (knows_dims && known(table[0]) && table[0] != static_cast<std::int64_t>(dims.size()))
    refuse("Shape must be rank ", table[0], " but is rank ", dims.size());
  Numbers amounts;
  const bool knows_amounts = call.ints(1, amounts);
  if (knows_amounts && std::ranges::any_of(amounts, [](auto each) { return each < 0; }))
    refuse("Paddings must be non-negative");
  if (!knows_dims && !known(table[0])) return call.give_unknown(call.dtype(0));
  Dims some;
  const bool knows_some = knows_amounts || (call.sizes(1, some) && some.size() == 2 * dims.size());
  if (!knows_dims || !knows_some)
    return call.give_rank(call.dtype(0), knows_dims ? dims.size() : static_cast<std::size_t>(table[0]));
  const auto sum = [&](std::size_t at) {
    if (knows_amounts) return amounts[at] + amounts[at + 1];
    return known(some[at]) && known(some[at + 1]) ? some[at] + some[at + 1] : kUnknownDim;
  };
  for (std::size_t i = 0; i < dims.size(); ++i)
    if (known(dims[i])) dims[i] = known(sum(2 * i)) ? dims[i] + sum(2 * i) : kUnknownDim;
  call.give(call.dtype(0), dims);
}

void fill(RuleCall& call) {
  need_rank(call, 0, 1);
  if (call.known_rank(1)) need_rank(call, 1, 0);
  Dims dims;
  const bool knows_dims = call.sizes(0, dims);
  Numbers sizes;
  if (call.ints(0, sizes) && std::ranges::any_of(sizes, [](auto size) { return size < 0; }))
    refuse("Fill dimensions must be >= 0");
  if (!knows_dims) return call.give_unknown(call.dtype(1));
  call.give(call.dtype(1), dims);
}

// Each input as it is.
void each_same(RuleCall& call) {
  for (std::size_t i = 0; i < call.size(); ++i) call.give(call.dtype(i), call.shape(i));
}

}  // namespace

std::vector<Row> array_rules() {
  return {
      {by(broadcast_args, 2), "BroadcastArgs"},
      {by(broadcast_to, 2), "BroadcastTo"},
      {by(each_same, 0), "IdentityN"},
      {by(ensure_shape), "EnsureShape"},
      {by(expand_dims, 2), "ExpandDims"},
      {by(fill, 2), "Fill"},
      {by(pad, 2), "MirrorPad Pad PadV2"},
      {by(rank_of), "Rank"},
      {by(reshape, 2), "Reshape"},
      {by(shape_of, 0), "Shape ShapeN"},
      {by(size_of), "Size"},
      {by(squeeze), "Squeeze"},
      {by(tile, 2), "Tile"},
      {by(transpose, 2), "ConjugateTranspose Transpose"},
  };
}

}  // namespace scopetrie::rules
