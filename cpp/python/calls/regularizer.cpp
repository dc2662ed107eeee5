// Regularizers of get_variable: run once for each new variable; their losses are collected.
#include "calls/variable_call.hpp"
#include "scopetrie/variables/regularizer_names.hpp"

namespace scopetrie::python {

namespace {

PyObject* const kLosses = PyUnicode_InternFromString("regularization_losses");  // while the module is loaded

/// Puts the operations of a block beside a variable, where devices or colocations are open. Elsewhere that is known by
/// their names; see scopetrie.graph.placement.
Ref enter_beside(Context& context, PyObject* variable) {
  if (!context.listener) return {};
  Ref block = checked(PyObject_CallMethod(reinterpret_cast<PyObject*>(context.graph), "colocate_with", "O", variable));
  checked(PyObject_CallMethod(block.get(), "__enter__", nullptr));
  return block;
}
void leave(const Ref& block) {
  if (!block) return;
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  const Ref left(PyObject_CallMethod(block.get(), "__exit__", "OOO", Py_None, Py_None, Py_None));
  if (!left) PyErr_WriteUnraisable(block.get());
  PyErr_Restore(type, value, traceback);
}

}  // namespace

void regularize(Context& context, PyObject* variable, PyObject* regularizer, StoreName name) {
  GraphState& graph = state_of(context.graph);
  Ref loss;
  {
    const Ref block = enter_beside(context, variable);
    try {
      RegularizerNames names(context, name.scope, name.segment);
      loss = Ref(PyObject_CallOneArg(regularizer, variable));
      names.finish();
    } catch (...) {
      leave(block);
      throw;
    }
    leave(block);
  }
  if (!loss) throw_raised();
  if (loss.get() == Py_None) return;
  const Py_ssize_t list = graph.collection_keys.at(graph.collections, kLosses);
  if (list < 0) throw_raised();
  graph.collections.add(static_cast<std::size_t>(list), collection_item(context.graph, loss.get()));
}

}  // namespace scopetrie::python
