// Regularizers of get_variable: run once for each new variable; their losses are collected.
#include "scopetrie/variables/regularizer_names.hpp"
#include "variables/variable_call.hpp"

namespace scopetrie::python {

namespace {

PyObject* const kLosses = PyUnicode_InternFromString("regularization_losses");  // while the module is loaded

/// Puts the operations of a block beside a variable, where devices or colocations are open. Elsewhere that is known by
/// their names; see scopetrie.graph.placement.
PythonBlock beside(Context& context, PyObject* variable) {
  if (!context.listener) return {};
  return PythonBlock(checked(PyObject_CallMethod(object_of(context.graph), "colocate_with", "O", variable)));
}

}  // namespace

void regularize(Context& context, PyObject* variable, PyObject* regularizer, StoreName name) {
  GraphState& graph = state_of(context.graph);
  Ref loss;
  {
    const PythonBlock block = beside(context, variable);
    RegularizerNames names(context, name.scope, name.segment);
    loss = Ref(PyObject_CallOneArg(regularizer, variable));
    names.finish();
  }
  if (!loss) throw_raised();
  if (loss.get() == Py_None) return;
  const std::size_t list = graph.collection_keys.at(graph.collections, kLosses);
  graph.collections.add(list, collection_item(context.graph, loss.get()));
}

}  // namespace scopetrie::python
