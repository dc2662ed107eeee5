#include "scopetrie/variables/variable_options.hpp"

#include <doctest/doctest.h>

#include "failing_new.hpp"
#include "scopes/recording.hpp"
#include "scopetrie/scopetrie.hpp"

using namespace scopetrie;
using scopetrie::testing::Counted;
using scopetrie::testing::error_of;

namespace {

std::vector<std::string> operations(const Graph& graph) {
  std::vector<std::string> names;
  for (OpId op = 0; op < graph.ops.size(); ++op) names.push_back(graph.ops.name(op));
  return names;
}
using Texts = std::vector<std::string>;

std::vector<std::string> names_in(const Graph& graph, std::string_view collection) {
  std::vector<std::string> names;
  for (const Variable& variable : graph.variables_in(collection)) names.push_back(variable.name());
  return names;
}

}  // namespace

TEST_CASE("a variable is made, found and refused") {
  Graph graph;
  Context at(graph);
  {
    auto scope = at.variable_scope("layer");
    const auto [variable, made] = at.get_variable("w", {.shape = {3, 2}, .initializer = zeros()});
    CHECK(made);
    CHECK(variable.name() == "layer/w:0");
    CHECK(variable.path() == "layer/w");
    CHECK(variable.shape() == Sizes({{3, 2}}));
    CHECK(operations(graph) == Texts{"layer/w/Initializer/zeros", "layer/w", "layer/w/Assign", "layer/w/read"});
    CHECK(error_of([&] { at.get_variable("w"); })
              .starts_with("ValueError: Variable layer/w already exists, disallowed. Did you mean to set reuse=True or "
                           "reuse=tf.AUTO_REUSE in VarScope? Originally defined at:"));
  }
  auto scope = at.variable_scope("layer", {.reuse = Reuse::kYes});
  const auto [variable, made] = at.get_variable("w");
  CHECK_FALSE(made);
  CHECK(variable == *graph.find_variable("layer/w"));
  CHECK(error_of([&] { at.get_variable("w", {.shape = {3}}); }) ==
        "ValueError: Trying to share variable layer/w, but specified shape (3,) and found shape (3, 2).");
  CHECK(error_of([&] { at.get_variable("w", {.dtype = kInt32}); }) ==
        "ValueError: Trying to share variable layer/w, but specified dtype int32 and found dtype float32_ref.");
  CHECK(error_of([&] {
          at.get_variable("v");
        }).starts_with("ValueError: Variable layer/v does not exist, or was not created with tf.get_variable()."));
  CHECK(graph.variables.size() == 1);
}

TEST_CASE("what is left out comes from the scope, and from v1's defaults") {
  Graph graph;
  Context at(graph);
  auto scope = at.variable_scope("s", {.initializer = constant(3.0), .dtype = kFloat64});
  CHECK(at.get_variable("w", {.shape = {2}}).variable.dtype() == kFloat64);
  CHECK(graph.find_operation("s/w/Initializer/Const").has_value());
  CHECK(at.get_variable("i", {.shape = scalar_shape, .dtype = kInt32, .initializer = ones()}).variable.shape() ==
        Sizes({std::vector<std::int64_t>()}));
  auto plain = at.variable_scope("plain");
  Graph other;
  Context there(other);
  there.get_variable("f", {.shape = {2, 2}});
  there.get_variable("n", {.shape = {2, 2}, .dtype = kInt64});
  CHECK(other.find_operation("f/Initializer/random_uniform").has_value());
  CHECK(other.find_operation("n/Initializer/zeros").has_value());
  CHECK(error_of([&] { there.get_variable("x"); }) ==
        "ValueError: Variable x did not get an initializer, so its `shape` argument must be specified.");
  CHECK(error_of([&] { there.get_variable("c", {.shape = {2}, .dtype = kComplex64}); }) ==
        "ValueError: An initializer for variable c of <dtype: 'complex64'> is required");
}

