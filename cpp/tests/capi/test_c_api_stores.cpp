#include <doctest/doctest.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "failing_new.hpp"
#include "scopetrie.h"
#include "scopetrie_store_api.hpp"

namespace sa = scopetrie::api;

namespace {

const scopetrie_api& store_api = *scopetrie_get_api();

/// A store and a context, by the plain C functions.
struct PlainStore {
  scopetrie_store* store = store_api.store_new(1);
  scopetrie_context* at = store_api.store_context_new(store, SCOPETRIE_AT_ROOT);
  ~PlainStore() {
    store_api.context_free(at);
    store_api.store_release(store);
  }
};

scopetrie_variable_options of_shape(const std::vector<std::int64_t>& shape) {
  scopetrie_variable_options options{};
  options.size = sizeof options;
  options.has_shape = 1;
  options.shape = shape.data();
  options.rank = static_cast<std::int32_t>(shape.size());
  return options;
}

std::string message() { return store_api.last_error()->message; }

}  // namespace

TEST_CASE("variables of a store by plain C") {
  PlainStore plain;
  const std::vector<std::int64_t> shape{2, 3};
  scopetrie_variable_options options = of_shape(shape);
  scopetrie_initial ones = sa::ones();
  options.initializer = &ones;
  CHECK(store_api.enter_variable_scope(plain.at, "layer", nullptr) == SCOPETRIE_OK);
  scopetrie_store_variable w{}, again{};
  std::int32_t is_new = 0;
  REQUIRE(store_api.store_get(plain.at, "w", &options, &w, &is_new) == SCOPETRIE_OK);
  CHECK(is_new == 1);
  CHECK(std::string(store_api.store_variable_path(w)) == "layer/w");
  CHECK(store_api.store_variable_dtype(w) == SCOPETRIE_FLOAT32);
  std::array<std::int64_t, 2> sizes{};
  CHECK(store_api.store_variable_shape(w, sizes.data(), 2) == 2);
  CHECK(sizes == std::array<std::int64_t, 2>{2, 3});
  CHECK(store_api.store_variable_is_ready(w) == 0);
  void* elements = nullptr;
  std::size_t bytes = 0;
  scopetrie_view* view = store_api.store_variable_view(w, &elements, &bytes);
  REQUIRE((view != nullptr));
  CHECK(bytes == 24);
  CHECK(static_cast<float*>(elements)[5] == 1);
  CHECK(store_api.store_variable_is_ready(w) == 1);
  CHECK(std::string(store_api.unique_name(plain.at, "w", 0)) == "layer/w_1");
  CHECK(std::string(store_api.unique_name(plain.at, "w", 1)) == "layer/w_1");
  CHECK(std::string(store_api.unique_name(plain.at, "w", 1)) == "layer/w_2");
  CHECK(store_api.store_get(plain.at, "w", &options, &again, nullptr) == SCOPETRIE_VALUE_ERROR);
  CHECK(message().starts_with("Store.get: layer/w already exists"));
  CHECK(std::string(store_api.last_error()->full_name) == "layer/w");
  CHECK(store_api.leave(plain.at) == SCOPETRIE_OK);
  scopetrie_scope_options reuse{};
  reuse.size = sizeof reuse;
  reuse.reuse = SCOPETRIE_REUSE;
  CHECK(store_api.enter_variable_scope(plain.at, "layer", &reuse) == SCOPETRIE_OK);
  CHECK(store_api.store_get(plain.at, "w", nullptr, &again, &is_new) == SCOPETRIE_OK);
  CHECK(is_new == 0);
  CHECK(std::memcmp(&again, &w, sizeof w) == 0);
  CHECK(store_api.leave(plain.at) == SCOPETRIE_OK);
  CHECK(store_api.store_size(plain.store) == 1);
  CHECK(store_api.store_find(plain.store, "layer/w", &again) == 1);
  CHECK(store_api.store_find(plain.store, "layer/v", &again) == 0);
  CHECK(store_api.store_move(plain.at, "layer/w", "moved/w") == SCOPETRIE_OK);
  CHECK(std::string(store_api.store_variable_path(w)) == "moved/w");
  CHECK(store_api.store_under(plain.store, "moved", &again, 1) == 1);
  CHECK(store_api.store_under(plain.store, "layer", nullptr, 0) == 0);
  CHECK(store_api.store_erase(plain.at, "moved/w") == SCOPETRIE_OK);
  CHECK(store_api.store_erase(plain.at, "moved/w") == SCOPETRIE_KEY_ERROR);
  CHECK(store_api.store_variable_path(w) == nullptr);
  CHECK(message().find("was deleted") != std::string::npos);
  CHECK(static_cast<float*>(elements)[5] == 1);  // the view keeps them
  store_api.view_release(view);
}

