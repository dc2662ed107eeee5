#include "scopetrie/variables/partitions.hpp"

#include <algorithm>

#include "scopetrie/error.hpp"

namespace scopetrie {

namespace {

// Before there are parts: a partitioner may ask for more of them than there is memory for.
void check_no_part_is_empty(std::span<const std::int64_t> dims, std::size_t axis, std::int64_t count,
                            const std::string& text) {
  const std::int64_t size = dims[axis];
  if (count < 2 || count <= size) return;
  std::vector<std::int64_t> offset(dims.size(), 0);
  offset[axis] = size;  // of the first part without elements
  const std::string found = std::to_string(size);
  throw Error(ErrorKind::kValue,
              "Expected 0 <= offset < shape but found offset=" + found + ", shape=" + found +
                  " for var_offset=" + list_text(offset) + ", full_shape=" + list_text(dims),
              {.call = "get_variable", .asked = text});
}

}  // namespace

void check_partitionable(const ShapeTable& shapes, ShapeId whole) {
  if (shapes.elements(whole) < 0)
    throw Error(ErrorKind::kValue, "Shape of a new partitioned variable must be fully defined, but instead was " +
                                       shape_text(shapes, whole) + ".");
  if (shapes.dims(whole).empty())
    throw Error(ErrorKind::kValue, "A partitioned Variable must have rank at least 1, shape: ()");
}

void check_partitions(const ShapeTable& shapes, ShapeId whole, std::span<const std::int64_t> partitions,
                      const std::string& text) {
  if (partitions.size() != shapes.dims(whole).size())
    throw Error(ErrorKind::kValue,
                "Partitioner returned a partition list that does not match the Variable's rank: " + text + " vs. " +
                    shape_text(shapes, whole),
                {.call = "get_variable", .asked = text});
  if (std::ranges::any_of(partitions, [](std::int64_t number) { return number < 1; }))
    throw Error(ErrorKind::kValue, "Partitioner returned zero partitions for some axes: " + text,
                {.call = "get_variable", .asked = text});
  const std::size_t axis = partition_axis(partitions);
  if (axis < partitions.size()) check_no_part_is_empty(shapes.dims(whole), axis, partitions[axis], text);
}

std::size_t partition_axis(std::span<const std::int64_t> partitions) {
  const auto is_cut = [](std::int64_t number) { return number > 1; };
  const auto first = std::ranges::find_if(partitions, is_cut);
  if (first == partitions.end()) return 0;
  if (std::any_of(first + 1, partitions.end(), is_cut)) return partitions.size();
  return static_cast<std::size_t>(first - partitions.begin());
}

std::vector<Slice> slices(std::span<const std::int64_t> dims, std::span<const std::int64_t> partitions) {
  const std::size_t axis = partition_axis(partitions);
  const std::int64_t count = partitions[axis];
  std::vector<Slice> parts;
  std::vector<std::int64_t> offset(dims.size(), 0);
  for (std::int64_t number = 0; number < count; ++number) {
    Slice& part = parts.emplace_back(Slice{offset, {dims.begin(), dims.end()}});
    part.sizes[axis] = dims[axis] / count + (number < dims[axis] % count ? 1 : 0);
    offset[axis] += part.sizes[axis];
  }
  return parts;
}

std::string list_text(std::span<const std::int64_t> numbers) {
  std::string text = "[";
  for (const std::int64_t number : numbers) {
    if (text.size() > 1) text += ", ";
    text += std::to_string(number);
  }
  return text + ']';
}

std::string shape_text(const ShapeTable& shapes, ShapeId shape) {
  if (!shapes.known_rank(shape)) return "<unknown>";
  std::string text = "(";
  for (const std::int64_t size : shapes.dims(shape)) {
    if (text.size() > 1) text += ", ";
    text += size == ShapeTable::kUnknownDim ? "?" : std::to_string(size);
  }
  return text + (shapes.dims(shape).size() == 1 ? ",)" : ")");
}

}  // namespace scopetrie
