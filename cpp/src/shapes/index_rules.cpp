// Rules of ops that take, put or move elements by their positions.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "rules.hpp"
#include "scopetrie/shapes/strided_slice.hpp"

namespace scopetrie::rules {

namespace {

using Attribute = RuleAttribute;
using Numbers = std::span<const std::int64_t>;

void append(Dims& dims, Numbers more) { dims.insert(dims.end(), more.begin(), more.end()); }

void gather(RuleCall& call) {
  const DType dtype = call.dtype(0);
  std::int64_t axis = 0, batch = call.integer(Attribute::kBatchDims);
  const bool knows_axis = call.one_int(2, axis);
  if (call.known_rank(0) && knows_axis && !to_front(axis, call.rank(0)))
    refuse("Shape must be at least rank ", axis < 0 ? -axis : axis + 1, " but is rank ", call.rank(0));
  if (!call.known_rank(0) || !call.known_rank(1)) return call.give_unknown(dtype);
  const auto dims = call.dims(0), picked = call.dims(1);
  if (batch < 0) batch += static_cast<std::int64_t>(picked.size());
  const auto lead = static_cast<std::size_t>(batch);
  if (lead > picked.size() || lead > dims.size()) return call.give_unknown(dtype);
  if (!knows_axis)
    return call.give_rank(dtype, dims.size() + picked.size() - std::min(dims.size() + picked.size(), lead + 1));
  const auto along = static_cast<std::size_t>(axis);
  Dims made(dims.begin(), dims.begin() + batch);
  append(made, dims.subspan(lead, std::max(along, lead) - lead));
  append(made, picked.subspan(lead));
  append(made, dims.subspan(along + 1));
  call.give(dtype, made);
}

void gather_nd(RuleCall& call) {
  const auto dims = call.dims(0), at = call.dims(1);
  if (!call.known_rank(0) || at.empty() || !known(at.back())) return call.give_unknown(call.dtype(0));
  const auto depth = static_cast<std::size_t>(at.back());
  if (depth > dims.size())
    refuse("indices.shape[-1] must be <= params.rank, but saw indices shape: ", shown(at),
           " and params shape: ", shown(dims));
  Dims made(at.begin(), at.end() - 1);
  append(made, dims.subspan(depth));
  call.give(call.dtype(0), made);
}

void slice(RuleCall& call) {
  const DType dtype = call.dtype(0);
  Dims dims;
  const bool knows_dims = call.read(0, dims);
  Dims lengths = dims_of_rank(call, 1, 1);
  merge(lengths, dims_of_rank(call, 2, 1));
  const std::int64_t length = lengths[0];
  if (knows_dims && known(length) && length != static_cast<std::int64_t>(dims.size()))
    refuse("Shape must be rank ", length, " but is rank ", dims.size());
  if (!knows_dims && !known(length)) return call.give_unknown(dtype);
  if (!knows_dims) dims.assign(static_cast<std::size_t>(length), kUnknownDim);
  Numbers firsts, sizes;
  const bool knows_firsts = call.ints(1, firsts);
  if (knows_firsts)
    for (const std::int64_t first : firsts) need_size(first);
  if (Dims some; !call.ints(2, sizes))
    return call.sizes(2, some) ? call.give(dtype, some) : call.give_rank(dtype, dims.size());
  for (const std::int64_t size : sizes) need_size(size);
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (sizes[i] >= 0) {
      dims[i] = sizes[i];
    } else if (known(dims[i])) {
      dims[i] = knows_firsts ? std::max(dims[i] - firsts[i], kUnknownDim) : kUnknownDim;
    }
  }
  call.give(dtype, dims);
}

void strided_slice(RuleCall& call) {
  for (std::size_t i = 1; i < 4; ++i) need_rank(call, i, 1);
  const DType dtype = call.dtype(0);
  Numbers begin, end, strides;
  const bool knows_strides = call.ints(3, strides);
  if (!call.known_rank(0) || !knows_strides) return call.give_unknown(dtype);
  const SliceMasks masks{static_cast<std::uint32_t>(call.integer(Attribute::kBeginMask)),
                         static_cast<std::uint32_t>(call.integer(Attribute::kEndMask)),
                         static_cast<std::uint32_t>(call.integer(Attribute::kEllipsisMask)),
                         static_cast<std::uint32_t>(call.integer(Attribute::kNewAxisMask)),
                         static_cast<std::uint32_t>(call.integer(Attribute::kShrinkAxisMask))};
  check_key(call.rank(0), strides.size(), masks);
  const bool knows_begin = call.ints(1, begin), knows_end = call.ints(2, end);
  const Dims made = sliced(call.dims(0), knows_begin && knows_end ? begin : Numbers(),
                           knows_begin && knows_end ? end : Numbers(), strides, masks);
  call.give(dtype, made);
}

void one_hot(RuleCall& call) {
  const std::int64_t axis = call.integer(Attribute::kAxis, -1);
  const DType dtype = call.dtype(2);
  std::int64_t depth = kUnknownDim;
  const bool knows_depth = call.one_int(1, depth);
  if (axis < -1) refuse("axis must be >= -1");
  Dims dims;
  const bool knows_dims = call.read(0, dims);
  if (knows_depth && depth < 0) refuse("depth must be non-negative, got ", depth);
  if (!knows_dims) return call.give_unknown(dtype);
  const auto end = static_cast<std::int64_t>(dims.size());  // what is beyond it, the kernel refuses
  dims.insert(dims.begin() + (axis < 0 ? end : std::min(axis, end)), depth);
  call.give(dtype, dims);
}

void reverse(RuleCall& call) {
  need_rank(call, 1, 1);
  Numbers axes;
  if (call.ints(1, axes) && call.known_rank(0)) {
    const auto rank = static_cast<std::int64_t>(call.rank(0));
    Dims seen;
    for (std::size_t i = 0; i < axes.size(); ++i) {
      std::int64_t axis = axes[i];
      if (!to_front(axis, call.rank(0))) refuse("'axis'[", i, "] = ", axes[i], " is out of valid range [0, ", rank - 1);
      if (std::ranges::find(seen, axis) != seen.end()) refuse("axis ", axis, " specified more than once.");
      seen.push_back(axis);
    }
  }
  call.give(call.dtype(0), call.shape(0));
}

// What updates of the slices at `indices` must be, where the slices are of this shape.
void check_slices(const RuleCall& call, const Dims& target, std::size_t indices_input, std::size_t updates_input) {
  const auto indices = call.dims(indices_input), updates = call.dims(updates_input);
  const auto has_some = [&](std::size_t input) { return call.known_rank(input) && product(call.dims(input)) > 0; };
  if (product(target) == 0 && (has_some(indices_input) || has_some(updates_input)))
    refuse("Indices and updates specified for empty input");
  if (indices.empty() || !known(indices.back()) || updates.empty()) return;
  const std::size_t outer = indices.size() - 1;
  Dims lead(indices.begin(), indices.end() - 1);
  const auto first = updates.first(std::min(outer, updates.size()));
  try {
    merge(lead, first);
  } catch (const ShapeError& error) {
    refuse("Dimensions [0,", outer, ") of indices[shape=", shown(indices), "] = ", shown(indices.first(outer)),
           " must match dimensions [0,", outer, ") of updates[shape=", shown(updates), "] = ", shown(first), ": ",
           std::string_view(error.what()));
  }
  const std::size_t depth = std::min(static_cast<std::size_t>(indices.back()), target.size());
  Dims wanted(target.begin() + static_cast<std::ptrdiff_t>(depth), target.end());
  const auto found = updates.subspan(std::min(outer, updates.size()));
  try {
    merge(wanted, found);
  } catch (const ShapeError& error) {
    refuse("Dimensions [", indices.back(), ",", target.size(), ") of input[shape=", shown(target),
           "] = ", shown(std::span(target).subspan(depth)), " must match dimensions [", outer, ",", updates.size(),
           ") of updates[shape=", shown(updates), "] = ", shown(found), ": ", std::string_view(error.what()));
  }
}

void scatter_nd(RuleCall& call) {
  need_rank_at_least(call, 0, 1);
  need_rank_at_least(call, 1, 1);
  Numbers values;
  call.ints(2, values);  // as v1, which shows the values where something does not fit
  Dims made;
  if (!call.sizes(2, made)) return call.give_unknown(call.dtype(1));
  check_slices(call, made, 0, 1);
  call.give(call.dtype(1), made);
}

void tensor_scatter(RuleCall& call) {
  need_rank_at_least(call, 0, 1);
  need_rank_at_least(call, 1, 1);
  Dims dims;
  if (call.read(0, dims)) check_slices(call, dims, 1, 2);
  call.give(call.dtype(0), call.shape(0));
}

void scatter_slices(RuleCall& call) {
  need_rank_at_least(call, 1, 1);
  need_rank_at_least(call, 2, 1);
  Dims dims;
  if (call.read(0, dims)) check_slices(call, dims, 1, 2);
  call.give(call.inputs[0].dtype, call.shape(0));  // a variable's memory stays one
}

void reverse_sequence(RuleCall& call) {
  need_rank(call, 1, 1);
  const std::int64_t batch = call.integer(Attribute::kBatchDim);
  const std::int64_t along = call.integer(Attribute::kSeqDim);
  Dims dims;
  if (!call.read(0, dims)) return call.give_unknown(call.dtype(0));
  const auto rank = static_cast<std::int64_t>(dims.size());
  if (batch >= rank) refuse("batch_dim must be < input rank: ", batch, " vs. ", rank);
  if (along >= rank) refuse("seq_dim must be < input rank: ", along, " vs. ", rank);
  std::int64_t& rows = dims[static_cast<std::size_t>(batch)];
  if (call.known_rank(1)) rows = merged(rows, call.dims(1)[0]);
  call.give(call.dtype(0), dims);
}

void gather_tree(RuleCall& call) {
  need_rank(call, 2, 1);
  need_rank(call, 3, 0);
  Dims dims = dims_of_rank(call, 0, 3);
  merge(dims, dims_of_rank(call, 1, 3));
  if (call.known_rank(2)) dims[1] = merged(dims[1], call.dims(2)[0]);
  call.give(call.dtype(0), dims);
}

void roll(RuleCall& call) {
  need_rank_at_least(call, 0, 1);
  call.give(call.dtype(0), call.shape(0));
}

void partition(RuleCall& call) {
  const std::int64_t count = call.integer(Attribute::kNumPartitions);
  ShapeId shape = ShapeTable::kUnknown;
  if (call.known_rank(0) && call.known_rank(1)) {
    const auto dims = call.dims(0), at = call.dims(1);
    const auto lead = dims.first(std::min(at.size(), dims.size()));
    Dims same(lead.begin(), lead.end());
    merge(same, at);
    Dims made{kUnknownDim};
    append(made, dims.subspan(at.size()));
    shape = call.shapes.intern(made);
  }
  for (std::int64_t i = 0; i < count; ++i) call.give(call.dtype(0), shape);
}

// The first half of the inputs are the places of the rows of the others.
void stitch(RuleCall& call) {
  const std::size_t half = call.size() / 2;
  std::int64_t rows = 0;
  Dims rest;
  bool knows_rest = false;
  for (std::size_t i = 0; i < half; ++i) {
    Numbers places;
    if (!call.ints(i, places)) {
      rows = kUnknownDim;
    } else if (known(rows)) {
      for (const std::int64_t place : places) rows = std::max(rows, place + 1);
    }
    if (!call.known_rank(i) || !call.known_rank(half + i)) continue;
    const auto data = call.dims(half + i);
    const auto behind = data.subspan(std::min(call.rank(i), data.size()));
    if (knows_rest) {
      merge(rest, behind);
    } else {
      rest.assign(behind.begin(), behind.end());
      knows_rest = true;
    }
  }
  if (!knows_rest) return call.give_unknown(call.dtype(half));
  rest.insert(rest.begin(), rows);
  call.give(call.dtype(half), rest);
}

std::string text_of(const Number& number) {
  if (!number.is_real) return std::to_string(number.integer);
  char text[32];
  std::snprintf(text, sizeof text, "%g", number.real);
  return text;
}

double real_of(const Number& number) { return number.is_real ? number.real : static_cast<double>(number.integer); }

void range(RuleCall& call) {
  Number ends[3];  // start, limit, delta
  bool knows_all = true;
  for (std::size_t i = 0; i < 3; ++i) {
    need_rank(call, i, 0);
    knows_all &= call.number(i, ends[i]);
  }
  if (!knows_all) return call.give_rank(call.dtype(0), 1);
  const double start = real_of(ends[0]), limit = real_of(ends[1]), delta = real_of(ends[2]);
  if (delta == 0) refuse("Requires delta != 0");
  if (delta > 0 && start > limit)
    refuse("Requires start <= limit when delta > 0: ", text_of(ends[0]), "/", text_of(ends[1]));
  if (delta < 0 && start < limit)
    refuse("Requires start >= limit when delta < 0: ", text_of(ends[0]), "/", text_of(ends[1]));
  if (!ends[0].is_real && !ends[1].is_real && !ends[2].is_real) {
    const std::int64_t way = ends[1].integer - ends[0].integer, step = ends[2].integer;
    return call.give(call.dtype(0), Dims{way / step + (way % step != 0 ? 1 : 0)});
  }
  const double length = std::ceil((limit - start) / delta);
  if (!std::isfinite(length))
    refuse("Requires ((limit - start) / delta) to be finite: ", text_of(ends[0]), ", ", text_of(ends[1]), ", ",
           text_of(ends[2]));
  call.give(call.dtype(0), Dims{static_cast<std::int64_t>(length)});
}

void linspace(RuleCall& call) {
  need_rank(call, 0, 0);
  need_rank(call, 1, 0);
  std::int64_t count = kUnknownDim;
  if (call.one_int(2, count) && count <= 0) refuse("Requires num > 0: ", count);
  call.give(call.dtype(0), Dims{count});
}

void unique(RuleCall& call) {
  need_rank(call, 0, 1);
  call.give_rank(call.dtype(0), 1);
  call.give(call.dtype(Attribute::kOutIdx, kInt32), call.shape(0));
}

void unique_with_counts(RuleCall& call) {
  unique(call);
  call.give_rank(call.dtype(Attribute::kOutIdx, kInt32), 1);
}

void list_difference(RuleCall& call) {
  need_rank(call, 0, 1);
  need_rank(call, 1, 1);
  call.give_rank(call.dtype(0), 1);
  call.give_rank(call.dtype(Attribute::kOutIdx, kInt32), 1);
}

void invert_permutation(RuleCall& call) { call.give(call.dtype(0), dims_of_rank(call, 0, 1)); }

void where(RuleCall& call) {
  call.give(kInt64, Dims{kUnknownDim, call.known_rank(0) ? static_cast<std::int64_t>(call.rank(0)) : kUnknownDim});
}

void unravel(RuleCall& call) {
  Dims dims;
  if (!call.read(0, dims)) return call.give_unknown(call.dtype(0));
  dims.insert(dims.begin(), call.rank(1) != 0 ? call.dims(1)[0] : kUnknownDim);
  call.give(call.dtype(0), dims);
}

}  // namespace

