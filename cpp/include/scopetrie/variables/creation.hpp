// A new variable whose operations all stand beneath its name: one run of a pattern, one row of the store.
//
// Invariants: the operations are those of v1: the initial value's, then VariableV2, "Assign" and "read".
// Thread safety: that of the graph.
#pragma once

#include "scopetrie/variables/initial_value.hpp"

namespace scopetrie {

/// The flags of Variable::flags: whether it is trainable, and its dtype, by which a name is shared or not.
enum VariableFlags : std::uint32_t { kTrainable = 1, kDTypeShift = 8 };
inline std::uint32_t variable_flags(bool trainable, DType dtype) {
  return std::uint32_t{dtype.number} << kDTypeShift | (trainable ? kTrainable : 0u);
}

inline DType flagged_dtype(std::uint32_t flags) { return static_cast<std::uint8_t>(flags >> kDTypeShift); }

/// The operations of a variable and its initial value.
struct VariableRun {
  std::uint32_t pattern = kNone;
  InitialAttributes attributes;  // none where the pattern has them
};

/// What an initializer makes of a dtype and a shape in this graph. Nothing where InitialValue::of() gives nothing, and
/// where the caller's language has to make it.
std::optional<InitialValue> initial_value_of(const Graph& graph, const Initializer& initializer, Output output);

/// The run of a variable of this dtype and shape with this initial value; draws seeds where it is random.
VariableRun run_of(Graph& graph, const InitialValue& value, Output output);

/// The pattern that an initializer without a seed got for this dtype and shape before, in a graph without one. kNone
/// where it got none, or others since: then initial_value_of() and run_of() say.
std::uint32_t known_run(const Graph& graph, const Initializer& initializer, Output output);
/// Keeps a run for known_run(), if it is one that variables share.
void note_run(Graph& graph, const Initializer& initializer, Output output, const VariableRun& run);

/// Whether another variable of the same dtype, shape and initial value has the same run.
inline bool is_shared(const VariableRun& run) { return run.attributes.count == 0; }

/// Adds the operations and the row of a variable called `name`, which is the variable's already and may own others (see
/// OpGraph::take_owner), made at `site`. `is_shared`: get_variable finds it by this name, which has no suffix then.
VariableId create_variable(Graph& graph, const VariableRun& run, const Name& name, bool is_shared, Output output,
                           bool trainable, std::uint32_t site);

}  // namespace scopetrie
