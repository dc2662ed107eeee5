#include "objects/handles.hpp"

#include <cstddef>

namespace scopetrie::python {

PyObject* new_handle(PyTypeObject* type, PyGraph* graph, std::uint32_t id) {
  auto* made = PyObject_New(PyHandle, type);
  if (made == nullptr) return nullptr;
  made->graph = graph;
  Py_INCREF(graph);
  made->id = id;
  return reinterpret_cast<PyObject*>(made);
}

bool gone() {
  PyErr_SetString(PyExc_RuntimeError,
                  "this handle is of something that was undone: the call that made it failed. Make it again.");
  return false;
}

namespace {

void dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  PyGraph* graph = handle(self)->graph;
  type->tp_free(self);
  Py_DECREF(type);
  Py_DECREF(graph);
}

}  // namespace

// v1 compares tensors and operations by identity. Handles are made on demand, so they compare the ids.
PyObject* compare_handles(PyObject* self, PyObject* other, int how) {
  if (how != Py_EQ && how != Py_NE) {
    if (is_operation(self)) Py_RETURN_NOTIMPLEMENTED;
    return compare_order(self, other, how);
  }
  const bool same = Py_TYPE(self) == Py_TYPE(other) && handle(self)->graph == handle(other)->graph &&
                    handle(self)->id == handle(other)->id;
  return PyBool_FromLong(same == (how == Py_EQ));
}

Py_hash_t hash_handle(PyObject* self) {
  const auto address = reinterpret_cast<std::uintptr_t>(handle(self)->graph);
  return static_cast<Py_hash_t>((address >> 4) * 1000003u + handle(self)->id) & PY_SSIZE_T_MAX;
}

PyObject* handle_graph(PyObject* self, void*) { return Py_NewRef(reinterpret_cast<PyObject*>(handle(self)->graph)); }
PyObject* handle_id(PyObject* self, void*) { return PyLong_FromUnsignedLong(handle(self)->id); }

namespace {

GraphState& graph_of(PyObject* self) { return state_of(handle(self)->graph); }

// Tensor
// ----------------------------------------------------------------------------------------------------------------

/// Getters of what still exists (see gone()).
template <PyObject* (*get)(PyObject*, void*)>
PyObject* of_tensor(PyObject* self, void* closure) {
  return check_exists(handle(self)->id, graph_of(self).ops.tensor_count()) ? get(self, closure) : nullptr;
}
template <PyObject* (*get)(PyObject*, void*)>
PyObject* of_operation(PyObject* self, void* closure) {
  return check_exists(handle(self)->id, graph_of(self).ops.size()) ? get(self, closure) : nullptr;
}

PyObject* tensor_op(PyObject* self, void*) {
  return operation_handle(handle(self)->graph, graph_of(self).ops.tensor(handle(self)->id).op);
}

std::uint32_t value_index(PyObject* self) {
  const OpGraph& ops = graph_of(self).ops;
  return handle(self)->id - ops.operation(ops.tensor(handle(self)->id).op).first_output;
}

PyObject* tensor_value_index(PyObject* self, void*) { return PyLong_FromUnsignedLong(value_index(self)); }

PyObject* tensor_name(PyObject* self, void*) {
  const OpGraph& ops = graph_of(self).ops;
  std::string text = ops.name(ops.tensor(handle(self)->id).op);
  text += ':';
  text += std::to_string(value_index(self));
  return to_str(text);
}

PyObject* tensor_dtype(PyObject* self, void*) {
  return Py_NewRef(state().dtypes[graph_of(self).ops.tensor(handle(self)->id).dtype]);
}

}  // namespace

PyObject* dims_tuple(const ShapeTable& shapes, ShapeId id) {
  if (!shapes.known_rank(id)) Py_RETURN_NONE;
  const auto dims = shapes.dims(id);
  Ref tuple(PyTuple_New(static_cast<Py_ssize_t>(dims.size())));
  if (!tuple) return nullptr;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    PyObject* dim = dims[i] < 0 ? Py_NewRef(Py_None) : PyLong_FromLongLong(dims[i]);
    if (dim == nullptr) return nullptr;
    PyTuple_SET_ITEM(tuple.get(), static_cast<Py_ssize_t>(i), dim);
  }
  return tuple.release();
}

