// The elements of a variable: aligned bytes that know who has them, and whether anybody looks at them.
//
// Variables *own* a memory; a fork shares it, so it may have several owners. Whatever lets a program read or write the
// bytes (an array, a span that is kept) is a *view*. Memory with a view must not be shared: a write through the view
// would be seen by all owners. A slice is a part of another memory, which it keeps alive: a view of one part counts
// for the whole.
// Invariants: owned bytes are 64-byte aligned; the last reference of any kind frees it, and the release function of
// adopted memory is called once, then.
// Thread safety: counts are atomic. Whoever decides by a count (is_shared(), is_viewed()) has the lock of the store.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace scopetrie {

class Memory {
 public:
  static constexpr std::size_t kAlignment = 64;

  /// How memory of somebody else is given back, and whether others than the variable can reach it.
  struct Adopted {
    void* context = nullptr;
    void (*release)(void* context) noexcept = nullptr;
    bool (*is_reachable)(void* context) noexcept = nullptr;  // null: it always is
  };

  // Each gives one owner. Throws std::bad_alloc; nothing is adopted then.
  static Memory* zeroed(std::size_t bytes);
  static Memory* uninitialised(std::size_t bytes);
  static Memory* adopt(void* data, std::size_t bytes, const Adopted& from);
  static Memory* slice(Memory& whole, std::size_t offset, std::size_t bytes);
  /// A new memory with the same bytes.
  static Memory* copy(const Memory& from);

  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  void* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return bytes_; }
  bool is_slice() const noexcept { return whole_ != nullptr; }

  void own() noexcept { counts_.fetch_add(kOwner, std::memory_order_relaxed); }
  void disown() noexcept { drop(kOwner); }
  void view() noexcept {
    counted().views_.fetch_add(1, std::memory_order_relaxed);
    counts_.fetch_add(kReference, std::memory_order_relaxed);
  }
  void end_view() noexcept {
    counted().views_.fetch_sub(1, std::memory_order_release);
    drop(kReference);
  }

  /// Whether several variables have it.
  bool is_shared() const noexcept { return counts_.load(std::memory_order_relaxed) >= 2 * (kOwner - kReference); }
  /// Whether somebody may read or write it but for its owners.
  bool is_viewed() const noexcept {
    const Memory& of = counted();
    if (of.views_.load(std::memory_order_acquire) != 0) return true;
    return of.adopted_ != nullptr &&
           (of.adopted_->is_reachable == nullptr || of.adopted_->is_reachable(of.adopted_->context));
  }

 private:
  Memory(void* data, std::size_t bytes) noexcept : data_(data), bytes_(bytes) {}
  ~Memory() = default;

  static Memory* allocate(std::size_t bytes, bool is_zeroed);
  Memory& counted() noexcept { return whole_ != nullptr ? *whole_ : *this; }
  const Memory& counted() const noexcept { return whole_ != nullptr ? *whole_ : *this; }
  void drop(std::uint64_t count) noexcept {
    if (counts_.fetch_sub(count, std::memory_order_acq_rel) == count) free();
  }
  void free() noexcept;

  void* data_;
  std::size_t bytes_;
  // References in the lower half, those of owners in the upper half as well: one step for both.
  static constexpr std::uint64_t kReference = 1, kOwner = (std::uint64_t{1} << 32) + kReference;
  std::atomic<std::uint64_t> counts_{kOwner};
  std::atomic<std::uint32_t> views_{0};  // also of slices
  bool is_from_calloc_ = false;
  Memory* whole_ = nullptr;  // of a slice: one reference
  Adopted* adopted_ = nullptr;
};

}  // namespace scopetrie
