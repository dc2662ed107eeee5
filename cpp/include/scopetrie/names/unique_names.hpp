// v1's rule for operation names: the first `w` stays `w`, later ones become `w_1`, `w_2`, ..., skipping names that are
// taken.
//
// v1 keeps a dictionary of every lower-case name in use. Here one counter stands for a whole run of names: if `next`
// is the number that the next `w` would try, every one of w_1 .. w_(next-1) is in use, so none of them needs an entry.
// Names written by hand (`w_5`) have counters of their own, and the counter of `w` steps over them when it meets them:
// each is stepped over once, so a name costs amortised O(1) whatever was taken before and in whatever order. A name
// that was released is the next one to be given out again, in O(log n).
//
// Invariants: where next == 0, the name is free, unless it is `w_5` and the counter of `w` is past 5. A counter only
// grows, but for undo() and release(); of the numbers below it, those in `released_` are free. Odd counters are those
// that a look elsewhere must go before: at numbers written by hand, or released. All ids are folded ones.
// Thread safety: none; one writer or many readers.
#pragma once

#include <cstdint>
#include <vector>

#include "scopetrie/names/counters.hpp"
#include "scopetrie/names/released.hpp"
#include "scopetrie/names/segments.hpp"
#include "scopetrie/tables/compiler.hpp"
#include "scopetrie/tables/hashing.hpp"
#include "scopetrie/tables/ids.hpp"
#include "scopetrie/tables/table_allocator.hpp"

namespace scopetrie {

class UniqueNames {
 public:
  explicit UniqueNames(const Segments& segments) : segments_(segments) {}
  /// The same names, told apart by a copy of the other's segments. Spans that are under way stay with the other.
  UniqueNames(const Segments& segments, const UniqueNames& other);
  UniqueNames(const UniqueNames&) = delete;
  UniqueNames& operator=(const UniqueNames&) = delete;

  struct Taken {
    std::uint32_t suffix;  // 0: the bare name was free
    bool has_scopes;       // a scope with this name, with or without a suffix, was opened
    bool owns = false;     // names of this run are known to own others; see note_owner
  };

  /// Takes the name `segment` under `scope` (both folded); returns the suffix that makes it unique. Throws
  /// std::length_error if that would be greater than kMaxSuffix, and takes nothing then.
  Taken take(ScopeId scope, SegmentId segment) {
    if (segments_.suffix(segment) != 0) [[unlikely]]
      return take_written(scope, segment);
    Counter& counter = counters_.at(scope, segment);
    // One comparison: neither odd nor at its end.
    if ((counter.next | std::uint32_t{counter.is_odd} << 29) > kMaxSuffix) [[unlikely]]
      if (counter.next != 0) return take_odd(scope, segment, counter);
    log(scope, 0, counter);
    return {counter.next++, counter.has_scopes != 0, counter.owns != 0};
  }

  /// Takes the name `segment` and records that it owns names (see note_owner), if it is free and no scope with this
  /// name (with or without suffix) was opened. Otherwise returns false and takes nothing; the name may still be free.
  bool take_as_owner(ScopeId scope, SegmentId segment) {
    if (segments_.suffix(segment) != 0) return take_written_as_owner(scope, segment);
    Counter& counter = counters_.at(scope, segment);
    if (counter.next != 0 || counter.has_scopes) return false;
    log(scope, 0, counter);
    counter.next = 1;
    counter.owns = 1;
    return true;
  }

  /// The suffix that take() would return; takes nothing.
  std::uint32_t peek(ScopeId scope, SegmentId segment);

  /// A name as it is in use or free: `base_number`, or (number 0) `base`, which then is no numbered segment.
  bool is_taken(ScopeId scope, SegmentId base, std::uint32_t number) const;
  /// Takes a name that is free. Throws std::bad_alloc.
  void take_exactly(ScopeId scope, SegmentId base, std::uint32_t number);
  /// Makes a name that is taken free again.
  void release(ScopeId scope, SegmentId base, std::uint32_t number);

