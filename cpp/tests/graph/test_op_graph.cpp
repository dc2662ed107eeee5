#include "scopetrie/graph/op_graph.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>
#include <type_traits>
#include <vector>

#include "named_graph.hpp"

using namespace scopetrie;
using scopetrie::testing::NamedGraph;

static_assert(!std::is_copy_constructible_v<OpGraph> && !std::is_move_constructible_v<OpGraph>,
              "the tables of a graph refer to each other");

TEST_CASE("an operation is found by exactly its name, also among undone and new ones") {
  NamedGraph n;
  for (int i = 0; i < 100; ++i) n.add(n.graph.unique(n.scope("Scope"), n.segment("Op")).name);
  CHECK(n.graph.find("Scope/Op_42") == 42);
  CHECK(n.graph.find("scope/op_42") == kNone);
  CHECK(n.graph.find("Scope/Op_042") == kNone);
  CHECK(n.graph.find("Scope/Op_100") == kNone);
  CHECK(n.graph.find("") == kNone);
  const OpGraph::Mark mark = n.graph.begin();
  n.add(n.graph.unique(n.scope("Scope"), n.segment("Op")).name);
  CHECK(n.graph.find("Scope/Op_100") == 100);
  n.graph.rollback(mark);
  CHECK(n.graph.find("Scope/Op_100") == kNone);
  n.add(n.graph.unique(n.scope("Other"), n.segment("Op")).name);
  CHECK(n.graph.find("Scope/Op_100") == kNone);
  CHECK(n.graph.find("Other/Op") == 100);
}

TEST_CASE("operations keep their inputs, outputs, kind, attribute and site") {
  NamedGraph n;
  OpGraph& graph = n.graph;
  const Output pair[] = {{ShapeTable::kScalar, 1}, {ShapeTable::kUnknown, 3}};
  const OpId split = graph.add(7, {0, n.segment("split"), 0}, {}, pair, 11, 12);
  const TensorId first = graph.operation(split).first_output;
  const TensorId inputs[] = {first + 1, first, first};
  const OpId join = graph.add(8, {0, n.segment("join"), 0}, inputs, {});
  CHECK(graph.size() == 2);
  CHECK(graph.tensor_count() == 2);
  CHECK(graph.operation(split).kind == 7);
  CHECK(graph.operation(split).attribute == 11);
  CHECK(graph.operation(split).site == 12);
  CHECK(graph.operation(join).attribute == kNone);
  CHECK(graph.output_count(split) == 2);
  CHECK(graph.output_count(join) == 0);
  CHECK(graph.inputs(split).empty());
  CHECK(std::ranges::equal(graph.inputs(join), inputs));
  CHECK(graph.tensor(first + 1).op == split);
  CHECK(graph.tensor(first + 1).dtype == 3);
  graph.set_shape(first + 1, ShapeTable::kScalar);
  CHECK(graph.tensor(first + 1).shape == ShapeTable::kScalar);
}

TEST_CASE("control inputs are kept once each, and undone with their operation") {
  NamedGraph n;
  const OpId a = n.add({0, n.segment("a"), 0});
  const OpId b = n.add({0, n.segment("b"), 0});
  CHECK_FALSE(n.graph.has_control_inputs());
  const OpGraph::Mark mark = n.graph.begin();
  const OpId c = n.add({0, n.segment("c"), 0});
  const OpId twice[] = {b, a, b};
  n.graph.add_control_inputs(c, twice);
  n.graph.add_control_inputs(c, {});
  CHECK(std::ranges::equal(n.graph.control_inputs(c), std::vector<OpId>{b, a}));
  CHECK(n.graph.control_inputs(a).empty());
  n.graph.rollback(mark);
  CHECK_FALSE(n.graph.has_control_inputs());
  n.add({0, n.segment("d"), 0});
  CHECK(n.graph.control_inputs(c).empty());
}

