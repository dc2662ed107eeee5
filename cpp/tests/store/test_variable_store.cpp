#include "scopetrie/store/variable_store.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <utility>
#include <vector>

using namespace scopetrie;

TEST_CASE("a variable is found by scope and segment") {
  VariableStore store;
  CHECK(store.find(0, 1) == kNone);
  const VariableId w = store.create({.scope = 0, .segment = 1, .ref = 5, .flags = 3});
  const VariableId other = store.create({.scope = 2, .segment = 1});
  CHECK(w == 0);
  CHECK(other == 1);
  CHECK(store.find(0, 1) == w);
  CHECK(store.find(2, 1) == other);
  CHECK(store.find(1, 0) == kNone);
  CHECK(store[w].ref == 5);
  store[w].initializer = 9;
  CHECK(std::as_const(store)[w].initializer == 9);
  CHECK(store[w].value == kNone);
}

TEST_CASE("a variable is found by its own tensor") {
  VariableStore store;
  CHECK(store.find_reference(0) == kNone);
  for (const TensorId reference : {1u, 4u, 5u}) store.create({.ref = reference});
  CHECK(store.find_reference(1) == 0);
  CHECK(store.find_reference(4) == 1);
  CHECK(store.find_reference(5) == 2);
  for (const TensorId other : {0u, 3u, 6u}) CHECK(store.find_reference(other) == kNone);
}

TEST_CASE("a variable without a name in the store is not found, but has an id") {
  VariableStore store;
  CHECK(store.create({.segment = 1}) == 0);
  CHECK(store.create({.segment = 1}) == 1);
  CHECK(store.size() == 2);
  CHECK(store.find(kNone, 1) == kNone);
}

TEST_CASE("the store agrees with a map through creating and forgetting") {
  std::mt19937 random(4);
  VariableStore store;
  std::vector<std::pair<ScopeId, SegmentId>> model;
  for (int step = 0; step < 20000; ++step) {
    const ScopeId scope = random() % 50 == 0 ? kNone : static_cast<ScopeId>(random() % 40);
    const auto segment = static_cast<SegmentId>(random() % 40);
    if (random() % 100 == 0) {
      const std::size_t count = model.size() - random() % (model.size() / 2 + 1);
      store.truncate(count);
      model.resize(count);
    } else if (scope == kNone || store.find(scope, segment) == kNone) {
      REQUIRE(store.create({.scope = scope, .segment = segment}) == model.size());
      model.emplace_back(scope, segment);
    }
    REQUIRE(store.size() == model.size());
    if (step % 200 != 0) continue;
    std::map<std::pair<ScopeId, SegmentId>, VariableId> by_name;
    for (VariableId id = 0; id < model.size(); ++id) by_name.emplace(model[id], id);
    for (ScopeId s = 0; s < 40; ++s)
      for (SegmentId g = 0; g < 40; ++g) {
        const auto at = by_name.find({s, g});
        REQUIRE(store.find(s, g) == (at == by_name.end() ? kNone : at->second));
      }
  }
}

TEST_CASE("scopes and segments are compared, not only their hashes") {
  VariableStore store;  // so many that some share a 32-bit hash
  for (std::uint32_t i = 0; i < 300000; ++i) {
    store.create({.scope = i * 7919 + 1, .segment = 5});
    store.create({.scope = i * 7919 + 2, .segment = i % 3 + 6});
  }
  for (std::uint32_t i = 0; i < 300000; ++i) {
    REQUIRE(store.find(i * 7919 + 1, 5) == 2 * i);
    REQUIRE(store.find(i * 7919 + 2, i % 3 + 6) == 2 * i + 1);
    REQUIRE(store.find(i * 7919 + 2, (i + 1) % 3 + 6) == kNone);
  }
}

TEST_CASE("forgetting the last variable does not cost all the others") {
  VariableStore store;
  for (SegmentId segment = 0; segment < 100000; ++segment) store.create({.scope = 1, .segment = segment});
  for (SegmentId i = 0; i < 100000; ++i) {  // quadratic would be minutes
    store.create({.scope = 2, .segment = i});
    store.truncate(100000);
  }
  CHECK(store.find(2, 99999) == kNone);
  CHECK(store.find(1, 99999) == 99999);
}
