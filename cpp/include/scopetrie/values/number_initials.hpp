// The variables of a graph that a run only sets to a number: a store does that for all of them in one step.
//
// Thread safety: that of the graph.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scopetrie/graph/graph.hpp"

namespace scopetrie {

/// A variable of a graph that its initializer sets to one number: one of the graph's attributes.
struct NumberInitial {
  VariableId variable;
  std::uint32_t number;
  Name name;  // of the variable's operation
  ShapeId shape;
  DType dtype;
};

/// What a run needs.
struct NeededInitials {
  std::vector<OpId> operations;         // in order of creation
  std::vector<NumberInitial> initials;  // in no order; none of their operations is among the others
};

/// What a run needs of which these operations are the targets. What only sets variables to a number is taken out, where
/// nothing else in the run wants to have the variable or the number. `fetched` are those targets whose tensors are
/// wanted, `fed` the tensors behind which nothing is looked for. Takes nothing out where there are few, or a
/// transaction is open, which may undo the variables.
NeededInitials prune_initials(const Graph& graph, std::span<const OpId> targets, std::span<const OpId> fetched,
                              std::span<const TensorId> fed);

/// An operation that a run needs, or neighbouring variables that it only sets to a number.
struct RunNeed {
  OpId op;
  std::size_t first = 0, count = 0;  // of the variables
};
/// All that a run needs, in order of creation. `needed.initials` is sorted by it, too.
std::vector<RunNeed> in_order(const Graph& graph, NeededInitials& needed);

}  // namespace scopetrie
