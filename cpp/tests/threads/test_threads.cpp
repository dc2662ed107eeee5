// What the headers promise under "Thread safety", by several threads at once. ThreadSanitizer runs it too
// (SCOPETRIE_SANITIZE=thread): there a promise that is broken is a failure even where the numbers come out right.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "scopetrie/graph/op_graph.hpp"
#include "scopetrie/names/name_writer.hpp"
#include "scopetrie/random/random.hpp"
#include "scopetrie/scopes/scope_counters.hpp"
#include "scopetrie/store/variable_store.hpp"
#include "threads/at_once.hpp"

using namespace scopetrie;
using scopetrie::testing::at_once;
using scopetrie::testing::kThreads;

namespace {

std::string name_of(const OpGraph& graph, const Name& name) {
  std::string out;
  graph.append_name(name, out);
  return out;
}

/// A layer as a v1 program builds it: a default scope's name, a shared variable in it, two operations and one of them
/// an owner.
std::vector<std::string> build_layer(OpGraph& graph, VariableStore& variables, ScopeCounters& counters, ScopeId tower) {
  const SegmentId layer = graph.segments().intern("layer"), weights = graph.segments().intern("w");
  const ScopeId scope = graph.scopes().child(tower, layer, counters.unused(tower, "layer"));
  counters.open(scope);
  if (variables.find(scope, weights) == kNone) variables.create({.scope = scope, .segment = weights});
  const std::int64_t dims[] = {-1, static_cast<std::int64_t>(graph.size() % 16)};
  const Output output{graph.shapes().intern(dims), 1};
  std::vector<std::string> names;
  for (const char* base : {"relu", "Relu", "mul_1"}) {
    const OpGraph::Fresh fresh = graph.unique(scope, graph.segments().intern(base));
    const OpId op = graph.add(0, fresh.name, {}, {&output, 1});
    names.push_back(name_of(graph, fresh.name));
    // One that is taken back, as a failed call does; its name is free again for whoever comes next.
    Transaction undone(graph.ledger());
    graph.unique(scope, graph.segments().intern("undone"));
    undone.rollback();
    CHECK(graph.name(op) == names.back());
  }
  counters.close_beneath(scope);
  return names;
}

}  // namespace

TEST_CASE("threads build one graph under one lock, each with a context of its own") {
  constexpr std::size_t kLayers = 200;
  std::mutex lock;
  OpGraph graph;
  VariableStore variables;
  std::vector<std::string> made[kThreads];
  at_once([&](std::size_t number) {
    std::unique_lock held(lock);
    ScopeCounters counters(graph.scopes());
    const ScopeId tower = graph.scopes().at("tower");
    for (std::size_t at = 0; at < kLayers; ++at) {
      const std::vector<std::string> names = build_layer(graph, variables, counters, tower);
      made[number].insert(made[number].end(), names.begin(), names.end());
      held.unlock();
      std::this_thread::yield();
      held.lock();
    }
  });

  // Default scopes count for each thread, so the threads share scopes and variables; names are the graph's.
  CHECK(variables.size() == kLayers);
  CHECK(graph.size() == kThreads * kLayers * 3);
  std::vector<std::string> all;
  for (const std::vector<std::string>& names : made) all.insert(all.end(), names.begin(), names.end());
  std::ranges::sort(all);
  CHECK(std::ranges::adjacent_find(all) == all.end());
  for (const std::string& name : all) CHECK(graph.find(name) != kNone);
  CHECK(graph.find("tower/layer_199/undone") == kNone);
}

TEST_CASE("many threads read what nobody writes to") {
  OpGraph graph;
  VariableStore variables;
  ScopeCounters counters(graph.scopes());
  const ScopeId tower = graph.scopes().at("tower");
  for (std::size_t at = 0; at < 200; ++at) build_layer(graph, variables, counters, tower);
  Pattern mul;
  mul.add(1, graph.segments().intern("y"), {}, {ShapeTable::kScalar, 1});
  mul.add(2, kNone, std::vector<TensorId>{0, 0}, {ShapeTable::kScalar, 1});
  const SegmentId run = graph.segments().intern("run");
  const std::uint32_t pattern = graph.add_pattern(mul);
  for (int at = 0; at < 3; ++at) {
    const OpGraph::Fresh fresh = graph.unique(tower, run);
    graph.note_owner(fresh);
    graph.add_run(pattern, fresh.name);
  }
  const OpId last = static_cast<OpId>(graph.size() - 1);
  graph.add_control_inputs(last, std::vector<OpId>{0, 1});
  CHECK(graph.find("tower/layer/relu") == 0);  // counts as writing: it indexes what is new

  const auto read_all = [](const OpGraph& ops, const VariableStore& store, ScopeId scope) {
    std::size_t seen = 0;
    NameWriter writer(ops);
    for (OpId op = 0; op < ops.size(); ++op) {
      const OperationRow row = ops.operation(op);
      const TensorRow tensor = ops.tensor(row.first_output);
      const std::string name = ops.name(op);
      seen += name.size() + ops.shapes().dims(tensor.shape).size() + ops.inputs(op).size() + ops.output_count(op) +
              ops.control_inputs(op).size();
      if (writer.write(ops.name_of(op)) == name) ++seen;
      if (ops.find(name) == op) ++seen;  // nothing is new, so this writes nothing
    }
    for (VariableId id = 0; id < store.size(); ++id) {
      if (store.find(store[id].scope, store[id].segment) == id) ++seen;
      if (ops.scopes().is_within(store[id].scope, scope)) ++seen;
      std::string path;
      ops.scopes().append_path(store[id].scope, path);
      seen += path.size() + ops.segments().text(store[id].segment).size();
    }
    const OpId target = static_cast<OpId>(ops.size() - 1);
    return seen + ops.prune({&target, 1}, {}).size() + ops.segments().find("relu") +
           ops.scopes().find_child(scope, ops.segments().find("layer"), 7);
  };
  const std::size_t expected = read_all(graph, variables, tower);
  std::size_t seen[kThreads] = {};
  at_once([&](std::size_t number) { seen[number] = read_all(std::as_const(graph), std::as_const(variables), tower); });
  for (const std::size_t each : seen) CHECK(each == expected);
}

TEST_CASE("graphs of different threads share nothing") {
  std::vector<std::string> made[kThreads];
  at_once([&](std::size_t number) {
    OpGraph graph;
    VariableStore variables;
    ScopeCounters counters(graph.scopes());
    const ScopeId tower = graph.scopes().at("tower");
    for (std::size_t at = 0; at < 200; ++at) {
      const std::vector<std::string> names = build_layer(graph, variables, counters, tower);
      made[number].insert(made[number].end(), names.begin(), names.end());
    }
  });
  for (const std::vector<std::string>& names : made) CHECK(names == made[0]);
}

TEST_CASE("threads fill parts of one drawing") {
  constexpr std::size_t kSize = 10'000, kPart = kSize / kThreads;
  const RandomDrawing drawing(1, 2, 3);
  std::vector<double> whole(kSize), parts(kSize);
  drawing.normal(std::span<double>(whole));
  at_once([&](std::size_t number) {
    drawing.normal(std::span<double>(parts).subspan(number * kPart, kPart), number * kPart);
  });
  CHECK(parts == whole);
}
