#include "scopetrie/scopes/open_scopes.hpp"

#include <doctest/doctest.h>

#include <optional>

#include "recording.hpp"

using namespace scopetrie;
using scopetrie::testing::Counted;
using scopetrie::testing::error_of;

TEST_CASE("variable scopes end with their objects, and hand on their options") {
  Graph graph;
  Context at(graph);
  int living = 0;
  ScopeRef captured;
  {
    auto tower = at.variable_scope("tower", {.initializer = make_object<Counted>(living), .dtype = kInt32});
    auto layer = at.variable_scope(DefaultName("layer"));
    CHECK(layer->name() == "tower/layer");
    CHECK(layer->dtype() == kInt32);
    CHECK(layer->settings[Setting::kInitializer] == tower->settings[Setting::kInitializer]);
    CHECK(at.name_scope_path() == "tower/layer");
    captured = layer.capture();
  }
  CHECK(at.current_variable_scope->name().empty());
  CHECK(living == 1);
  {
    auto again = at.variable_scope(captured, {.reuse = Reuse::kAuto});
    CHECK(again->name() == "tower/layer");
    CHECK(again->reuse() == Reuse::kAuto);
    CHECK(again->original_name_scope() == "tower/layer/");
    CHECK(at.name_scope_path() == "layer");
    const auto bare = at.variable_scope("bare", {.auxiliary_name_scope = false});
    CHECK(at.name_scope_path() == "layer");
  }
  captured = {};
  CHECK(living == 0);
}

TEST_CASE("a scope whose name is refused is none") {
  Graph graph;
  Context at(graph);
  CHECK(error_of([&] {
          auto bad = at.variable_scope("a b");
        }).starts_with("ValueError: 'a b' is not a valid root scope"));
  CHECK(error_of([&] { auto bad = at.variable_scope(DefaultName("d"), {.reuse = Reuse::kYes}); }) ==
        "ValueError: reuse=True cannot be used without a name_or_scope");
  CHECK(at.name_scope_path().empty());
}

TEST_CASE("a block that is not the innermost tells so, and does not throw at its end") {
  Graph graph;
  Context at(graph);
  std::optional<OpenVariableScope> outer(std::in_place, at, "a");
  std::optional<OpenVariableScope> inner(std::in_place, at, "b");
  CHECK(error_of([&] { outer->leave(); }) == "RuntimeError: Improper nesting of variable_scope.");
  outer.reset();
  CHECK(at.current_variable_scope->name() == "a/b");
  inner.reset();
  CHECK(at.current_variable_scope->name() == "a");
}

TEST_CASE("name scopes are entered again by their path") {
  Graph graph;
  Context at(graph);
  std::string path;
  {
    const auto scope = at.name_scope("a/b");
    path = scope.path();
    CHECK(path == "a/b/");
    CHECK(at.unique_name("x") == "a/b/x");
    const auto root = at.name_scope("");
    CHECK(root.path().empty());
    CHECK(at.unique_name("x", false) == "x");
  }
  const auto again = at.name_scope(path);
  CHECK(again.path() == path);
  CHECK(at.unique_name("x") == "a/b/x_1");
}

TEST_CASE("operations are added with what is given, and refused with nothing added") {
  Graph graph, other;
  Context at(graph), elsewhere(other);
  const Operation x = at.add_op("Any Type At All", {}, {{kInt64, {{2}}}}, {.name = "x"});
  const Operation first = at.add_op("Neg", {x}, {{kInt64, {{2}}}});
  CHECK(at.add_op("Neg", {first}, {{}}, {.attributes = {{"T", AttributeValue(kInt64)}}}).name() == "Neg_1");
  const std::size_t size = graph.ops.size();
  CHECK(error_of([&] {
          at.add_op("Neg", {}, {}, {.name = "a b"});
        }).starts_with("ValueError: `a b` is not a valid node"));
  CHECK(error_of([&] { elsewhere.add_op("Neg", {x}, {}); }) ==
        "ValueError: Tensor x:0 must be from the same graph as the new operation.");
  graph.finalized = true;
  CHECK(error_of([&] { at.add_op("Neg", {x}, {}); }) == "RuntimeError: Graph is finalized and cannot be modified.");
  CHECK(graph.ops.size() == size);
  CHECK(other.ops.size() == 0);
}

TEST_CASE("control dependencies end with their block") {
  Graph graph;
  Context at(graph);
  const Operation a = at.add_op("NoOp", {}, {});
  {
    const auto waits = at.control_dependencies({a});
    CHECK(at.add_op("NoOp", {}, {}).control_inputs() == std::vector<Operation>{a});
    const auto none = at.no_control_dependencies();
    CHECK(at.add_op("NoOp", {}, {}).control_inputs().empty());
  }
  CHECK(at.add_op("NoOp", {}, {}).control_inputs().empty());
}