std::vector<Row> index_rules() {
  return {
      {by(gather, 3), "GatherV2"},
      {by(gather_nd, 2), "GatherNd"},
      {by(gather_tree, 4), "GatherTree"},
      {by(invert_permutation), "InvertPermutation"},
      {by(linspace, 3), "LinSpace"},
      {by(list_difference, 2), "ListDiff"},
      {by(one_hot, 4), "OneHot"},
      {by(partition, 2), "DynamicPartition"},
      {by(range, 3), "Range"},
      {by(reverse, 2), "ReverseV2"},
      {by(reverse_sequence, 2), "ReverseSequence"},
      {by(roll), "Roll"},
      {by(scatter_nd, 3), "ScatterNd"},
      {by(scatter_slices, 3), "ScatterNdAdd ScatterNdSub ScatterNdUpdate"},
      {by(slice, 3), "Slice"},
      {by(stitch, 2), "DynamicStitch ParallelDynamicStitch"},
      {by(strided_slice, 4), "StridedSlice"},
      {by(tensor_scatter, 3),
       "TensorScatterAdd TensorScatterMax TensorScatterMin TensorScatterSub TensorScatterUpdate"},
      {by(unique), "Unique"},
      {by(unique_with_counts), "UniqueWithCounts"},
      {by(unravel, 2), "UnravelIndex"},
      {by(where), "Where"},
  };
}

}  // namespace scopetrie::rules
