#include "scopetrie/scopes/name_scope_block.hpp"

#include <doctest/doctest.h>

#include "recording.hpp"

using namespace scopetrie;
using scopetrie::testing::error_of;

TEST_CASE("a name scope ends with its block") {
  Graph graph;
  Context at(graph);
  NameScopeBlock outer, inner;
  outer.enter(at, "a");
  inner.enter(at, graph.ops.segments().intern("b"));
  CHECK(at.name_scope_path() == "a/b");
  CHECK(inner.context() == &at);
  inner.leave();
  CHECK(at.name_scope_path() == "a");
  outer.leave();
  CHECK(at.name_scope_path().empty());
  CHECK(outer.context() == nullptr);
}

TEST_CASE("entering a block within itself ends its earlier entry") {
  Graph graph;
  Context at(graph);
  NameScopeBlock block;
  block.enter(at, "a");
  block.enter(at, "a");
  CHECK(at.name_scope_path() == "a_1");
  block.leave();
  CHECK(at.name_scope_path().empty());
  block.leave();
  CHECK(at.name_scope_path().empty());
}

TEST_CASE("a name that is refused enters nothing") {
  Graph graph;
  Context at(graph);
  NameScopeBlock block;
  CHECK(error_of([&] { block.enter(at, "a b"); }).starts_with("ValueError: 'a b'"));
  CHECK(block.context() == nullptr);
  CHECK(at.name_scope_path().empty());
}