TEST_CASE("values, tensors and functions as initializers") {
  Graph graph;
  Context at(graph);
  CHECK(at.get_variable("n", {.initializer = 3}).variable.dtype() == kInt32);
  CHECK(at.get_variable("b", {.initializer = true}).variable.dtype() == kBool);
  CHECK(at.get_variable("x", {.initializer = 3.0}).variable.shape() == Sizes({std::vector<std::int64_t>()}));
  CHECK(at.get_variable("row", {.initializer = std::vector{1.0, 2.0}}).variable.shape() == Sizes({{2}}));
  CHECK(error_of([&] { at.get_variable("bad", {.shape = {2}, .initializer = 3.0}); }) ==
        "ValueError: If initializer is a constant, do not specify shape.\nLeave out the shape, or give an initializer "
        "that takes one, such as tf.zeros_initializer() or tf.constant_initializer(value).");
  CHECK(error_of([&] { at.get_variable("bad", {.dtype = kInt32, .initializer = 3.0}); }) ==
        "ValueError: Initializer type '<dtype: 'float32'>' and explicit dtype '<dtype: 'int32'>' don't match.");
  CHECK(at.unique_name("Const", false) == "Const_1");  // v1 made a tensor of the value to see its dtype

  const Tensor made = at.add_op("Placeholder", {}, {{kFloat32, {{4}}}});
  CHECK(at.get_variable("t", {.initializer = made}).variable.shape() == Sizes({{4}}));
  const auto fill = [](const InitialRequest& asked) -> Tensor {
    CHECK(asked.at.name_scope_path() == "f/Initializer");
    CHECK(asked.dtype == kFloat32);
    const std::vector<std::int64_t> sizes(asked.shape.begin(), asked.shape.end());
    return asked.at.add_op("Mine", {}, {{asked.dtype, {sizes}}});
  };
  CHECK(at.get_variable("f", {.shape = {5}, .initializer = fill}).variable.shape() == Sizes({{5}}));
  CHECK(graph.find_operation("f/Initializer/Mine").has_value());
  const std::string invalid = error_of([&] { at.get_variable("g", {.initializer = fill}); });
  CHECK(invalid.starts_with("ValueError: The initializer passed is not valid."));
  const auto alone = [](const InitialRequest& asked) -> Tensor {
    return asked.at.add_op("Mine", {}, {{kInt32, {{6}}}});
  };
  CHECK(at.get_variable("h", {.initializer = Initial::computed(alone)}).variable.shape() == Sizes({{6}}));
  CHECK(error_of([&] {
          at.get_variable("wrong", {.shape = {5}, .initializer = [](const InitialRequest& asked) -> Tensor {
                                      return asked.at.add_op("Mine", {}, {{kFloat32, {{6}}}});
                                    }});
        }) == "ValueError: The initial value of variable wrong has shape (6,), and shape (5,) was asked for.");
  CHECK_FALSE(graph.find_variable("wrong").has_value());
  CHECK(at.unique_name("wrong", false) == "wrong");
}

TEST_CASE("after a dtype that an initializer makes nothing of, v1's names stay in use") {
  Graph graph;
  Context at(graph);
  CHECK(error_of([&] { at.get_variable("w", {.shape = {2}, .dtype = kInt32, .initializer = constant(2.0)}); }) ==
        "TypeError: Expected int32, but got 2.0 of type 'float'.");
  CHECK(error_of([&] { at.get_variable("w", {.shape = {2}, .dtype = kBool, .initializer = constant(2)}); }) ==
        "TypeError: Expected bool, but got 2 of type 'int'.");
  CHECK(graph.ops.size() == 0);
  CHECK(at.get_variable("w", {.shape = {2}}).variable.name() == "w_2:0");
  CHECK(graph.find_variable("w").has_value());
}

TEST_CASE("a name that an operation has is numbered, and so are those beneath it") {
  Graph graph;
  Context at(graph);
  at.add_op("NoOp", {}, {}, {.name = "w"});
  const Variable variable = at.get_variable("w", {.shape = {2}, .initializer = random_uniform(0, 1)}).variable;
  CHECK(variable.name() == "w_1:0");
  CHECK(variable.path() == "w");
  CHECK(operations(graph) == Texts{"w", "w_1/Initializer/random_uniform/shape", "w_1/Initializer/random_uniform/min",
                                   "w_1/Initializer/random_uniform/max", "w_1/Initializer/random_uniform/RandomUniform",
                                   "w_1/Initializer/random_uniform/sub", "w_1/Initializer/random_uniform/mul",
                                   "w_1/Initializer/random_uniform", "w_1", "w_1/Assign", "w_1/read"});
}

TEST_CASE("a variable waits for nothing") {
  Graph graph;
  Context at(graph);
  const Operation first = at.add_op("NoOp", {}, {});
  auto waits = at.control_dependencies({first});
  CHECK(at.get_variable("w", {.shape = {2}}).variable.op().control_inputs().empty());
  CHECK(at.make_variable(1.0).op().control_inputs().empty());
}

