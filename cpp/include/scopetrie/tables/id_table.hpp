// An open-addressing table from keys that live elsewhere to dense 32-bit ids.
//
// Invariants: at most 5/8 of the slots are taken; a slot with id kNone is empty; no slot between an id's home slot and
// its actual slot is empty (linear probing). The table stores each key's 32-bit hash, so growing and erasing read no
// keys, and a probe reads a key only if the hashes are equal.
// Thread safety: none; one writer or many readers.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "scopetrie/tables/compiler.hpp"
#include "scopetrie/tables/hashing.hpp"
#include "scopetrie/tables/ids.hpp"
#include "scopetrie/tables/table_allocator.hpp"

namespace scopetrie {

class IdTable {
 public:
  /// Among the ids inserted with `hash`, the one that `is_key(id)` accepts; kNone if there is none.
  template <class IsKey>
  std::uint32_t find(std::uint32_t hash, IsKey&& is_key) const {
    std::size_t vacant;
    return find(hash, is_key, vacant);
  }

  /// The same; where there is none, `vacant` is the slot for insert_at(), as long as the table does not change.
  template <class IsKey>
  std::uint32_t find(std::uint32_t hash, IsKey&& is_key, std::size_t& vacant) const {
    vacant = 0;
    if (slots_.empty()) return kNone;
    for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.id == kNone) {
        vacant = at;
        return kNone;
      }
      if (slot.hash == hash && is_key(slot.id)) return slot.id;
    }
  }

  /// Adds an id whose key is not in the table yet.
  void insert(std::uint32_t hash, std::uint32_t id) {
    if (is_full()) grow(slots_.empty() ? 16 : slots_.size() * 2);
    place(hash, id);
    ++count_;
  }

  /// The same for an id that find() has just not found, in the slot that it gave: the slots are walked over once.
  void insert_at(std::size_t vacant, std::uint32_t hash, std::uint32_t id) {
    if (is_full()) [[unlikely]]
      return insert_growing(hash, id);
    slots_[vacant] = {hash, id};
    ++count_;
  }

  /// Reserves room for `more` further ids.
  void reserve(std::size_t more) {
    const std::size_t size = std::bit_ceil((count_ + more) * 8 / 5 + 1);
    if (size > slots_.size()) grow(std::max<std::size_t>(16, size));
  }

  /// Removes an id that was inserted with `hash`; does nothing if there is none.
  void erase(std::uint32_t hash, std::uint32_t id) noexcept {
    if (slots_.empty()) return;
    std::size_t hole = hash & mask_;
    while (slots_[hole].id != id || slots_[hole].hash != hash) {
      if (slots_[hole].id == kNone) return;
      hole = (hole + 1) & mask_;
    }
    // Backward shift: move displaced ids into the hole, where a later probe would stop.
    for (std::size_t at = (hole + 1) & mask_; slots_[at].id != kNone; at = (at + 1) & mask_) {
      const std::size_t distance = (at - slots_[at].hash) & mask_;
      if (distance < ((at - hole) & mask_)) continue;
      slots_[hole] = slots_[at];
      hole = at;
    }
    slots_[hole] = {};
    --count_;
  }

  std::size_t size() const noexcept { return count_; }

  void clear() noexcept {
    slots_.clear();
    mask_ = count_ = 0;
  }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t id = kNone;
  };

  SCOPETRIE_COLD void insert_growing(std::uint32_t hash, std::uint32_t id) { insert(hash, id); }
  bool is_full() const noexcept { return (count_ + 1) * 8 > slots_.size() * 5; }
  void place(std::uint32_t hash, std::uint32_t id) noexcept {
    std::size_t at = hash & mask_;
    while (slots_[at].id != kNone) at = (at + 1) & mask_;
    slots_[at] = {hash, id};
  }

  SCOPETRIE_OUT_OF_LINE void grow(std::size_t size) {
    Table<Slot> old(size);
    old.swap(slots_);
    mask_ = slots_.size() - 1;
    for (const Slot& slot : old)
      if (slot.id != kNone) place(slot.hash, slot.id);
  }

  Table<Slot> slots_;
  std::size_t mask_ = 0;
  std::size_t count_ = 0;
};

}  // namespace scopetrie
