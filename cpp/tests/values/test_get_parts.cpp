#include "scopetrie/values/get_parts.hpp"

#include <doctest/doctest.h>

#include <string>
#include <variant>
#include <vector>

#include "scopetrie/values/store.hpp"

namespace st = scopetrie;

namespace {

using Sizes = std::vector<std::int64_t>;

std::string why_not(auto&& call) {
  try {
    call();
  } catch (const st::Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

st::PartitionedStoreVariable parts_of(st::Store& store, std::string_view name, const Sizes& shape, std::int64_t count,
                                      std::size_t axis = 0) {
  return std::get<st::PartitionedStoreVariable>(
      store.get_any(name, {.shape = shape, .partitioner = st::fixed_size_partitioner(count, axis)}));
}

std::vector<float> elements_of(const st::StoreVariable& variable) {
  const auto data = variable.data<float>();
  return {data.begin(), data.end()};
}

}  // namespace

TEST_CASE("a variable of a store is made in parts, and shared as a whole") {
  st::Store store({.seed = 1});
  {
    const st::StoreScope scope(store, "tower", {.partitioner = st::fixed_size_partitioner(3)});
    const auto whole = std::get<st::PartitionedStoreVariable>(store.get_any("w", {.shape = {7, 4}}));
    CHECK(whole.path == "tower/w");
    CHECK(whole.shape == Sizes{7, 4});
    CHECK(whole.dtype == st::kFloat32);
    CHECK(whole.partitions == Sizes{3, 1});
    REQUIRE(whole.parts.size() == 3);
    CHECK(whole.parts[0].path() == "tower/w/part_0");
    CHECK(whole.parts[0].shape() == Sizes{3, 4});
    CHECK(whole.parts[2].shape() == Sizes{2, 4});
    CHECK(std::holds_alternative<st::StoreVariable>(store.get_any("scale", {.shape = st::AskedShape(Sizes{})})));
    CHECK(why_not([&] { store.get("v", {.shape = {2}}); }) ==
          "Store.get: tower/v is a variable in parts. Call get_any() for it.");
  }
  const st::StoreScope again(store, "tower", {.reuse = st::Reuse::kYes});
  const auto shared = std::get<st::PartitionedStoreVariable>(store.get_any("w", {}));
  CHECK(shared.parts[1] == *store.find("tower/w/part_1"));
  CHECK(parts_of(store, "w", {7, 4}, 3).parts == shared.parts);
}

TEST_CASE("elements do not depend on how a variable is cut") {
  st::Store whole({.seed = 3});
  const std::vector<float> expected = elements_of(whole.get("w", {.shape = {5, 6}}));
  for (const std::size_t axis : {0u, 1u}) {
    st::Store cut({.seed = 3});
    const auto made = parts_of(cut, "w", {5, 6}, 4, axis);
    std::size_t column = 0, row = 0, compared = 0;
    for (const st::StoreVariable& part : made.parts) {
      const std::vector<float> found = elements_of(part);
      const auto rows = static_cast<std::size_t>(part.shape()[0]), columns = static_cast<std::size_t>(part.shape()[1]);
      for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < columns; ++j, ++compared)
          CHECK(found[i * columns + j] == expected[(row + i) * 6 + column + j]);
      axis == 0 ? row += rows : column += columns;
    }
    CHECK(compared == 30);
  }
}

TEST_CASE("what is called as the parts of a variable is that variable") {
  st::Store store({.seed = 1});
  const auto made = parts_of(store, "w", {4, 2}, 2);
  store.move("w/part_0", "v/part_0");
  store.move("w/part_1", "v/part_1");
  const st::StoreScope reuse(store, "", {.reuse = st::Reuse::kYes});
  CHECK(parts_of(store, "v", {4, 2}, 2).parts == made.parts);
  CHECK(why_not([&] { parts_of(store, "w", {4, 2}, 2); }).find("w does not exist") != std::string::npos);
  store.put("u/part_0", std::vector<float>{1, 2}, {2, 1});
  CHECK(why_not([&] { parts_of(store, "u", {3, 1}, 2); }).find("u does not exist") != std::string::npos);
  store.put("u/part_1", std::vector<float>{3}, {1, 1});
  CHECK(parts_of(store, "u", {3, 1}, 2).parts[1] == *store.find("u/part_1"));
  store.erase("u/part_1");
  CHECK(why_not([&] { store.get_any("u", {}); }).find("u does not exist") != std::string::npos);
}

TEST_CASE("refusals leave nothing behind") {
  st::Store store({.seed = 1});
  parts_of(store, "w", {7, 2}, 3);
  store.get("u", {.shape = {2}});
  store.put("x/part_0", std::vector<float>{1}, {1});
  store.put("y/part_0", std::vector<float>{1}, {1});
  store.put("y/part_1", std::vector<float>{1}, {1});
  store.put("y/part_2", std::vector<float>{1}, {1});
  const std::size_t size = store.size();
  CHECK(why_not([&] { parts_of(store, "w", {7, 2}, 3); }) ==
        "Store.get: w already exists (float32[7, 2] in 3 parts): a scope with reuse=True or reuse=AUTO_REUSE shares "
        "it, and another name makes another one");
  CHECK(why_not([&] { store.get("w", {.shape = {7, 2}}); }).find("in 3 parts") != std::string::npos);
  CHECK(why_not([&] { parts_of(store, "u", {2}, 2); }) ==
        "Store.get: u is there in one piece (float32[2]), and was now asked for in parts: leave the partitioner out, "
        "or take another name");
  const st::StoreScope scope(store, "", {.reuse = st::Reuse::kAuto});
  CHECK(why_not([&] { parts_of(store, "w", {6, 2}, 3); }).find("shape (6, 2) was asked for, and it has (7, 2)") !=
        std::string::npos);
  CHECK(why_not([&] {
          parts_of(store, "w", {7, 2}, 2);
        }).find("the partitioning [2, 1] was asked for, and it has [3, 1]") != std::string::npos);
  CHECK(why_not([&] {
          store.get_any("w", {.shape = {7, 2}, .dtype = st::kFloat64, .partitioner = st::fixed_size_partitioner(3)});
        }).find("dtype float64 was asked for, and it has float32") != std::string::npos);
  const auto asked = [&](Sizes answer) {
    return why_not([&] {
      store.get_any("z", {.shape = {4, 4}, .partitioner = st::partitioner([=](auto, auto) { return answer; })});
    });
  };
  CHECK(asked({2, 2}) ==
        "Store.get: z of shape (4, 4) was asked for in the parts [2, 2]: a variable is cut along one axis");
  CHECK(asked({2}).starts_with("Store.get: z: Partitioner returned a partition list that does not match"));
  CHECK(asked({0, 1}).starts_with("Store.get: z: Partitioner returned zero partitions"));
  CHECK(why_not([&] { parts_of(store, "x", {2}, 2); }) ==
        "Store.get: x was asked for in 2 parts, and x/part_1 is missing, while part_0 is there");
  CHECK(why_not([&] { parts_of(store, "y", {2}, 2); }) ==
        "Store.get: y was asked for in 2 parts, and y/part_2 is there, too");
  // The second part has another shape: the first that was made is gone.
  store.put("t/part_1", std::vector<float>{1, 2, 3}, {3});
  CHECK(why_not([&] { parts_of(store, "t", {4}, 2); }).find("t/part_1 is there, but not as asked") !=
        std::string::npos);
  CHECK(store.size() == size + 1);
  CHECK_FALSE(store.find("t/part_0"));
}

TEST_CASE("parts are undone, come back and are forked as a whole") {
  st::Store store({.seed = 1});
  const auto made = parts_of(store, "w", {4}, 2);
  {
    st::Transaction transaction = store.transaction();
    parts_of(store, "v", {4}, 2);
    store.erase("w/part_1");
    CHECK(why_not([&] { store.get("v", {.shape = {4}}); }).find("in 2 parts") != std::string::npos);
  }
  CHECK(store.size() == 2);
  {
    const st::StoreScope scope(store, "", {.reuse = st::Reuse::kAuto});
    const auto restored = parts_of(store, "w", {4}, 2);
    CHECK(restored.parts[0].id() == made.parts[0].id());
    CHECK(restored.parts[1].id() == made.parts[1].id());
    CHECK(elements_of(made.parts[1]).size() == 2);
    parts_of(store, "v", {4}, 2);
  }
  st::Store fork = store;
  const st::StoreScope scope(fork, "", {.reuse = st::Reuse::kYes});
  const auto forked = std::get<st::PartitionedStoreVariable>(fork.get_any("w", {}));
  CHECK(forked.parts.size() == 2);
  CHECK(elements_of(forked.parts[0]) == elements_of(made.parts[0]));
}
