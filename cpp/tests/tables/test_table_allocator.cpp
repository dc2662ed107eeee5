#include "scopetrie/tables/table_allocator.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

using namespace scopetrie;

TEST_CASE("a table keeps its values while it grows from small blocks to large ones, and back") {
  Table<std::uint32_t> table;
  for (std::uint32_t i = 0; i < 3'000'000; ++i) table.push_back(i * 7);
  std::size_t wrong = 0;
  for (std::uint32_t i = 0; i < table.size(); ++i) wrong += table[i] != i * 7;
  CHECK(wrong == 0);
  table.resize(10);
  table.shrink_to_fit();
  CHECK(table[9] == 63);
}

TEST_CASE("large blocks start where a huge page does, and are writable to their end") {
#if defined(__linux__)
  for (const std::size_t bytes : {kHugePage, kHugePage + 1, 3 * kHugePage - 8}) {
    CAPTURE(bytes);
    char* const block = static_cast<char*>(allocate_huge(bytes));
    CHECK(reinterpret_cast<std::uintptr_t>(block) % kHugePage == 0);
    block[0] = 1;
    block[bytes - 1] = 1;
    free_huge(block, bytes);
  }
#endif
}

TEST_CASE("more than there is cannot be had") {
  CHECK_THROWS_AS(allocate_huge(std::numeric_limits<std::size_t>::max() / 4), std::bad_alloc);
  CHECK_THROWS_AS(allocate_huge(std::numeric_limits<std::size_t>::max()), std::bad_alloc);
}
