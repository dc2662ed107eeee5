#include "scopetrie/shapes/shape_table.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <random>
#include <vector>

using namespace scopetrie;

namespace {

using Sizes = std::vector<std::int64_t>;
constexpr std::int64_t kAny = ShapeTable::kUnknownDim;

Sizes dims_of(const ShapeTable& shapes, ShapeId id) {
  const auto dims = shapes.dims(id);
  return {dims.begin(), dims.end()};
}

}  // namespace

TEST_CASE("unknown rank and scalar are there from the start, and differ") {
  ShapeTable shapes;
  CHECK(shapes.intern({}) == ShapeTable::kScalar);
  CHECK(shapes.known_rank(ShapeTable::kScalar));
  CHECK_FALSE(shapes.known_rank(ShapeTable::kUnknown));
  CHECK(shapes.dims(ShapeTable::kScalar).empty());
  CHECK(shapes.elements(ShapeTable::kScalar) == 1);
  CHECK(shapes.elements(ShapeTable::kUnknown) == -1);
}

TEST_CASE("equal shapes have one id") {
  ShapeTable shapes;
  std::mt19937 random(3);
  std::map<Sizes, ShapeId> model;
  for (int step = 0; step < 20000; ++step) {
    Sizes dims(random() % 5);
    for (std::int64_t& dim : dims)
      dim = random() % 8 == 0 ? std::int64_t{1} << (random() % 62) : static_cast<std::int64_t>(random() % 6) - 1;
    const ShapeId id = shapes.intern(dims);
    REQUIRE(model.emplace(dims, id).first->second == id);
    REQUIRE(dims_of(shapes, id) == dims);
  }
  for (const auto& [dims, id] : model) REQUIRE(dims_of(shapes, id) == dims);
}

TEST_CASE("a part of a shape of the table can be interned") {
  ShapeTable shapes;
  ShapeId id = shapes.intern(Sizes(64, 2));
  while (shapes.dims(id).size() > 1) id = shapes.intern(shapes.dims(id).subspan(1));
  CHECK(dims_of(shapes, id) == Sizes{2});
}

TEST_CASE("the number of elements is exact, unknown or the greatest there is") {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  const std::pair<Sizes, std::int64_t> rows[] = {
      {{2, 3, 4}, 24},
      {{7, 0}, 0},
      {{kAny, 3}, -1},
      {{0, kAny}, -1},  // as v1's num_elements: None
      {{std::int64_t{1} << 31, std::int64_t{1} << 31}, std::int64_t{1} << 62},
      {{std::int64_t{1} << 32, std::int64_t{1} << 32}, kMost},
      {{std::int64_t{1} << 32, std::int64_t{1} << 32, 0}, 0},
      {{std::int64_t{1} << 32, std::int64_t{1} << 32, kAny}, -1},
  };
  ShapeTable shapes;
  for (const auto& [dims, elements] : rows) {
    CAPTURE(dims.size());
    CHECK(shapes.elements(shapes.intern(dims)) == elements);
  }
}

TEST_CASE("broadcasting single dimensions is what TensorFlow answers") {
  // For example (None, 0) gives None: TensorFlow does not infer 0.
  struct Row {
    std::int64_t a, b;
    std::optional<std::int64_t> result;
  };
  const Row rows[] = {
      {kAny, kAny, kAny}, {kAny, 0, kAny}, {kAny, 1, kAny}, {kAny, 3, 3}, {0, 0, 0},  {0, 1, 0},
      {0, 3, {}},         {1, 1, 1},       {1, 3, 3},       {3, 3, 3},    {3, 4, {}},
  };
  ShapeTable shapes;
  for (const Row& row : rows) {
    CAPTURE(row.a);
    CAPTURE(row.b);
    std::optional<ShapeId> wanted;
    if (row.result) wanted = shapes.intern(Sizes{*row.result});
    CHECK(shapes.broadcast(shapes.intern(Sizes{row.a}), shapes.intern(Sizes{row.b})) == wanted);
    CHECK(shapes.broadcast(shapes.intern(Sizes{row.b}), shapes.intern(Sizes{row.a})) == wanted);
    // The same after a dimension that fits.
    if (row.result) wanted = shapes.intern(Sizes{5, *row.result});
    CHECK(shapes.broadcast(shapes.intern(Sizes{5, row.a}), shapes.intern(Sizes{5, row.b})) == wanted);
    CHECK(shapes.broadcast(shapes.intern(Sizes{5, row.a}), shapes.intern(Sizes{row.b})) == wanted);
  }
}

TEST_CASE("broadcasting aligns shapes at their last dimension") {
  ShapeTable shapes;
  const auto broadcast = [&](Sizes a, Sizes b) { return shapes.broadcast(shapes.intern(a), shapes.intern(b)); };
  CHECK(broadcast({2, 3}, {3}) == shapes.intern(Sizes{2, 3}));
  CHECK(broadcast({3}, {2, 1}) == shapes.intern(Sizes{2, 3}));
  CHECK(broadcast({2, 3}, {2}) == std::nullopt);
  CHECK(broadcast({8, 1, 6, 1}, {7, 1, 5}) == shapes.intern(Sizes{8, 7, 6, 5}));
  CHECK(broadcast({}, {4, kAny}) == shapes.intern(Sizes{4, kAny}));
}

TEST_CASE("broadcasting with an unknown rank is unknown") {
  ShapeTable shapes;
  const ShapeId known = shapes.intern(Sizes{2});
  for (const ShapeId other : {ShapeTable::kUnknown, ShapeTable::kScalar, known}) {
    CHECK(shapes.broadcast(ShapeTable::kUnknown, other) == ShapeTable::kUnknown);
    CHECK(shapes.broadcast(other, ShapeTable::kUnknown) == ShapeTable::kUnknown);
  }
}

TEST_CASE("shapes are compatible where some array could have both") {
  ShapeTable shapes;
  const auto compatible = [&](Sizes a, Sizes b) { return shapes.compatible(shapes.intern(a), shapes.intern(b)); };
  CHECK(compatible({2, kAny}, {2, 3}));
  CHECK(compatible({2, kAny}, {kAny, 3}));
  CHECK(compatible({0}, {kAny}));
  CHECK_FALSE(compatible({2, kAny}, {3, 3}));
  CHECK_FALSE(compatible({2}, {2, 1}));
  CHECK_FALSE(compatible({}, {1}));
  CHECK(shapes.compatible(ShapeTable::kUnknown, shapes.intern(Sizes{1})));
  CHECK(shapes.compatible(ShapeTable::kScalar, ShapeTable::kUnknown));
}
