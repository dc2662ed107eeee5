// The first elements of many of a graph's variables at once, in the store of a session.
//
// Thread safety: that of the graph and of the store.
#pragma once

#include <cstdint>
#include <span>

#include "scopetrie/values/number_initials.hpp"
#include "scopetrie/values/values.hpp"

namespace scopetrie {

/// Sets the variables of a store whose paths are the names of variables of a graph; those that are not there are made,
/// and are lazy. Throws Error where one is frozen, or of another dtype or shape; those before it are set.
void initialise(Values& values, const Graph& graph, std::span<const NumberInitial> initials, std::uint32_t site);

/// Throws Error where a variable cannot be given elements of a dtype: it has another one, or is frozen.
void check_settable(const Values& values, VariableId id, DType dtype);

}  // namespace scopetrie
