#include "scopetrie/scopes/variable_scope_block.hpp"

#include <doctest/doctest.h>

#include "recording.hpp"

using namespace scopetrie;
using scopetrie::testing::Counted;
using scopetrie::testing::error_of;

namespace {

struct Blocks {
  Graph graph;
  Context at{graph};

  /// "path|name scope|original name scope" inside of a block.
  std::string inside(VariableScopeBlock& block) {
    const VariableScope& scope = block.enter(at);
    CHECK(&scope == at.current_variable_scope.get());
    const std::string where = scope.name() + "|" + at.name_scope_path() + "|" + scope.original_name_scope();
    block.leave();
    return where;
  }
  std::string inside(std::string_view name, bool by_default = false) {
    VariableScopeBlock block(native_scope_host, name, by_default);
    return inside(block);
  }
};

}  // namespace

TEST_CASE("a scope by name prolongs the path, and opens a name scope that is numbered") {
  Blocks stand;
  CHECK(stand.inside("a") == "a|a|a/");
  CHECK(stand.inside("a") == "a|a_1|a_1/");
  CHECK(stand.inside("b/c") == "b/c|b/c|b/c/");
  CHECK(stand.inside("") == "||");
  VariableScopeBlock outer(native_scope_host, "a", false);
  outer.enter(stand.at);
  CHECK(stand.inside("b") == "a/b|a_2/b|a_2/b/");
  CHECK(stand.inside("x/") == "a/x/|x|x/");
  CHECK(stand.inside("") == "a/|a_2|");
  VariableScopeBlock bare(native_scope_host, "bare", false);
  bare.set_auxiliary_name_scope(false);
  CHECK(stand.inside(bare) == "a/bare|a_2|a_2/");
  outer.leave();
  CHECK(stand.at.current_variable_scope->name().empty());
  CHECK(stand.at.name_scope_path().empty());
}

TEST_CASE("a default name counts the variable scopes that are open beside it") {
  Blocks stand;
  CHECK(stand.inside("d", true) == "d|d|d/");
  CHECK(stand.inside("d", true) == "d_1|d_1|d_1/");
  VariableScopeBlock outer(native_scope_host, "a", false);
  outer.enter(stand.at);
  CHECK(stand.inside("d", true) == "a/d|a/d|a/d/");
  outer.leave();
  VariableScopeBlock again(native_scope_host, "d", true);
  CHECK(stand.inside(again) == "d_2|d_2|d_2/");
  CHECK(stand.inside(again) == "d_2|d_3|d_2/");  // as v1: the same path and origin, another name scope
  again.set_reuse(Reuse::kYes);
  CHECK(error_of([&] { again.enter(stand.at); }) == "ValueError: reuse=True cannot be used without a name_or_scope");
}

TEST_CASE("a captured scope is jumped to, and its last part opened as a name scope here") {
  Blocks stand;
  ScopeRef captured;
  {
    VariableScopeBlock block(native_scope_host, "a/b", false);
    captured = ScopeRef::borrowed(&block.enter(stand.at));
    block.leave();
  }
  VariableScopeBlock outer(native_scope_host, "tower", false);
  outer.enter(stand.at);
  VariableScopeBlock jump(native_scope_host, *captured);
  CHECK(stand.inside(jump) == "a/b|tower/b|a/b/");
  captured->reuse_variables();
  VariableScopeBlock later(native_scope_host, *captured);
  later.enter(stand.at);
  CHECK(stand.at.current_variable_scope->reuse() == Reuse::kYes);
  later.leave();
  outer.leave();
}

TEST_CASE("default names that a captured scope opened are forgotten when it is left") {
  Blocks stand;
  VariableScopeBlock root(native_scope_host, *stand.at.current_variable_scope);
  root.enter(stand.at);
  CHECK(stand.inside("d", true) == "d|d|d/");
  CHECK(stand.inside("d", true) == "d_1|d_1|d_1/");
  root.leave();
  CHECK(stand.inside("d", true) == "d|d_2|d_2/");
}

TEST_CASE("blocks are left in the order of nesting") {
  Blocks stand;
  VariableScopeBlock outer(native_scope_host, "a", false), inner(native_scope_host, "b", false);
  CHECK(error_of([&] { outer.leave(); }) == "RuntimeError: Improper nesting of variable_scope.");
  outer.enter(stand.at);
  inner.enter(stand.at);
  CHECK(error_of([&] { outer.leave(); }) == "RuntimeError: Improper nesting of variable_scope.");
  CHECK(stand.at.current_variable_scope->name() == "a/b");
  inner.leave();
  outer.leave();
  CHECK(stand.at.variable_scopes == 0);
}

TEST_CASE("a block within itself ends the name scope of its outer entry, and v1 does not find back") {
  Blocks stand;
  VariableScopeBlock block(native_scope_host, "a", false);
  block.enter(stand.at);
  CHECK(block.enter(stand.at).name() == "a/a");
  CHECK(stand.at.name_scope_path() == "a_1");
  CHECK(stand.at.current_variable_scope->original_name_scope() == "a/");
  block.leave();
  CHECK(error_of([&] { block.leave(); }) == "RuntimeError: Improper nesting of variable_scope.");
  CHECK(stand.at.current_variable_scope->name().empty());
  CHECK(stand.at.name_scope_path().empty());
}

TEST_CASE("settings replace those that are inherited; a getter goes around the inherited one") {
  Blocks stand;
  int living = 0;
  {
    VariableScopeBlock outer(native_scope_host, "a", false), inner(native_scope_host, "b", false);
    outer.set(Setting::kInitializer, make_object<Counted>(living).get());
    outer.set(Setting::kCustomGetter, make_object<Counted>(living).get());
    outer.set_dtype(3);
    void* const inherited = outer.enter(stand.at).settings[Setting::kCustomGetter];
    const HostObject own = make_object<Counted>(living);
    inner.set(Setting::kCustomGetter, own.get());
    const VariableScope& scope = inner.enter(stand.at);
    CHECK(scope.settings[Setting::kInitializer] == stand.at.current_variable_scope->settings[Setting::kInitializer]);
    CHECK(scope.dtype() == 3);
    const auto* composed = dynamic_cast<ComposedGetters*>(native_object(scope.settings[Setting::kCustomGetter]));
    REQUIRE(composed != nullptr);
    CHECK(composed->getter.get() == own.get());
    CHECK(composed->inherited.get() == inherited);
    inner.leave();
    outer.leave();
    CHECK(living == 3);
  }
  CHECK(living == 0);
}

TEST_CASE("a scope that cannot be opened changes nothing") {
  Blocks stand;
  VariableScopeBlock bad(native_scope_host, "a b", false);
  CHECK(error_of([&] { bad.enter(stand.at); }).starts_with("ValueError: 'a b' is not a valid root scope name."));
  CHECK(stand.at.current_variable_scope->name().empty());
  CHECK(stand.at.name_scope_path().empty());
  CHECK(stand.at.variable_scopes == 0);
  CHECK(error_of([&] { bad.leave(); }) == "RuntimeError: Improper nesting of variable_scope.");
}

TEST_CASE("a scope goes from graph to graph") {
  Graph first, second;
  Context one{first}, two{second};
  VariableScopeBlock block(native_scope_host, "a", false);
  VariableScope& scope = block.enter(one);
  VariableScopeBlock jump(native_scope_host, scope);
  CHECK(jump.enter(two).graph() == &second);
  CHECK(two.current_variable_scope->name() == "a");
  CHECK(two.name_scope_path() == "a");
  jump.leave();
  block.leave();
}
