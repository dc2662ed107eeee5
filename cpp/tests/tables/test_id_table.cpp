#include "scopetrie/tables/id_table.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <vector>

using namespace scopetrie;

namespace {

std::uint32_t find_exact(const IdTable& table, std::uint32_t hash, std::uint32_t id) {
  return table.find(hash, [&](std::uint32_t candidate) { return candidate == id; });
}

}  // namespace

TEST_CASE("an empty table finds nothing and asks for no key") {
  IdTable table;
  CHECK(table.size() == 0);
  CHECK(table.find(7, [](std::uint32_t) -> bool { throw "asked"; }) == kNone);
  table.insert(1, 10);
  table.clear();
  CHECK(table.size() == 0);
  CHECK(table.find(1, [](std::uint32_t) { return true; }) == kNone);
}

TEST_CASE("keys are compared only where hashes are equal") {
  IdTable table;
  for (std::uint32_t id = 0; id < 1000; ++id) table.insert(id << 12, id);  // all into the first slot
  std::vector<std::uint32_t> asked;
  const std::uint32_t found = table.find(16 << 12, [&](std::uint32_t id) {
    asked.push_back(id);
    return true;
  });
  CHECK(found == 16);
  CHECK(asked == std::vector<std::uint32_t>{16});
}

TEST_CASE("a table agrees with a set, whatever the hashes") {
  // Few different hashes, and hashes that end at the last slots, make long runs that wrap around.
  const std::uint32_t masks[] = {0, 1, 0xF, 0xFF, 0xFFFFFFFFu};
  for (const std::uint32_t mask : masks) {
    CAPTURE(mask);
    std::mt19937 random(mask + 1);
    IdTable table;
    std::map<std::uint32_t, std::uint32_t> held;  // id -> hash
    std::uint32_t next = 0;
    for (int step = 0; step < 4000; ++step) {
      if (held.empty() || random() % 5 < 3) {
        const std::uint32_t hash = ~(static_cast<std::uint32_t>(random()) & mask);
        if (step % 2 == 0) {
          table.insert(hash, next);
        } else {
          std::size_t vacant;
          REQUIRE(table.find(hash, [](std::uint32_t) { return false; }, vacant) == kNone);
          table.insert_at(vacant, hash, next);
        }
        held[next++] = hash;
      } else {
        auto at = held.lower_bound(static_cast<std::uint32_t>(random() % next));
        if (at == held.end()) --at;
        table.erase(at->second, at->first);
        const auto [id, hash] = *at;
        held.erase(at);
        REQUIRE(find_exact(table, hash, id) == kNone);
      }
      REQUIRE(table.size() == held.size());
      if (step % 64 == 0)
        for (const auto& [id, hash] : held) REQUIRE(find_exact(table, hash, id) == id);
    }
    for (const auto& [id, hash] : held) REQUIRE(find_exact(table, hash, id) == id);
  }
}

TEST_CASE("erasing what is not there is nothing") {
  IdTable table;
  table.erase(1, 1);
  table.insert(1, 1);
  table.erase(1, 2);
  table.erase(2, 1);
  table.erase(17, 1);  // which looks at the same slots
  CHECK(table.size() == 1);
  CHECK(find_exact(table, 1, 1) == 1);
}
