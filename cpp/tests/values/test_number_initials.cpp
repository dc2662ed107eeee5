#include "scopetrie/values/number_initials.hpp"

#include <doctest/doctest.h>

using namespace scopetrie;

namespace {

NumberInitial initial_of(VariableId variable) { return {variable, 0, {}, ShapeTable::kScalar, kFloat32}; }

}  // namespace

TEST_CASE("what a run needs is in order of creation, neighbouring variables at once") {
  Graph graph;
  for (const OpId initializer : {2u, 5u, 6u, 9u}) graph.variables.create({.initializer = initializer});
  NeededInitials needed{{3, 8}, {initial_of(3), initial_of(1), initial_of(2), initial_of(0)}};
  const std::vector<RunNeed> all = in_order(graph, needed);
  REQUIRE(all.size() == 5);
  const RunNeed expected[] = {{2, 0, 1}, {3, 0, 0}, {5, 1, 2}, {8, 0, 0}, {9, 3, 1}};
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(all[i].op == expected[i].op);
    CHECK(all[i].first == expected[i].first);
    CHECK(all[i].count == expected[i].count);
  }
  CHECK(needed.initials[1].variable == 1);
  CHECK(needed.initials[2].variable == 2);
}

TEST_CASE("a run may need operations alone, or nothing") {
  Graph graph;
  NeededInitials needed{{3, 8}, {}};
  CHECK(in_order(graph, needed).size() == 2);
  NeededInitials nothing;
  CHECK(in_order(graph, nothing).empty());
}