  /// Records that a scope `base` or `base_N` was opened.
  void note_scope(ScopeId scope, SegmentId base) { counter_of(scope, base).has_scopes = 1; }
  /// The `has_scopes` that take() would return if the name is free.
  bool has_scopes(ScopeId scope, SegmentId segment) const;
  /// Records that an operation `base` or `base_N` owns names below its own.
  void note_owner(ScopeId scope, SegmentId base) { noted(scope, base).owns = 1; }
  /// Whether note_owner() was called for `base` or a `base_N`.
  bool may_own(ScopeId scope, SegmentId base) const {
    const Counter* run = find(scope, base);
    return run != nullptr && run->owns;
  }

  /// Starts recording changes; returns a mark for undo(). Marks nest.
  std::size_t begin();
  /// The mark that begin() would return.
  std::size_t mark() const noexcept { return log_.size(); }
  /// Undoes everything taken or released since `mark`. Allocates only where a released name was taken again.
  void undo(std::size_t mark);
  /// Ends a recording; what was taken and not undone is kept.
  void commit() noexcept;
  bool recording() const noexcept { return recording_ != 0; }

  /// Makes room for that many more names in a scope, each with a new base.
  void reserve(ScopeId scope, std::size_t more);

 private:
  friend struct NearTheLimit;  // a test's

  // The counter of a name that was written with a number by hand; its base is the name's.
  struct Written {
    ScopeId scope = kNone;
    std::uint32_t number = 0;
    Counter counter;
  };
  // What a span under way found before it changed it: a counter (number 0: that of the base), or, where `what` says
  // so, that `value` was released or taken again.
  struct Change {
    enum What : std::uint32_t { kCounter, kReleased, kTakenAgain };
    ScopeId scope;
    std::uint32_t number;
    Counter counter;
    What what = kCounter;
    std::uint32_t value = 0;
  };

  const Counter* find_written(ScopeId scope, SegmentId base, std::uint32_t number) const;
  Counter& written(ScopeId scope, SegmentId base, std::uint32_t number);
  void grow_written(std::size_t size);
  void note_written(ScopeId scope, SegmentId base, std::uint32_t number);
  /// False where no number from this one on was written by hand.
  bool may_be_written(ScopeId scope, SegmentId base, std::uint32_t number) const;
  /// The counter of a segment, which also speaks for it with _1, _2, ...
  Counter& counter_of(ScopeId scope, SegmentId segment) {
    const std::uint32_t number = segments_.suffix(segment);
    return number == 0 ? counters_.at(scope, segment) : written(scope, segments_.base(segment), number);
  }
  const Counter* find(ScopeId scope, SegmentId segment) const {
    const std::uint32_t number = segments_.suffix(segment);
    return number == 0 ? counters_.find(scope, segment) : find_written(scope, segments_.base(segment), number);
  }
  CounterKey key_of(ScopeId scope, SegmentId segment) const {
    return {scope, segments_.base(segment), segments_.suffix(segment)};
  }
  /// counter_of(), about to be changed.
  Counter& noted(ScopeId scope, SegmentId segment);
  Counter& noted_written(ScopeId scope, SegmentId base, std::uint32_t number);

  SCOPETRIE_COLD Taken take_odd(ScopeId scope, SegmentId segment, Counter& counter);
  Taken take_written(ScopeId scope, SegmentId segment);
  bool take_written_as_owner(ScopeId scope, SegmentId segment);
  std::uint32_t next_number(ScopeId scope, SegmentId segment, std::uint32_t next) const;
  bool is_written(ScopeId scope, SegmentId base, std::uint32_t number) const;
  void add_released(const CounterKey& key, std::uint32_t number);
  bool remove_released(const CounterKey& key, std::uint32_t number);
  void put_back(const Change& change);

  void log(ScopeId scope, std::uint32_t number, const Counter& counter) {
    if (recording_ != 0) [[unlikely]]
      log_slow(scope, number, counter);
  }
  SCOPETRIE_OUT_OF_LINE void log_slow(ScopeId scope, std::uint32_t number, const Counter& counter);

  const Segments& segments_;
  Counters counters_;
  Table<Written> written_;  // open addressing
  std::size_t written_mask_ = 0;
  std::size_t written_count_ = 0;
  Released released_;
  std::vector<Change> log_;
  std::size_t mark_ = 0;  // the log's size when the last span began
  std::size_t recording_ = 0;
};

}  // namespace scopetrie
