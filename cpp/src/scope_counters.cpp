#include "scopetrie/scope_counters.hpp"

#include <algorithm>
#include <string>

namespace scopetrie {

ScopeCounters::State& ScopeCounters::change(ScopeId scope) {
  State& state = states_[scope];
  if (saved_ != 0) log_.push_back({scope, state});
  return state;
}

void ScopeCounters::open(ScopeId scope) { change(scope).opened = ++clock_; }

void ScopeCounters::close_beneath(ScopeId scope) { change(scope).closed = ++clock_; }

std::uint64_t ScopeCounters::last_closed_above(ScopeId scope) const {
  std::uint64_t last = 0;
  while (scope != ScopeTrie::kRoot) {
    scope = scopes_.parent(scope);
    if (const auto at = states_.find(scope); at != states_.end()) last = std::max(last, at->second.closed);
  }
  return last;
}

bool ScopeCounters::is_open(ScopeId scope) const {
  const auto at = states_.find(scope);
  return at != states_.end() && at->second.opened > last_closed_above(scope);
}

std::uint32_t ScopeCounters::unused(ScopeId parent, std::string_view prefix) {
  const ScopeId first = scopes_.at(prefix, parent);
  if (!is_open(first)) return 0;
  const std::uint64_t closed = last_closed_above(first);
  State& state = change(first);  // stays where it is: the map's nodes do not move
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
    states_[log_.back().scope] = log_.back().was;
    log_.pop_back();
  }
  if (--saved_ == 0) log_.clear();
}

}  // namespace scopetrie
