// Benchmarks of the core without Python, through its public headers.
//
// Each benchmark runs with 2k and with 1M items already there (its argument). Names are made before the clock
// starts; every result is checked.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scopetrie/graph/op_graph.hpp"
#include "scopetrie/names/name_writer.hpp"
#include "scopetrie/names/names.hpp"
#include "scopetrie/scopetrie.hpp"

namespace {

using scopetrie::OpGraph;

constexpr std::size_t kSmall = 2'000;
constexpr std::size_t kLarge = 1'000'000;
constexpr std::size_t kBatch = 1'000;           // names per timed batch of creations
constexpr std::int64_t kCreations = 1'000'000;  // every table doubles once, so its growth is counted once

std::vector<std::string> names(std::string_view prefix, std::size_t count) {
  std::vector<std::string> made(count);
  for (std::size_t i = 0; i < count; ++i) made[i] = std::string(prefix) + std::to_string(i);
  return made;
}

/// The variables of one scope, by the C++ face: the first call for a name makes the variable, later ones share it.
struct Variables {
  scopetrie::Graph graph;
  scopetrie::Context at{graph};
  scopetrie::OpenVariableScope scope{at, "scope", {.reuse = scopetrie::Reuse::kAuto}};

  scopetrie::VariableId get(const std::string& name) {
    return at.get_variable(name, {.shape = {2}, .initializer = scopetrie::zeros()}).variable.id();
  }

  explicit Variables(std::size_t count) {
    for (const std::string& name : names("w", count)) get(name);
  }
};

// Gets a variable that exists, one of 64 in turn.
void hit(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  Variables variables(count);
  std::vector<std::string> wanted;
  for (std::size_t i = 0; i < 64; ++i) wanted.push_back("w" + std::to_string(i * (count / 64)));
  std::size_t at = 0;
  for (auto _ : state) benchmark::DoNotOptimize(variables.get(wanted[at++ & 63]));
  for (std::size_t i = 0; i < 64; ++i)
    if (variables.get(wanted[i]) != i * (count / 64)) state.SkipWithError("a hit found another variable");
}

// Gets a variable that exists, drawn from all of them: bound by cache misses.
void hit_anywhere(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  Variables variables(count);
  std::vector<std::string> wanted;
  for (std::size_t i = 0; i < 4096; ++i) wanted.push_back("w" + std::to_string((i * 2'654'435'761u) % count));
  std::size_t at = 0;
  for (auto _ : state) benchmark::DoNotOptimize(variables.get(wanted[at++ & 4095]));
  if (variables.graph.variables.size() != count) state.SkipWithError("a variable is missing");
}

// Makes variables in one scope, with their operations; at 2k in a new graph for each batch, at 1M in one that keeps
// growing.
void create(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const std::vector<std::string> first = names("new", kBatch);
  auto variables = std::make_unique<Variables>(count);
  std::size_t batch = 0;
  while (state.KeepRunningBatch(kBatch)) {
    state.PauseTiming();
    if (count == kSmall) variables = std::make_unique<Variables>(count);
    const std::vector<std::string> fresh = count == kSmall ? first : names("b" + std::to_string(batch++) + "x", kBatch);
    const std::size_t before = variables->graph.variables.size();
    state.ResumeTiming();
    for (const std::string& name : fresh) benchmark::DoNotOptimize(variables->get(name));
    if (variables->graph.variables.size() != before + kBatch) state.SkipWithError("variables are missing");
  }
}

struct Nodes {
  OpGraph graph;
  scopetrie::ScopeId scope = graph.scopes().at("scope");
  scopetrie::SegmentId add = graph.segments().intern("Add");
  scopetrie::TensorId x = 0;

  scopetrie::OpId node() {
    const scopetrie::TensorId inputs[] = {x, x};
    const scopetrie::Output outputs[] = {{}};
    return graph.add(1, graph.unique(scope, add).name, inputs, outputs);
  }

  explicit Nodes(std::size_t count) {
    const scopetrie::Output outputs[] = {{}};
    graph.add(0, graph.unique(scope, graph.segments().intern("x")).name, {}, outputs);
    for (std::size_t i = 0; i < count; ++i) node();
  }
};

// The suffix for a base name that is taken, without the text of the name.
void unique(benchmark::State& state) {
  Nodes nodes(static_cast<std::size_t>(state.range(0)));
  std::uint32_t suffix = 0;
  for (auto _ : state) benchmark::DoNotOptimize(suffix = nodes.graph.unique(nodes.scope, nodes.add).name.suffix);
  if (suffix + 1 != state.iterations() + state.range(0)) state.SkipWithError("wrong number");
}

// The same with its text, "scope/Add_123".
void unique_formatted(benchmark::State& state) {
  Nodes nodes(static_cast<std::size_t>(state.range(0)));
  scopetrie::NameWriter writer(nodes.graph);
  std::string_view text;
  for (auto _ : state) {
    text = writer.write(nodes.graph.unique(nodes.scope, nodes.add).name);
    benchmark::DoNotOptimize(text.data());
  }
  if (text != "scope/Add_" + std::to_string(state.iterations() + state.range(0) - 1)) state.SkipWithError("wrong name");
}

// Names of eight bases in turns, with their text, ten to a scope: what a netlist asks for.
void alternating_formatted(benchmark::State& state) {
  scopetrie::Names names;
  scopetrie::NameWriter writer(names);
  std::vector<scopetrie::SegmentId> bases;
  for (const std::string& base : ::names("type", 8)) bases.push_back(names.part(base));
  const scopetrie::SegmentId module = names.part("module");
  scopetrie::ScopeId scope = names.open(scopetrie::ScopeTrie::kRoot, module);
  std::size_t at = 0;
  std::string_view text;
  for (auto _ : state) {
    if (at % 10 == 0) scope = names.open(scopetrie::ScopeTrie::kRoot, module);
    text = writer.write(names.unique(scope, bases[at++ % 10 % 8]));
    benchmark::DoNotOptimize(text.data());
  }
  if (names.size() != at) state.SkipWithError("names are missing");
}

// A uniquely named operation of two inputs and one output.
void node(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  auto nodes = std::make_unique<Nodes>(count);
  while (state.KeepRunningBatch(kBatch)) {
    if (count == kSmall) {
      state.PauseTiming();
      nodes = std::make_unique<Nodes>(count);
      state.ResumeTiming();
    }
    for (std::size_t i = 0; i < kBatch; ++i) benchmark::DoNotOptimize(nodes->node());
  }
  if (nodes->graph.size() < count + kBatch) state.SkipWithError("operations are missing");
}

BENCHMARK(hit)->Arg(kSmall)->Arg(kLarge);
BENCHMARK(hit_anywhere)->Arg(kSmall)->Arg(kLarge);
BENCHMARK(create)->Arg(kSmall)->Arg(kLarge)->Iterations(kCreations)->Repetitions(5)->ReportAggregatesOnly();
BENCHMARK(unique)->Arg(kSmall)->Arg(kLarge);
BENCHMARK(unique_formatted)->Arg(kSmall)->Arg(kLarge);
BENCHMARK(alternating_formatted)->Iterations(kCreations);
BENCHMARK(node)->Arg(kSmall)->Arg(kLarge)->Iterations(kCreations)->Repetitions(5)->ReportAggregatesOnly();

}  // namespace

BENCHMARK_MAIN();
