// The shape of x[begin:end:stride, ...]: what v1 calls a strided slice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "scopetrie/shapes/dims.hpp"

namespace scopetrie {

/// Bits of the key's entries.
struct SliceMasks {
  std::uint32_t begin;        // without a begin
  std::uint32_t end;          // without an end
  std::uint32_t ellipsis;     // "...", at most one
  std::uint32_t new_axis;     // adds an axis of size 1
  std::uint32_t shrink_axis;  // one index, whose axis goes
};

/// Throws ShapeError where a key of so many entries has too many for a tensor of this rank.
void check_key(std::size_t rank, std::size_t entries, const SliceMasks& masks);

/// The dims of the slice, whose key fits; `begin` and `end` are empty where they are not known. Throws ShapeError.
Dims sliced(std::span<const std::int64_t> dims, std::span<const std::int64_t> begin, std::span<const std::int64_t> end,
            std::span<const std::int64_t> strides, const SliceMasks& masks);

}  // namespace scopetrie
