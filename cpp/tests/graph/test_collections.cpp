#include "scopetrie/graph/collections.hpp"

#include <doctest/doctest.h>

#include "scopes/recording.hpp"

using namespace scopetrie;
using scopetrie::testing::Counted;

namespace {

using Item = Collections::Item;

std::vector<std::string> names(const Collections& collections) {
  std::vector<std::string> all;
  for (const std::size_t list : collections.all())
    all.push_back(collections.name(list) != nullptr ? *collections.name(list) : "-");
  return all;
}

}  // namespace

TEST_CASE("a list becomes a collection when it is added to, and they are in that order") {
  Collections collections;
  CHECK(names(collections).empty());
  CHECK(collections.named("variables") == Collections::kVariables);
  CHECK(collections.find("trainable_variables") == Collections::kTrainable);
  CHECK_FALSE(collections.find("losses"));
  const std::size_t losses = collections.named("losses"), other = collections.add_list();
  CHECK(collections.named("losses") == losses);
  collections.add(other, Item(Item::kTensor, 5));
  collections.create(losses);
  collections.add_variable(Collections::kTrainable, 3);
  CHECK(names(collections) == std::vector<std::string>{"-", "losses", "trainable_variables"});
  CHECK(collections.items(other)[0].kind() == Item::kTensor);
  CHECK(collections.items(other)[0].id() == 5);
  CHECK(collections.items(losses).empty());
  collections.drop(other);
  collections.add(other, Item(Item::kOperation, 1));
  CHECK(names(collections) == std::vector<std::string>{"losses", "trainable_variables", "-"});
}

TEST_CASE("what is undone leaves the collections, and one that was none is none again") {
  int living = 0;
  {
    Ledger ledger;
    Collections collections(&ledger);
    collections.set_host(native_scope_host);
    const std::size_t list = collections.named("mine"), other = collections.named("other");
    const auto add = [&](std::size_t to) { collections.add(to, Item(make_object<Counted>(living).release())); };
    add(list);
    collections.add_variable(Collections::kVariables, 2);
    {
      const Transaction undone(ledger);
      add(list);
      add(other);
      collections.add(list, {Item::kTensor, 1});
      collections.assign(list, {Item(Item::kTensor, 3)});
      add(list);
      {
        Transaction kept(ledger);
        add(list);
        collections.drop(list);
        add(list);
        collections.create(Collections::kTrainable);
        kept.commit();
      }
      collections.drop(Collections::kVariables);
      CHECK(names(collections) == std::vector<std::string>{"other", "mine", "trainable_variables"});
    }
    CHECK(names(collections) == std::vector<std::string>{"mine", "variables"});
    CHECK(collections.items(list).size() == 1);
    CHECK(collections.items(list)[0].object() != nullptr);
    CHECK(collections.items(Collections::kVariables).size() == 1);
    CHECK(living == 1);
  }
  CHECK(living == 0);
}

TEST_CASE("objects are kept once each, and let go") {
  int living = 0;
  {
    Collections collections;
    collections.set_host(native_scope_host);
    const std::size_t list = collections.named("mine");
    const auto add = [&] { collections.add(list, Item(make_object<Counted>(living).release())); };
    add();
    add();
    CHECK(living == 2);
    CHECK(collections.visit([](void*) { return 3; }) == 3);
    CHECK(living == 2);
    Collections::Items others{Item(make_object<Counted>(living).release())};
    collections.assign(list, others);
    CHECK(living == 1);
    collections.drop(list);
    CHECK(living == 0);
    add();
    collections.clear();
    CHECK(living == 0);
    add();
  }
  CHECK(living == 0);
}
