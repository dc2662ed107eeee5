#include "scopetrie/values/followed_names.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

namespace st = scopetrie;

namespace {

struct Fixture {
  st::Graph graph;
  st::Values values{graph, 1};
  st::Names names;
  st::FollowedNames followed{names, values};

  st::VariableId make(const std::string& path) {
    st::SegmentId segment;
    const st::ScopeId scope = graph.ops.scopes().scope_of_name(path, st::ScopeTrie::kRoot, segment);
    return values.create(scope, segment, {st::ShapeTable::kScalar, st::kFloat32}, true, values.origin_of(st::zeros()));
  }
  bool is_taken(const std::string& path) {
    followed.update();
    return names.is_taken(path);
  }
  void take(const std::string& path) {
    followed.update();
    st::SegmentId segment;
    const st::ScopeId scope = names.place(path, st::ScopeTrie::kRoot, segment);
    names.unique(scope, segment);
  }
};

}  // namespace

TEST_CASE("names are taken for variables when somebody asks, and given back with them") {
  Fixture at;
  const auto w = at.make("a/w");
  at.make("b");
  CHECK(at.is_taken("a/w"));
  CHECK(at.is_taken("b"));
  at.values.erase(w);
  CHECK_FALSE(at.is_taken("a/w"));
  st::SegmentId segment;
  const st::ScopeId scope = at.graph.ops.scopes().scope_of_name("c/v", st::ScopeTrie::kRoot, segment);
  at.values.rename(1, scope, segment);
  CHECK_FALSE(at.is_taken("b"));
  CHECK(at.is_taken("c/v"));
}

TEST_CASE("what is taken in a transaction of the store goes with it, whatever is nested") {
  Fixture at;
  const auto w = at.make("w");
  for (const bool looks_before : {true, false}) {
    if (looks_before) CHECK(at.is_taken("w"));
    auto outer = std::make_unique<st::Transaction>(at.graph.ledger());
    at.take("x");
    {
      st::Transaction inner(at.graph.ledger());
      at.take("y");
      at.values.erase(w);
      CHECK_FALSE(at.is_taken("w"));
      inner.commit();
    }
    {
      const st::Transaction undone(at.graph.ledger());
      at.take("z");
      at.make("v");
      CHECK(at.is_taken("v"));
    }
    CHECK_FALSE(at.is_taken("z"));
    CHECK_FALSE(at.is_taken("v"));
    CHECK(at.is_taken("y"));
    outer->rollback();
    CHECK_FALSE(at.is_taken("x"));
    CHECK_FALSE(at.is_taken("y"));
    CHECK(at.is_taken("w"));
  }
  st::Transaction kept(at.graph.ledger());
  at.take("x");
  kept.commit();
  CHECK(at.is_taken("x"));
}

TEST_CASE("names that begin to follow within a transaction are taken back with it") {
  st::Graph graph;
  const st::Values values(graph, 1);
  st::Names names;
  std::unique_ptr<st::FollowedNames> followed;
  {
    const st::Transaction undone(graph.ledger());
    followed = std::make_unique<st::FollowedNames>(names, values);
    names.unique(st::ScopeTrie::kRoot, names.segments().intern("w"));
  }
  CHECK_FALSE(names.is_taken("w"));
}