TEST_CASE("elements are copied, or kept and given back once") {
  PlainStore plain;
  std::array<float, 4> numbers{1, 2, 3, 4};
  int released = 0;
  const auto release = [](void* count) { ++*static_cast<int*>(count); };
  const std::vector<std::int64_t> shape{4};
  const scopetrie_variable_options options = of_shape(shape);
  scopetrie_store_variable copy, own;
  REQUIRE(store_api.store_put(plain.at, "copy", &options, numbers.data(), nullptr, nullptr, &copy) == SCOPETRIE_OK);
  REQUIRE(store_api.store_put(plain.at, "own", &options, numbers.data(), release, &released, &own) == SCOPETRIE_OK);
  void* elements = nullptr;
  store_api.view_release(store_api.store_variable_view(own, &elements, nullptr));
  CHECK(elements == numbers.data());
  store_api.view_release(store_api.store_variable_view(copy, &elements, nullptr));
  CHECK(elements != numbers.data());
  CHECK(static_cast<float*>(elements)[3] == 4);
  CHECK(store_api.store_put(plain.at, "own", &options, numbers.data(), release, &released, &own) ==
        SCOPETRIE_VALUE_ERROR);
  CHECK(released == 0);
  CHECK(store_api.store_put(plain.at, "null", &options, nullptr, nullptr, nullptr, &own) == SCOPETRIE_VALUE_ERROR);
  const std::vector<std::int64_t> negative{-1};
  const scopetrie_variable_options wrong = of_shape(negative);
  CHECK(store_api.store_put(plain.at, "negative", &wrong, numbers.data(), nullptr, nullptr, &own) ==
        SCOPETRIE_VALUE_ERROR);
  CHECK(store_api.store_size(plain.store) == 2);
  CHECK(store_api.store_erase(plain.at, "own") == SCOPETRIE_OK);
  CHECK(released == 1);
}

TEST_CASE("a context of a store does nothing of a graph's, and the other way round") {
  PlainStore plain;
  scopetrie_graph* graph = store_api.graph_new();
  scopetrie_context* at = store_api.context_new(graph, SCOPETRIE_AT_ROOT);
  scopetrie_variable variable;
  scopetrie_store_variable stored;
  scopetrie_operation operation;
  CHECK(store_api.get_variable(plain.at, "w", nullptr, &variable, nullptr) == SCOPETRIE_VALUE_ERROR);
  CHECK(message() == "get_variable: the context is a store's, and this is about graphs.");
  CHECK(store_api.add_operation(plain.at, "Neg", nullptr, nullptr, 0, nullptr, 0, &operation) == SCOPETRIE_VALUE_ERROR);
  CHECK(store_api.enter_name_scope(plain.at, "scope") == SCOPETRIE_VALUE_ERROR);
  CHECK(store_api.enter_control_dependencies(plain.at, nullptr, 0) == SCOPETRIE_VALUE_ERROR);
  CHECK(store_api.name_scope(plain.at) == nullptr);
  CHECK((store_api.context_graph(plain.at) == nullptr));
  CHECK(store_api.store_get(at, "w", nullptr, &stored, nullptr) == SCOPETRIE_VALUE_ERROR);
  CHECK(message() == "store_get: the context is a graph's, and this is about stores.");
  CHECK(store_api.store_get(nullptr, "w", nullptr, &stored, nullptr) == SCOPETRIE_VALUE_ERROR);
  CHECK(store_api.store_size(nullptr) == -1);
  CHECK((store_api.store_variable_view({}, nullptr, nullptr) == nullptr));
  store_api.context_free(at);
  store_api.graph_release(graph);
}

TEST_CASE("the shim: scopes, transactions, views, references") {
  REQUIRE(sa::use(&store_api));
  std::optional<sa::View> view;
  {
    const sa::Store store(3);
    sa::StoreContext at(store);
    {
      auto scope = at.variable_scope("layer", {.initializer = sa::constant(2)});
      const sa::StoreVariable w = at.get("w", {.shape = {{2}}});
      CHECK(w.shape() == std::vector<std::int64_t>{2});
      view.emplace(w.view());
      CHECK(at.unique_name("w") == "layer/w_1");
      const double numbers[] = {1, 2};
      CHECK(at.put("v", numbers, {.shape = {{2}}, .dtype = SCOPETRIE_FLOAT64}).view().as<double>()[1] == 2);
    }
    {
      const sa::Transaction undone = at.transaction();
      at.get("lost", {.shape = {{2}}});
      at.move("layer/w", "w");
    }
    const sa::Store same = store;
    CHECK(same.size() == 2);
    CHECK(same.under("layer").size() == 2);
    CHECK_FALSE(same.find("lost"));
    CHECK_THROWS_AS(at.get("lost"), sa::Error);
    at.erase("layer/w");
  }
  CHECK(view->as<float>()[1] == 2);
}

TEST_CASE("where memory runs out, a store is as it was") {
  std::array<float, 4> numbers{1, 2, 3, 4};
  const std::vector<std::int64_t> shape{4};
  const scopetrie_variable_options options = of_shape(shape);
  for (std::size_t allowed = 0; allowed < 100; ++allowed) {
    PlainStore plain;
    scopetrie_store_variable w;
    std::int32_t codes[2];
    {
      const scopetrie::testing::FailingNew memory(allowed);
      codes[0] =
          store_api.store_get(plain.at, "a name that is longer than a string holds itself", &options, &w, nullptr);
      codes[1] = store_api.store_put(plain.at, "v", &options, numbers.data(), [](void*) {}, nullptr, &w);
    }
    for (const std::int32_t code : codes) CHECK((code == SCOPETRIE_OK || code == SCOPETRIE_MEMORY_ERROR));
    CHECK(store_api.store_size(plain.store) == (codes[0] == SCOPETRIE_OK) + (codes[1] == SCOPETRIE_OK));
    if (codes[0] == SCOPETRIE_OK && codes[1] == SCOPETRIE_OK) break;
  }
}
