#include "scopetrie/values/block_pool.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <vector>

using scopetrie::BlockPool;

TEST_CASE("a freed block is given out again, for sizes of its class") {
  BlockPool pool;
  void* first = pool.allocate(100'000);
  CHECK(reinterpret_cast<std::uintptr_t>(first) % 64 == 0);
  CHECK(pool.kept() == 0);
  pool.release(first);
  CHECK(pool.kept() >= 100'000);
  CHECK(pool.kept() <= 112'500);
  CHECK(pool.allocate(99'000) == first);
  CHECK(pool.kept() == 0);
  pool.release(first);
  void* larger = pool.allocate(200'000);
  CHECK(larger != first);
  pool.release(larger);
  pool.trim();
  CHECK(pool.kept() == 0);
}

TEST_CASE("small and very large blocks are not kept") {
  BlockPool pool;
  for (const std::size_t bytes : {std::size_t{1}, BlockPool::kLeast - 1, BlockPool::kMost + 1}) {
    void* block = pool.allocate(bytes);
    CHECK(reinterpret_cast<std::uintptr_t>(block) % 16 == 0);
    std::memset(block, 1, bytes);
    pool.release(block);
    CHECK(pool.kept() == 0);
  }
  pool.release(nullptr);
}

TEST_CASE("zeroed blocks are zeros, whoever had them before") {
  BlockPool pool;
  for (const std::size_t bytes : {std::size_t{100}, std::size_t{70'000}}) {
    void* dirty = pool.allocate(bytes);
    std::memset(dirty, 0xff, bytes);
    pool.release(dirty);
    auto* block = static_cast<unsigned char*>(pool.allocate_zeroed(bytes));
    for (std::size_t i = 0; i < bytes; ++i) REQUIRE(block[i] == 0);
    pool.release(block);
  }
  pool.trim();
}

TEST_CASE("a block grows and shrinks with its content") {
  BlockPool pool;
  auto* block = static_cast<unsigned char*>(pool.reallocate(nullptr, 10));
  for (unsigned char i = 0; i < 10; ++i) block[i] = i;
  for (const std::size_t bytes : {std::size_t{1000}, std::size_t{50'000}, std::size_t{51'000}, std::size_t{500'000},
                                  std::size_t{40'000}, std::size_t{20}}) {
    block = static_cast<unsigned char*>(pool.reallocate(block, bytes));
    for (unsigned char i = 0; i < 10; ++i) REQUIRE(block[i] == i);
  }
  pool.release(block);
  pool.trim();
}

TEST_CASE("what is kept is bounded by what was in use at once, and some slack") {
  BlockPool pool;
  constexpr std::size_t kSize = std::size_t{1} << 20;
  for (std::size_t extra = 0; extra < 300; ++extra) {  // of ever other sizes, one at a time
    void* block = pool.allocate(kSize + extra * (kSize / 8));
    pool.release(block);
    REQUIRE(pool.kept() <= BlockPool::kSlack + 40 * kSize + BlockPool::kMost);
  }
  pool.trim();
}
