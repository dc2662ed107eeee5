// Adding one operation to a graph: its name, its row, and what the current context adds to it.
#pragma once

#include <span>

#include "graph/handles.hpp"
#include "scopetrie/variables/new_variable.hpp"

namespace scopetrie::python {

/// Takes the name of a new operation: `name` as Python gave it, or the known default where it is null.
/// is_refused() with an exception set. By value: storing the parts and reloading the whole would stall.
OpGraph::Fresh take_name_slow(Context& context, PyObject* name, SegmentId segment, std::uint32_t fallback,
                              NameStyle style);
inline OpGraph::Fresh take_name(Context& context, PyObject* name, std::uint32_t fallback, NameStyle style) {
  GraphState& graph = state_of(context.graph);
  const SegmentId segment = name == nullptr ? graph.known_segment(fallback) : plain_segment(graph, name);
  if (segment == kNone || graph.has_unnoted_names) [[unlikely]]
    return take_name_slow(context, name, segment, fallback, style);
  return graph.ops.unique(context.scope(), segment);
}
inline bool is_refused(const OpGraph::Fresh& fresh) { return fresh.name.segment == kNone; }

/// Adds a row made by the line that runs now. `attribute` is a number from Graph::keep() or kNone.
inline OpId add_operation(Context& context, KindId kind, Name name, std::span<const TensorId> inputs,
                          std::span<const Output> outputs, std::uint32_t attribute) {
  return context.add_operation(kind, name, inputs, outputs, attribute, state_of(context.graph).sites.here());
}

/// The list of what `make(item, place)` gives for each item of a tuple or list, new references. Commits the transaction
/// when all are made; where one of them is null, or throws, all are undone. Throws.
template <class Make>
PyObject* make_each(CallTransaction& transaction, PyObject* items, Make&& make) {
  const Py_ssize_t count = PySequence_Fast_GET_SIZE(items);
  Ref made = checked(new_list(count));
  for (Py_ssize_t i = 0; i < count; ++i)
    PyList_SET_ITEM(made.get(), i, checked(make(PySequence_Fast_GET_ITEM(items, i), i)).release());
  transaction.commit();
  return made.release();
}

}  // namespace scopetrie::python
