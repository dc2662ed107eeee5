#include "scopetrie/shapes/strided_slice.hpp"

#include <algorithm>

#include "rules.hpp"

namespace scopetrie {

using rules::known;
using rules::kUnknownDim;
using rules::refuse;

namespace {

/// An entry of the key, for one axis.
struct Entry {
  bool knows_ends = true;
  bool has_begin = false, has_end = false, is_index = false;
  std::int64_t begin = 0, end = 0, stride = 1;
};

// How many steps there are of `stride` in `length`, which may have another sign.
std::int64_t steps(std::int64_t length, std::int64_t stride) {
  if (length == 0 || (length < 0) != (stride < 0)) return 0;
  return length / stride + (length % stride != 0 ? 1 : 0);
}

// The size of what an entry takes of an axis; -1 where it is not known.
std::int64_t taken(const Entry& entry, std::int64_t size, std::size_t axis) {
  if (entry.stride == 0) refuse("strides[", axis, "] must be non-zero");
  if (!known(size)) return kUnknownDim;
  if (entry.is_index) {
    if (entry.stride < 0) refuse("only stride 1 allowed on non-range indexing.");
    if (!entry.knows_ends) return 1;
    const std::int64_t at = entry.begin < 0 ? size + entry.begin : entry.begin;
    if (at < 0 || at >= size) refuse("slice index ", entry.begin, " of dimension ", axis, " out of bounds.");
    return 1;
  }
  const bool forward = entry.stride > 0;
  if (!entry.has_begin && !entry.has_end) return steps(forward ? size : -size, entry.stride);
  if (!entry.knows_ends) return kUnknownDim;
  const std::int64_t low = forward ? 0 : -1, high = forward ? size : size - 1;
  const auto inside = [&](std::int64_t at) { return std::clamp(at < 0 ? size + at : at, low, high); };
  const std::int64_t begin = entry.has_begin ? inside(entry.begin) : forward ? low : high;
  const std::int64_t end = entry.has_end ? inside(entry.end) : forward ? high : low;
  return steps(end - begin, entry.stride);
}

bool has(std::uint32_t mask, std::size_t entry) { return (mask >> entry & 1) != 0; }

// How many axes have an entry of their own.
std::size_t axes_of(std::size_t entries, const SliceMasks& masks) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < entries; ++i) count += !has(masks.ellipsis, i) && !has(masks.new_axis, i) ? 1 : 0;
  return count;
}

}  // namespace

void check_key(std::size_t rank, std::size_t entries, const SliceMasks& masks) {
  if (axes_of(entries, masks) <= rank) return;
  if (rank == 0) refuse("Attempting to slice scalar input.");
  refuse("Index out of range using input dim ", rank, "; input has only ", rank, " dims");
}

Dims sliced(std::span<const std::int64_t> dims, std::span<const std::int64_t> begin, std::span<const std::int64_t> end,
            std::span<const std::int64_t> strides, const SliceMasks& masks) {
  const std::size_t count = strides.size();
  const bool knows_ends = begin.size() == count && end.size() == count;
  const std::size_t used = axes_of(count, masks);
  Dims made;
  std::size_t axis = 0;
  const auto take_rest = [&] {
    for (std::size_t left = dims.size() - std::min(used, dims.size()); left > 0; --left) made.push_back(dims[axis++]);
  };
  for (std::size_t i = 0; i < count; ++i) {
    if (has(masks.ellipsis, i)) {
      take_rest();
    } else if (has(masks.new_axis, i)) {
      made.push_back(1);
    } else {
      Entry entry{knows_ends, !has(masks.begin, i), !has(masks.end, i), has(masks.shrink_axis, i), 0, 0, strides[i]};
      if (knows_ends) {
        entry.begin = begin[i];
        entry.end = end[i];
      }
      const std::int64_t size = taken(entry, dims[axis], axis);
      if (!entry.is_index) made.push_back(size);
      ++axis;
    }
  }
  if (masks.ellipsis == 0) take_rest();
  return made;
}

}  // namespace scopetrie