TEST_CASE("collections and trainable") {
  Graph graph;
  Context at(graph);
  at.get_variable("a", {.shape = {2}});
  at.get_variable("b", {.shape = {2}, .trainable = false});
  at.get_variable("c", {.shape = {2}, .collections = Texts{"mine", "mine", "trainable_variables"}});
  at.get_variable("d", {.shape = {2}, .trainable = false, .collections = Texts{}});
  CHECK(names_in(graph, "variables") == Texts{"a:0", "b:0"});
  CHECK(names_in(graph, "trainable_variables") == Texts{"a:0", "c:0"});
  CHECK(names_in(graph, "mine") == Texts{"c:0"});
}

TEST_CASE("a regularizer runs beneath the variable, and its loss is collected") {
  Graph graph;
  Context at(graph);
  const auto halved = regularizer([](Context& context, const Variable& variable) -> std::optional<Tensor> {
    CHECK(context.name_scope_path() == "layer/" + variable.path().substr(6) + "/Regularizer");
    return context.add_op("Sum", {variable.read()}, {{kFloat32, {{}}}}, {.name = "half"});
  });
  auto scope = at.variable_scope("layer", {.regularizer = halved});
  at.get_variable("w", {.shape = {2}});
  at.get_variable("v",
                  {.shape = {2}, .regularizer = regularizer([](auto&, auto&) { return std::optional<Tensor>(); })});
  const auto& losses = graph.collections.items(*graph.collections.find("regularization_losses"));
  REQUIRE(losses.size() == 1);
  CHECK(Tensor(graph, losses[0].id()).name() == "layer/w/Regularizer/half:0");
  Context outside(graph);
  CHECK(outside.unique_name("half", false) == "half_1");  // v1 runs it in the root scope first
}

TEST_CASE("a regularizer that fails undoes its variable") {
  Graph graph;
  Context at(graph);
  const auto failing = regularizer([](Context& context, const Variable&) -> std::optional<Tensor> {
    context.add_op("Mine", {}, {});
    throw std::runtime_error("no");
  });
  CHECK_THROWS_AS(at.get_variable("w", {.shape = {2}, .regularizer = failing}), std::runtime_error);
  CHECK(graph.ops.size() == 0);
  CHECK(graph.variables.size() == 0);
  CHECK(at.name_scope_path().empty());
}

TEST_CASE("custom getters change the call, and what it gives; an inner scope's runs first") {
  Graph graph;
  Context at(graph);
  std::vector<std::string> order;
  const auto renames = [&](const char* by) {
    return custom_getter([&order, by](const NextGetter& next, const VariableCall& call) {
      order.emplace_back(by);
      VariableCall changed = call;
      changed.name += by;
      return next(changed);
    });
  };
  auto outer = at.variable_scope("s", {.custom_getter = renames("_outer")});
  auto inner = at.variable_scope("t", {.custom_getter = renames("_inner")});
  CHECK(at.get_variable("w", {.shape = {2}}).variable.path() == "s/t/w_inner_outer");
  CHECK(order == Texts{"_inner", "_outer"});
  // That of a call replaces those of the scopes.
  const auto doubles = custom_getter([&](const NextGetter& next, const VariableCall& call) -> GotAny {
    const GotAny got = next(call);
    return {Tensor(at.add_op("Double", {std::get<Variable>(got.value).read()}, {{kFloat32, {{2}}}})), got.made};
  });
  const GotAny got = at.get_any("v", {.shape = {2}, .custom_getter = doubles});
  CHECK(std::get<Tensor>(got.value).name() == "Double:0");
  CHECK(got.made);
  CHECK(error_of([&] { at.get_variable("u", {.shape = {2}, .custom_getter = doubles}); }) ==
        "TypeError: get_variable: u is a tensor that a custom getter gave. Call get_any() for it.");
}

TEST_CASE("an object that is none of these functions is refused") {
  Graph graph;
  Context at(graph);
  int living = 0;
  auto scope = at.variable_scope("s", {.initializer = make_object<Counted>(living)});
  CHECK(
      error_of([&] { at.get_variable("w", {.shape = {2}}); }).starts_with("TypeError: The scope's initializer is an"));
  CHECK(error_of([&] {
          at.get_variable("w", {.shape = {2}, .initializer = zeros(), .custom_getter = make_object<Counted>(living)});
        }).starts_with("TypeError: A regularizer, partitioner or custom getter"));
}

