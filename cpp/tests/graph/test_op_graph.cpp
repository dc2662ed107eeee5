#include "scopetrie/graph/op_graph.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>
#include <type_traits>
#include <vector>

#include "graph/adding.hpp"

using namespace scopetrie;
using namespace scopetrie::testing;

static_assert(!std::is_copy_constructible_v<OpGraph> && !std::is_move_constructible_v<OpGraph>,
              "the tables of a graph refer to each other");

TEST_CASE("an operation is found by exactly its name, also among undone and new ones") {
  Graph n;
  for (int i = 0; i < 100; ++i) add(n, n.ops.unique(n.scope("Scope"), n.segment("Op")).name);
  CHECK(n.ops.find("Scope/Op_42") == 42);
  CHECK(n.ops.find("scope/op_42") == kNone);
  CHECK(n.ops.find("Scope/Op_042") == kNone);
  CHECK(n.ops.find("Scope/Op_100") == kNone);
  CHECK(n.ops.find("") == kNone);
  Transaction undone(n.ledger());
  add(n, n.ops.unique(n.scope("Scope"), n.segment("Op")).name);
  CHECK(n.ops.find("Scope/Op_100") == 100);
  undone.rollback();
  CHECK(n.ops.find("Scope/Op_100") == kNone);
  add(n, n.ops.unique(n.scope("Other"), n.segment("Op")).name);
  CHECK(n.ops.find("Scope/Op_100") == kNone);
  CHECK(n.ops.find("Other/Op") == 100);
}

TEST_CASE("operations keep their inputs, outputs, kind, attribute and site") {
  Graph n;
  OpGraph& graph = n.ops;
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
  Graph n;
  const OpId a = add(n, {0, n.segment("a"), 0});
  const OpId b = add(n, {0, n.segment("b"), 0});
  CHECK_FALSE(n.ops.has_control_inputs());
  Transaction undone(n.ledger());
  const OpId c = add(n, {0, n.segment("c"), 0});
  const OpId twice[] = {b, a, b};
  n.ops.add_control_inputs(c, twice);
  n.ops.add_control_inputs(c, {});
  CHECK(std::ranges::equal(n.ops.control_inputs(c), std::vector<OpId>{b, a}));
  CHECK(n.ops.control_inputs(a).empty());
  undone.rollback();
  CHECK_FALSE(n.ops.has_control_inputs());
  add(n, {0, n.segment("d"), 0});
  CHECK(n.ops.control_inputs(c).empty());
}

TEST_CASE("rollback takes back operations, inputs and tensors") {
  Graph n;
  add(n, {0, n.segment("a"), 0});
  Transaction undone(n.ledger());
  const TensorId input = 0;
  const Output output{ShapeTable::kScalar, 1};
  n.ops.add(0, {0, n.segment("b"), 0}, {&input, 1}, {&output, 1});
  undone.rollback();
  CHECK(n.ops.size() == 1);
  CHECK(n.ops.inputs(0).empty());
  CHECK(n.ops.tensor_count() == 1);
  const OpId again = n.ops.add(0, {0, n.segment("c"), 0}, {}, {&output, 1});
  CHECK(n.ops.inputs(again).empty());
  CHECK(n.ops.operation(again).first_output == 1);
}

TEST_CASE("prune gives what targets need, in creation order, and nothing behind what is fed") {
  Graph n;
  const auto make = [&](const char* name, std::vector<TensorId> inputs) {
    const Output output{ShapeTable::kScalar, 1};
    return n.ops.add(0, {0, n.segment(name), 0}, inputs, {&output, 1});
  };
  const OpId a = make("a", {});
  const OpId b = make("b", {a});
  const OpId unused = make("unused", {b});
  const OpId c = make("c", {b, b});
  const OpId d = make("d", {});
  n.ops.add_control_inputs(c, {&d, 0});
  const OpId e = make("e", {c});
  n.ops.add_control_inputs(e, {&d, 1});
  const auto pruned = [&](std::vector<OpId> targets, std::vector<TensorId> feeds) {
    return n.ops.prune(targets, feeds);
  };
  CHECK(pruned({}, {}).empty());
  CHECK(pruned({e}, {}) == std::vector<OpId>{a, b, c, d, e});
  CHECK(pruned({e}, {b}) == std::vector<OpId>{c, d, e});
  CHECK(pruned({e}, {c}) == std::vector<OpId>{d, e});
  CHECK(pruned({c, a, c}, {b}) == std::vector<OpId>{a, c});
  CHECK(pruned({unused}, {}) == std::vector<OpId>{a, b, unused});
  CHECK(n.ops.prune(std::vector<OpId>{e}, std::vector<TensorId>{c}, d) == std::vector<OpId>{d, e});
  CHECK(n.ops.prune(std::vector<OpId>{e}, std::vector<TensorId>{c}, e) == std::vector<OpId>{e});
  CHECK(n.ops.prune(std::vector<OpId>{e}, {}, e) == std::vector<OpId>{a, b, c, e});
}

TEST_CASE("prune agrees with a search over random graphs") {
  for (unsigned seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    Graph n;
    const OpId size = 1 + random() % 60;
    std::vector<std::vector<OpId>> controls(size);
    for (OpId op = 0; op < size; ++op) {
      std::vector<TensorId> inputs;
      const auto tensors = static_cast<TensorId>(n.ops.tensor_count());
      if (tensors != 0)
        for (unsigned count = random() % 3; count-- > 0;) inputs.push_back(random() % tensors);
      const std::vector<Output> outputs(random() % 3);
      n.ops.add(0, {0, n.segment("op"), op}, inputs, outputs);
      if (op != 0 && random() % 4 == 0) controls[op].push_back(random() % op);
      n.ops.add_control_inputs(op, controls[op]);
    }
    std::vector<OpId> targets;
    for (unsigned count = random() % 4; count-- > 0;) targets.push_back(random() % size);
    std::vector<TensorId> feeds;
    if (n.ops.tensor_count() != 0)
      for (unsigned count = random() % 4; count-- > 0;)
        feeds.push_back(static_cast<TensorId>(random() % n.ops.tensor_count()));
    std::set<OpId> wanted;
    std::vector<OpId> left = targets;
    while (!left.empty()) {
      const OpId op = left.back();
      left.pop_back();
      if (!wanted.insert(op).second) continue;
      for (const TensorId input : n.ops.inputs(op))
        if (std::ranges::find(feeds, input) == feeds.end()) left.push_back(n.ops.tensor(input).op);
      left.insert(left.end(), controls[op].begin(), controls[op].end());
    }
    REQUIRE(n.ops.prune(targets, feeds) == std::vector<OpId>(wanted.begin(), wanted.end()));
  }
}

TEST_CASE("an undone span costs what it did, not what the graph holds") {
  // 50,000 spans rolled back in a graph of 50,000 operations, each with look-ups of names: quadratic time would be
  // minutes.
  Graph n;
  for (int i = 0; i < 50000; ++i) add_with_child(n, "", "mul", "y");
  for (int i = 0; i < 50000; ++i) {
    Transaction undone(n.ledger());
    add(n, n.ops.unique(ScopeTrie::kRoot, n.segment("failing")).name);
    REQUIRE(n.ops.find("failing") == 100000);
    undone.rollback();
    REQUIRE(n.ops.find("failing") == kNone);
  }
}
