// The first elements of a variable: what an initializer makes of a dtype and a shape, written to memory.
//
// Random elements are functions of two seeds and their position, so neither the order in which variables are made nor
// the moment at which somebody looks changes them. An initializer with a seed of its own takes no part of the path:
// equal seeds give equal elements. Nor does it matter how a variable is cut into parts.
// Thread safety: functions without state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "scopetrie/variables/initializer.hpp"
#include "scopetrie/variables/partitions.hpp"

namespace scopetrie {

/// The seeds of one variable: its store's, and that of its path.
struct ElementSeeds {
  std::uint64_t store = 0;
  std::uint64_t path = 0;
};
/// A seed that a path determines; the same on all platforms.
std::uint64_t seed_of_path(std::string_view path) noexcept;

/// Whether the initializer has elements of this dtype.
bool has_elements(const Initializer& initializer, DType dtype);
/// The dtype in which write_elements() makes the elements of a dtype that the core does not calculate with: float32 for
/// small floats, for example. Others than that are the dtype itself.
DType computed_as(DType dtype) noexcept;

/// Where the elements of a part lie among those of the whole: runs of `size` elements that begin `stride` apart.
struct ElementRuns {
  std::uint64_t first = 0;
  std::size_t size = 0;
  std::uint64_t stride = 0;
};

/// Those of a slice, which is cut along one axis.
ElementRuns runs_of(std::span<const std::int64_t> whole, const Slice& slice);

/// Writes the elements of a shape; `out` is aligned, of computed_as(dtype), and uninitialised. Requires has_elements().
void write_elements(const Initializer& initializer, DType dtype, std::span<const std::int64_t> dims,
                    const ElementSeeds& seeds, void* out, std::size_t count);
/// The same for `count` elements of a part: those that the whole, of the shape `dims`, would have at its place.
void write_part(const Initializer& initializer, DType dtype, std::span<const std::int64_t> dims,
                const ElementSeeds& seeds, const ElementRuns& runs, void* out, std::size_t count);

}  // namespace scopetrie
