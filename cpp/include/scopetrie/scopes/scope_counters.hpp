// The variable scopes that one thread has opened in one graph, which `default_name` counts.
//
// v1 keeps a dictionary from every opened path to a count, clears the paths below a scope when it closes, and copies
// the whole dictionary when a captured scope is entered, to restore it on exit: the cost of entering grows with the
// number of scopes ever opened. Here time stamps replace clearing: a scope counts as open if it was opened after each
// of its ancestors was last closed. Changes inside a captured scope are logged and undone.
//
// Invariants: stamps grow; 0 means never. `next` of a scope is the suffix to try next for default names equal to it:
// smaller ones are open, as long as no ancestor was closed since `tried`.
// Thread safety: none; each thread has its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "scopetrie/graph/ledger.hpp"
#include "scopetrie/names/scope_trie.hpp"
#include "scopetrie/tables/id_table.hpp"
#include "scopetrie/tables/table_allocator.hpp"

namespace scopetrie {

class ScopeCounters : private Undoable {
 public:
  /// Changes are noted in the ledger, if there is one.
  explicit ScopeCounters(ScopeTrie& scopes, Ledger* ledger = nullptr) : scopes_(scopes), ledger_(ledger) {}
  ~ScopeCounters() {
    if (ledger_ != nullptr) ledger_->leave(*this);
  }
  ScopeCounters(const ScopeCounters&) = delete;
  ScopeCounters& operator=(const ScopeCounters&) = delete;

  /// Records that a variable scope of this path is entered.
  void open(ScopeId scope);
  /// Records that it is left: counts below it restart from zero. The scope itself stays counted until its parent is
  /// closed.
  void close_beneath(ScopeId scope);
  /// The first suffix for which prefix, prefix_1, prefix_2, ... under `parent` is not open; 0 is the bare prefix.
  std::uint32_t unused(ScopeId parent, std::string_view prefix);
  bool is_open(ScopeId scope) const;

  /// Starts a span of changes that restore() undoes; spans nest. Ending an outer span first undoes the inner one, too.
  std::size_t save();
  void restore(std::size_t mark);

 private:
  struct State {
    ScopeId scope;
    std::uint32_t next = 0;
    std::uint64_t opened = 0;
    std::uint64_t closed = 0;
    std::uint64_t tried = 0;
  };

  std::uint32_t find(ScopeId scope) const {
    return table_.find(hash_words(scope), [&](std::uint32_t at) { return states_[at].scope == scope; });
  }
  State& at(ScopeId scope);
  State& change(ScopeId scope);
  void note(const State& state);
  void undo(const Change& change) noexcept override;
  std::uint64_t last_closed_above(ScopeId scope) const;

  ScopeTrie& scopes_;
  Ledger* ledger_;
  IdTable table_;  // scope -> index in states_
  Table<State> states_;
  std::vector<State> log_;
  std::size_t saved_ = 0;
  std::uint64_t clock_ = 0;
};

}  // namespace scopetrie
