#include "scopetrie/values/block_pool.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace scopetrie {

namespace {

/// Right before a block.
struct BlockHeader {
  std::size_t capacity;  // 0 for a block of malloc's
  std::size_t bytes;
};
constexpr std::size_t kAlignment = 64;
static_assert(sizeof(BlockHeader) == 16);

BlockHeader& header_of(void* block) { return static_cast<BlockHeader*>(block)[-1]; }

void* finished(void* start, std::size_t before, std::size_t capacity, std::size_t bytes) {
  if (start == nullptr) return nullptr;
  void* block = static_cast<char*>(start) + before;
  header_of(block) = {capacity, bytes};
  return block;
}

constexpr std::align_val_t kAligned{kAlignment};

void free_block(void* block) { ::operator delete(static_cast<char*>(block) - kAlignment, kAligned); }

/// The class of a size, and the capacity of its blocks.
std::pair<unsigned, std::size_t> class_of(std::size_t bytes, std::size_t least, unsigned steps) {
  const unsigned power = std::bit_width(bytes) - 1U;
  const std::size_t step = (std::size_t{1} << power) / steps;
  const std::size_t capacity = (bytes + step - 1) / step * step;
  const unsigned first = std::bit_width(least) - 1U;
  return {(power - first) * steps + static_cast<unsigned>(capacity / step) - steps, capacity};
}

}  // namespace

void BlockPool::drop_one() noexcept {
  const auto found = std::find_if(lists_.rbegin(), lists_.rend(), [](const Free* list) { return list != nullptr; });
  Free* block = *found;
  *found = block->next;
  kept_ -= header_of(block).capacity;
  free_block(block);
}

void* BlockPool::take(std::size_t capacity, unsigned size_class) noexcept {
  const std::scoped_lock lock(mutex_);
  used_ += capacity;
  most_used_ = std::max(most_used_, used_);
  Free* block = lists_[size_class];
  if (block != nullptr) {
    lists_[size_class] = block->next;
    kept_ -= capacity;
    return block;
  }
  while (kept_ > 0 && used_ + kept_ > most_used_ + kSlack) drop_one();
  return nullptr;
}

void* BlockPool::allocate(std::size_t bytes) noexcept {
  constexpr std::size_t before = sizeof(BlockHeader);
  if (bytes < kLeast || bytes > kMost) {
    if (bytes > static_cast<std::size_t>(-1) - before) return nullptr;
    return finished(std::malloc(bytes + before), before, 0, bytes);
  }
  const auto [size_class, capacity] = class_of(bytes, kLeast, kSteps);
  void* block = take(capacity, size_class);
  if (block != nullptr) {
    header_of(block).bytes = bytes;
    return block;
  }
  block = finished(::operator new(capacity + kAlignment, kAligned, std::nothrow), kAlignment, capacity, bytes);
  if (block == nullptr) {
    const std::scoped_lock lock(mutex_);
    used_ -= capacity;
  }
  return block;
}

void* BlockPool::allocate_zeroed(std::size_t bytes) noexcept {
  constexpr std::size_t before = sizeof(BlockHeader);
  if (bytes > kMost) {  // fresh pages are zeros
    if (bytes > static_cast<std::size_t>(-1) - before) return nullptr;
    return finished(std::calloc(bytes + before, 1), before, 0, bytes);
  }
  void* block = allocate(bytes);
  if (block != nullptr) std::memset(block, 0, bytes);
  return block;
}

void* BlockPool::reallocate(void* block, std::size_t bytes) noexcept {
  if (block == nullptr) return allocate(bytes);
  BlockHeader& header = header_of(block);
  if (bytes <= header.capacity) {
    header.bytes = bytes;
    return block;
  }
  void* made = allocate(bytes);
  if (made == nullptr) return nullptr;
  std::memcpy(made, block, std::min(bytes, header.bytes));
  release(block);
  return made;
}

void BlockPool::release(void* block) noexcept {
  if (block == nullptr) return;
  const std::size_t capacity = header_of(block).capacity;
  if (capacity == 0) {
    std::free(static_cast<char*>(block) - sizeof(BlockHeader));
    return;
  }
  const unsigned size_class = class_of(capacity, kLeast, kSteps).first;
  const std::scoped_lock lock(mutex_);
  used_ -= capacity;
  kept_ += capacity;
  lists_[size_class] = new (block) Free{lists_[size_class]};
}

void BlockPool::trim() noexcept {
  const std::scoped_lock lock(mutex_);
  while (kept_ > 0) drop_one();
  most_used_ = used_;
}

std::size_t BlockPool::kept() const noexcept {
  const std::scoped_lock lock(mutex_);
  return kept_;
}

}  // namespace scopetrie
