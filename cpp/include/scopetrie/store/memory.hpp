// The elements of a variable: aligned bytes that know who has them, and whether anybody looks at them.
//
// Variables *own* a memory. Whatever lets a program read or write the bytes (an array, a span that is kept) is a
// *view*. Memory with a view must not be shared by several stores: a write through the view would be seen by all of
// them. A slice is a part of another memory, which it keeps alive: a view of one part counts for the whole. Invariants:
// owned bytes are 64-byte aligned; the last reference of any kind frees it, and the release function of adopted memory
// is called once, then. Nothing here reads or writes bytes that are not on the host. Thread safety: counts are atomic.
// Whoever decides by is_viewed() has the lock of the store.
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
    bool is_on_host = true;                                  // else data() is an address of a device
  };

  // Each gives one owner. Throws std::bad_alloc; nothing is adopted then.
  static Memory* zeroed(std::size_t bytes);
  static Memory* uninitialised(std::size_t bytes);
  static Memory* adopt(void* data, std::size_t bytes, const Adopted& from);
  static Memory* slice(Memory& whole, std::size_t offset, std::size_t bytes);
  /// A new memory with the same bytes, which are on the host.
  static Memory* copy(const Memory& from);

  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  void* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return bytes_; }
  bool is_slice() const noexcept { return kind_ == kSlice; }
  /// Whether the host may read and write what data() points to: adopted memory may be a device's.
  bool is_on_host() const noexcept {
    const Memory& of = counted();
    return of.kind_ != kAdopted || of.behind_.adopted->is_on_host;
  }
  /// The context of the adopted memory that this is, or is a slice of; null for any other.
  void* adopted_context() const noexcept {
    const Memory& of = counted();
    return of.kind_ == kAdopted ? of.behind_.adopted->context : nullptr;
  }
  /// Where it begins in the memory that it is a slice of, in bytes.
  std::size_t offset() const noexcept {
    return static_cast<std::size_t>(static_cast<const std::byte*>(data_) -
                                    static_cast<const std::byte*>(counted().data_));
  }

  void own() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void disown() noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) free();
  }
  void view() noexcept {
    counted().views_.fetch_add(1, std::memory_order_relaxed);
    own();
  }
  void end_view() noexcept {
    counted().views_.fetch_sub(1, std::memory_order_release);
    disown();
  }

  /// Whether somebody may read or write it but for its owners.
  bool is_viewed() const noexcept {
    const Memory& of = counted();
    if (of.views_.load(std::memory_order_acquire) != 0) return true;
    if (of.kind_ != kAdopted) return false;
    const Adopted& from = *of.behind_.adopted;
    return from.is_reachable == nullptr || from.is_reachable(from.context);
  }
  /// Whether somebody may have a view of it, as far as the variable that gets it now can know.
  bool may_be_viewed() const noexcept {
    return is_slice() || kind_ == kAdopted || views_.load(std::memory_order_acquire) != 0;
  }

 private:
  enum Kind : std::uint8_t { kOwn, kFromCalloc, kSlice, kAdopted };
  static constexpr unsigned kSizeBits = 62;

  Memory(void* data, std::size_t bytes, Kind kind) noexcept : data_(data), bytes_(bytes), kind_(kind) {}
  ~Memory() = default;

  static Memory* allocate(std::size_t bytes, bool is_zeroed);
  Memory& counted() noexcept { return is_slice() ? *behind_.whole : *this; }
  const Memory& counted() const noexcept { return is_slice() ? *behind_.whole : *this; }
  void free() noexcept;

  void* data_;
  std::uint64_t bytes_ : kSizeBits;
  std::uint64_t kind_ : 64 - kSizeBits;
  std::atomic<std::uint32_t> references_{1};  // owners, views and slices
  std::atomic<std::uint32_t> views_{0};       // also of slices
  union {
    Memory* whole = nullptr;  // of a slice: one reference
    Adopted* adopted;
  } behind_;
};

/// Owns a memory for as long as it lives.
class OwnedMemory {
 public:
  explicit OwnedMemory(Memory* memory) noexcept : memory_(memory) {}
  ~OwnedMemory() { memory_->disown(); }
  OwnedMemory(const OwnedMemory&) = delete;
  OwnedMemory& operator=(const OwnedMemory&) = delete;

  Memory& operator*() const noexcept { return *memory_; }
  Memory* operator->() const noexcept { return memory_; }

 private:
  Memory* memory_;
};

}  // namespace scopetrie
