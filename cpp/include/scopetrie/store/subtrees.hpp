// Which variables are in a scope and below it, without a look at all the others.
//
// The trie knows a scope's parent, and a variable its scope. The way down is kept here: for each scope a list of its
// children and one of its variables, made when somebody looks, and prolonged by what is new since the last look.
// Programs that never look pay nothing.
// Invariants: the first scopes_.size() scopes and before_.size() variables are in the lists; a list's head is its
// latest.
// Thread safety: none; looking writes.
#pragma once

#include <vector>

#include "scopetrie/names/scope_trie.hpp"
#include "scopetrie/tables/ids.hpp"

namespace scopetrie {

class Subtrees {
 public:
  /// Notes what is new; `scope_of(variable)` is a variable's scope, kNone where it has none.
  template <class ScopeOf>
  void update(const ScopeTrie& scopes, std::size_t variables, ScopeOf&& scope_of) {
    for (auto id = static_cast<ScopeId>(scopes_.size()); id < scopes.size(); ++id) {
      scopes_.emplace_back();
      if (id == ScopeTrie::kRoot) continue;
      scopes_[id].sibling = scopes_[scopes.parent(id)].child;
      scopes_[scopes.parent(id)].child = id;
    }
    for (auto id = static_cast<VariableId>(before_.size()); id < variables; ++id) {
      const ScopeId scope = scope_of(id);
      before_.push_back(scope == kNone ? kNone : scopes_[scope].variable);
      if (scope != kNone) scopes_[scope].variable = id;
    }
  }
  /// Forgets the latest variable, `id` in `scope`, if it was noted.
  void forget(VariableId id, ScopeId scope) {
    if (id >= before_.size()) return;
    if (scope != kNone) scopes_[scope].variable = before_.back();
    before_.pop_back();
  }
  /// Forgets all: the next update() begins anew.
  void clear() noexcept {
    scopes_.clear();
    before_.clear();
  }
  /// Appends the variables in `top` and below it, in no order.
  void collect(ScopeId top, std::vector<VariableId>& out) const;

 private:
  struct Lists {
    ScopeId child = kNone, sibling = kNone;  // the latest child, and the one before this scope
    VariableId variable = kNone;             // the latest
  };
  std::vector<Lists> scopes_;
  std::vector<VariableId> before_;  // of each variable: the one before it in its scope
};

}  // namespace scopetrie
