// Rules of ops that combine elements along an axis, search along it, or count.
#include <algorithm>

#include "rules.hpp"

namespace scopetrie::rules {

namespace {

using Attribute = RuleAttribute;
using Numbers = std::span<const std::int64_t>;

void reduce(RuleCall& call, DType dtype) {
  Dims dims;
  Numbers axes;
  const bool keep = call.flag(Attribute::kKeepDims);
  const bool knows_axes = call.ints(1, axes);
  if (!call.read(0, dims)) return call.give_unknown(dtype);
  if (!knows_axes) return keep ? call.give_rank(dtype, dims.size()) : call.give_unknown(dtype);
  constexpr std::int64_t kGone = -2;
  for (std::int64_t axis : axes) {
    if (!to_front(axis, dims.size()))
      refuse("Invalid reduction dimension ", axis, " for input with ", dims.size(), " dimensions.");
    dims[static_cast<std::size_t>(axis)] = keep ? 1 : kGone;
  }
  dims.remove(kGone);
  call.give(dtype, dims);
}

void reduce_numbers(RuleCall& call) { reduce(call, call.dtype(0)); }
void reduce_bools(RuleCall& call) { reduce(call, kBool); }

void arg(RuleCall& call) {
  need_rank(call, 1, 0);
  const DType made = call.dtype(Attribute::kOutputType, kInt64);
  Dims dims;
  std::int64_t axis = 0;
  const bool knows_axis = call.one_int(1, axis);
  if (!call.read(0, dims)) return call.give_unknown(made);
  if (dims.size() < 2) return call.give(made, ShapeTable::kScalar);  // the kernel looks at the axis
  if (!knows_axis) return call.give_rank(made, dims.size() - 1);
  if (!to_front(axis, dims.size()))
    refuse("Dimension (", axis, ") must be in the range [-", dims.size(), ", ", dims.size(), "), where ", dims.size(),
           " is the number of dimensions in the input.");
  dims.erase(dims.begin() + axis);
  call.give(made, dims);
}

void scalar(RuleCall& call) { call.give(call.dtype(0), ShapeTable::kScalar); }

void histogram(RuleCall& call) {
  std::int64_t bins = kUnknownDim;
  if (call.one_int(2, bins) && bins <= 0) refuse("Requires nbins > 0: ", bins);
  call.give(call.dtype(Attribute::kDType, kInt32), Dims{bins});
}

void unsorted_segments(RuleCall& call) {
  need_rank(call, 2, 0);
  if (!call.known_rank(1)) return call.give_unknown(call.dtype(0));
  std::int64_t count = kUnknownDim;
  if (call.one_int(2, count) && count < 0)
    refuse("Dimension size, given by scalar input 2, must be non-negative but is ", count);
  if (!call.known_rank(0)) return call.give_unknown(call.dtype(0));
  Dims dims{count};
  const auto data = call.dims(0);
  const auto rest = data.subspan(std::min(call.rank(1), data.size()));
  dims.insert(dims.end(), rest.begin(), rest.end());
  call.give(call.dtype(0), dims);
}

void sorted_segments(RuleCall& call) {
  need_rank(call, 1, 1);
  need_rank_at_least(call, 0, 1);
  Dims dims;
  if (!call.read(0, dims)) return call.give_unknown(call.dtype(0));
  dims[0] = kUnknownDim;
  call.give(call.dtype(0), dims);
}

void dense_bincount(RuleCall& call) {
  need_rank(call, 1, 0);
  std::int64_t count = kUnknownDim;
  if (call.one_int(1, count) && count < 0) refuse("size (", count, ") must be non-negative");
  const DType made = call.dtype(2);
  if (!call.known_rank(0)) return call.give_unknown(made);
  if (call.rank(0) > 2) refuse("Shape must be at most rank 2 but is rank ", call.rank(0));
  if (call.rank(0) < 2) return call.give(made, Dims{count});
  call.give(made, Dims{call.dims(0)[0], count});
}

void top(RuleCall& call) {
  need_rank(call, 1, 0);
  std::int64_t count = kUnknownDim;
  const bool knows_count = call.one_int(1, count);
  if (knows_count && count < 0) refuse("Dimension size, given by scalar input 1, must be non-negative but is ", count);
  need_rank_at_least(call, 0, 1);
  const DType indices = call.dtype(Attribute::kIndexType, kInt32);
  Dims dims;
  if (!call.read(0, dims)) {
    call.give_unknown(call.dtype(0));
    return call.give_unknown(indices);
  }
  if (knows_count && known(dims.back()) && dims.back() < count)
    refuse("input must have last dimension >= k = ", count, " but is ", dims.back());
  dims.back() = count;
  call.give(call.dtype(0), dims);
  call.give(indices, dims);
}

void in_top(RuleCall& call) {
  need_rank(call, 0, 2);
  need_rank(call, 1, 1);
  need_rank(call, 2, 0);
  Dims rows{kUnknownDim};
  if (call.known_rank(0)) rows[0] = call.dims(0)[0];
  if (call.known_rank(1)) merge(rows, call.dims(1));
  call.give(kBool, rows);
}

void bound(RuleCall& call) {
  need_rank(call, 0, 2);
  need_rank(call, 1, 2);
  call.give(call.dtype(Attribute::kOutType, kInt32), call.shape(1));
}

}  // namespace

std::vector<Row> reduction_rules() {
  return {
      {{ShapeRule::kSame}, "Cumprod Cumsum CumulativeLogsumexp"},
      {by(arg, 2), "ArgMax ArgMin"},
      {by(bound, 2), "LowerBound UpperBound"},
      {by(dense_bincount, 3), "DenseBincount"},
      {by(histogram, 3), "HistogramFixedWidth"},
      {by(in_top, 3), "InTopKV2"},
      {by(reduce_bools, 2), "All Any"},
      {by(reduce_numbers, 2), "EuclideanNorm Max Mean Min Prod Sum"},
      {by(scalar), "L2Loss"},
      {by(sorted_segments, 2), "SegmentMax SegmentMean SegmentMin SegmentProd SegmentSum"},
      {by(top, 2), "TopKV2"},
      {by(unsorted_segments, 3), "UnsortedSegmentMax UnsortedSegmentMin UnsortedSegmentProd UnsortedSegmentSum"},
  };
}

}  // namespace scopetrie::rules
