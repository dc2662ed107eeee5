// What a new operation of a common type puts out, by the rule of its type.
//
// Invariants: of inputs' values, those of constants are known whose ints the graph keeps itself.
// Thread safety: that of the graph.
#pragma once

#include <span>
#include <string_view>

#include "scopetrie/graph/graph.hpp"
#include "scopetrie/shapes/output.hpp"

namespace scopetrie {

/// Throws Error where the type has no rule, an attribute is missing or of another kind, or the inputs do not fit.
Outputs infer_outputs(Graph& graph, std::string_view type, std::span<const TensorId> inputs,
                      const NamedAttributes& attributes);

}  // namespace scopetrie
