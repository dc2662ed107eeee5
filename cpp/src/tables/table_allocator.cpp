#include "scopetrie/tables/table_allocator.hpp"

#if defined(__linux__)
#include <sys/mman.h>

#include <cstdint>
#endif

namespace scopetrie {

#if defined(__linux__)

namespace {

std::size_t whole_pages(std::size_t bytes) { return (bytes + kHugePage - 1) & ~(kHugePage - 1); }

}  // namespace

void* allocate_huge(std::size_t bytes) {
  // Map one huge page more than needed, then unmap the unaligned ends.
  const std::size_t size = whole_pages(bytes), mapped = size + kHugePage;
  void* const map = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (size < bytes || map == MAP_FAILED) throw std::bad_alloc();
  char* const begin = static_cast<char*>(map);
  const std::size_t before = whole_pages(reinterpret_cast<std::uintptr_t>(map)) - reinterpret_cast<std::uintptr_t>(map);
  if (before != 0) munmap(begin, before);
  if (kHugePage - before != 0) munmap(begin + before + size, kHugePage - before);
#if defined(MADV_HUGEPAGE)
  madvise(begin + before, size, MADV_HUGEPAGE);  // only advice: the result may be ignored
#endif
  return begin + before;
}

void free_huge(void* block, std::size_t bytes) noexcept { munmap(block, whole_pages(bytes)); }

#else

void* allocate_huge(std::size_t bytes) { return ::operator new(bytes); }
void free_huge(void* block, std::size_t) noexcept { ::operator delete(block); }

#endif

}  // namespace scopetrie
