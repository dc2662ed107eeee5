#include <doctest/doctest.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "failing_new.hpp"
#include "scopetrie.h"
#include "scopetrie_api.hpp"

namespace sa = scopetrie::api;

namespace {

const scopetrie_api& api = *scopetrie_get_api();

/// A graph and a context, by the plain C functions.
struct Plain {
  scopetrie_graph* graph = api.graph_new();
  scopetrie_context* at = api.context_new(graph, SCOPETRIE_AT_ROOT);
  ~Plain() {
    api.context_free(at);
    api.graph_release(graph);
  }
  scopetrie_variable get(const char* name, std::vector<std::int64_t> shape) {
    scopetrie_variable_options options{};
    options.size = sizeof options;
    options.has_shape = 1;
    options.shape = shape.data();
    options.rank = static_cast<std::int32_t>(shape.size());
    scopetrie_variable made{};
    CHECK(api.get_variable(at, name, &options, &made, nullptr) == SCOPETRIE_OK);
    return made;
  }
};

}  // namespace

TEST_CASE("a table says how far it reaches and what it means") {
  CHECK(api.size == sizeof(scopetrie_api));
  CHECK(api.version == SCOPETRIE_API_VERSION);
  CHECK(SCOPETRIE_API_HAS(&api, store_variable_to_object));
  scopetrie_api older = api;
  older.size = offsetof(scopetrie_api, store_variable_to_object);
  CHECK_FALSE(SCOPETRIE_API_HAS(&older, store_variable_to_object));
  CHECK(SCOPETRIE_API_HAS(&older, raise_last_error));
  CHECK_FALSE(sa::use(&older));
  older = api;
  ++older.version;
  CHECK_FALSE(sa::use(&older));
  CHECK((api.graph_from_object == nullptr));  // there is no Python
  CHECK(sa::use(&api));
}

TEST_CASE("scopes, names, variables and operations by plain C") {
  Plain plain;
  CHECK(api.enter_variable_scope(plain.at, "layer", nullptr) == SCOPETRIE_OK);
  CHECK(std::string(api.variable_scope_name(plain.at)) == "layer");
  const scopetrie_variable w = plain.get("w", {3, 2});
  CHECK(std::string(api.variable_name(w)) == "layer/w:0");
  CHECK(std::string(api.variable_path(w)) == "layer/w");
  scopetrie_tensor value;
  REQUIRE(api.variable_tensor(w, &value) == SCOPETRIE_OK);
  CHECK(std::string(api.tensor_name(value)) == "layer/w/read:0");
  CHECK(api.tensor_dtype(value) == SCOPETRIE_FLOAT32);
  std::array<std::int64_t, 2> sizes{};
  CHECK(api.tensor_shape(value, sizes.data(), 2) == 2);
  CHECK(sizes == std::array<std::int64_t, 2>{3, 2});
  const scopetrie_output output{SCOPETRIE_FLOAT32, 2, sizes.data()};
  scopetrie_operation op;
  REQUIRE(api.add_operation(plain.at, "Relu", nullptr, &value, 1, &output, 1, &op) == SCOPETRIE_OK);
  CHECK(std::string(api.operation_name(op)) == "layer/Relu");
  CHECK(std::string(api.operation_type(op)) == "Relu");
  CHECK(std::string(api.unique_name(plain.at, "Relu", 1)) == "layer/Relu_1");
  scopetrie_scope* captured = api.capture_scope(plain.at);
  CHECK(api.leave(plain.at) == SCOPETRIE_OK);
  CHECK(api.leave(plain.at) == SCOPETRIE_RUNTIME_ERROR);
  scopetrie_scope_options reuse{};
  reuse.size = sizeof reuse;
  reuse.reuse = SCOPETRIE_REUSE;
  CHECK(api.enter_captured_scope(plain.at, captured, &reuse) == SCOPETRIE_OK);
  scopetrie_variable again{};
  std::int32_t is_new = 1;
  CHECK(api.get_variable(plain.at, "w", nullptr, &again, &is_new) == SCOPETRIE_OK);
  CHECK(is_new == 0);
  CHECK(std::memcmp(&again, &w, sizeof w) == 0);
  CHECK(api.enter_name_scope(plain.at, "inner") == SCOPETRIE_OK);
  CHECK(std::string(api.name_scope(plain.at)) == "layer_1/inner");
  CHECK(api.enter_control_dependencies(plain.at, &op, 1) == SCOPETRIE_OK);
  api.scope_release(captured);
  scopetrie_operation found;
  CHECK(api.find_operation(plain.graph, "layer/w", &found) == 1);
  CHECK(api.find_operation(plain.graph, "layer/v", &found) == 0);
  CHECK(api.find_variable(plain.graph, "layer/w", &again) == 1);
  CHECK(api.find_tensor(plain.graph, "layer/Relu:0", &value) == 1);
  CHECK(api.context_graph(plain.at) == plain.graph);
}

TEST_CASE("an error is a code, v1's text and the facts; nothing is thrown") {
  Plain plain;
  plain.get("w", {3});
  scopetrie_variable again{};
  CHECK(api.get_variable(plain.at, "w", nullptr, &again, nullptr) == SCOPETRIE_VALUE_ERROR);
  const scopetrie_error* error = api.last_error();
  CHECK(error->code == SCOPETRIE_VALUE_ERROR);
  CHECK(std::string(error->message).starts_with("Variable w already exists, disallowed."));
  CHECK(std::string(error->full_name) == "w");
  CHECK(std::string(error->call) == "get_variable");
  CHECK(api.enter_name_scope(plain.at, "a b") == SCOPETRIE_VALUE_ERROR);
  CHECK(api.enter_name_scope(plain.at, nullptr) == SCOPETRIE_VALUE_ERROR);
  CHECK(api.find_variable(nullptr, "w", &again) == -1);
  CHECK(api.operation_name({}) == nullptr);
  CHECK(api.context_new(plain.graph, SCOPETRIE_AT_PYTHON) == nullptr);
  const std::size_t enough = 10;
  for (std::size_t number = 0; number < enough; ++number) {
    const scopetrie::testing::FailingNew memory(number);
    scopetrie_variable_options options{};
    options.size = sizeof options;
    options.has_shape = 1;  // a scalar
    const std::int32_t code = api.get_variable(plain.at, "a name that is new and longer than a string holds itself",
                                               &options, &again, nullptr);
    CHECK((code == SCOPETRIE_OK || code == SCOPETRIE_MEMORY_ERROR || code == SCOPETRIE_VALUE_ERROR));
  }
}

