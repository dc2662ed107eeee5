#include "scopetrie/store/subtrees.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "scopetrie/graph/graph.hpp"

using namespace scopetrie;

// Against a look at every variable, while variables are made and taken back.
TEST_CASE("the variables under a scope are those whose path begins with it") {
  std::mt19937 random(7);
  Graph graph;
  ScopeTrie& scopes = graph.ops.scopes();
  const auto some_path = [&] {
    std::string path;
    for (auto depth = random() % 4; depth > 0; --depth)
      path += (path.empty() ? "" : "/") + std::string(1, "abc"[random() % 3]);
    return path;
  };
  for (int step = 0; step < 3000; ++step) {
    switch (random() % 8) {
      case 0:
        graph.variables.truncate(graph.variables.size() - random() % (graph.variables.size() / 4 + 1));
        break;
      case 1: {
        const ScopeId top = scopes.at(some_path());
        std::vector<VariableId> expected;
        for (VariableId id = 0; id < graph.variables.size(); ++id)
          if (const ScopeId scope = graph.variables[id].scope; scope != kNone && scopes.is_within(scope, top))
            expected.push_back(id);
        REQUIRE(graph.variables.under(scopes, top) == expected);
        break;
      }
      default: {
        const bool has_name = random() % 5 != 0;
        const SegmentId segment = graph.ops.segments().intern("w" + std::to_string(step));
        graph.variables.create({.scope = has_name ? scopes.at(some_path()) : kNone, .segment = segment});
      }
    }
  }
}
