// A Store by several threads at once, as its header promises; see test_threads.cpp.
#include <doctest/doctest.h>

#include <mutex>
#include <shared_mutex>
#include <string>
#include <vector>

#include "scopetrie/values/store.hpp"
#include "threads/at_once.hpp"

namespace st = scopetrie;
using scopetrie::testing::at_once;
using scopetrie::testing::kThreads;

namespace {

constexpr int kVariables = 300;

double sum_of(const st::Store& store) {
  double sum = 0;
  for (int i = 0; i < kVariables; ++i) {
    const std::optional<st::StoreVariable> w = store.find("tower/w" + std::to_string(i));
    for (const float element : w->data<float>()) sum += element;
    sum += static_cast<double>(w->path().size() + w->shape().size());
  }
  return sum + static_cast<double>(store.under("tower").size());
}

void fill(st::Store& store) {
  const st::StoreScope tower(store, "tower");
  for (int i = 0; i < kVariables; ++i) store.get("w" + std::to_string(i), {.shape = {8}});
}

}  // namespace

TEST_CASE("many threads look at variables that nobody has looked at") {
  st::Store store({.seed = 3}), alone({.seed = 3});
  fill(store);
  fill(alone);
  double sums[kThreads] = {};
  at_once([&](std::size_t number) { sums[number] = sum_of(store); });
  const double expected = sum_of(alone);
  for (const double sum : sums) CHECK(sum == expected);
}

TEST_CASE("threads with scopes of their own write under a lock, and read under a shared one") {
  st::Store store;
  std::shared_mutex lock;
  std::vector<std::string> names[kThreads];
  at_once([&](std::size_t number) {
    const std::string mine = "thread" + std::to_string(number);
    std::unique_lock first(lock);
    std::optional<st::StoreScope> scope(std::in_place, store, mine);
    first.unlock();
    for (int i = 0; i < kVariables; ++i) {
      const std::string name = "w" + std::to_string(i);
      {
        const std::lock_guard held(lock);
        store.get(name, {.shape = {4}, .initializer = st::ones()});
        names[number].emplace_back(store.unique_name("node"));
      }
      const std::shared_lock held(lock);
      CHECK(store.find(mine + "/" + name)->data<float>()[3] == 1);
      CHECK(store.under(mine).size() == static_cast<std::size_t>(i + 1));
    }
    const std::lock_guard held(lock);
    scope.reset();
  });
  CHECK(store.size() == kThreads * kVariables);
  for (std::size_t number = 0; number < kThreads; ++number) {
    const std::string first = "thread" + std::to_string(number) + "/node";
    CHECK(names[number].front() == first);
    CHECK(names[number].back() == first + "_" + std::to_string(kVariables - 1));
  }
}
