// What the caller's language has made for an initializer that the core has no rule for: the operations of one variable,
// as a pattern from which those of others are made.
//
// The operations depend on the kind of initializer, the shape, the dtype and one number, the gain. Where it is clear
// which of them is the gain, one recording serves all gains.
// Invariants: a recording has no seeds; its operations are of the form that create_variable() takes for granted.
// Thread safety: that of the graph.
#pragma once

#include "scopetrie/variables/initial_value.hpp"

namespace scopetrie {

/// Keeps the operations from `first` on, the last ones of the graph: those of a variable with this initializer. Nothing
/// happens where the initializer is not one that is recorded, or the operations are of another form than
/// create_variable() gives them, or not all beneath the variable's name.
void record_run(Graph& graph, const Initializer& initializer, OpId first, VariableId id);

/// The pattern that was recorded for just this initializer, dtype and shape, or kNone.
std::uint32_t recorded_pattern(const Graph& graph, const Initializer& initializer, Output output);

/// The initial value that a recording of another gain gives. Nothing where there is none.
std::optional<InitialValue> recorded_value(const Graph& graph, const Initializer& initializer, Output output);

/// The pattern of the recording of this number in which the gain is each variable's own.
std::uint32_t varying_pattern(Graph& graph, std::uint32_t number);

}  // namespace scopetrie
