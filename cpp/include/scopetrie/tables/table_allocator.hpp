// Memory for tables that are looked at all over: large ones in huge pages where the system has them.
//
// A table of a million names is thousands of pages of 4 KB, and nearly every look-up misses the translation buffer; of
// 2 MB pages it is a dozen. Large blocks also go straight back to the system when they are freed.
// Thread safety: as operator new.
#pragma once

#include <algorithm>
#include <cstddef>
#include <new>
#include <vector>

namespace scopetrie {

/// A block from which huge pages are made: at least as large, and aligned, as one of them.
inline constexpr std::size_t kHugePage = std::size_t{1} << 21;

/// Memory for at least `bytes` >= kHugePage bytes, and its release. Throws std::bad_alloc.
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

/// Makes room for that many more, growing at least as a vector does by itself, or many small wishes would be quadratic.
template <class Rows>
void make_room(Rows& rows, std::size_t more) {
  if (rows.size() + more > rows.capacity()) rows.reserve(std::max(rows.size() + more, rows.capacity() * 2));
}

}  // namespace scopetrie