TEST_CASE("v1's Variable follows name scopes and is shared by nobody") {
  Graph graph;
  Context at(graph);
  auto scope = at.name_scope("n");
  CHECK(at.make_variable(std::vector{1.0, 2.0}).name() == "n/Variable:0");
  CHECK(at.make_variable(1, {.name = "v", .dtype = kFloat64, .trainable = false}).dtype() == kFloat64);
  CHECK(at.make_variable(1, {.name = "v"}).name() == "n/v_1:0");
  CHECK(at.make_variable(1).path().empty());
  CHECK(names_in(graph, "trainable_variables") == Texts{"n/Variable:0", "n/v_1:0", "n/Variable_1:0"});
  CHECK(graph.find_operation("n/v/initial_value").has_value());
  CHECK(error_of([&] { at.make_variable(zeros()); }).starts_with("ValueError: make_variable: a rule makes no value"));
  CHECK(error_of([&] { at.make_variable({}); }) == "ValueError: initial_value must be specified.");
  graph.finalized = true;
  CHECK(error_of([&] { at.make_variable(1); }) == "RuntimeError: Graph is finalized and cannot be modified.");
  CHECK(error_of([&] { at.get_variable("w", {.shape = {2}}); }) ==
        "RuntimeError: Graph is finalized and cannot be modified.");
}

TEST_CASE("a transaction takes back what was not committed") {
  Graph graph;
  Context at(graph);
  at.get_variable("kept", {.shape = {2}});
  {
    Transaction committed = at.transaction();
    at.get_variable("also", {.shape = {2}});
    committed.commit();
    const Transaction undone = at.transaction();
    at.get_variable("gone", {.shape = {2}});
  }
  CHECK(graph.find_variable("also").has_value());
  CHECK_FALSE(graph.find_variable("gone").has_value());
  CHECK(names_in(graph, "variables") == Texts{"kept:0", "also:0"});
}

TEST_CASE("memory that runs out in any allocation leaves the graph as it was") {
  for (const bool is_plain : {true, false}) {
    Graph graph;
    Context at(graph);
    at.get_variable("other", {.shape = {2}, .initializer = ones()});
    const auto sum = regularizer([](Context& context, const Variable& variable) -> std::optional<Tensor> {
      return context.add_op("Sum", {variable.read()}, {{kFloat32, {{}}}});
    });
    const HostObject cut = fixed_size_partitioner(2);
    const Texts before = operations(graph);
    bool done = false;
    for (std::size_t number = 0; !done && number < 1000; ++number) {
      {
        const Transaction whole = at.transaction();
        const testing::FailingNew fails(number);
        try {
          if (is_plain)
            at.get_variable("w", {.shape = {2, 2}});
          else
            at.get_any("w", {.shape = {2, 2}, .regularizer = sum, .partitioner = cut});
          done = true;
        } catch (const std::bad_alloc&) {
        }
      }
      REQUIRE(operations(graph) == before);
      REQUIRE(graph.variables.size() == 1);
      REQUIRE(graph.partitioned.size() == 0);
      REQUIRE(names_in(graph, "variables") == Texts{"other:0"});
      REQUIRE(at.name_scope_path().empty());
    }
    CHECK(done);
    at.get_any("w", {.shape = {2, 2}, .regularizer = sum, .partitioner = cut});
    CHECK(graph.find_variable("w/part_1").has_value());
  }
}

TEST_CASE("a part's initial value is scaled as the whole variable's") {
  Graph graph;
  Context at(graph);
  const auto number = [&](std::string_view name) {
    const OpId op = graph.ops.find(name);
    REQUIRE(op != kNone);
    return graph.attributes[graph.ops.operation(op).attribute].real();
  };
  for (const bool is_unit : {false, true}) {
    const Initializer rule = is_unit ? uniform_unit_scaling() : glorot_uniform();
    const std::string name = is_unit ? "unit" : "glorot";
    at.get_any(name, {.shape = {4, 6}, .initializer = rule, .partitioner = fixed_size_partitioner(2)});
    at.get_variable(name + "_whole", {.shape = {4, 6}, .initializer = rule});
    CHECK(number(name + "/part_1/Initializer/random_uniform/max") ==
          number(name + "_whole/Initializer/random_uniform/max"));
  }
}
