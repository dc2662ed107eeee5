#include "scopetrie/graph/graph.hpp"

#include <doctest/doctest.h>

#include <string>

#include "failing_new.hpp"
#include "scopetrie/error.hpp"

using namespace scopetrie;

TEST_CASE("a finalized graph refuses what would change it, by v1's text") {
  Graph graph;
  CHECK_NOTHROW(graph.check_open());
  graph.finalized = true;
  try {
    graph.check_open();
    FAIL("a finalized graph was open");
  } catch (const Error& refused) {
    CHECK(refused.kind() == ErrorKind::kRuntime);
    CHECK(std::string(refused.what()) == "Graph is finalized and cannot be modified.");
  }
}

TEST_CASE("builders are counted where they take turns") {
  Graph graph;
  int one, other;
  for (const int* who : {&one, &one, &other, &one, &one}) graph.note_builder(who);
  CHECK(graph.ledger().builder() == &one);
}

TEST_CASE("a name is given as text") {
  Graph graph;
  const SegmentId w = graph.ops.segments().intern("w");
  graph.ops.unique(graph.ops.scopes().at("a/b"), w);
  CHECK(graph.text(graph.ops.unique(graph.ops.scopes().at("a/b"), w).name) == "a/b/w_1");
}

TEST_CASE("an undone transaction leaves its outer one the room to be undone without memory") {
  Graph graph;
  Transaction outer(graph.ledger());
  for (int i = 0; i < 100; ++i) graph.keep(AttributeValue(std::string("kept elsewhere")));
  {
    const Transaction inner(graph.ledger());
    graph.keep(AttributeValue(std::string("more")));
  }
  const scopetrie::testing::FailingNew memory(0);
  CHECK(outer.rollback());
  CHECK(graph.attributes.empty());
}
