// The Variable handle.
#include "ops/building.hpp"
#include "support/bindings.hpp"

namespace scopetrie::python {

namespace {

const VariableRow& record(PyObject* self) { return graph_of(self).variables[id_of(self)]; }

PyObject* tensor_or_none(PyObject* self, TensorId id) {
  if (id == kNone) Py_RETURN_NONE;
  return tensor_handle(handle(self)->graph, id);
}

void variable_dealloc(PyObject* self) {
  PyGraph* graph = handle(self)->graph;
  {
    const Lock lock;
    auto& live = state_of(graph).live;
    const std::uint32_t number = handle(self)->number;
    if (number < live.size() && live[number] == self) live[number] = nullptr;
  }
  free_object(self);
  Py_DECREF(graph);
}

PyObject* variable_initial_value(PyObject* self, void*) { return tensor_or_none(self, record(self).initial); }

PyObject* variable_initializer(PyObject* self, void*) {
  if (record(self).initializer == kNone) Py_RETURN_NONE;
  return operation_handle(handle(self)->graph, record(self).initializer);
}

PyObject* variable_trainable(PyObject* self, void*) { return PyBool_FromLong((record(self).flags & kTrainable) != 0); }

PyObject* variable_key(PyObject* self, void*) {
  const VariableRow& variable = record(self);
  if (variable.scope == kNone) Py_RETURN_NONE;
  std::string text;
  graph_of(self).ops.scopes().append_path(variable.scope, text);
  if (variable.scope != ScopeTrie::kRoot) text += '/';
  text += graph_of(self).ops.segments().text(variable.segment);
  return to_str(text);
}

PyObject* variable_site(PyObject* self, void*) {
  const GraphState& graph = graph_of(self);
  return graph.sites.describe(graph.ops.operation(graph.ops.tensor(tensor_of(self)).op).site);
}

PyObject* variable_value(PyObject* self, PyObject*) { return tensor_or_none(self, record(self).value); }
PyObject* variable_reference(PyObject* self, PyObject*) { return tensor_or_none(self, record(self).ref); }

// `<` of variables is an op; equality is identity, since a variable has one handle at a time.
PyObject* variable_compare(PyObject* self, PyObject* other, int how) {
  if (how == Py_EQ || how == Py_NE) return PyBool_FromLong((self == other) == (how == Py_EQ));
  return compare_order(self, other, how);
}

// Python replaces it by tf.Variable's constructor.
PyObject* variable_refuse_new(PyTypeObject*, PyObject*, PyObject*) {
  raise_error(PyExc_TypeError, "Variable: its constructor is not loaded; import scopetrie");
}

}  // namespace

void bind_variable(PyObject* module) {
  const PyType_Slot own_properties =
      properties({property("graph", unlocked<handle_graph>, "The Graph that holds the variable."),
                  property("op", locked<handle_op>, "The variable's Operation."),
                  property("name", locked<handle_name>, "\"scope/w:0\"."),
                  property("dtype", locked<handle_dtype>, "Its DType, of reference type as in v1."),
                  property("shape", locked<handle_shape>, "Its TensorShape."),
                  property("initial_value", locked<variable_initial_value>, "The Tensor of its first value."),
                  property("initializer", locked<variable_initializer>, "The Operation that gives it its first value."),
                  property("trainable", locked<variable_trainable>, "Whether it joined GraphKeys.TRAINABLE_VARIABLES."),
                  property("_key", locked<variable_key>, "The name by which get_variable finds it, or None."),
                  property("_site", locked<variable_site>, "(file, line, function) of the line that made it, or None."),
                  property("_dims", locked<handle_dims>,
                           "The shape as a tuple with None for unknown, or None for an unknown rank."),
                  property("_id", locked<handle_id>, "Its number among the graph's variables."),
                  property("_is_current", locked<handle_is_current>, "Whether it has not been undone.")});
  const PyType_Slot own_methods =
      methods({{"value", locked<variable_value>, METH_NOARGS,
                "value($self, /)\n--\n\nThe Tensor that reads the variable (\"w/read:0\")."},
               {"_ref", locked<variable_reference>, METH_NOARGS, "The Tensor that is the variable itself (\"w:0\")."}});
  state().variable_type = add_type<PyHandle>(
      module, "Variable", Py_TPFLAGS_BASETYPE,
      operators_and({slot(Py_tp_dealloc, unlocked<variable_dealloc>),
                     slot(Py_tp_richcompare, unlocked<variable_compare>),
                     slot(Py_tp_new, unlocked<variable_refuse_new>), slot(Py_tp_alloc, unlocked<refuse_alloc>),
                     slot(Py_tp_hash, unlocked<hash_handle>), own_properties, own_methods}));
}

}  // namespace scopetrie::python
