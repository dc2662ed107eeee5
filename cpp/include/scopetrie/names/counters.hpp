// The counters of names: (scope, base) -> Counter, with a small hash table for each scope.
//
// A program fills one scope after another. So the counters of a scope share one or two cache lines, and those of scopes
// filled in sequence are in sequence. Small tables are carved from large chunks, and reused when a scope outgrows them;
// large ones are separate allocations.
//
// Invariants: scopes without counters share a table with one empty slot; a table is at most 3/4 full. Eight bases
// interned in sequence have adjacent slots.
// Thread safety: none; one writer or many readers.
#pragma once

#include <cstdint>
#include <vector>

#include "scopetrie/tables/compiler.hpp"
#include "scopetrie/tables/hashing.hpp"
#include "scopetrie/tables/ids.hpp"
#include "scopetrie/tables/table_allocator.hpp"

namespace scopetrie {

/// The state of one base name; see UniqueNames.
struct Counter {
  SegmentId base = kNone;  // kNone: an empty slot
  std::uint32_t next : 29 = 0;
  std::uint32_t is_odd : 1 = 0;      // some `base_N` ahead was given, or one behind released: perhaps
  std::uint32_t has_scopes : 1 = 0;  // UniqueNames::note_scope() was called
  std::uint32_t owns : 1 = 0;        // UniqueNames::note_owner() was called
};

class Counters {
 public:
  Counters() = default;
  Counters(const Counters& other);
  Counters& operator=(const Counters&) = delete;
  ~Counters();

  /// The counter of `base` in `scope`; makes it if it is new, which may move the scope's others.
  Counter& at(ScopeId scope, SegmentId base) {
    if (scope >= tables_.size()) [[unlikely]]
      add_scope(scope);
    Scope& table = tables_[scope];
    for (std::uint32_t at = place_of_id(base) & table.mask;; at = (at + 1) & table.mask) {
      Counter& counter = table.counters[at];
      if (counter.base == base) return counter;
      if (counter.base != kNone) continue;
      if (table.left == 0) return add_growing(scope, base);
      --table.left;
      counter.base = base;
      return counter;
    }
  }

  /// The same, or null if there is none.
  const Counter* find(ScopeId scope, SegmentId base) const {
    if (scope >= tables_.size()) return nullptr;
    const Scope& table = tables_[scope];
    for (std::uint32_t at = place_of_id(base) & table.mask;; at = (at + 1) & table.mask) {
      const Counter& counter = table.counters[at];
      if (counter.base == base) return &counter;
      if (counter.base == kNone) return nullptr;
    }
  }

  /// Reserves room for `more` counters in one scope.
  void reserve(ScopeId scope, std::size_t more);

 private:
  struct Scope {
    Counter* counters = &none_;
    std::uint32_t mask = 0;  // slots - 1; 0: no table yet
    std::uint32_t left = 0;  // the number of counters that still fit
  };
  static constexpr unsigned kSmallest = 2, kLargest = 10;  // log2 of the slots of tables carved from chunks

  SCOPETRIE_COLD void add_scope(ScopeId scope);
  Counter& add_growing(ScopeId scope, SegmentId base);
  void resize(Scope& table, unsigned bits);
  Counter* allocate(unsigned bits);
  Counter* carve(std::size_t places);
  void free(Counter* counters, unsigned bits) noexcept;
  static std::size_t limit(unsigned bits) { return (std::size_t{3} << bits) / 4; }
  static unsigned bits_of(const Scope& table);

  static Counter none_;  // the shared empty slot, never written

  Table<Scope> tables_;  // by scope
  std::vector<Table<Counter>> chunks_;
  std::size_t used_ = 0;              // slots of the last chunk in use
  Counter* free_[kLargest + 1] = {};  // free lists of outgrown tables, by size
};

}  // namespace scopetrie
