// What counts names: (scope, base) -> Counter, a small hash table for each scope.
//
// A program names what is in one scope, then what is in the next; so the counters of a scope lie together, in one or
// two lines of the cache, and those of scopes that were filled one after another lie one after another. Small tables
// are carved from large chunks and reused when a scope outgrows them; large ones are allocations of their own.
//
// Invariants: a scope without counters has the table of one empty place that all such scopes share; a table has 3/4 of
// its places taken at most. Eight bases interned one after another have places next to each other.
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
  SegmentId base = kNone;  // kNone: an empty place
  std::uint32_t next : 29 = 0;
  std::uint32_t is_odd : 1 = 0;      // some `base_N` was given explicitly, or a number of it was released
  std::uint32_t has_scopes : 1 = 0;  // UniqueNames::note_scope() was called
  std::uint32_t owns : 1 = 0;        // UniqueNames::note_owner() was called
};

class Counters {
 public:
  Counters() = default;
  Counters(const Counters& other);
  Counters& operator=(const Counters&) = delete;
  ~Counters();

  /// The counter of `base` in `scope`, made if it is new; others of the scope may move then.
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

  /// The same, or null where there is none yet.
  const Counter* find(ScopeId scope, SegmentId base) const {
    if (scope >= tables_.size()) return nullptr;
    const Scope& table = tables_[scope];
    for (std::uint32_t at = place_of_id(base) & table.mask;; at = (at + 1) & table.mask) {
      const Counter& counter = table.counters[at];
      if (counter.base == base) return &counter;
      if (counter.base == kNone) return nullptr;
    }
  }

  /// Makes room for that many more in one scope.
  void reserve(ScopeId scope, std::size_t more);

 private:
  struct Scope {
    Counter* counters = &none_;
    std::uint32_t mask = 0;  // places - 1; 0: no table yet
    std::uint32_t left = 0;  // how many counters the table still takes
  };
  static constexpr unsigned kSmallest = 2, kLargest = 10;  // 2^: places of the tables that are carved from chunks

  SCOPETRIE_COLD void add_scope(ScopeId scope);
  Counter& add_growing(ScopeId scope, SegmentId base);
  void resize(Scope& table, unsigned bits);
  Counter* allocate(unsigned bits);
  Counter* carve(std::size_t places);
  void free(Counter* counters, unsigned bits) noexcept;
  static std::size_t limit(unsigned bits) { return (std::size_t{3} << bits) / 4; }
  static unsigned bits_of(const Scope& table);

  static Counter none_;  // never written: the table that has it takes no counters

  Table<Scope> tables_;  // by scope
  std::vector<Table<Counter>> chunks_;
  std::size_t used_ = 0;              // places of the last chunk that were given out
  Counter* free_[kLargest + 1] = {};  // lists of tables that were outgrown, by size
};

}  // namespace scopetrie
