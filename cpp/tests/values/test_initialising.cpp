#include "scopetrie/values/initialising.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "scopetrie/error.hpp"
#include "scopetrie/scopetrie.hpp"

namespace st = scopetrie;

namespace {

constexpr std::size_t kMany = 20;

/// Variables with operations, and a store for their values.
struct Initialising {
  st::Graph graph;
  st::Context at{graph};
  st::Graph stored;
  st::Values values{stored, 1};

  explicit Initialising(const st::Initializer& initializer = st::ones(), st::DType dtype = st::kFloat32) {
    for (std::size_t i = 0; i < kMany; ++i)
      at.get_variable("scope/v" + std::to_string(i), {.shape = {2, 3}, .dtype = dtype, .initializer = initializer});
  }
  std::vector<st::OpId> initializers() const {
    std::vector<st::OpId> found;
    for (st::VariableId id = 0; id < graph.variables.size(); ++id) found.push_back(graph.variables[id].initializer);
    return found;
  }
  /// What a run of these operations needs, and what is taken out of it.
  std::vector<st::NumberInitial> take(const std::vector<st::OpId>& targets, std::vector<st::OpId>& needed,
                                      std::vector<st::OpId> fetched = {}) const {
    st::NeededInitials found = st::prune_initials(graph, targets, fetched, {});
    needed = std::move(found.operations);
    return std::move(found.initials);
  }
  float first_of(const std::string& path) { return *static_cast<const float*>(values.look(values.find(path))->data()); }
};

}  // namespace

TEST_CASE("variables that are only set to a number are taken, and made lazily") {
  Initialising it(st::constant(2.5));
  std::vector<st::OpId> needed;
  const auto taken = it.take(it.initializers(), needed);
  CHECK(taken.size() == kMany);
  CHECK(needed.empty());
  st::initialise(it.values, it.graph, taken, st::kNone);
  CHECK(it.values.size() == kMany);
  CHECK(it.values.path(0) == "scope/v0");
  CHECK_FALSE(it.values.is_ready(0));
  CHECK(it.first_of("scope/v7") == 2.5F);
}

TEST_CASE("what is there is set in place") {
  Initialising it;
  std::vector<st::OpId> needed;
  const auto taken = it.take(it.initializers(), needed);
  st::initialise(it.values, it.graph, taken, st::kNone);
  auto* const first = static_cast<float*>(it.values.look(3)->data());
  *first = 7;
  st::initialise(it.values, it.graph, taken, st::kNone);
  CHECK(it.first_of("scope/v3") == 1);
  CHECK(it.values.look(3)->data() == first);
  it.values.freeze(5, true);
  CHECK_THROWS_AS(st::initialise(it.values, it.graph, taken, st::kNone), st::Error);
}

TEST_CASE("nothing is taken that the run needs otherwise") {
  Initialising it;
  std::vector<st::OpId> targets = it.initializers(), needed;
  targets.push_back(it.graph.ops.tensor(it.graph.variables[4].value).op);  // reads it
  const auto fetched = it.graph.variables[6].initializer;
  auto taken = it.take(targets, needed, {fetched});
  CHECK(taken.size() == kMany - 2);
  CHECK(std::ranges::none_of(taken, [](const auto& each) { return each.variable == 4 || each.variable == 6; }));
  CHECK(std::ranges::find(needed, fetched) != needed.end());
  CHECK(std::ranges::find(needed, it.graph.variables[0].initializer) == needed.end());
  const st::OpId waits[] = {it.graph.variables[0].initializer};
  it.graph.ops.add_control_inputs(it.graph.variables[1].initializer, waits);
  CHECK(it.take(it.initializers(), needed).size() == kMany - 1);
}

TEST_CASE("few variables, random ones and those of an open transaction are left alone") {
  Initialising it, drawn(st::random_normal());
  std::vector<st::OpId> needed;
  CHECK(it.take({it.graph.variables[0].initializer}, needed).empty());
  CHECK(drawn.take(drawn.initializers(), needed).empty());
  const st::Transaction transaction(it.graph.ledger());
  CHECK(it.take(it.initializers(), needed).empty());
}

TEST_CASE("another dtype or shape is refused") {
  Initialising it;
  std::vector<st::OpId> needed;
  const auto taken = it.take(it.initializers(), needed);
  st::SegmentId segment;
  const st::ScopeId scope = it.stored.ops.scopes().scope_of_name("scope/v2", st::ScopeTrie::kRoot, segment);
  const std::int64_t dims[] = {2, 3};
  it.values.create(scope, segment, {it.stored.ops.shapes().intern(dims), st::kInt32}, true,
                   it.values.origin_of(st::zeros()));
  try {
    st::initialise(it.values, it.graph, taken, st::kNone);
    FAIL("it was not refused");
  } catch (const st::Error& error) {
    CHECK(std::string(error.what()).starts_with("the store's variable 'scope/v2' has dtype int32"));
  }
}

TEST_CASE("names are the same in an empty store, and in one that has names already") {
  st::Graph graph;
  st::Context at(graph);
  std::vector<std::string> names;
  for (const char* scope : {"", "a/", "a/b/", "B/"})
    for (int i = 0; i < 5; ++i) names.push_back(scope + ("v_" + std::to_string(i * 3)));
  std::vector<st::OpId> targets;
  for (const std::string& name : names)
    targets.push_back(
        graph.variables[at.get_variable(name, {.shape = {2}, .initializer = st::ones()}).variable.id()].initializer);
  const auto taken = st::prune_initials(graph, targets, {}, {}).initials;
  REQUIRE(taken.size() == names.size());
  for (const bool is_empty : {true, false}) {
    st::Graph stored;
    st::Values values(stored, 1);
    if (!is_empty) {
      const std::int64_t dims[] = {2};
      st::SegmentId segment;
      const st::ScopeId scope = stored.ops.scopes().scope_of_name("own/b", st::ScopeTrie::kRoot, segment);
      values.create(scope, segment, {stored.ops.shapes().intern(dims), st::kFloat32}, true,
                    values.origin_of(st::zeros()));
    }
    st::initialise(values, graph, taken, st::kNone);
    for (const std::string& name : names) {
      REQUIRE(values.find(name) != st::kNone);
      CHECK(values.path(values.find(name)) == name);
    }
    CHECK(values.size() == names.size() + (is_empty ? 0 : 1));
  }
}

TEST_CASE("a store keeps its own short table beside a large graph") {
  st::Graph graph;
  st::Context at(graph);
  for (int i = 0; i < 1000; ++i) graph.segment("unused" + std::to_string(i));
  std::vector<st::OpId> targets;
  for (std::size_t i = 0; i < kMany; ++i)
    targets.push_back(graph
                          .variables[at.get_variable("v" + std::to_string(i), {.shape = {2}, .initializer = st::ones()})
                                         .variable.id()]
                          .initializer);
  st::Graph stored;
  st::Values values(stored, 1);
  st::initialise(values, graph, st::prune_initials(graph, targets, {}, {}).initials, st::kNone);
  CHECK(values.size() == kMany);
  CHECK(stored.ops.segments().size() < 100);
}