TEST_CASE("what was undone is refused") {
  Plain plain;
  scopetrie_transaction* undone = api.transaction_begin(plain.at);
  const scopetrie_variable gone = plain.get("w", {3});
  api.transaction_rollback(undone);
  CHECK(api.variable_name(gone) == nullptr);
  CHECK(std::string(api.last_error()->message).starts_with("This variable was undone"));
  scopetrie_transaction* kept = api.transaction_begin(plain.at);
  plain.get("w", {4});
  api.transaction_commit(kept);
  scopetrie_variable found;
  CHECK(api.find_variable(plain.graph, "w", &found) == 1);
}

TEST_CASE("a structure of an older header is read as far as it reaches") {
  Plain plain;
  scopetrie_variable_options options{};
  const std::int64_t shape[] = {2};
  options.shape = shape;
  options.rank = 1;
  options.has_shape = 1;
  options.dtype = SCOPETRIE_INT32;
  options.size = offsetof(scopetrie_variable_options, dtype);  // there was no dtype then
  scopetrie_variable made{};
  CHECK(api.get_variable(plain.at, "w", &options, &made, nullptr) == SCOPETRIE_OK);
  scopetrie_tensor value;
  REQUIRE(api.variable_tensor(made, &value) == SCOPETRIE_OK);
  CHECK(api.tensor_dtype(value) == SCOPETRIE_FLOAT32);
}

TEST_CASE("initializers: rules, values, tensors and functions") {
  REQUIRE(sa::use(&api));
  const sa::Graph graph;
  sa::Context at(graph);
  const std::vector<double> row{1, 2, 3};
  for (std::int32_t kind = SCOPETRIE_INITIAL_ZEROS; kind <= SCOPETRIE_INITIAL_LECUN_NORMAL; ++kind)
    CHECK(at.get_variable(("v" + std::to_string(kind)).c_str(),
                          {.shape = {{2, 2}}, .initializer = sa::initial(kind, 0, 1)})
              .made);
  CHECK(at.get_variable("row", {.initializer = sa::values(row)}).variable.read().name() == "row/read:0");
  const sa::Tensor x = at.add_op("Placeholder", {}, {{SCOPETRIE_FLOAT32, {{4}}}}, "x");
  scopetrie_initial tensor = sa::initial(SCOPETRIE_INITIAL_TENSOR);
  tensor.tensor = x.value();
  CHECK(at.get_variable("t", {.initializer = tensor}).made);

  scopetrie_initial function = sa::initial(SCOPETRIE_INITIAL_FUNCTION);
  function.make = [](void* data, scopetrie_context* context, const std::int64_t* shape, std::size_t rank,
                     std::int32_t dtype, scopetrie_tensor* made) -> std::int32_t {
    if (*static_cast<bool*>(data)) return 7;
    const scopetrie_output output{dtype, static_cast<std::int32_t>(rank), shape};
    scopetrie_operation op;
    if (const std::int32_t code = api.add_operation(context, "Mine", nullptr, nullptr, 0, &output, 1, &op); code != 0)
      return code;
    return api.operation_output(op, 0, made);
  };
  bool fails = false;
  function.data = &fails;
  CHECK(at.get_variable("f", {.shape = {{2}}, .initializer = function}).made);
  CHECK(graph.find_operation("f/Initializer/Mine").has_value());
  fails = true;
  CHECK_THROWS_WITH_AS(at.get_variable("g", {.shape = {{2}}, .initializer = function}),
                       "get_variable: an initializer's function failed with 7", sa::Error);
  CHECK_FALSE(graph.find_variable("g").has_value());
  CHECK_THROWS_AS(at.get_variable("h", {.initializer = sa::initial(99)}), sa::Error);
}

TEST_CASE("the shim's blocks and transactions end with their objects") {
  REQUIRE(sa::use(&api));
  const sa::Graph graph;
  sa::Context at(graph);
  {
    auto scope = at.variable_scope("s", {.dtype = SCOPETRIE_FLOAT64, .initializer = sa::ones()});
    auto names = at.name_scope("n");
    CHECK(at.name_scope_path() == "s/n");
    CHECK(at.get_variable("w", {.shape = {{2}}, .trainable = false}).variable.read().dtype() == SCOPETRIE_FLOAT64);
  }
  CHECK(at.name_scope_path().empty());
  CHECK(at.unique_name("s", false) == "s_1");
  {
    sa::Transaction undone = at.transaction();
    at.get_variable("gone", {.shape = {{2}}});
  }
  {
    sa::Transaction kept = at.transaction();
    at.get_variable("kept", {.shape = {{2}}});
    kept.commit();
  }
  CHECK_FALSE(graph.find_variable("gone").has_value());
  CHECK(graph.find_variable("kept")->path() == "kept");
  const sa::Graph copy = graph;
  CHECK(copy.find_variable("s/w").has_value());
  auto scope = at.variable_scope("s", {.is_default_name = true});
  CHECK(at.name_scope_path() == "s_1");
}
