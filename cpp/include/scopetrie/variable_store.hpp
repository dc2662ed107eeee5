// Variables by name: (scope, segment) -> variable, and where each one's operations are.
//
// Invariants: ids are dense, in creation order; a name has at most one variable; a variable without a name in the
// store (tf.Variable) has scope kNone.
// Thread safety: none; one writer or many readers.
#pragma once

#include <algorithm>
#include <vector>

#include "scopetrie/id_table.hpp"
#include "scopetrie/ids.hpp"

namespace scopetrie {

struct Variable {
  ScopeId scope = kNone;
  SegmentId segment = 0;
  TensorId ref = kNone;      // the variable itself, "w:0"
  TensorId initial = kNone;  // its initial value, "w/Initializer/...:0"
  OpId initializer = kNone;  // "w/Assign"
  TensorId value = kNone;    // what reading gives, "w/read:0"
  std::uint32_t flags = 0;   // the caller's
};

class VariableStore {
 public:
  /// The variable called `segment` in `scope`, or kNone.
  VariableId find(ScopeId scope, SegmentId segment) const {
    return table_.find(hash_words(scope, segment), [&](VariableId id) {
      return variables_[id].scope == scope && variables_[id].segment == segment;
    });
  }

  /// Adds a variable; its name must not be in the store.
  VariableId create(const Variable& variable) {
    const auto id = static_cast<VariableId>(variables_.size());
    variables_.push_back(variable);
    if (variable.scope != kNone) table_.insert(hash_words(variable.scope, variable.segment), id);
    return id;
  }

  /// Makes room for that many more.
  void reserve(std::size_t more) {
    if (variables_.size() + more > variables_.capacity())
      variables_.reserve(std::max(variables_.size() + more, variables_.capacity() * 2));
    table_.reserve(more);
  }

  std::size_t size() const noexcept { return variables_.size(); }
  const Variable& operator[](VariableId id) const { return variables_[id]; }
  Variable& operator[](VariableId id) { return variables_[id]; }

  /// Forgets the variables from `count` on.
  void truncate(std::size_t count) {
    for (; variables_.size() > count; variables_.pop_back()) {
      const Variable& last = variables_.back();
      table_.erase(hash_words(last.scope, last.segment), static_cast<VariableId>(variables_.size() - 1));
    }
  }

 private:
  std::vector<Variable> variables_;
  IdTable table_;
};

}  // namespace scopetrie
