#include "scopetrie/scopes/scope_counters.hpp"

#include <algorithm>
#include <iterator>
#include <string>

namespace scopetrie {

ScopeCounters::State& ScopeCounters::at(ScopeId scope) {
  if (const std::uint32_t found = find(scope); found != kNone) return states_[found];
  states_.push_back(State{scope});
  try {
    table_.insert(hash_words(scope), static_cast<std::uint32_t>(states_.size() - 1));
  } catch (...) {
    states_.pop_back();
    throw;
  }
  return states_.back();
}

ScopeCounters::State& ScopeCounters::change(ScopeId scope) {
  State& state = at(scope);
  if (ledger_ != nullptr && ledger_->is_open()) note(state);
  if (saved_ != 0) log_.push_back(state);
  return state;
}

// The four fields of a state, one change each.
void ScopeCounters::note(const State& state) {
  const std::uint64_t fields[] = {state.next, state.opened, state.closed, state.tried};
  for (std::uint64_t field = 0; field < std::size(fields); ++field)
    ledger_->note(*this, field << 32 | state.scope, fields[field]);
}

void ScopeCounters::undo(const Change& change) noexcept {
  State& state = states_[find(static_cast<ScopeId>(change.what))];
  switch (change.what >> 32) {
    case 0:
      state.next = static_cast<std::uint32_t>(change.before);
      break;
    case 1:
      state.opened = change.before;
      break;
    case 2:
      state.closed = change.before;
      break;
    default:
      state.tried = change.before;
  }
}

void ScopeCounters::open(ScopeId scope) { change(scope).opened = ++clock_; }

void ScopeCounters::close_beneath(ScopeId scope) { change(scope).closed = ++clock_; }

std::uint64_t ScopeCounters::last_closed_above(ScopeId scope) const {
  std::uint64_t last = 0;
  while (scope != ScopeTrie::kRoot) {
    scope = scopes_.parent(scope);
    if (const std::uint32_t found = find(scope); found != kNone) last = std::max(last, states_[found].closed);
  }
  return last;
}

bool ScopeCounters::is_open(ScopeId scope) const {
  const std::uint32_t found = find(scope);
  return found != kNone && states_[found].opened > last_closed_above(scope);
}

std::uint32_t ScopeCounters::unused(ScopeId parent, std::string_view prefix) {
  ScopeId first = scopes_.at(prefix, parent);
  if (prefix.empty() && parent != ScopeTrie::kRoot) {  // as in v1: "" below "a" is "a/"
    SegmentId empty;
    scopes_.scope_of_name(prefix, parent, empty);
    first = scopes_.child(parent, empty);
  }
  if (!is_open(first)) return 0;
  const std::uint64_t closed = last_closed_above(first);
  State& state = change(first);  // the reference stays valid: the loop opens nothing
  std::uint32_t number = state.tried > closed ? state.next : 1;
  std::string text;
  for (;; ++number) {
    text.assign(prefix);
    append_suffix(number, text);
    const ScopeId scope = scopes_.at(text, parent);
    if (is_open(scope)) continue;
    state.next = number;
    state.tried = ++clock_;
    return number;
  }
}

std::size_t ScopeCounters::save() {
  ++saved_;
  return log_.size();
}

void ScopeCounters::restore(std::size_t mark) {
  while (log_.size() > mark) {
    State& state = at(log_.back().scope);
    if (ledger_ != nullptr && ledger_->is_open()) note(state);
    state = log_.back();
    log_.pop_back();
  }
  if (--saved_ == 0) log_.clear();
}

}  // namespace scopetrie
