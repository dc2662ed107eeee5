#include "scopetrie/names/counters.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace scopetrie {

namespace {

constexpr std::size_t kFirstChunk = 512;
constexpr std::size_t kGreatestChunk = 2 * kHugePage / sizeof(Counter);

// Tables that wait for their next scope are lists: the first one's place is written over.
Counter* next_free(const Counter* counters) {
  Counter* next;
  std::memcpy(&next, static_cast<const void*>(counters), sizeof next);
  return next;
}

}  // namespace

Counter Counters::none_;

Counters::Counters(const Counters& other) : tables_(other.tables_.size()) {
  for (std::size_t scope = 0; scope < tables_.size(); ++scope) {
    const Scope& from = other.tables_[scope];
    if (from.mask == 0) continue;
    Counter* const counters = allocate(bits_of(from));
    std::copy_n(from.counters, std::size_t{from.mask} + 1, counters);
    tables_[scope] = {counters, from.mask, from.left};
  }
}

Counters::~Counters() {
  for (const Scope& table : tables_)
    if (table.mask != 0 && bits_of(table) > kLargest) free(table.counters, bits_of(table));
}

unsigned Counters::bits_of(const Scope& table) { return static_cast<unsigned>(std::bit_width(table.mask)); }

void Counters::add_scope(ScopeId scope) {
  make_room(tables_, scope + std::size_t{1} - tables_.size());
  tables_.resize(scope + std::size_t{1});
}

Counter& Counters::add_growing(ScopeId scope, SegmentId base) {
  Scope& table = tables_[scope];
  resize(table, table.mask == 0 ? kSmallest : bits_of(table) + 1);
  return at(scope, base);
}

void Counters::resize(Scope& table, unsigned bits) {
  Counter* const counters = allocate(bits);
  const std::uint32_t mask = (std::uint32_t{1} << bits) - 1;
  std::uint32_t left = static_cast<std::uint32_t>(limit(bits));
  if (table.mask != 0) {
    for (std::uint32_t from = 0; from <= table.mask; ++from) {
      const Counter& counter = table.counters[from];
      if (counter.base == kNone) continue;
      std::uint32_t at = place_of_id(counter.base) & mask;
      while (counters[at].base != kNone) at = (at + 1) & mask;
      counters[at] = counter;
      --left;
    }
    free(table.counters, bits_of(table));
  }
  table = {counters, mask, left};
}

void Counters::reserve(ScopeId scope, std::size_t more) {
  if (scope >= tables_.size()) add_scope(scope);
  Scope& table = tables_[scope];
  if (more <= table.left) return;
  const std::size_t taken = table.mask == 0 ? 0 : limit(bits_of(table)) - table.left;
  unsigned bits = std::max(kSmallest, table.mask == 0 ? 0 : bits_of(table));
  while (limit(bits) < taken + more) ++bits;
  resize(table, bits);
}

// The places of a table of 2^bits, all of them empty.
Counter* Counters::allocate(unsigned bits) {
  const std::size_t places = std::size_t{1} << bits;
  Counter* counters;
  if (bits > kLargest) {
    counters = TableAllocator<Counter>().allocate(places);
  } else if (free_[bits] != nullptr) {
    counters = free_[bits];
    free_[bits] = next_free(counters);
  } else {
    return carve(places);
  }
  std::uninitialized_fill_n(counters, places, Counter{});
  return counters;
}

Counter* Counters::carve(std::size_t places) {
  if (chunks_.empty() || used_ + places > chunks_.back().size()) {
    // What is left of the last chunk is less than a table, and stays unused.
    const std::size_t size = chunks_.empty() ? kFirstChunk : std::min(chunks_.back().size() * 2, kGreatestChunk);
    chunks_.emplace_back(std::max(size, places));
    used_ = 0;
  }
  Counter* const counters = chunks_.back().data() + used_;
  used_ += places;
  return counters;
}

void Counters::free(Counter* counters, unsigned bits) noexcept {
  if (bits > kLargest) {
    TableAllocator<Counter>().deallocate(counters, std::size_t{1} << bits);
    return;
  }
  std::memcpy(static_cast<void*>(counters), &free_[bits], sizeof free_[bits]);
  free_[bits] = counters;
}

}  // namespace scopetrie
