// An allocator for tables with random access: large blocks are in huge pages where the system has them.
//
// A table of a million names fills thousands of 4 KB pages, and nearly every look-up misses the TLB; it fills about a
// dozen 2 MB pages. Freed large blocks go straight back to the system.
// Thread safety: as operator new.
#pragma once

#include <algorithm>
#include <cstddef>
#include <new>
#include <vector>

namespace scopetrie {

/// The size and alignment of a huge page, and the least size of a block that uses them.
inline constexpr std::size_t kHugePage = std::size_t{1} << 21;

/// Allocates at least `bytes` >= kHugePage bytes; releases them. Throws std::bad_alloc.
void* allocate_huge(std::size_t bytes);
void free_huge(void* block, std::size_t bytes) noexcept;

template <class T>
struct TableAllocator {
  using value_type = T;

  TableAllocator() = default;
  template <class U>
  explicit TableAllocator(const TableAllocator<U>&) noexcept {}

  T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    return static_cast<T*>(bytes < kHugePage ? ::operator new(bytes) : allocate_huge(bytes));
  }
  void deallocate(T* block, std::size_t count) noexcept {
    const std::size_t bytes = count * sizeof(T);
    if (bytes < kHugePage)
      ::operator delete(block);
    else
      free_huge(block, bytes);
  }
  friend bool operator==(const TableAllocator&, const TableAllocator&) { return true; }
};

template <class T>
using Table = std::vector<T, TableAllocator<T>>;

/// Reserves room for `more` further rows, at least doubling the capacity when it grows: many small requests stay
/// linear.
template <class Rows>
void make_room(Rows& rows, std::size_t more) {
  if (more > rows.capacity() - rows.size()) [[unlikely]]
    rows.reserve(std::max(rows.size() + more, rows.capacity() * 2));
}

}  // namespace scopetrie
