#include "scopetrie/store/memory.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <new>

#include "failing_new.hpp"

namespace st = scopetrie;

TEST_CASE("memory is aligned, and zeroed where that is asked for, whatever its size") {
  for (const std::size_t bytes : {0U, 1U, 63U, 64U, 65U, 65535U, 65536U, 1000000U}) {
    st::Memory* memory = st::Memory::zeroed(bytes);
    CHECK(reinterpret_cast<std::uintptr_t>(memory->data()) % st::Memory::kAlignment == 0);
    CHECK(memory->size() == bytes);
    auto* first = static_cast<unsigned char*>(memory->data());
    CHECK(std::all_of(first, first + bytes, [](unsigned char byte) { return byte == 0; }));
    std::fill_n(first, bytes, static_cast<unsigned char>(7));
    st::Memory* copy = st::Memory::copy(*memory);
    CHECK(std::equal(first, first + bytes, static_cast<unsigned char*>(copy->data())));
    copy->disown();
    memory->disown();
  }
}

TEST_CASE("memory that is too large is refused, and no memory is lost when there is none") {
  CHECK_THROWS_AS(st::Memory::zeroed(std::numeric_limits<std::size_t>::max()), std::bad_alloc);
  CHECK_THROWS_AS(st::Memory::uninitialised(std::numeric_limits<std::size_t>::max() - 100), std::bad_alloc);
  const st::testing::FailingNew failing(0);
  CHECK_THROWS_AS(st::Memory::zeroed(8), std::bad_alloc);
}

TEST_CASE("owners and views are told apart, and the last of either frees adopted memory") {
  int bytes[4] = {};
  int released = 0;
  st::Memory* memory = st::Memory::adopt(bytes, sizeof bytes,
                                         {.context = &released,
                                          .release = [](void* count) noexcept { ++*static_cast<int*>(count); },
                                          .is_reachable = [](void*) noexcept { return false; }});
  CHECK_FALSE(memory->is_viewed());
  memory->view();
  CHECK(memory->is_viewed());
  memory->own();
  memory->disown();
  memory->disown();
  CHECK(released == 0);
  memory->end_view();
  CHECK(released == 1);
}

TEST_CASE("adopted memory counts as viewed unless its owner says that nobody reaches it") {
  int bytes[4] = {};
  st::Memory* memory = st::Memory::adopt(bytes, sizeof bytes, {});
  CHECK(memory->is_viewed());
  memory->disown();
}

TEST_CASE("memory of a device is an address: it is adopted and sliced, and never read") {
  int owner = 0;
  auto* const address = reinterpret_cast<void*>(std::uintptr_t{1} << 62);  // nobody may read it
  st::Memory* whole = st::Memory::adopt(address, 256, {.context = &owner, .is_on_host = false});
  st::Memory* part = st::Memory::slice(*whole, 64, 32);
  CHECK_FALSE(whole->is_on_host());
  CHECK_FALSE(part->is_on_host());
  CHECK(part->offset() == 64);
  CHECK(whole->offset() == 0);
  CHECK(part->adopted_context() == &owner);
  part->disown();
  whole->disown();
  st::Memory* host = st::Memory::zeroed(8);
  CHECK(host->is_on_host());
  CHECK(host->adopted_context() == nullptr);
  host->disown();
}

TEST_CASE("a slice keeps the whole, and a view of one part is a view of all") {
  st::Memory* whole = st::Memory::zeroed(128);
  st::Memory* first = st::Memory::slice(*whole, 0, 64);
  st::Memory* second = st::Memory::slice(*whole, 64, 64);
  whole->disown();
  CHECK(static_cast<char*>(second->data()) - static_cast<char*>(first->data()) == 64);
  CHECK_FALSE(second->is_viewed());
  first->view();
  CHECK(second->is_viewed());
  first->end_view();
  CHECK_FALSE(second->is_viewed());
  first->disown();
  static_cast<char*>(second->data())[63] = 1;
  second->disown();
}
