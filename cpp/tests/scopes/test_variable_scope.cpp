#include "scopetrie/scopes/variable_scope.hpp"

#include <doctest/doctest.h>

#include "recording.hpp"

using namespace scopetrie;
using scopetrie::testing::Counted;

TEST_CASE("a scope by hand has a path, which is found in any graph") {
  Graph one, other;
  const VariableScope scope(native_scope_host, Reuse::kAuto, "a/b", "somewhere/");
  CHECK(scope.graph() == nullptr);
  CHECK(scope.name() == "a/b");
  CHECK(scope.original_name_scope() == "somewhere/");
  CHECK(scope.reuse() == Reuse::kAuto);
  CHECK(scope.in(one) == one.ops.scopes().at("a/b"));
  CHECK(scope.in(other) == other.ops.scopes().at("a/b"));
  const VariableScope root(native_scope_host);
  CHECK(root.in(one) == ScopeTrie::kRoot);
  CHECK(root.name().empty());
  CHECK(root.original_name_scope().empty());
  CHECK(root.dtype() == kFloat32);
}

TEST_CASE("a path is prolonged as v1 joins names") {
  Graph graph;
  const auto prolonged = [&](std::string_view from, std::string_view name) {
    VariableScope scope(native_scope_host, Reuse::kNo, from);
    scope.prolong(graph, name, kNone);
    return scope;
  };
  CHECK(prolonged("", "a").name() == "a");
  CHECK(prolonged("a", "b/c").name() == "a/b/c");
  CHECK(prolonged("a", "").name() == "a/");
  CHECK(prolonged("", "").name().empty());
  CHECK(prolonged("", "a/").name() == "a/");
  CHECK_FALSE(prolonged("a", "_b").refuses_variables());
  CHECK(prolonged("", "_b").refuses_variables());
  VariableScope inner = prolonged("", "_b");
  inner.prolong(graph, "c", graph.ops.segments().intern("c"));
  CHECK(inner.refuses_variables());
}

TEST_CASE("a scope moves to another graph with its names") {
  Graph here, there;
  VariableScope scope(native_scope_host);
  scope.prolong(here, "a", kNone);
  scope.set_origin(NameScope{kNone, here.ops.unique(ScopeTrie::kRoot, here.ops.segments().intern("o")).name});
  CHECK(scope.original_name_scope() == "o/");
  scope.move_to(there);
  CHECK(scope.graph() == &there);
  CHECK(scope.name() == "a");
  CHECK(scope.original_name_scope() == "o/");
  CHECK(scope.in(there) == there.ops.scopes().at("a"));
}

TEST_CASE("None and False inherit the mode") {
  VariableScope scope(native_scope_host, Reuse::kYes);
  scope.inherit_reuse(Reuse::kNo);
  CHECK(scope.reuse() == Reuse::kYes);
  scope.inherit_reuse(Reuse::kAuto);
  CHECK(scope.reuse() == Reuse::kAuto);
  scope.reuse_variables();
  CHECK(scope.reuse() == Reuse::kYes);
}

TEST_CASE("settings are kept once by each scope that has them") {
  int living = 0;
  {
    ScopeRef copy;
    {
      VariableScope scope(native_scope_host);
      const HostObject object = make_object<Counted>(living);
      scope.settings.set(Setting::kRegularizer, object.get());
      scope.settings.set(Setting::kRegularizer, object.get());
      copy = ScopeRef::copy_of(scope);
    }
    CHECK(living == 1);
    CHECK(copy->settings[Setting::kRegularizer] != nullptr);
    CHECK(copy->settings[Setting::kInitializer] == nullptr);
    int seen = 0;
    copy->visit([&](void*) { return ++seen, 0; });
    CHECK(seen == 1);
    CHECK(copy->visit([](void*) { return 7; }) == 7);
    copy->settings.set(Setting::kRegularizer, nullptr);
    CHECK(living == 0);
    copy->settings.set(Setting::kConstraint, make_object<Counted>(living).get());
    CHECK(living == 1);
  }
  CHECK(living == 0);
}
