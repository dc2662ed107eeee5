#include "scopetrie/names/name_writer.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "graph/adding.hpp"

using namespace scopetrie;
using namespace scopetrie::testing;

TEST_CASE("names are written as append_name writes them, in any order") {
  Graph n;
  const OpId owner = add_with_child(n, "a/b", "mul", "y") - 1;
  const Name bases[] = {
      {0, n.segment("w"), 0},
      {n.scope("a/b"), n.segment("w"), 0},
      {n.scope("a/b"), n.segment("conv"), 0},
      {n.scope("a/b"), n.segment("sixteen_letters_"), 0},
      {n.scope("a/b"), n.segment("more_than_sixteen_letters"), 0},
      {n.scope("c"), n.segment(""), 0},
      {n.scope("c"), n.segment(std::string(10'000, 'x')), 0},
      n.ops.name_of(owner),
  };
  const std::uint32_t numbers[] = {0, 1, 2, 8, 9, 10, 11, 98, 99, 100, 999'999, 1'000'000, kMaxSuffix};
  std::mt19937 random(3);
  NameWriter writer(n.ops);
  Name name = bases[0];
  for (int step = 0; step < 20'000; ++step) {
    if (random() % 8 == 0) name = bases[random() % std::size(bases)];
    name.suffix = random() % 4 == 0 ? numbers[random() % std::size(numbers)] : name.suffix + 1;
    REQUIRE(writer.write(name) == n.text(name));
  }
}

TEST_CASE("counting up carries, and grows by a digit") {
  Graph n;
  NameWriter writer(n.ops);
  for (std::uint32_t number = 0; number <= 12'000; ++number) {
    const Name name{0, n.segment("x"), number};
    REQUIRE(writer.write(name) == (number == 0 ? "x" : "x_" + std::to_string(number)));
  }
}