TEST_CASE("rollback takes back operations, inputs and tensors") {
  NamedGraph n;
  n.add({0, n.segment("a"), 0});
  const OpGraph::Mark mark = n.graph.begin();
  const TensorId input = 0;
  const Output output{ShapeTable::kScalar, 1};
  n.graph.add(0, {0, n.segment("b"), 0}, {&input, 1}, {&output, 1});
  n.graph.rollback(mark);
  CHECK(n.graph.size() == 1);
  CHECK(n.graph.inputs(0).empty());
  CHECK(n.graph.tensor_count() == 1);
  const OpId again = n.graph.add(0, {0, n.segment("c"), 0}, {}, {&output, 1});
  CHECK(n.graph.inputs(again).empty());
  CHECK(n.graph.operation(again).first_output == 1);
}

TEST_CASE("prune gives what targets need, in creation order, and nothing behind what is fed") {
  NamedGraph n;
  const auto make = [&](const char* name, std::vector<TensorId> inputs) {
    const Output output{ShapeTable::kScalar, 1};
    return n.graph.add(0, {0, n.segment(name), 0}, inputs, {&output, 1});
  };
  const OpId a = make("a", {});
  const OpId b = make("b", {a});
  const OpId unused = make("unused", {b});
  const OpId c = make("c", {b, b});
  const OpId d = make("d", {});
  n.graph.add_control_inputs(c, {&d, 0});
  const OpId e = make("e", {c});
  n.graph.add_control_inputs(e, {&d, 1});
  const auto pruned = [&](std::vector<OpId> targets, std::vector<TensorId> feeds) {
    return n.graph.prune(targets, feeds);
  };
  CHECK(pruned({}, {}).empty());
  CHECK(pruned({e}, {}) == std::vector<OpId>{a, b, c, d, e});
  CHECK(pruned({e}, {b}) == std::vector<OpId>{c, d, e});
  CHECK(pruned({e}, {c}) == std::vector<OpId>{d, e});
  CHECK(pruned({c, a, c}, {b}) == std::vector<OpId>{a, c});
  CHECK(pruned({unused}, {}) == std::vector<OpId>{a, b, unused});
}

TEST_CASE("prune agrees with a search over random graphs") {
  for (unsigned seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    NamedGraph n;
    const OpId size = 1 + random() % 60;
    std::vector<std::vector<OpId>> controls(size);
    for (OpId op = 0; op < size; ++op) {
      std::vector<TensorId> inputs;
      const auto tensors = static_cast<TensorId>(n.graph.tensor_count());
      if (tensors != 0)
        for (unsigned count = random() % 3; count-- > 0;) inputs.push_back(random() % tensors);
      const std::vector<Output> outputs(random() % 3);
      n.graph.add(0, {0, n.segment("op"), op}, inputs, outputs);
      if (op != 0 && random() % 4 == 0) controls[op].push_back(random() % op);
      n.graph.add_control_inputs(op, controls[op]);
    }
    std::vector<OpId> targets;
    for (unsigned count = random() % 4; count-- > 0;) targets.push_back(random() % size);
    std::vector<TensorId> feeds;
    if (n.graph.tensor_count() != 0)
      for (unsigned count = random() % 4; count-- > 0;)
        feeds.push_back(static_cast<TensorId>(random() % n.graph.tensor_count()));
    std::set<OpId> wanted;
    std::vector<OpId> left = targets;
    while (!left.empty()) {
      const OpId op = left.back();
      left.pop_back();
      if (!wanted.insert(op).second) continue;
      for (const TensorId input : n.graph.inputs(op))
        if (std::ranges::find(feeds, input) == feeds.end()) left.push_back(n.graph.tensor(input).op);
      left.insert(left.end(), controls[op].begin(), controls[op].end());
    }
    REQUIRE(n.graph.prune(targets, feeds) == std::vector<OpId>(wanted.begin(), wanted.end()));
  }
}

TEST_CASE("an undone span costs what it did, not what the graph holds") {
  // 50,000 spans rolled back in a graph of 50,000 operations, each with look-ups of names: quadratic time would be
  // minutes.
  NamedGraph n;
  for (int i = 0; i < 50000; ++i) n.add_with_child("", "mul", "y");
  for (int i = 0; i < 50000; ++i) {
    const OpGraph::Mark mark = n.graph.begin();
    n.add(n.graph.unique(ScopeTrie::kRoot, n.segment("failing")).name);
    REQUIRE(n.graph.find("failing") == 100000);
    n.graph.rollback(mark);
    REQUIRE(n.graph.find("failing") == kNone);
  }
}