bool parse_dims(ShapeTable& shapes, PyObject* value, ShapeId& out) {
  if (value == Py_None) {
    out = ShapeTable::kUnknown;
    return true;
  }
  std::int64_t dims[16];
  Py_ssize_t rank = -1;
  PyObject** items = nullptr;
  const Snapshot given(value);
  if (PyTuple_CheckExact(given.get())) {
    rank = PyTuple_GET_SIZE(given.get());
    items = &PyTuple_GET_ITEM(given.get(), 0);
  } else if (PyList_CheckExact(given.get())) {
    rank = PyList_GET_SIZE(given.get());
    items = reinterpret_cast<PyListObject*>(given.get())->ob_item;
  }
  bool plain = rank >= 0 && rank <= 16;
  for (Py_ssize_t i = 0; plain && i < rank; ++i) {
    if (items[i] == Py_None) {
      dims[i] = ShapeTable::kUnknownDim;
    } else if (PyLong_CheckExact(items[i])) {
      dims[i] = PyLong_AsLongLong(items[i]);
      if (dims[i] < 0) {
        PyErr_Clear();
        plain = false;
      }
    } else {
      plain = false;
    }
  }
  if (plain) {
    out = shapes.intern({dims, static_cast<std::size_t>(rank)});
    return true;
  }
  const Ref tuple(PyObject_CallOneArg(state().hooks.as_dims, value));
  if (!tuple) return false;
  if (tuple.get() == Py_None) {
    out = ShapeTable::kUnknown;
    return true;
  }
  std::vector<std::int64_t> many(static_cast<std::size_t>(PyTuple_GET_SIZE(tuple.get())));
  for (std::size_t i = 0; i < many.size(); ++i) {
    PyObject* item = PyTuple_GET_ITEM(tuple.get(), static_cast<Py_ssize_t>(i));
    many[i] = item == Py_None ? ShapeTable::kUnknownDim : PyLong_AsLongLong(item);
    if (many[i] == -1 && PyErr_Occurred()) return false;
  }
  out = shapes.intern(many);
  return true;
}

namespace {

PyObject* tensor_dims(PyObject* self, void*) {
  const OpGraph& ops = graph_of(self).ops;
  return dims_tuple(ops.shapes(), ops.tensor(handle(self)->id).shape);
}

PyObject* tensor_shape(PyObject* self, void*) {
  const Ref dims(tensor_dims(self, nullptr));
  return dims ? PyObject_CallOneArg(state().tensor_shape, dims.get()) : nullptr;
}

PyObject* tensor_set_dims(PyObject* self, PyObject* dims) {
  OpGraph& ops = graph_of(self).ops;
  ShapeId shape;
  if (!parse_dims(ops.shapes(), dims, shape) || !check_exists(handle(self)->id, ops.tensor_count())) return nullptr;
  ops.set_shape(handle(self)->id, shape);
  Py_RETURN_NONE;
}

// Operation
// -------------------------------------------------------------------------------------------------------------

PyObject* operation_name(PyObject* self, void*) { return to_str(graph_of(self).ops.name(handle(self)->id)); }

PyObject* tensor_tuple(PyGraph* graph, std::size_t count, auto&& id_at) {
  Ref tuple(PyTuple_New(static_cast<Py_ssize_t>(count)));
  if (!tuple) return nullptr;
  for (std::size_t i = 0; i < count; ++i) {
    PyObject* made = tensor_handle(graph, id_at(i));
    if (made == nullptr) return nullptr;
    PyTuple_SET_ITEM(tuple.get(), static_cast<Py_ssize_t>(i), made);
  }
  return tuple.release();
}

PyObject* operation_inputs(PyObject* self, void*) {
  const auto inputs = graph_of(self).ops.inputs(handle(self)->id);
  return tensor_tuple(handle(self)->graph, inputs.size(), [&](std::size_t i) { return inputs[i]; });
}

PyObject* operation_outputs(PyObject* self, void*) {
  const OpGraph& ops = graph_of(self).ops;
  const TensorId first = ops.operation(handle(self)->id).first_output;
  const Ref outputs(tensor_tuple(handle(self)->graph, ops.output_count(handle(self)->id),
                                 [&](std::size_t i) { return static_cast<TensorId>(first + i); }));
  return outputs ? PySequence_List(outputs.get()) : nullptr;  // a list, as v1's
}

PyObject* operation_control_inputs(PyObject* self, void*) {
  Ref list(PyList_New(0));
  if (!list) return nullptr;
  for (const OpId id : graph_of(self).ops.control_inputs(handle(self)->id)) {
    const Ref made(operation_handle(handle(self)->graph, id));
    if (!made || PyList_Append(list.get(), made.get()) < 0) return nullptr;
  }
  return list.release();
}

PyObject* operation_add_control_inputs(PyObject* self, PyObject* operations) {
  const Ref fast(items_of(operations, "a sequence of operations is needed"));
  if (!fast) return nullptr;
  std::vector<OpId> ids;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(fast.get()); ++i) {
    PyObject* item = PySequence_Fast_GET_ITEM(fast.get(), i);
    if (!is_operation(item) || handle(item)->id >= handle(self)->id) {
      PyErr_SetString(PyExc_ValueError, "a control input must be an operation made before the one that waits for it");
      return nullptr;
    }
    ids.push_back(handle(item)->id);
  }
  graph_of(self).ops.add_control_inputs(handle(self)->id, ids);
  Py_RETURN_NONE;
}

PyObject* operation_attrs(PyObject* self, void*) {
  const GraphState& graph = graph_of(self);
  return attribute_object(graph, handle(self)->id);
}

PyObject* operation_site(PyObject* self, void*) {
  const GraphState& graph = graph_of(self);
  return graph.sites.describe(graph.ops.operation(handle(self)->id).site);
}

