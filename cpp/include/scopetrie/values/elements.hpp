// The first elements of a variable: what an initializer makes of a dtype and a shape, written to memory.
//
// Random elements are functions of two seeds and their position, so neither the order in which variables are made nor
// the moment at which somebody looks changes them. An initializer with a seed of its own takes no part of the path:
// equal seeds give equal elements.
// Thread safety: functions without state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "scopetrie/variables/initializer.hpp"

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

/// Writes the elements of a shape; `out` is aligned, of computed_as(dtype), and uninitialised unless `is_zeroed`.
/// Requires has_elements().
void write_elements(const Initializer& initializer, DType dtype, std::span<const std::int64_t> dims,
                    const ElementSeeds& seeds, void* out, std::size_t count);

}  // namespace scopetrie
