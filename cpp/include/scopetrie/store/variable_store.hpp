// Variables by name: (scope, segment) -> variable, and where each one's operations are.
//
// Invariants: ids are dense, in creation order; a name has at most one variable; a variable without a name in the
// store (tf.Variable) has scope kNone. Segments are ids of a Segments table: a few bytes are kept for each up to the
// highest. The first variable of a segment is found without hashing, so that a million variables with names of their
// own fill no table; the others of that segment ("w" in each scope) are in the table.
// Thread safety: none; one writer or many readers.
#pragma once

#include <vector>

#include "scopetrie/tables/id_table.hpp"
#include "scopetrie/tables/ids.hpp"
#include "scopetrie/tables/table_allocator.hpp"

namespace scopetrie {

struct Variable {
  ScopeId scope = kNone;
  SegmentId segment = 0;
  TensorId ref = kNone;      // the variable itself, "w:0"
  TensorId initial = kNone;  // its initial value, "w/Initializer/...:0"
  OpId initializer = kNone;  // "w/Assign"
  TensorId value = kNone;    // what reading gives, "w/read:0"
  ShapeId shape = kNone;     // as it was made; `ref` may know more since
  std::uint32_t flags = 0;   // the caller's
};

class VariableStore {
 public:
  /// The variable called `segment` in `scope`, or kNone.
  VariableId find(ScopeId scope, SegmentId segment) const {
    if (segment >= first_.size()) return kNone;
    const VariableId first = first_[segment];
    if (first == kNone || variables_[first].scope == scope) return first;
    return table_.find(hash_words(scope, segment), [&](VariableId id) {
      return variables_[id].scope == scope && variables_[id].segment == segment;
    });
  }

  /// Adds a variable; its name must not be in the store.
  VariableId create(const Variable& variable) {
    const auto id = static_cast<VariableId>(variables_.size());
    variables_.push_back(variable);
    if (variable.scope == kNone) return id;
    if (variable.segment >= first_.size()) first_.resize(variable.segment + std::size_t{1}, kNone);
    VariableId& first = first_[variable.segment];
    if (first == kNone)
      first = id;
    else
      table_.insert(hash_words(variable.scope, variable.segment), id);
    return id;
  }

  /// Makes room for that many more.
  void reserve(std::size_t more) { make_room(variables_, more); }

  std::size_t size() const noexcept { return variables_.size(); }
  const Variable& operator[](VariableId id) const { return variables_[id]; }
  Variable& operator[](VariableId id) { return variables_[id]; }

  /// Forgets the variables from `count` on.
  void truncate(std::size_t count) {
    for (; variables_.size() > count; variables_.pop_back()) {
      const Variable& last = variables_.back();
      const auto id = static_cast<VariableId>(variables_.size() - 1);
      if (last.scope == kNone) continue;
      // Those in the table were made after the first, and are gone by now where it goes.
      if (first_[last.segment] == id)
        first_[last.segment] = kNone;
      else
        table_.erase(hash_words(last.scope, last.segment), id);
    }
  }

 private:
  Table<Variable> variables_;
  Table<VariableId> first_;  // by segment
  IdTable table_;
};

}  // namespace scopetrie
