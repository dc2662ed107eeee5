#include "scopetrie/variables/partitions.hpp"

#include <doctest/doctest.h>

#include "scopes/recording.hpp"

using namespace scopetrie;
using scopetrie::testing::error_of;
using Numbers = std::vector<std::int64_t>;

TEST_CASE("the first parts are larger where the size does not divide evenly") {
  const std::vector<Slice> parts = slices(Numbers{7, 2}, Numbers{3, 1});
  REQUIRE(parts.size() == 3);
  CHECK(parts[0].sizes == Numbers{3, 2});
  CHECK(parts[1].sizes == Numbers{2, 2});
  CHECK(parts[2].sizes == Numbers{2, 2});
  CHECK(parts[1].offset == Numbers{3, 0});
  CHECK(parts[2].offset == Numbers{5, 0});
  CHECK(slices(Numbers{7, 2}, Numbers{1, 1}).size() == 1);
  CHECK(slices(Numbers{4, 6}, Numbers{1, 2})[1].offset == Numbers{0, 3});
  CHECK(slices(Numbers{1}, Numbers{2})[1].sizes == Numbers{0});
}

TEST_CASE("a variable is cut along one axis") {
  CHECK(partition_axis(Numbers{1, 1}) == 0);
  CHECK(partition_axis(Numbers{1, 4}) == 1);
  CHECK(partition_axis(Numbers{2, 4}) == 2);
}

TEST_CASE("v1's errors of shapes and answers") {
  ShapeTable shapes;
  const ShapeId open = shapes.intern(Numbers{-1, 3}), known = shapes.intern(Numbers{7, 2});
  CHECK(error_of([&] { check_partitionable(shapes, ShapeTable::kUnknown); }) ==
        "ValueError: Shape of a new partitioned variable must be fully defined, but instead was <unknown>.");
  CHECK(error_of([&] { check_partitionable(shapes, open); }) ==
        "ValueError: Shape of a new partitioned variable must be fully defined, but instead was (?, 3).");
  CHECK(error_of([&] { check_partitionable(shapes, ShapeTable::kScalar); }) ==
        "ValueError: A partitioned Variable must have rank at least 1, shape: ()");
  check_partitionable(shapes, known);
  const auto check = [&](const Numbers& answer) {
    return error_of([&] { check_partitions(shapes, known, answer, list_text(answer)); });
  };
  CHECK(check({2}) ==
        "ValueError: Partitioner returned a partition list that does not match the Variable's rank: [2] vs. (7, 2)");
  CHECK(check({0, 1}) == "ValueError: Partitioner returned zero partitions for some axes: [0, 1]");
  CHECK(check({std::int64_t{1} << 40, 1}).starts_with("ValueError: Expected 0 <= offset < shape but found offset="));
  check_partitions(shapes, known, Numbers{2, 1}, "");
}

TEST_CASE("a shape is shown as in v1's errors") {
  ShapeTable shapes;
  CHECK(shape_text(shapes, shapes.intern(Numbers{})) == "()");
  CHECK(shape_text(shapes, shapes.intern(Numbers{1})) == "(1,)");
  CHECK(shape_text(shapes, shapes.intern(Numbers{ShapeTable::kUnknownDim, 3})) == "(?, 3)");
  CHECK(shape_text(shapes, ShapeTable::kUnknown) == "<unknown>");
}
