#include "scopetrie/names/counters.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <utility>
#include <vector>

using namespace scopetrie;

namespace {

/// Checks that the counters are those of the model, and no others.
void check_same(const Counters& counters, const std::map<std::pair<ScopeId, SegmentId>, std::uint32_t>& model,
                ScopeId scopes, SegmentId bases) {
  for (ScopeId scope = 0; scope < scopes; ++scope)
    for (SegmentId base = 0; base < bases; ++base) {
      const Counter* const found = counters.find(scope, base);
      const auto wanted = model.find({scope, base});
      REQUIRE((found != nullptr) == (wanted != model.end()));
      if (found != nullptr) REQUIRE(found->next + 0 == wanted->second);
    }
}

}  // namespace

TEST_CASE("counters are made once, and found again however many there are") {
  std::mt19937 random(1);
  Counters counters;
  std::map<std::pair<ScopeId, SegmentId>, std::uint32_t> model;
  for (int step = 0; step < 200'000; ++step) {
    // Scopes of every size: scope 0 gets one base, scope 12 some thousand.
    const ScopeId scope = random() % 13;
    const SegmentId base = random() % (1u << scope);
    Counter& counter = counters.at(scope, base);
    REQUIRE(counter.base == base);
    REQUIRE(counter.next + 0 == model[{scope, base}]);
    counter.next = ++model[{scope, base}];
  }
  check_same(counters, model, 15, 1u << 12);
  CHECK(counters.find(1'000'000, 0) == nullptr);
}

TEST_CASE("a copy has the same counters, and goes its own way") {
  Counters counters;
  std::map<std::pair<ScopeId, SegmentId>, std::uint32_t> model;
  for (ScopeId scope = 0; scope < 12; ++scope)
    for (SegmentId base = 0; base < 1u << scope; ++base)
      counters.at(scope, base).next = model[{scope, base}] = base + 1;
  Counters copy(counters);
  check_same(copy, model, 14, 1u << 12);
  for (SegmentId base = 0; base < 5000; ++base) copy.at(3, base).next = 7;
  check_same(counters, model, 14, 5000);
}

TEST_CASE("ids in any regular distance are found in a few steps") {
  // What programs do: one scope of many gets every n-th segment. A table that took ids as they are would search for
  // ages.
  for (unsigned distance = 1; distance <= 1u << 20; distance *= 2) {
    CAPTURE(distance);
    Counters counters;
    constexpr SegmentId kCount = 4000;
    for (SegmentId i = 0; i < kCount; ++i) counters.at(0, i * distance).next = i + 1;
    for (int round = 0; round < 100; ++round)
      for (SegmentId i = 0; i < kCount; ++i) REQUIRE(counters.find(0, i * distance)->next + 0 == i + 1);
  }
}

TEST_CASE("room made beforehand is there, and changes nothing else") {
  Counters counters;
  counters.at(2, 5).next = 3;
  counters.reserve(2, 1000);
  counters.reserve(4, 10);
  const Counter* const first = &counters.at(2, 5);
  CHECK(first->next + 0 == 3);
  for (SegmentId base = 0; base < 1000; ++base) counters.at(2, base);
  CHECK(&counters.at(2, 5) == first);
  CHECK(counters.find(4, 0) == nullptr);
}
