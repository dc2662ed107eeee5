// How a variable is cut into parts: v1's checks of a partitioner's answer, and where the parts lie.
//
// Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "scopetrie/shapes/shape_table.hpp"

namespace scopetrie {

/// Where a part of a variable lies.
struct Slice {
  std::vector<std::int64_t> offset;
  std::vector<std::int64_t> sizes;
};

/// Throws v1's error where no variable of this shape can be cut.
void check_partitionable(const ShapeTable& shapes, ShapeId whole);
/// Throws v1's errors where a partitioner's answer is not a positive number of parts for each axis. `text` is the
/// answer as the caller's language shows it.
void check_partitions(const ShapeTable& shapes, ShapeId whole, std::span<const std::int64_t> partitions,
                      const std::string& text);
/// The axis along which a variable is cut: 0 if it is not; the rank where there are several.
std::size_t partition_axis(std::span<const std::int64_t> partitions);
/// The parts in order, cut along one axis. Where the size does not divide evenly, the first ones are larger.
std::vector<Slice> slices(std::span<const std::int64_t> dims, std::span<const std::int64_t> partitions);

/// "[3, 1]".
std::string list_text(std::span<const std::int64_t> numbers);
/// A shape as v1's errors show it: "(1,)", "(?, 3)", "<unknown>".
std::string shape_text(const ShapeTable& shapes, ShapeId shape);

}  // namespace scopetrie
