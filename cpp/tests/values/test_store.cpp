#include "scopetrie/values/store.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

#include "failing_new.hpp"

namespace st = scopetrie;

namespace {

std::string refused(auto&& call) {
  try {
    call();
  } catch (const st::Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

std::vector<std::string> paths(const std::vector<st::StoreVariable>& variables) {
  std::vector<std::string> made;
  for (const st::StoreVariable& variable : variables) made.push_back(variable.path());
  return made;
}

}  // namespace

TEST_CASE("scopes share by name, and elements are made at the first look") {
  st::Store store({.seed = 1});
  st::ScopeRef captured;
  {
    const st::StoreScope tower(store, "tower", {.initializer = st::ones(), .dtype = st::kFloat64});
    captured = tower.capture();
    const st::StoreVariable w = store.get("w", {.shape = {2, 3}});
    CHECK(w.path() == "tower/w");
    CHECK(w.dtype() == st::kFloat64);
    CHECK(w.shape() == std::vector<std::int64_t>{2, 3});
    CHECK_FALSE(w.is_ready());
    CHECK(w.data<double>().size() == 6);
    CHECK(w.data<double>()[5] == 1);
    CHECK(w.is_ready());
    CHECK(
        refused([&] { store.get("w", {.shape = {2, 3}}); }) ==
        "Store.get: tower/w already exists (float64[2, 3]): a scope with reuse=True or reuse=AUTO_REUSE shares it, and "
        "another name makes another one");
  }
  const st::StoreScope again(store, captured, {.reuse = st::Reuse::kYes});
  CHECK(store.get("w") == *store.find("tower/w"));
  CHECK(store.get("w", {.shape = {2, 3}}) == store.get("w"));
  CHECK(refused([&] { store.get("w", {.shape = {3, 2}}); }).find("(3, 2) was asked for") != std::string::npos);
  CHECK(refused([&] { store.get("w", {.dtype = st::kFloat32}); }).find("dtype float32") != std::string::npos);
  CHECK(refused([&] { store.get("v", {.shape = {1}}); }).find("does not exist") != std::string::npos);
  CHECK(refused([&] { store.get("a//b", {.shape = {1}}); }).find("are empty") != std::string::npos);
  CHECK(refused([&] { store.get("w").data<float>(); }).find("not of 4 bytes") != std::string::npos);
  CHECK_FALSE(store.find("tower/v"));
  CHECK(store.size() == 1);
}

TEST_CASE("random elements depend on the seed and the path alone") {
  st::Store one({.seed = 7}), other({.seed = 7});
  one.get("first", {.shape = {3}});
  const float expected = one.get("w", {.shape = {3}}).data<float>()[1];
  CHECK(other.get("w", {.shape = {3}}).data<float>()[1] == expected);
  CHECK(other.get("v", {.shape = {3}}).data<float>()[1] != expected);
}

TEST_CASE("a new variable of a dtype without a default, or without a shape, is refused, and nothing stays") {
  st::Store store;
  CHECK(refused([&] { store.get("w"); }).find("has no shape") != std::string::npos);
  CHECK(refused([&] { store.get("w", {.shape = {-1}}); }).find("has no shape") != std::string::npos);
  CHECK(refused([&] { store.get("w", {.shape = {2}, .dtype = st::kString}); }).find("no fixed size") !=
        std::string::npos);
  CHECK(refused([&] { store.get("w", {.shape = {1LL << 40, 1LL << 40}}); }) != "nothing was thrown");
  CHECK(store.size() == 0);
}

TEST_CASE("a scope's initializer that only a graph can use is refused") {
  st::Store store;
  const st::StoreScope scope(store, "layer", {.initializer = st::Initial(0.5)});
  CHECK(refused([&] { store.get("w", {.shape = {2}}); }).find("the initializer of the scope 'layer'") !=
        std::string::npos);
  CHECK(store.get("v", {.shape = {2}, .initializer = st::constant(0.5)}).data<float>()[0] == 0.5F);
}

TEST_CASE("put copies, adopt does not") {
  st::Store store;
  std::vector<float> numbers{1, 2, 3, 4};
  {
    const st::StoreScope scope(store, "data");
    const st::StoreVariable copy = store.put("copy", numbers, {2, 2});
    CHECK(copy.data<float>().data() != numbers.data());
    CHECK(copy.data<float>()[3] == 4);
    const st::StoreVariable own = store.adopt("own", std::as_writable_bytes(std::span(numbers)), st::kFloat32, {4}, {},
                                              /*trainable=*/false);
    CHECK(own.data<float>().data() == numbers.data());
    CHECK_FALSE(own.is_trainable());
    CHECK(refused([&] { store.put("copy", numbers, {4}); }) ==
          "Store.put: data/copy already exists (float32[2, 2]): another name makes another one");
    CHECK(refused([&] { store.put("other", numbers, {5}); }) ==
          "Store.put: 'other' of shape [5] and dtype float32 takes 20 bytes, and 16 were given");
    CHECK(refused([&] { store.put("other", std::vector<int>{1}, {-1}); }).find("no array") != std::string::npos);
    CHECK(refused([&] { store.put("other", numbers, {1LL << 40, 1LL << 40}); }).find("no array") != std::string::npos);
  }
  CHECK(paths(store.under("data")) == std::vector<std::string>{"data/copy", "data/own"});
}

TEST_CASE("elements in the memory of a device are refused by name") {
  st::Store store;
  auto* const address = reinterpret_cast<std::byte*>(std::uintptr_t{1} << 62);  // nobody may read it
  const st::StoreVariable w = store.adopt("w", {address, 4}, st::kFloat32, {1}, {.is_on_host = false});
  CHECK(refused([&] { w.data<float>(); }) == "StoreVariable::data: the elements of w are in the memory of a device");
  CHECK(refused([&] { st::Store fork(store); }).starts_with("fork: elements are in the memory of a device"));
}

TEST_CASE("adopted memory is given back once, also where it is refused") {
  int released = 0;
  float number = 1;
  const st::Memory::Adopted from{.context = &released,
                                 .release = [](void* count) noexcept { ++*static_cast<int*>(count); }};
  const auto bytes = std::as_writable_bytes(std::span(&number, 1));
  st::Store store;
  store.adopt("w", bytes, st::kFloat32, {1}, from);
  CHECK(released == 0);
  CHECK(refused([&] { store.adopt("w", bytes, st::kFloat32, {1}, from); }) != "nothing was thrown");
  CHECK(released == 1);
  store.erase("w");
  CHECK(released == 2);
}

TEST_CASE("handles of what was deleted or undone are refused, and those of what was moved follow") {
  st::Store store;
  const st::StoreVariable w = store.get("w", {.shape = {2}});
  store.move("w", "a/w");
  CHECK(w.path() == "a/w");
  store.get("v", {.shape = {2}});
  CHECK(refused([&] { store.move("v", "a/w"); }).find("already exists") != std::string::npos);
  CHECK(refused([&] { store.move("u", "b"); }) == "Store.move: there is no variable 'u'");
  store.erase("a/w");
  CHECK(refused([&] { w.path(); }) == "The variable 'a/w' is gone: it was deleted from its store.");
  CHECK(refused([&] { store.erase("a/w"); }) == "Store.erase: there is no variable 'a/w'");
  std::vector<st::StoreVariable> kept;
  {
    const st::Transaction undone = store.transaction();
    kept.push_back(store.get("lost", {.shape = {2}}));
  }
  CHECK(refused([&] { kept[0].path(); }).find("was undone") != std::string::npos);
  CHECK(store.size() == 1);
}

TEST_CASE("what is beneath a path is moved and erased together, or not at all") {
  st::Store store;
  const st::StoreVariable w = store.get("a/w", {.shape = {2}});
  store.get("a/b", {.shape = {2}});
  store.get("c/b", {.shape = {2}});
  CHECK(refused([&] { store.move("a", "c"); }).starts_with("Store.move: c/b already exists (float32[2])"));
  CHECK(refused([&] { store.move("a", "a/x"); }).find("which is in it") != std::string::npos);
  CHECK(w.path() == "a/w");
  store.move("a", "d/e");
  CHECK((w.path() == "d/e/w" && store.under("d").size() == 2 && store.under("a").empty()));
  store.erase("d");
  CHECK((store.size() == 1 && !store.find("d/e/b")));
}

TEST_CASE("a fork shares nothing that either of both changes") {
  st::Store store;
  const st::StoreVariable w = store.get("w", {.shape = {2}, .initializer = st::ones()});
  w.data<float>()[0] = 5;
  st::Store fork = store;
  fork.find("w")->data<float>()[0] = 7;
  w.data<float>()[1] = 8;
  CHECK(w.data<float>()[0] == 5);
  CHECK(fork.find("w")->data<float>()[1] == 1);
  fork.get("v", {.shape = {2}});
  CHECK(store.size() == 1);
  CHECK_FALSE(w == *fork.find("w"));
}

TEST_CASE("names stay clear of variables, in the current scope, and are undone with them") {
  st::Store store;
  const st::StoreScope tower(store, "tower");
  store.get("w", {.shape = {2}});
  CHECK(store.unique_name("w") == "tower/w_1");
  CHECK(store.unique_name("w") == "tower/w_2");
  CHECK(store.unique_name("MatMul") == "tower/MatMul");
  {
    const st::Transaction undone = store.transaction();
    CHECK(store.unique_name("MatMul") == "tower/MatMul_1");
    store.get("v", {.shape = {2}});
    CHECK(store.unique_name("v") == "tower/v_1");
  }
  CHECK(store.unique_name("v") == "tower/v");
  CHECK(store.unique_name("MatMul") == "tower/MatMul_1");
  st::Store fork = store;
  CHECK(fork.unique_name("w") == "w");
  CHECK(fork.names().is_taken("tower/w_2"));
  store.erase("tower/w");
  CHECK(store.unique_name("w") == "tower/w");
}

TEST_CASE("where memory runs out, nothing is half made") {
  std::array<float, 2> numbers{1, 2};
  for (std::size_t allowed = 0; allowed < 300; ++allowed) {
    st::Store store;
    store.get("before", {.shape = {2}});
    bool made = true;
    try {
      const scopetrie::testing::FailingNew memory(allowed);
      const st::StoreScope scope(store, "a scope of a name that is longer than a string holds itself");
      store.get("w", {.shape = {2}}).data<float>();
      store.put("v", numbers, {2});
      store.unique_name("w");
      const st::Store fork(store);
    } catch (const std::bad_alloc&) {
      made = false;
    }
    for (const st::StoreVariable& variable : store.under("")) CHECK(variable.data<float>().size() == 2);
    const st::StoreScope scope(store, "a scope of a name that is longer than a string holds itself",
                               {.reuse = st::Reuse::kAuto});
    CHECK(store.get("w", {.shape = {2}}).shape().size() == 1);
    if (made) break;
    CHECK(allowed < 299);
  }
}
