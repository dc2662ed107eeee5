#include "scopetrie/names/unique_names.hpp"

#include <bit>
#include <stdexcept>

namespace scopetrie {

const UniqueNames::Slot* UniqueNames::find(ScopeId scope, SegmentId base, std::uint32_t suffix) const {
  for (std::size_t at = hash_numbered(scope, base, suffix) & mask_;; at = (at + 1) & mask_) {
    const Slot& slot = slots_[at];
    if (slot.scope == scope && slot.base == base && slot.suffix == suffix) return &slot;
    if (slot.scope == kNone) return nullptr;
  }
}

UniqueNames::Slot& UniqueNames::add_growing(ScopeId scope, SegmentId base, std::uint32_t suffix) {
  grow(slots_.size() * 2);
  --count_;  // it is counted again
  return slot_of(scope, base, suffix);
}

void UniqueNames::log_slow(const Slot& slot) {
  // What the innermost span found is enough: a thousand operations of one name log it once.
  if (log_.size() > mark_) {
    const Slot& last = log_.back();
    if (last.scope == slot.scope && last.base == slot.base && last.suffix == slot.suffix) return;
  }
  log_.push_back(slot);
}

void UniqueNames::grow(std::size_t size) {
  Table<Slot> old(size, kEmpty);
  old.swap(slots_);
  mask_ = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.scope == kNone) continue;
    std::size_t at = hash_numbered(slot.scope, slot.base, slot.suffix) & mask_;
    while (slots_[at].scope != kNone) at = (at + 1) & mask_;
    slots_[at] = slot;
  }
}

void UniqueNames::reserve(std::size_t more) {
  if (recording()) log_.reserve(log_.size() + more);
  const std::size_t size = std::bit_ceil((count_ + more) * 4 / 3 + 1);
  if (size > slots_.size()) grow(size);
}

std::uint32_t UniqueNames::next_of(ScopeId scope, SegmentId base, std::uint32_t suffix) const {
  const Slot* slot = find(scope, base, suffix);
  if (slot != nullptr && slot->next != 0) return slot->next;
  if (suffix == 0) return 0;
  // `base_N` without a counter of its own is in use all the same if counting has passed it.
  const Slot* run = find(scope, segments_.base(base), segments_.suffix(base));
  return run != nullptr && suffix < run->next ? 1 : 0;
}

UniqueNames::Taken UniqueNames::take_slow(ScopeId scope, SegmentId segment, Slot& first) {
  const SegmentId base = segments_.base(segment);
  const std::uint32_t suffix = segments_.suffix(segment);
  std::uint32_t number = first.next;
  if (number == 0) {
    // Written by hand: in use all the same if counting has passed it, and counting must look for it from now on.
    Slot& run = run_of(scope, base);  // may move the slots: `first` is dead after
    const bool passed = suffix < run.next, has_scopes = run.has_scopes != 0;
    if (!passed && !run.has_written) noted(run).has_written = 1;
    Slot& slot = noted(slot_of(scope, base, suffix));
    if (!passed) {
      slot.next = 1;
      return {0, has_scopes || slot.has_scopes != 0};
    }
    number = slot.has_written ? first_free(scope, segment, 1) : 1;
    slot.next = number + 1;
    return {number, slot.has_scopes != 0};
  }
  number = first_free(scope, segment, number);
  if (number > kMaxSuffix) throw std::length_error("more than 2^29 operations share one name");
  log(first);
  first.next = number + 1;
  return {number, first.has_scopes != 0};
}

bool UniqueNames::take_written_as_owner(ScopeId scope, SegmentId segment) {
  const SegmentId base = segments_.base(segment);
  const std::uint32_t suffix = segments_.suffix(segment);
  const Slot run = run_of(scope, base);
  if (suffix < run.next || run.has_scopes) return false;
  Slot& slot = slot_of(scope, base, suffix);
  if (slot.next != 0 || slot.has_scopes) return false;
  log(slot);
  slot.next = 1;
  if (!run.has_written || !run.owns) {
    Slot& known = noted(run_of(scope, base));
    known.has_written = 1;
    known.owns = 1;
  }
  return true;
}

bool UniqueNames::has_scopes(ScopeId scope, SegmentId segment) const {
  const SegmentId base = segments_.base(segment);
  const std::uint32_t suffix = segments_.suffix(segment);
  const Slot* slot = find(scope, base, suffix);
  if (slot != nullptr && slot->has_scopes) return true;
  if (suffix == 0) return false;
  const Slot* run = find(scope, segments_.base(base), segments_.suffix(base));
  return run != nullptr && run->has_scopes;
}

// The first number from `number` on that was not taken by hand.
std::uint32_t UniqueNames::first_free(ScopeId scope, SegmentId segment, std::uint32_t number) const {
  for (const Slot* slot; (slot = find(scope, segment, number)) != nullptr && slot->next != 0;) ++number;
  return number;
}

std::uint32_t UniqueNames::peek(ScopeId scope, SegmentId segment) {
  const SegmentId base = segments_.base(segment);
  const std::uint32_t suffix = segments_.suffix(segment);
  const std::uint32_t number = next_of(scope, base, suffix);
  if (number == 0) return 0;
  Slot& slot = slot_of(scope, base, suffix);
  if (!slot.has_written) return number;
  // What was stepped over is in use for good: the counter may say so now, and the next call starts there.
  const std::uint32_t free = first_free(scope, segment, number);
  noted(slot).next = free;
  return free;
}

std::size_t UniqueNames::begin() {
  ++recording_;
  return mark_ = log_.size();
}

void UniqueNames::rollback(std::size_t mark) {
  while (log_.size() > mark) {
    const Slot& was = log_.back();
    Slot& slot = slot_of(was.scope, was.base, was.suffix);
    const bool has_scopes = slot.has_scopes;  // scopes outlive an undone name
    slot = was;
    slot.has_scopes = has_scopes;
    log_.pop_back();
  }
  commit();
}

void UniqueNames::commit() noexcept {
  if (--recording_ == 0) log_.clear();
}

}  // namespace scopetrie
