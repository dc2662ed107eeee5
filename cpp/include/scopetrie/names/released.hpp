// Suffixes released by a rollback, which counting uses first.
//
// Invariants: the suffixes of a counter are below its `next`; a counter without released suffixes has no entry.
// Thread safety: none; one writer or many readers.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <tuple>

#include "scopetrie/tables/ids.hpp"

namespace scopetrie {

/// A counter: that of `base` in a scope (number 0), or that of an explicitly given `base_number`.
struct CounterKey {
  ScopeId scope;
  SegmentId base;
  std::uint32_t number;

  friend auto operator<=>(const CounterKey&, const CounterKey&) = default;
};

class Released {
 public:
  bool empty() const noexcept { return numbers_.empty(); }
  bool has(const CounterKey& counter, std::uint32_t number) const {
    const auto at = numbers_.find(counter);
    return at != numbers_.end() && at->second.contains(number);
  }
  bool has_any(const CounterKey& counter) const { return !empty() && numbers_.contains(counter); }
  /// The smallest released suffix of a counter, or kNone.
  std::uint32_t first(const CounterKey& counter) const {
    const auto at = numbers_.find(counter);
    return at != numbers_.end() ? *at->second.begin() : kNone;
  }
  void add(const CounterKey& counter, std::uint32_t number) { numbers_[counter].insert(number); }
  /// False if it was not released.
  bool remove(const CounterKey& counter, std::uint32_t number) {
    const auto at = numbers_.find(counter);
    if (at == numbers_.end() || at->second.erase(number) == 0) return false;
    if (at->second.empty()) numbers_.erase(at);
    return true;
  }

 private:
  std::map<CounterKey, std::set<std::uint32_t>> numbers_;
};

}  // namespace scopetrie
