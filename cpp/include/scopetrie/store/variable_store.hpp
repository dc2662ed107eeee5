// Variables by name: (scope, segment) -> variable, with the ids of its operations.
//
// Invariants: ids are dense, in creation order; a name has at most one variable; a variable without a name in the
// store (tf.Variable) has scope kNone. Segments are ids of a Segments table; a few bytes are kept for each id up to the
// highest used. The first variable of a segment is found by indexing, without hashing, so a million distinct names need
// no hash table; further variables of a segment ("w" in each scope) are in the table. A variable that was renamed or
// erased may leave an entry behind, which no look-up takes for its own: it compares the whole name.
// Thread safety: none; one writer or many readers.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "scopetrie/store/subtrees.hpp"
#include "scopetrie/tables/compiler.hpp"
#include "scopetrie/tables/id_table.hpp"
#include "scopetrie/tables/ids.hpp"
#include "scopetrie/tables/table_allocator.hpp"

namespace scopetrie {

/// A graph's variable has operations. A store's has none: there `ref` is kNone, and the fields of operations say other
/// things (see values/values.hpp).
struct VariableRow {
  ScopeId scope = kNone;
  SegmentId segment = 0;
  TensorId ref = kNone;      // the variable itself, "w:0"
  TensorId initial = kNone;  // its initial value, "w/Initializer/...:0"
  OpId initializer = kNone;  // "w/Assign"
  TensorId value = kNone;    // the tensor that reads it, "w/read:0"
  ShapeId shape = kNone;     // at creation; the shape of `ref` may be refined later
  std::uint32_t flags = 0;   // of the caller, not read here
};

class VariableStore {
 public:
  /// The variable called `segment` in `scope`, or kNone.
  VariableId find(ScopeId scope, SegmentId segment) const {
    if (segment >= first_.size()) return kNone;
    const VariableId first = first_[segment];
    if (first == kNone || is_called(first, scope, segment)) return first;
    return table_.find(hash_words(scope, segment), [&](VariableId id) { return is_called(id, scope, segment); });
  }

  /// The variable whose own tensor this is, or kNone: rows are in the order of their operations.
  VariableId find_reference(TensorId reference) const {
    VariableId low = 0;
    for (auto high = static_cast<VariableId>(variables_.size()); low < high;) {
      const VariableId middle = low + (high - low) / 2;
      if (variables_[middle].ref < reference)
        low = middle + 1;
      else
        high = middle;
    }
    return low < variables_.size() && variables_[low].ref == reference ? low : kNone;
  }

  /// Adds a variable; its name must not be in the store. Throws std::length_error where there are 2^32 - 1 variables;
  /// where it throws, nothing is added.
  VariableId create(const VariableRow& variable) {
    const auto id = static_cast<VariableId>(variables_.size());
    if (id == kNone) [[unlikely]]
      refuse();
    variables_.push_back(variable);
    if (variable.scope == kNone) return id;
    try {
      if (variable.segment == first_.size()) {  // it is as new as the variable
        first_.push_back(id);
        return id;
      }
      if (variable.segment > first_.size()) first_.resize(variable.segment + std::size_t{1}, kNone);
      VariableId& first = first_[variable.segment];
      if (first == kNone)
        first = id;
      else
        table_.insert(hash_words(variable.scope, variable.segment), id);
    } catch (...) {
      variables_.pop_back();
      throw;
    }
    return id;
  }

  // Changes of names. `keeps_old` says that the change may be taken back: then the old entry stays, so that taking it
  // back allocates nothing. ----------------------------------------------------------------------------------------

  /// Makes room for one rename() to this segment, which then does not throw. Gives whether the variable will be the
  /// first one of its segment, which unname() must be told.
  bool prepare_rename(SegmentId segment) {
    if (segment >= first_.size()) first_.resize(segment + std::size_t{1}, kNone);
    table_.reserve(1);
    return first_[segment] == kNone;
  }
  /// Renames a variable that has a name, after prepare_rename(); the new name must not be in the store.
  void rename(VariableId id, ScopeId scope, SegmentId segment, bool keeps_old) {
    VariableRow& row = variables_[id];
    VariableId& first = first_[segment];
    if (first == kNone)
      first = id;
    else if (first != id)
      table_.insert(hash_words(scope, segment), id);
    if (!keeps_old && first_[row.segment] != id) table_.erase(hash_words(row.scope, row.segment), id);
    row.scope = scope;
    row.segment = segment;
    subtrees_.clear();
  }
  /// Takes back the latest rename() of a variable, which kept the old entry.
  void unname(VariableId id, bool is_first, ScopeId scope, SegmentId segment) noexcept {
    VariableRow& row = variables_[id];
    if (is_first)
      first_[row.segment] = kNone;
    else if (first_[row.segment] != id)
      table_.erase(hash_words(row.scope, row.segment), id);
    row.scope = scope;
    row.segment = segment;
    subtrees_.clear();
  }
  /// Takes a variable's name away: it is found no more, and stands in no scope. restore() takes that back.
  void erase(VariableId id) noexcept { variables_[id].scope = kNone; }
  void restore(VariableId id, ScopeId scope) noexcept {
    variables_[id].scope = scope;
    subtrees_.clear();  // it may have been noted while it stood in no scope
  }

  /// Gives back what restore() needs of an erased variable that stood in `scope`: a name that is made and erased again
  /// and again would leave an entry in the same place each time, and each look at it would walk over all of them.
  void forget(VariableId id, ScopeId scope) noexcept {
    const SegmentId segment = variables_[id].segment;
    if (first_[segment] != id) table_.erase(hash_words(scope, segment), id);
  }

  /// Reserves room for `more` further variables.
  void reserve(std::size_t more) { make_room(variables_, more); }

  std::size_t size() const noexcept { return variables_.size(); }
  const VariableRow& operator[](VariableId id) const { return variables_[id]; }
  VariableRow& operator[](VariableId id) { return variables_[id]; }

  /// The variables in a scope of `scopes` (those of this store) and below it, in creation order. Takes as long as there
  /// are scopes and variables there, and (once) as new ones were made since the last call.
  std::vector<VariableId> under(const ScopeTrie& scopes, ScopeId top) const {
    subtrees_.update(scopes, size(), [&](VariableId id) { return variables_[id].scope; });
    std::vector<VariableId> found;
    subtrees_.collect(top, found);
    std::erase_if(found, [&](VariableId id) { return variables_[id].scope == kNone; });
    std::sort(found.begin(), found.end());
    return found;
  }

  /// Rolls back to the first `count` variables.
  void truncate(std::size_t count) noexcept {
    for (; variables_.size() > count; variables_.pop_back()) {
      const VariableRow& last = variables_.back();
      const auto id = static_cast<VariableId>(variables_.size() - 1);
      subtrees_.forget(id, last.scope);
      if (last.scope == kNone) continue;
      // Variables of this segment in the table are younger than its first one, so they are removed already.
      if (first_[last.segment] == id)
        first_[last.segment] = kNone;
      else
        table_.erase(hash_words(last.scope, last.segment), id);
    }
  }

 private:
  bool is_called(VariableId id, ScopeId scope, SegmentId segment) const {
    return variables_[id].scope == scope && variables_[id].segment == segment;
  }
  [[noreturn]] SCOPETRIE_COLD static void refuse() {
    throw std::length_error("a graph has at most 2^32 - 1 variables");
  }

  mutable Subtrees subtrees_;
  Table<VariableRow> variables_;
  Table<VariableId> first_;  // by segment
  IdTable table_;
};

}  // namespace scopetrie
