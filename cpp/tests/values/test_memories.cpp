#include "scopetrie/values/memories.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <new>
#include <optional>
#include <span>

#include "failing_new.hpp"
#include "scopetrie/error.hpp"

namespace st = scopetrie;

namespace {

constexpr std::size_t kCount = 4;
constexpr std::span<const st::Memories::Copy> kNoCopies;

st::Memory* memory_of(int value) {
  st::Memory* made = st::Memory::uninitialised(sizeof(int));
  *static_cast<int*>(made->data()) = value;
  return made;
}
int value_of(const st::Memory* memory) { return *static_cast<const int*>(memory->data()); }

/// Places that are ready, with their numbers as values, and one more that is not.
struct MemoriesFixture {
  st::Memories first;
  MemoriesFixture() {
    for (std::size_t at = 0; at < kCount; ++at) {
      first.add();
      CHECK(first.exchange(at, memory_of(static_cast<int>(at))) == nullptr);
    }
    first.add();
  }
};

}  // namespace

TEST_CASE("a fork has the same memories until somebody looks") {
  MemoriesFixture it;
  const st::Memory* before = it.first.peek(1);
  CHECK(it.first.own(1) == before);
  st::Memories fork(it.first, kNoCopies);
  CHECK(fork.size() == kCount + 1);
  CHECK(fork.peek(1) == before);
  CHECK(it.first.peek(1) == before);
  CHECK(it.first.own(1) == nullptr);
  CHECK(fork.own(1) == nullptr);
  CHECK(fork.looked_at(1) == nullptr);
  CHECK_FALSE(fork.is_ready(kCount));
  st::Memory* changed = fork.look(1);
  CHECK(changed != before);
  *static_cast<int*>(changed->data()) = 7;
  CHECK(fork.look(1) == changed);
  CHECK(fork.own(1) == changed);
  CHECK(value_of(it.first.peek(1)) == 1);
  CHECK(value_of(it.first.look(1)) == 1);
  CHECK(value_of(fork.peek(2)) == 2);
}

TEST_CASE("what no other store has any more is not copied") {
  MemoriesFixture it;
  const st::Memory* before = it.first.peek(1);
  auto fork = std::make_unique<st::Memories>(it.first, kNoCopies);
  auto second = std::make_unique<st::Memories>(*fork, kNoCopies);
  fork.reset();
  CHECK(it.first.look(0) != nullptr);
  second.reset();
  CHECK(it.first.look(1) == before);
  CHECK(it.first.own(1) == before);
  CHECK(value_of(it.first.look(0)) == 0);
  // The same where the first one is gone.
  auto gone = std::make_unique<MemoriesFixture>();
  const st::Memory* kept = gone->first.peek(2);
  st::Memories heir(gone->first, kNoCopies);
  gone.reset();
  CHECK(heir.look(2) == kept);
  CHECK(value_of(heir.look(3)) == 3);
}

TEST_CASE("forks of forks, with changes between them") {
  MemoriesFixture it;
  st::Memories second(it.first, kNoCopies);
  *static_cast<int*>(second.look(0)->data()) = 10;
  st::Memories third(second, kNoCopies);
  *static_cast<int*>(second.look(0)->data()) = 20;
  *static_cast<int*>(third.look(1)->data()) = 30;
  st::Memories fourth(third, kNoCopies);
  for (std::size_t at = 0; at < kCount; ++at) CHECK(value_of(it.first.look(at)) == static_cast<int>(at));
  CHECK(value_of(second.peek(0)) == 20);
  CHECK(value_of(third.peek(0)) == 10);
  CHECK(value_of(fourth.look(0)) == 10);
  CHECK(value_of(fourth.look(1)) == 30);
  CHECK(value_of(fourth.look(3)) == 3);
  CHECK(value_of(third.look(3)) == 3);
}

TEST_CASE("what somebody has a view of is copied by the fork") {
  MemoriesFixture it;
  st::Memory* seen = it.first.look(1);
  seen->view();
  st::Memory* passed = it.first.look(2);
  passed->view();
  passed->end_view();
  st::Memories fork(it.first, kNoCopies);
  CHECK(fork.peek(1) != seen);
  CHECK(fork.own(1) == fork.peek(1));
  CHECK(it.first.looked_at(1) == seen);
  CHECK(fork.peek(2) == passed);
  seen->end_view();
  // Memory that others may reach counts as viewed from the start.
  int bytes = 5;
  st::Memory* const before = it.first.exchange(3, st::Memory::adopt(&bytes, sizeof bytes, {}));
  CHECK(before == nullptr);
  st::Memories another(it.first, kNoCopies);
  bytes = 6;
  CHECK(value_of(another.peek(3)) == 5);
  CHECK(value_of(it.first.peek(3)) == 6);
}

TEST_CASE("a fork takes a copy of what is not on the host, and refuses without one") {
  MemoriesFixture it;
  auto* const address = reinterpret_cast<void*>(std::uintptr_t{1} << 62);  // nobody may read it
  CHECK(it.first.exchange(kCount, st::Memory::adopt(address, 4, {.is_on_host = false})) == nullptr);
  CHECK_THROWS_AS((st::Memories{it.first, kNoCopies}), st::Error);
  st::Memory* const copy = st::Memory::adopt(address, 4, {.is_on_host = false});
  const st::Memories::Copy copies[] = {{kCount, copy}};
  {
    const st::Memories fork(it.first, copies);
    CHECK(fork.own(kCount) == copy);
    CHECK(it.first.own(kCount) != copy);
  }
  copy->disown();
}

TEST_CASE("inherited memories that are replaced or undone stay with the others") {
  MemoriesFixture it;
  auto fork = std::make_unique<st::Memories>(it.first, kNoCopies);
  CHECK(it.first.exchange(0, memory_of(9)) == nullptr);
  st::Memory* const own = it.first.exchange(0, nullptr);
  CHECK(value_of(own) == 9);
  own->disown();
  CHECK(it.first.remove_last() == nullptr);
  CHECK(it.first.remove_last() == nullptr);
  CHECK(it.first.size() == kCount - 1);
  CHECK(value_of(fork->look(0)) == 0);
  CHECK(value_of(fork->look(3)) == 3);
  it.first.add();
  CHECK(it.first.exchange(3, memory_of(11)) == nullptr);
  st::Memories again(it.first, kNoCopies);
  fork.reset();
  CHECK(value_of(again.look(3)) == 11);
  CHECK(value_of(again.look(1)) == 1);
}

TEST_CASE("a fork for which there is no memory changes nothing") {
  for (std::size_t failing = 0;; ++failing) {
    MemoriesFixture it;
    it.first.look(1)->view();
    std::optional<st::Memories> fork;
    try {
      const st::testing::FailingNew fails(failing);
      fork.emplace(it.first, kNoCopies);
    } catch (const std::bad_alloc&) {
      CHECK(it.first.own(0) != nullptr);
    }
    CHECK(value_of(it.first.look(0)) == 0);
    it.first.looked_at(1)->end_view();
    if (fork) break;
  }
}
