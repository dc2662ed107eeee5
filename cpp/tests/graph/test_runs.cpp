#include "scopetrie/graph/runs.hpp"

#include <doctest/doctest.h>

#include <random>
#include <stdexcept>
#include <vector>

#include "scopetrie/graph/pattern.hpp"

using namespace scopetrie;

namespace {

/// The reference: a list with an entry for each id.
struct Listed {
  std::vector<Runs::Place> places;
  std::uint32_t rows = 0;

  void append(std::uint32_t length) {
    for (std::uint32_t at = 0; at < length; ++at) places.push_back({rows, at});
    ++rows;
  }
  void truncate(std::size_t count) {
    if (count < places.size()) rows = places[count].row;
    places.resize(count);
  }
};

void check_same(const Runs& runs, const Listed& listed) {
  REQUIRE(runs.size() == listed.places.size());
  REQUIRE(runs.rows() == listed.rows);
  std::size_t wrong = 0;
  for (std::uint32_t id = 0; id < runs.size(); ++id) {
    const Runs::Place place = runs.find(id);
    wrong += place.row != listed.places[id].row || place.at != listed.places[id].at;
  }
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("rows of one id are the ids themselves") {
  Runs runs;
  for (std::uint32_t id = 0; id < 200; ++id) runs.append();
  CHECK(runs.size() == 200);
  CHECK(runs.rows() == 200);
  CHECK(runs.find(0).row == 0);
  CHECK(runs.find(199).row == 199);
  CHECK(runs.find(199).at == 0);
}

TEST_CASE("a run may cross from one word into the next, and fill some") {
  for (std::uint32_t before = 0; before < 130; ++before)
    for (const std::uint32_t length : {1u, 2u, 4u, 10u, 63u, 64u, 65u, 200u}) {
      CAPTURE(before);
      CAPTURE(length);
      Runs runs;
      Listed listed;
      for (std::uint32_t i = 0; i < before; ++i) {
        runs.append();
        listed.append(1);
      }
      for (int i = 0; i < 3; ++i) {
        runs.append(length);
        listed.append(length);
      }
      runs.append();
      listed.append(1);
      check_same(runs, listed);
    }
}

TEST_CASE("runs agree with a list, also when the last ones are forgotten") {
  std::mt19937 random(7);
  for (int trial = 0; trial < 30; ++trial) {
    Runs runs;
    Listed listed;
    std::vector<std::uint32_t> marks = {0};
    const std::uint32_t longest = trial % 3 == 0 ? 300 : trial % 3 == 1 ? 10 : 2;
    for (int step = 0; step < 300; ++step) {
      if (random() % 40 == 0) {
        const std::uint32_t mark = marks[random() % marks.size()];
        runs.truncate(mark);
        listed.truncate(mark);
        while (marks.back() > mark) marks.pop_back();
      } else {
        const std::uint32_t length = 1 + static_cast<std::uint32_t>(random()) % longest;
        runs.append(length);
        listed.append(length);
        marks.push_back(runs.size());
      }
    }
    check_same(runs, listed);
  }
}

TEST_CASE("there is a most of ids, and what is there stays") {
  Runs runs(128);
  for (int i = 0; i < 128; ++i) runs.append();
  CHECK_THROWS_AS(runs.append(), std::length_error);
  CHECK(runs.size() == 128);
  CHECK(runs.find(127).row == 127);
}

TEST_CASE("a pattern has at most as many steps as a run, and inputs as 16 bits count") {
  Pattern pattern;
  for (std::uint32_t i = 0; i < Runs::kLongest; ++i) pattern.add(0, kNone, {}, {});
  CHECK_THROWS_AS(pattern.add(0, kNone, {}, {}), std::length_error);
  CHECK(pattern.size() == Runs::kLongest);
  Pattern wide;
  const std::vector<TensorId> inputs(0x10000);
  CHECK_THROWS_AS(wide.add(0, kNone, inputs, {}), std::length_error);
  CHECK(wide.size() == 0);
}
