// The Variable handle.
#include <iterator>

#include "calls/building.hpp"

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

PyObject* variable_op(PyObject* self, void*) {
  return operation_handle(handle(self)->graph, graph_of(self).ops.tensor(record(self).ref).op);
}

PyObject* variable_name(PyObject* self, void*) {
  const OpGraph& ops = graph_of(self).ops;
  return to_str(ops.name(ops.tensor(record(self).ref).op) + ":0");
}

PyObject* variable_dtype(PyObject* self, void*) {
  return Py_NewRef(state().dtypes[graph_of(self).ops.tensor(record(self).ref).dtype]);
}

PyObject* variable_dims(PyObject* self, void*) {
  const OpGraph& ops = graph_of(self).ops;
  return dims_tuple(ops.shapes(), ops.tensor(record(self).ref).shape);
}

PyObject* variable_shape(PyObject* self, void*) {
  const Ref dims(variable_dims(self, nullptr));
  return dims ? PyObject_CallOneArg(state().hooks.tensor_shape, dims.get()) : nullptr;
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
  return graph.sites.describe(graph.ops.operation(graph.ops.tensor(record(self).ref).op).site);
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

PyGetSetDef variable_members[] = {
    {"graph", unlocked<handle_graph>, nullptr, "The Graph that holds the variable.", nullptr},
    {"op", locked<variable_op>, nullptr, "The variable's Operation.", nullptr},
    {"name", locked<variable_name>, nullptr, "\"scope/w:0\".", nullptr},
    {"dtype", locked<variable_dtype>, nullptr, "Its DType, of reference type as in v1.", nullptr},
    {"shape", locked<variable_shape>, nullptr, "Its TensorShape.", nullptr},
    {"initial_value", locked<variable_initial_value>, nullptr, "The Tensor of its first value.", nullptr},
    {"initializer", locked<variable_initializer>, nullptr, "The Operation that gives it its first value.", nullptr},
    {"trainable", locked<variable_trainable>, nullptr, "Whether it joined GraphKeys.TRAINABLE_VARIABLES.", nullptr},
    {"_key", locked<variable_key>, nullptr, "The name by which get_variable finds it, or None.", nullptr},
    {"_site", locked<variable_site>, nullptr, "(file, line, function) of the line that made it, or None.", nullptr},
    {"_dims", locked<variable_dims>, nullptr,
     "The shape as a tuple with None for unknown, or None for an unknown rank.", nullptr},
    {"_id", locked<handle_id>, nullptr, "Its number among the graph's variables.", nullptr},
    {"_is_current", locked<handle_is_current>, nullptr, "Whether it has not been undone.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

PyMethodDef variable_methods[] = {
    {"value", locked<variable_value>, METH_NOARGS,
     "value($self, /)\n--\n\nThe Tensor that reads the variable (\"w/read:0\")."},
    {"_ref", locked<variable_reference>, METH_NOARGS, "The Tensor that is the variable itself (\"w:0\")."},
    {nullptr, nullptr, 0, nullptr}};

}  // namespace

bool bind_variable(PyObject* module) {
  std::size_t count = 0;
  const PyType_Slot* operators = operator_slots(count);
  std::vector<PyType_Slot> slots(operators, operators + count);
  const PyType_Slot own[] = {{Py_tp_dealloc, reinterpret_cast<void*>(unlocked<variable_dealloc>)},
                             {Py_tp_richcompare, reinterpret_cast<void*>(unlocked<variable_compare>)},
                             {Py_tp_new, reinterpret_cast<void*>(unlocked<variable_refuse_new>)},
                             {Py_tp_alloc, reinterpret_cast<void*>(unlocked<refuse_alloc>)},
                             {Py_tp_hash, reinterpret_cast<void*>(unlocked<hash_handle>)},
                             {Py_tp_getset, variable_members},
                             {Py_tp_methods, variable_methods},
                             {0, nullptr}};
  slots.insert(slots.end(), std::begin(own), std::end(own));
  PyType_Spec spec = {"scopetrie._core.Variable", sizeof(PyHandle), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                      slots.data()};
  State& s = state();
  s.variable_type = add_type(module, spec);
  return s.variable_type != nullptr;
}

}  // namespace scopetrie::python
