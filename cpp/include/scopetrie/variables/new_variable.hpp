// A variable as v1's constructor makes it: in a name scope of its own, with whatever gives its first value.
//
// Invariants: the operations are those of creation.hpp, each with a name that is unique where it stands. All of it is
// made or nothing; see undone_if_failed() for the one error after which v1's names stay in use.
// Thread safety: that of the graph.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "scopetrie/error.hpp"
#include "scopetrie/scopes/context.hpp"
#include "scopetrie/variables/creation.hpp"

namespace scopetrie {

/// Adds the row and the operations of a variable called `name`: VariableV2, Assign, read. `record` has what is known of
/// the row: whether it is trainable, its name in the store.
/// `owned`: "Assign" and "read" are owned names (the name is fresh and bare); otherwise they are taken in the current
/// name scope.
VariableId add_variable(Context& context, const Name& name, bool owned, TensorId initial, Output output,
                        std::uint32_t attribute, std::uint32_t assign_attribute, const VariableRow& record,
                        std::uint32_t site);

/// Runs `make` in a transaction. Where it fails, all of it is undone; but after the one error that v1's programs go on
/// after (ErrorFacts::refuses_dtype) the names stay in use, and so do, with `keeps_all`, variables that were made.
template <class Make>
auto undone_if_failed(Context& context, bool keeps_all, Make&& make) {
  CallTransaction transaction(context.graph().ledger(), context.builder());
  try {
    auto made = make();
    transaction.commit();
    return made;
  } catch (const Error& error) {
    if (error.facts().refuses_dtype && keeps_all) transaction.commit();
    transaction.rollback(error.facts().refuses_dtype);
    throw;
  }
}

/// The names and flags of a new variable.
struct NewVariable {
  std::optional<std::string_view> name;  // in the current name scope; "Variable" where there is none
  ScopeId scope = kNone;                 // in the store, with `segment`; kNone: it is not shared by name
  SegmentId segment = 0;
  bool trainable = true;
  bool validate_shape = true;  // whether its shape must be known
  ShapeId shape = kNone;       // what was asked for; kNone: nothing
  bool is_told = false;        // the initializer was told that shape, so what it gives must have it
  /// The name scope that all threads enter which make the variable at once, with a slash at its end: the first one that
  /// finds it empty sets it. Null: the variable opens a new one.
  std::string* shared_scope = nullptr;
  std::uint32_t attribute = kNone;  // of the VariableV2, as the graph keeps it
  std::uint32_t site = kNone;       // where the program makes it
};

/// What gives a variable its first value.
class FirstValue {
 public:
  virtual ~FirstValue() = default;
  /// Whether it is computed, in the name scope "Initializer".
  virtual bool is_computed() const = 0;
  /// Adds its operations in the current name scope.
  virtual TensorId make(Context& context) = 0;
  /// Throws: the value of the variable at `path` has shape `found`, and `asked` was asked for.
  [[noreturn]] virtual void refuse_shape(const Graph& graph, const std::string& path, ShapeId asked, ShapeId found);
};

VariableId new_variable(Context& context, const NewVariable& wish, FirstValue& first);
/// The same within a transaction of the caller's.
VariableId make_variable(Context& context, const NewVariable& wish, FirstValue& first);

/// Adds the operations of an initial value in the current name scope; see add_steps().
TensorId add_initial_value(Context& context, const InitialValue& value, Output output, std::uint32_t site = kNone);

/// v1's error for an initializer of the core's that makes nothing of this dtype.
Error refuse_dtype(const Initializer& initializer, DType dtype);

/// Adds a variable to the collections that it joins, each once: `lists`, and those that all trainable ones are in.
void collect(Graph& graph, VariableId id, bool trainable, std::span<const std::size_t> lists);
/// The same for one that names no collections.
inline void collect(Graph& graph, VariableId id, bool trainable) {
  graph.collections.add_variable(Collections::kVariables, id);
  if (trainable) graph.collections.add_variable(Collections::kTrainable, id);
}

}  // namespace scopetrie
