// Memory of arrays that a session makes in one run and again in the next one: freed blocks are kept and given out
// again. The system maps each page of fresh memory at its first use, which takes longer than to compute what goes
// there.
//
// Invariants: a block's header says how large it is; blocks of one class have one capacity, at most an eighth more than
// what was asked. Blocks that are kept and blocks in use are together at most kSlack more than what was in use at once.
// Thread safety: a mutex guards the lists.
#pragma once

#include <array>
#include <cstddef>
#include <mutex>

namespace scopetrie {

class BlockPool {
 public:
  /// Smaller blocks are malloc's, which is fast for them; larger ones would keep too much.
  static constexpr std::size_t kLeast = std::size_t{1} << 15, kMost = std::size_t{1} << 26;
  static constexpr std::size_t kSlack = std::size_t{64} << 20;

  /// Aligned as malloc's or better. Null where memory ran out.
  void* allocate(std::size_t bytes) noexcept;
  void* allocate_zeroed(std::size_t bytes) noexcept;
  /// As realloc: null where memory ran out, and then the block is as it was.
  void* reallocate(void* block, std::size_t bytes) noexcept;
  void release(void* block) noexcept;
  /// Frees all blocks that are kept.
  void trim() noexcept;
  /// The bytes that are kept.
  std::size_t kept() const noexcept;

 private:
  struct Free {
    Free* next;
  };
  static constexpr unsigned kSteps = 8;  // classes from one power of two to the next

  void* take(std::size_t capacity, unsigned size_class) noexcept;
  void drop_one() noexcept;

  mutable std::mutex mutex_;
  std::array<Free*, 12 * kSteps + 1> lists_{};
  std::size_t kept_ = 0, used_ = 0, most_used_ = 0;
};

}  // namespace scopetrie
