// Benchmarks of a C++ program's Store; see core.cpp.
#include "scopetrie/values/store.hpp"

#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace st = scopetrie;

constexpr std::size_t kSmall = 2'000;
constexpr std::size_t kLarge = 1'000'000;
constexpr std::size_t kBatch = 1'000;
constexpr std::int64_t kCreations = 1'000'000;

/// The variables of one scope, which shares them.
struct Variables {
  st::Store store;
  st::StoreScope scope{store, "scope", {.reuse = st::Reuse::kAuto}};

  st::StoreVariable get(const std::string& name) { return store.get(name, {.shape = {2}, .initializer = st::zeros()}); }

  explicit Variables(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) get("w" + std::to_string(i));
  }
};

/// Names of 64 variables out of `count`.
std::vector<std::string> wanted(std::size_t count, std::string_view before = "w") {
  std::vector<std::string> made;
  for (std::size_t i = 0; i < 64; ++i) made.push_back(std::string(before) + std::to_string(i * (count / 64)));
  return made;
}

// Gets a variable that exists, one of 64 in turn: by its name, by its name and shape, and by its whole path.
template <class Get>
void store_hit_by(benchmark::State& state, std::string_view before, Get get) {
  const auto count = static_cast<std::size_t>(state.range(0));
  Variables variables(count);
  const std::vector<std::string> names = wanted(count, before);
  std::size_t at = 0;
  for (auto _ : state) benchmark::DoNotOptimize(get(variables.store, names[at++ & 63]));
  for (std::size_t i = 0; i < 64; ++i)
    if (get(variables.store, names[i]).id() != i * (count / 64)) state.SkipWithError("a hit found another variable");
}
void store_hit(benchmark::State& state) {
  store_hit_by(state, "w", [](st::Store& store, const std::string& name) { return store.get(name); });
}
void store_hit_shape(benchmark::State& state) {
  store_hit_by(state, "w", [](st::Store& store, const std::string& name) { return store.get(name, {.shape = {2}}); });
}
void store_find(benchmark::State& state) {
  store_hit_by(state, "scope/w", [](const st::Store& store, const std::string& path) { return *store.find(path); });
}

// Makes lazy variables in one scope; at 2k in a new store for each batch, at 1M in one that keeps growing.
void store_create(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  auto variables = std::make_unique<Variables>(count);
  std::size_t batch = 0;
  std::vector<std::string> fresh(kBatch);
  while (state.KeepRunningBatch(kBatch)) {
    state.PauseTiming();
    if (count == kSmall) variables = std::make_unique<Variables>(count);
    const std::string prefix = "b" + std::to_string(batch++) + "x";
    for (std::size_t i = 0; i < kBatch; ++i) fresh[i] = prefix + std::to_string(i);
    const std::size_t before = variables->store.size();
    state.ResumeTiming();
    for (const std::string& name : fresh) benchmark::DoNotOptimize(variables->get(name));
    if (variables->store.size() != before + kBatch) state.SkipWithError("variables are missing");
  }
}

// Names with their text, of eight bases in turns.
void store_unique(benchmark::State& state) {
  Variables variables(static_cast<std::size_t>(state.range(0)));
  std::vector<std::string> bases;
  for (int i = 0; i < 8; ++i) bases.push_back("type" + std::to_string(i));
  std::size_t at = 0;
  std::string_view text = variables.store.unique_name("first");  // takes the names of the variables
  for (auto _ : state) {
    text = variables.store.unique_name(bases[at++ & 7]);
    benchmark::DoNotOptimize(text.data());
  }
  if (variables.store.names().size() != variables.store.size() + at + 1) state.SkipWithError("names are missing");
}

// The first look at 64 elements, and the next one.
void store_look(benchmark::State& state) {
  std::unique_ptr<st::Store> store;
  std::vector<st::StoreVariable> made;
  while (state.KeepRunningBatch(kBatch)) {
    state.PauseTiming();
    store = std::make_unique<st::Store>();
    made.clear();
    for (std::size_t i = 0; i < kBatch; ++i)
      made.push_back(store->get("w" + std::to_string(i), {.shape = {64}, .initializer = st::zeros()}));
    state.ResumeTiming();
    for (const st::StoreVariable& variable : made) benchmark::DoNotOptimize(variable.data<float>().data());
  }
}
void store_look_again(benchmark::State& state) {
  Variables variables(kSmall);
  const st::StoreVariable variable = *variables.store.find("scope/w7");
  for (auto _ : state) benchmark::DoNotOptimize(variable.data<float>().data());
}

BENCHMARK(store_hit)->Arg(kSmall)->Arg(kLarge);
BENCHMARK(store_hit_shape)->Arg(kSmall)->Arg(kLarge);
BENCHMARK(store_find)->Arg(kSmall)->Arg(kLarge);
BENCHMARK(store_create)->Arg(kSmall)->Arg(kLarge)->Iterations(kCreations)->Repetitions(5)->ReportAggregatesOnly();
BENCHMARK(store_unique)->Arg(kSmall)->Arg(kLarge)->Iterations(kCreations);
BENCHMARK(store_look);
BENCHMARK(store_look_again);

}  // namespace
