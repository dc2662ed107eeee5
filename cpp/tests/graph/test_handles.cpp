#include "scopetrie/graph/handles.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <stdexcept>
#include <utility>

#include "scopetrie/error.hpp"
#include "scopetrie/graph/kinds.hpp"
#include "scopetrie/scopes/open_scopes.hpp"

using namespace scopetrie;

TEST_CASE("operations and tensors tell what they are") {
  Graph graph;
  Context at(graph);
  const Operation x = at.add_op("Placeholder", {}, {{kFloat32, {{-1, 3}}}}, {.name = "x"});
  const auto scope = at.name_scope("layer");
  const Operation split = at.add_op("Split", {x}, {{kFloat32, {{-1, 1}}}, {kInt32, {}}});
  CHECK(split.name() == "layer/Split");
  CHECK(split.type() == "Split");
  CHECK(split.output_count() == 2);
  CHECK(split.inputs() == std::vector<Tensor>{x});
  CHECK(split.output(1).name() == "layer/Split:1");
  CHECK(split.output(1).op() == split);
  CHECK(split.output(1).dtype() == kInt32);
  CHECK_FALSE(split.output(1).shape().has_value());
  CHECK(*split.output(0).shape() == std::vector<std::int64_t>{-1, 1});
  CHECK_THROWS_AS(split.output(2), std::out_of_range);
  CHECK(split.control_inputs().empty());
}

TEST_CASE("looking finds what is there, and makes nothing") {
  Graph graph;
  Context at(graph);
  const Operation op = at.add_op("Const", {}, {{}, {}}, {.name = "a/w"});
  graph.variables.create({.scope = graph.ops.scopes().at("a"),
                          .segment = graph.ops.segments().intern("v"),
                          .ref = op.output(0).id(),
                          .value = op.output(1).id()});
  const std::size_t segments = graph.ops.segments().size(), scopes = graph.ops.scopes().size();
  const Graph& seen = graph;
  CHECK(seen.find_operation("a/w") == op);
  CHECK_FALSE(seen.find_operation("a/W"));
  CHECK(seen.find_tensor("a/w:1") == op.output(1));
  for (const char* name : {"a/w", "a/w:2", "a/w:", "a/w:x", "a/w:0x", "b/w:0"}) CHECK_FALSE(seen.find_tensor(name));
  REQUIRE(seen.find_variable("a/v"));
  CHECK(seen.find_variable("a/v")->name() == "a/w:0");
  CHECK(seen.find_variable("a/v")->path() == "a/v");
  CHECK(seen.find_variable("a/v")->read() == op.output(1));
  for (const char* path : {"a", "a/w", "a/v/", "/a/v", "v", "", "nothing/of/this"})
    CHECK_FALSE(seen.find_variable(path));
  CHECK(seen.variables_under("nothing/of/this").empty());
  CHECK(graph.ops.segments().size() == segments);
  CHECK(graph.ops.scopes().size() == scopes);
}

TEST_CASE("the variables in a collection") {
  Graph graph;
  for (int i = 0; i < 3; ++i) graph.variables.create({.segment = graph.ops.segments().intern("w")});
  graph.collections.add_variable(graph.collections.named("mine"), 2);
  graph.collections.add(graph.collections.named("mine"), {Collections::Item::kTensor, 0});
  graph.collections.add_variable(graph.collections.named("mine"), 0);
  CHECK(graph.variables_in("mine") == std::vector<Variable>{{graph, 2}, {graph, 0}});
  CHECK(graph.variables_in("variables").empty());
  CHECK(graph.variables_in("no such collection").empty());
  CHECK_FALSE(graph.collections.find("no such collection"));
}

TEST_CASE("types are numbered once, whoever asks") {
  const KindId kind = kind_number("TypeOfThisTest");
  CHECK(kind_number("TypeOfThisTest") == kind);
  CHECK(kind_name(kind) == "TypeOfThisTest");
  CHECK(find_kind("TypeOfThisTest") == kind);
  CHECK_FALSE(find_kind("AnotherTypeOfThisTest"));
}

TEST_CASE("a handle of what was undone is refused, whoever has its number now") {
  Graph graph;
  Context at(graph);
  const Tensor older = at.add_op("Const", {}, {{}}, {.name = "older"});
  std::optional<Operation> undone;
  {
    const Transaction attempt(graph.ledger());
    undone = at.add_op("Const", {}, {{}}, {.name = "undone"});
    CHECK(undone->is_current());
  }
  const Operation newcomer = at.add_op("Const", {}, {{}}, {.name = "newcomer"});
  CHECK_FALSE(undone->is_current());
  CHECK_FALSE(*undone == newcomer);
  CHECK_THROWS_AS(undone->name(), Error);
  CHECK_THROWS_AS(at.add_op("Neg", {*undone}, {{}}), Error);
  CHECK(newcomer.name() == "newcomer");
  CHECK(older == graph.find_tensor("older:0"));
  CHECK(graph.ops.size() == 2);
}
