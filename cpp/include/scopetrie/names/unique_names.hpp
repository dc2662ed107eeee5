// v1's rule for operation names: the first `w` stays `w`, later ones become `w_1`, `w_2`, ..., skipping what is taken.
//
// v1 keeps a dictionary of every lower-case name in use. Here one counter stands for a whole run of names: if `next`
// is the number that the next `w` would try, every one of w_1 .. w_(next-1) is in use, so none of them needs an entry.
// Names written by hand (`w_5`) have entries of their own, and the counter steps over them when it meets them: each is
// stepped over once, so a name costs amortised O(1) whatever was taken before and in whatever order.
//
// Invariants: where next == 0, the name is free, unless it is `w_5` and the counter of `w` is past 5. A counter only
// grows, but for rollback(). All ids are folded (lower-case) ones.
// Thread safety: none; one writer or many readers.
#pragma once

#include <cstdint>
#include <vector>

#include "scopetrie/names/segments.hpp"
#include "scopetrie/tables/compiler.hpp"
#include "scopetrie/tables/hashing.hpp"
#include "scopetrie/tables/ids.hpp"
#include "scopetrie/tables/table_allocator.hpp"

namespace scopetrie {

class UniqueNames {
 public:
  explicit UniqueNames(const Segments& segments) : segments_(segments) {}

  struct Taken {
    std::uint32_t suffix;  // 0: the bare name was free
    bool has_scopes;       // some scope was opened at this name or at it with a number
    bool owns = false;     // it is known that names of this run own others; see note_owner
  };

  /// Takes the name `segment` under `scope` (both folded) and gives the number that makes it unique.
  Taken take(ScopeId scope, SegmentId segment) {
    Slot& slot = slot_of(scope, segments_.base(segment), segments_.suffix(segment));
    if (slot.next != 0 && !slot.has_written) [[likely]] {
      log(slot);
      return {slot.next++, slot.has_scopes != 0, slot.owns != 0};
    }
    if (slot.next == 0 && slot.suffix == 0) {
      log(slot);
      slot.next = 1;
      return {0, slot.has_scopes != 0};
    }
    return take_slow(scope, segment, slot);
  }

  /// Takes the name `segment` and notes that it owns names (see note_owner), if it is free and no scope was opened at
  /// it or at a number of it. False: nothing is taken, and the name may be free all the same.
  bool take_as_owner(ScopeId scope, SegmentId segment) {
    if (segments_.suffix(segment) != 0) return take_written_as_owner(scope, segment);
    Slot& slot = slot_of(scope, segment, 0);
    if (slot.next != 0 || slot.has_scopes) return false;
    log(slot);
    slot.next = 1;
    slot.owns = 1;
    return true;
  }

  /// The number that take() would give, taking nothing.
  std::uint32_t peek(ScopeId scope, SegmentId segment);

  /// Notes that a scope was opened at `base` or `base_N`.
  void note_scope(ScopeId scope, SegmentId base) { run_of(scope, base).has_scopes = 1; }
  /// What take() would say of scopes, if the name is free.
  bool has_scopes(ScopeId scope, SegmentId segment) const;
  /// Notes that an operation called `base` or `base_N` owns names beneath its own.
  void note_owner(ScopeId scope, SegmentId base) { noted(run_of(scope, base)).owns = 1; }
  /// Whether note_owner() was called for `base` or a numbered form of it.
  bool may_own(ScopeId scope, SegmentId base) const {
    const Slot* run = find(scope, segments_.base(base), segments_.suffix(base));
    return run != nullptr && run->owns;
  }

  /// Starts recording changes; returns a mark for rollback(). Marks nest.
  std::size_t begin();
  /// Undoes everything taken since `mark` and ends its recording.
  void rollback(std::size_t mark);
  /// Keeps what was taken since `mark` and ends its recording.
  void commit() noexcept;
  bool recording() const noexcept { return recording_ != 0; }

  /// Makes room for that many more names.
  void reserve(std::size_t more);

 private:
  struct Slot {
    ScopeId scope;
    SegmentId base;
    std::uint32_t suffix;
    std::uint32_t next : 29;
    std::uint32_t has_written : 1;  // some `base_N` was taken by hand
    std::uint32_t has_scopes : 1;   // note_scope() was called
    std::uint32_t owns : 1;         // note_owner() was called
  };
  static constexpr Slot kEmpty{kNone, 0, 0, 0, 0, 0, 0};

  const Slot* find(ScopeId scope, SegmentId base, std::uint32_t suffix) const;
  /// The entry of a name, made if it is new; others may move then.
  Slot& slot_of(ScopeId scope, SegmentId base, std::uint32_t suffix) {
    for (std::size_t at = hash_numbered(scope, base, suffix) & mask_;; at = (at + 1) & mask_) {
      Slot& slot = slots_[at];
      if (slot.scope == scope && slot.base == base && slot.suffix == suffix) return slot;
      if (slot.scope != kNone) continue;
      if (++count_ * 4 > slots_.size() * 3) return add_growing(scope, base, suffix);
      return slot = {scope, base, suffix, 0, 0, 0, 0};
    }
  }
  SCOPETRIE_COLD Slot& add_growing(ScopeId scope, SegmentId base, std::uint32_t suffix);
  void grow(std::size_t size);
  /// The counter of `base`, which also speaks for `base_1`, `base_2`, ...
  Slot& run_of(ScopeId scope, SegmentId base) { return slot_of(scope, segments_.base(base), segments_.suffix(base)); }
  Slot& noted(Slot& slot) {
    log(slot);
    return slot;
  }
  Taken take_slow(ScopeId scope, SegmentId segment, Slot& first);
  bool take_written_as_owner(ScopeId scope, SegmentId segment);
  std::uint32_t next_of(ScopeId scope, SegmentId base, std::uint32_t suffix) const;
  std::uint32_t first_free(ScopeId scope, SegmentId segment, std::uint32_t number) const;
  void log(const Slot& slot) {
    if (recording_ != 0) [[unlikely]]
      log_slow(slot);
  }
  SCOPETRIE_COLD void log_slow(const Slot& slot);

  const Segments& segments_;
  Table<Slot> slots_ = Table<Slot>(16, kEmpty);  // open addressing
  std::size_t mask_ = 15;
  std::size_t count_ = 0;
  std::vector<Slot> log_;  // what the spans under way found, before they changed it
  std::size_t mark_ = 0;   // where the log stood when the last span began
  std::size_t recording_ = 0;
};

}  // namespace scopetrie
