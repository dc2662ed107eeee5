// The test program's own `operator new`, which FailingNew makes fail.
#include <doctest/doctest.h>

#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

#include "failing_new.hpp"

using scopetrie::testing::FailingNew;
using scopetrie::testing::LargestNew;

TEST_CASE("memory fails from the allocation on that it is told to") {
  int made = 0;
  {
    const FailingNew memory(3);
    try {
      for (std::vector<std::unique_ptr<int>> kept(1); made < 10; ++made) kept[0] = std::make_unique<int>(made);
    } catch (const std::bad_alloc&) {
    }
  }
  CHECK(made == 2);
  CHECK_NOTHROW(std::make_unique<int>(made));
}

TEST_CASE("the largest block is noted") {
  const LargestNew memory;
  const std::vector<char> small(10), large(1000);
  CHECK(memory.bytes() == 1000);
}

#if defined(__GNUC__)
#define NOT_INLINED __attribute__((noinline))
#else
#define NOT_INLINED
#endif

NOT_INLINED void* operator new(std::size_t bytes) {
  LargestNew::note(bytes);
  if (FailingNew::allows())
    if (void* block = std::malloc(bytes != 0 ? bytes : 1); block != nullptr) return block;
  throw std::bad_alloc();
}

NOT_INLINED void operator delete(void* block) noexcept { std::free(block); }
NOT_INLINED void operator delete(void* block, std::size_t) noexcept { std::free(block); }
