#include "scopetrie/names/unique_names.hpp"

#include <stdexcept>

namespace scopetrie {

UniqueNames::UniqueNames(const Segments& segments, const UniqueNames& other)
    : segments_(segments),
      counters_(other.counters_),
      written_(other.written_),
      written_mask_(other.written_mask_),
      written_count_(other.written_count_),
      released_(other.released_) {}

// Counters of names written with a number ---------------------------------------------------------------------------

const Counter* UniqueNames::find_written(ScopeId scope, SegmentId base, std::uint32_t number) const {
  if (written_.empty()) return nullptr;
  for (std::size_t at = hash_numbered(scope, base, number) & written_mask_;; at = (at + 1) & written_mask_) {
    const Written& place = written_[at];
    if (place.scope == kNone) return nullptr;
    if (place.scope == scope && place.counter.base == base && place.number == number) return &place.counter;
  }
}

Counter& UniqueNames::written(ScopeId scope, SegmentId base, std::uint32_t number) {
  if ((written_count_ + 1) * 4 > written_.size() * 3) grow_written(written_.empty() ? 16 : written_.size() * 2);
  for (std::size_t at = hash_numbered(scope, base, number) & written_mask_;; at = (at + 1) & written_mask_) {
    Written& place = written_[at];
    if (place.scope == scope && place.counter.base == base && place.number == number) return place.counter;
    if (place.scope != kNone) continue;
    ++written_count_;
    place = {scope, number, {base}};
    return place.counter;
  }
}

void UniqueNames::grow_written(std::size_t size) {
  Table<Written> old(size);
  old.swap(written_);
  written_mask_ = size - 1;
  for (const Written& place : old) {
    if (place.scope == kNone) continue;
    std::size_t at = hash_numbered(place.scope, place.counter.base, place.number) & written_mask_;
    while (written_[at].scope != kNone) at = (at + 1) & written_mask_;
    written_[at] = place;
  }
}

// The counter of (scope, base, 0), of which no name was written, has the greatest number that was written of the base.
// It is never too low: it only grows, also where a span is undone.
void UniqueNames::note_written(ScopeId scope, SegmentId base, std::uint32_t number) {
  Counter& greatest = written(scope, base, 0);
  greatest.next = std::max(std::uint32_t{greatest.next}, number);
}

bool UniqueNames::may_be_written(ScopeId scope, SegmentId base, std::uint32_t number) const {
  const Counter* greatest = find_written(scope, base, 0);
  return greatest != nullptr && number <= greatest->next;
}

Counter& UniqueNames::noted(ScopeId scope, SegmentId segment) {
  Counter& counter = counter_of(scope, segment);
  log(scope, segments_.suffix(segment), counter);
  return counter;
}

Counter& UniqueNames::noted_written(ScopeId scope, SegmentId base, std::uint32_t number) {
  Counter& counter = written(scope, base, number);
  log(scope, number, counter);
  return counter;
}

// Taking ------------------------------------------------------------------------------------------------------------

bool UniqueNames::is_written(ScopeId scope, SegmentId base, std::uint32_t number) const {
  const Counter* counter = find_written(scope, base, number);
  return counter != nullptr && counter->next != 0 && !released_.has({scope, base, number}, 0);
}

bool UniqueNames::is_taken(ScopeId scope, SegmentId base, std::uint32_t number) const {
  if (number != 0 && is_written(scope, base, number)) return true;
  const Counter* run = find(scope, base);
  return run != nullptr && number < run->next && !(run->is_odd && released_.has(key_of(scope, base), number));
}

// The number that counting tries next, where it may be a released one, and others may have been taken by hand.
std::uint32_t UniqueNames::next_number(ScopeId scope, SegmentId segment, std::uint32_t next) const {
  if (!released_.empty())
    if (const std::uint32_t number = released_.first(key_of(scope, segment)); number != kNone) return number;
  while (is_written(scope, segment, next)) ++next;
  return next;
}

UniqueNames::Taken UniqueNames::take_odd(ScopeId scope, SegmentId segment, Counter& counter) {
  const bool has_scopes = counter.has_scopes != 0, owns = counter.owns != 0;
  const std::uint32_t number = next_number(scope, segment, counter.next);
  if (number > kMaxSuffix) throw std::length_error("more than 2^29 operations share one name");
  if (number >= counter.next) {
    log(scope, segments_.suffix(segment), counter);
    counter.next = number + 1;
    remove_released({scope, segment, number}, 0);  // `segment_number` was written, released, and had numbers of its own
    // Past all that was written by hand, and with nothing released, it counts as others do.
    if (number < kMaxSuffix && !may_be_written(scope, segment, number + 1) &&
        !released_.has_any(key_of(scope, segment)))
      counter.is_odd = 0;
  } else {
    take_exactly(scope, number == 0 ? segments_.base(segment) : segment,
                 number == 0 ? segments_.suffix(segment) : number);
  }
  return {number, has_scopes, owns};
}

UniqueNames::Taken UniqueNames::take_written(ScopeId scope, SegmentId segment) {
  const SegmentId base = segments_.base(segment);
  const std::uint32_t suffix = segments_.suffix(segment);
  const Counter run = counter_of(scope, base);
  Counter& counter = written(scope, base, suffix);
  if (counter.next != 0) {
    if (counter.is_odd || counter.next > kMaxSuffix) return take_odd(scope, segment, counter);
    log(scope, suffix, counter);
    return {counter.next++, counter.has_scopes != 0, counter.owns != 0};
  }
  const bool has_scopes = counter.has_scopes != 0;
  if (!is_taken(scope, base, suffix)) {
    take_exactly(scope, base, suffix);
    return {0, has_scopes || run.has_scopes != 0};
  }
  // In use because counting has passed it: what is asked for now is its first number.
  log(scope, suffix, counter);
  counter.next = 1;
  const std::uint32_t number = next_number(scope, segment, 1);
  counter.next = number + 1;
  remove_released({scope, segment, number}, 0);
  return {number, has_scopes};
}

void UniqueNames::take_exactly(ScopeId scope, SegmentId base, std::uint32_t number) {
  if (number == 0) {
    if (!remove_released(key_of(scope, base), 0)) noted(scope, base).next = 1;
    return;
  }
  if (!remove_released(key_of(scope, base), number)) {  // so counting has not come to it
    if (!counter_of(scope, base).is_odd) noted(scope, base).is_odd = 1;
    note_written(scope, base, number);
    if (!remove_released({scope, base, number}, 0)) noted_written(scope, base, number).next = 1;
  } else {
    remove_released({scope, base, number}, 0);
  }
}

void UniqueNames::release(ScopeId scope, SegmentId base, std::uint32_t number) {
  const Counter* run = find(scope, base);
  if (run != nullptr && number < run->next) {
    Counter& counter = noted(scope, base);
    if (number + 1 == counter.next) {
      counter.next = number;
    } else {
      counter.is_odd = 1;
      add_released(key_of(scope, base), number);
    }
  }
  if (number == 0) return;
  if (const Counter* own = find_written(scope, base, number); own == nullptr || own->next == 0) return;
  Counter& own = noted_written(scope, base, number);
  if (own.next == 1) {
    own.next = 0;
    return;
  }
  own.is_odd = 1;
  add_released({scope, base, number}, 0);
  if (!counter_of(scope, base).is_odd) noted(scope, base).is_odd = 1;  // who counts up to it must look here
}

void UniqueNames::add_released(const CounterKey& key, std::uint32_t number) {
  released_.add(key, number);
  if (recording()) log_.push_back({key.scope, key.number, {key.base}, Change::kReleased, number});
}

bool UniqueNames::remove_released(const CounterKey& key, std::uint32_t number) {
  if (released_.empty() || !released_.remove(key, number)) return false;
  if (recording()) log_.push_back({key.scope, key.number, {key.base}, Change::kTakenAgain, number});
  return true;
}

bool UniqueNames::take_written_as_owner(ScopeId scope, SegmentId segment) {
  const SegmentId base = segments_.base(segment);
  const std::uint32_t suffix = segments_.suffix(segment);
  const Counter run = counter_of(scope, base);
  if (run.has_scopes || is_taken(scope, base, suffix) || written(scope, base, suffix).has_scopes) return false;
  take_exactly(scope, base, suffix);
  if (!run.owns) note_owner(scope, base);
  return true;
}

bool UniqueNames::has_scopes(ScopeId scope, SegmentId segment) const {
  const Counter* counter = find(scope, segment);
  if (counter != nullptr && counter->has_scopes) return true;
  if (segments_.suffix(segment) == 0) return false;
  const Counter* run = find(scope, segments_.base(segment));
  return run != nullptr && run->has_scopes;
}

std::uint32_t UniqueNames::peek(ScopeId scope, SegmentId segment) {
  if (!is_taken(scope, segments_.base(segment), segments_.suffix(segment))) return 0;
  const Counter* counter = find(scope, segment);
  if (counter == nullptr || counter->next == 0) return next_number(scope, segment, 1);
  if (!counter->is_odd) return counter->next;
  const std::uint32_t number = next_number(scope, segment, counter->next);
  // The skipped names stay in use, so store the counter: the next call starts there.
  if (number > counter->next) noted(scope, segment).next = number;
  return number;
}

// Undo --------------------------------------------------------------------------------------------------------------

void UniqueNames::log_slow(ScopeId scope, std::uint32_t number, const Counter& counter) {
  // One entry per innermost span is enough: a thousand operations of one name log it once.
  if (log_.size() > mark_) {
    const Change& last = log_.back();
    if (last.what == Change::kCounter && last.scope == scope && last.counter.base == counter.base &&
        last.number == number)
      return;
  }
  log_.push_back({scope, number, counter});
}

void UniqueNames::reserve(ScopeId scope, std::size_t more) {
  if (recording()) log_.reserve(log_.size() + more);
  counters_.reserve(scope, more);
}

std::size_t UniqueNames::begin() {
  ++recording_;
  return mark_ = log_.size();
}

void UniqueNames::put_back(const Change& change) {
  const CounterKey key{change.scope, change.counter.base, change.number};
  if (change.what == Change::kReleased) {
    released_.remove(key, change.value);
  } else if (change.what == Change::kTakenAgain) {
    released_.add(key, change.value);
  } else {
    Counter& counter = key.number == 0 ? counters_.at(key.scope, key.base) : written(key.scope, key.base, key.number);
    const bool has_scopes = counter.has_scopes;  // opened scopes outlive a name that is rolled back
    counter = change.counter;
    counter.has_scopes = has_scopes;
  }
}

void UniqueNames::undo(std::size_t mark) {
  for (; log_.size() > mark; log_.pop_back()) put_back(log_.back());
}

void UniqueNames::commit() noexcept {
  if (--recording_ == 0) log_.clear();
}

}  // namespace scopetrie