PyObject* operation_type(PyObject* self, void*) {
  return Py_NewRef(kind_name(graph_of(self).ops.operation(handle(self)->id).kind));
}

PyObject* operation_def(PyObject* self, void*) {
  return Py_NewRef(kind_definition(graph_of(self).ops.operation(handle(self)->id).kind));
}

PyGetSetDef tensor_members[] = {
    {"graph", unlocked<handle_graph>, nullptr, "The Graph that holds the tensor.", nullptr},
    {"op", locked<of_tensor<tensor_op>>, nullptr, "The Operation whose output it is.", nullptr},
    {"name", locked<of_tensor<tensor_name>>, nullptr, "\"scope/op:0\".", nullptr},
    {"dtype", locked<of_tensor<tensor_dtype>>, nullptr, "The DType of its elements.", nullptr},
    {"shape", locked<of_tensor<tensor_shape>>, nullptr, "The TensorShape, as far as it is known.", nullptr},
    {"value_index", locked<of_tensor<tensor_value_index>>, nullptr, "Its place among its operation's outputs.",
     nullptr},
    {"_dims", locked<of_tensor<tensor_dims>>, nullptr,
     "The shape as a tuple with None for unknown, or None for an unknown rank.", nullptr},
    {"_id", unlocked<handle_id>, nullptr, "Its number in the graph.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};
PyMethodDef tensor_methods[] = {{"_set_dims", locked<tensor_set_dims>, METH_O, "Replaces what is known of the shape."},
                                {nullptr, nullptr, 0, nullptr}};

PyGetSetDef operation_members[] = {
    {"graph", unlocked<handle_graph>, nullptr, "The Graph that holds the operation.", nullptr},
    {"name", locked<of_operation<operation_name>>, nullptr, "Its unique name in the graph.", nullptr},
    {"type", locked<of_operation<operation_type>>, nullptr, "What it computes, by v1's name: \"MatMul\".", nullptr},
    {"inputs", locked<of_operation<operation_inputs>>, nullptr, "The tensors that it takes.", nullptr},
    {"outputs", locked<of_operation<operation_outputs>>, nullptr, "The tensors that it makes.", nullptr},
    {"control_inputs", locked<of_operation<operation_control_inputs>>, nullptr, "The operations that run before it.",
     nullptr},
    {"_attrs", locked<of_operation<operation_attrs>>, nullptr, "Its attributes: a dict or None; the value of a Const.",
     nullptr},
    {"_site", locked<of_operation<operation_site>>, nullptr,
     "(file, line, function) of the line that made it, or None.", nullptr},
    {"_def", locked<of_operation<operation_def>>, nullptr, "The OpDef it was made from, or None.", nullptr},
    {"_id", unlocked<handle_id>, nullptr, "Its number in the graph.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};
PyMethodDef operation_methods[] = {
    {"_add_control_inputs", locked<operation_add_control_inputs>, METH_O, "Makes it wait for more operations."},
    {nullptr, nullptr, 0, nullptr}};

PyObject* refuse_new(PyTypeObject* type, PyObject*, PyObject*) {
  PyErr_Format(PyExc_TypeError, "%s objects are made by operations; call one, e.g. tf.constant(...)", type->tp_name);
  return nullptr;
}

}  // namespace

bool bind_handles(PyObject* module) {
  std::size_t count = 0;
  const PyType_Slot* operators = operator_slots(count);
  std::vector<PyType_Slot> tensor_slots(operators, operators + count);
  const PyType_Slot common[] = {{Py_tp_dealloc, reinterpret_cast<void*>(unlocked<dealloc>)},
                                {Py_tp_richcompare, reinterpret_cast<void*>(unlocked<compare_handles>)},
                                {Py_tp_hash, reinterpret_cast<void*>(unlocked<hash_handle>)},
                                {Py_tp_new, reinterpret_cast<void*>(unlocked<refuse_new>)}};
  tensor_slots.insert(tensor_slots.end(), std::begin(common), std::end(common));
  tensor_slots.push_back({Py_tp_getset, tensor_members});
  tensor_slots.push_back({Py_tp_methods, tensor_methods});
  tensor_slots.push_back({0, nullptr});
  std::vector<PyType_Slot> operation_slots(std::begin(common), std::end(common));
  operation_slots.push_back({Py_tp_getset, operation_members});
  operation_slots.push_back({Py_tp_methods, operation_methods});
  operation_slots.push_back({0, nullptr});

  // A base type, so that cold members can be written as a class in Python; there are no instances of subtypes.
  constexpr unsigned flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE;
  PyType_Spec tensor = {"scopetrie._core.Tensor", sizeof(PyHandle), 0, flags, tensor_slots.data()};
  PyType_Spec operation = {"scopetrie._core.Operation", sizeof(PyHandle), 0, flags, operation_slots.data()};
  State& s = state();
  s.tensor_type = add_type(module, tensor);
  s.operation_type = add_type(module, operation);
  return s.tensor_type != nullptr && s.operation_type != nullptr;
}

}  // namespace scopetrie::python
