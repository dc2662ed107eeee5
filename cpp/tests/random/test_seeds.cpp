#include "scopetrie/random/seeds.hpp"

#include <doctest/doctest.h>

using scopetrie::RandomSeeds;
using Pair = std::pair<std::uint32_t, std::uint32_t>;

TEST_CASE("without any seed there are none") {
  RandomSeeds seeds;
  CHECK(seeds.next({}) == Pair{0, 0});
}

TEST_CASE("an operation's own seed goes with v1's default for the graph, or with the graph's") {
  RandomSeeds seeds;
  CHECK(seeds.next(7) == Pair{87654321, 7});
  seeds.of_graph = 3;
  CHECK(seeds.next(7) == Pair{3, 7});
}

TEST_CASE("operations without a seed are counted where the graph has one") {
  RandomSeeds seeds;
  CHECK(seeds.next({}) == Pair{0, 0});
  seeds.of_graph = 3;
  CHECK(seeds.next({}) == Pair{3, 0});
  CHECK(seeds.next(9) == Pair{3, 9});
  CHECK(seeds.next({}) == Pair{3, 1});
}

TEST_CASE("seeds count modulo 2^31 - 1, and two zeros are told from no seeds") {
  RandomSeeds seeds;
  seeds.of_graph = RandomSeeds::kModulus;
  CHECK(seeds.next(-1) == Pair{0, 2147483646});
  CHECK(seeds.next(0) == Pair{0, 2147483647});
}
