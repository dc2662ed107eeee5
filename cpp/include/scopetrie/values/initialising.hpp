// The first elements of many of a graph's variables at once, in the store of a session.
//
// Thread safety: that of the graph and of the store.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scopetrie/values/values.hpp"

namespace scopetrie {

/// A variable of a graph that its initializer sets to one number: one of the graph's attributes.
struct NumberInitial {
  VariableId variable;
  std::uint32_t number;
};

/// Takes out of the operations that a run needs those that only set variables to a number, where nothing else in the
/// run wants to have the variable or the number; and gives these variables, in order. `needed` is in order of creation;
/// `fetched` has the operations whose tensors are wanted. Takes nothing where there are few, or a transaction is open,
/// which may undo the variables.
std::vector<NumberInitial> take_number_initials(const Graph& graph, std::vector<OpId>& needed,
                                                std::span<const OpId> fetched);

/// Sets the variables of a store whose paths are the names of variables of a graph; those that are not there are made,
/// and are lazy. Throws Error where one is frozen, or of another dtype or shape; those before it are set.
void initialise(Values& values, const Graph& graph, std::span<const NumberInitial> initials, std::uint32_t site);

/// Throws Error where a variable cannot be given elements of a dtype: it has another one, or is frozen.
void check_settable(const Values& values, VariableId id, DType dtype);

}  // namespace scopetrie
