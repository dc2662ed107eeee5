#include "graph/handles.hpp"

#include <cstddef>

#include "scopetrie/graph/handles.hpp"
#include "scopetrie/shapes/dims.hpp"
#include "support/bindings.hpp"

namespace scopetrie::python {

PyObject* new_handle(PyTypeObject* type, PyGraph* graph, std::uint32_t id) {
  auto* made = PyObject_New(PyHandle, type);
  if (made == nullptr) return nullptr;
  made->graph = graph;
  Py_INCREF(graph);
  made->number = id;
  made->epoch = state_of(graph).ledger().epoch();
  return reinterpret_cast<PyObject*>(made);
}

bool is_current(PyObject* object) {
  const PyHandle* of = handle(object);
  const Ledger& ledger = state_of(of->graph).ledger();
  if (of->epoch == ledger.epoch()) return true;
  const Epochs& epochs = is_tensor(object)      ? ledger.tensors
                         : is_operation(object) ? ledger.operations
                                                : ledger.variables;
  return epochs.is_current(of->number, of->epoch);
}

std::uint32_t id_of_older(PyObject* object) {
  if (!is_current(object))
    refuse_undone(is_tensor(object) ? "tensor" : is_operation(object) ? "operation" : "variable");
  handle(object)->epoch = state_of(handle(object)->graph).ledger().epoch();
  return handle(object)->number;
}

namespace {

void handle_dealloc(PyObject* self) {
  PyGraph* graph = handle(self)->graph;
  free_object(self);
  Py_DECREF(graph);
}

}  // namespace

// v1 compares tensors and operations by identity. Handles are made on demand, so they compare the ids.
PyObject* compare_handles(PyObject* self, PyObject* other, int how) {
  if (how != Py_EQ && how != Py_NE) {
    if (is_operation(self)) Py_RETURN_NOTIMPLEMENTED;
    return compare_order(self, other, how);
  }
  bool same = Py_TYPE(self) == Py_TYPE(other) && handle(self)->graph == handle(other)->graph &&
              handle(self)->number == handle(other)->number;
  if (same && handle(self)->epoch != handle(other)->epoch) {  // one may be of what was undone
    const Lock lock;
    same = is_current(self) && is_current(other);
  }
  return PyBool_FromLong(same == (how == Py_EQ));
}

Py_hash_t hash_handle(PyObject* self) {
  const auto address = reinterpret_cast<std::uintptr_t>(handle(self)->graph);
  return static_cast<Py_hash_t>((address >> 4) * 1000003u + handle(self)->number) & PY_SSIZE_T_MAX;
}

PyObject* handle_graph(PyObject* self, void*) { return Py_NewRef(reinterpret_cast<PyObject*>(handle(self)->graph)); }
PyObject* handle_is_current(PyObject* self, void*) { return PyBool_FromLong(is_current(self)); }
PyObject* handle_id(PyObject* self, void*) { return PyLong_FromUnsignedLong(id_of(self)); }

namespace {

// Tensor
// ----------------------------------------------------------------------------------------------------------------

PyObject* tensor_value_index(PyObject* self, void*) {
  const OpGraph& ops = graph_of(self).ops;
  return PyLong_FromUnsignedLong(id_of(self) - ops.operation(ops.tensor(id_of(self)).op).first_output);
}

TensorRow row_of(PyObject* self) { return graph_of(self).ops.tensor(tensor_of(self)); }

}  // namespace

PyObject* dims_tuple(const ShapeTable& shapes, ShapeId id) {
  if (!shapes.known_rank(id)) Py_RETURN_NONE;
  const auto dims = shapes.dims(id);
  return tuple_of(dims.size(),
                  [&](std::uint32_t i) { return dims[i] < 0 ? Py_NewRef(Py_None) : PyLong_FromLongLong(dims[i]); });
}

namespace {

constexpr Py_ssize_t kMostPlain = 16;

// How many ints and None a list or tuple has, read into `dims`; -1, without an exception, for anything else.
Py_ssize_t read_plain_dims(PyObject* given, std::int64_t (&dims)[kMostPlain]) {
  if (!PyTuple_CheckExact(given) && !PyList_CheckExact(given)) return -1;
  const Py_ssize_t rank = PySequence_Fast_GET_SIZE(given);
  PyObject* const* items = PySequence_Fast_ITEMS(given);
  for (Py_ssize_t i = 0; i < rank; ++i) {
    int overflow = 0;
    if (i == kMostPlain || (items[i] != Py_None && !PyLong_CheckExact(items[i]))) return -1;
    dims[i] = items[i] == Py_None ? ShapeTable::kUnknownDim : PyLong_AsLongLongAndOverflow(items[i], &overflow);
    if (overflow != 0 || (dims[i] < 0 && items[i] != Py_None)) return -1;
  }
  return rank;
}

// What v1 says of a dimension that is no int64.
[[noreturn]] SCOPETRIE_COLD void refuse_dim(PyObject* shape, PyObject* item) {
  if (PyErr_ExceptionMatches(PyExc_OverflowError) == 0) throw_raised();
  PyErr_Clear();
  raise_error(PyExc_TypeError, "Error converting %R (arg name = shape) to a TensorShape: Value out of range: %R", shape,
              item);
}

}  // namespace

ShapeId parse_dims(ShapeTable& shapes, PyObject* value) {
  if (value == Py_None) return ShapeTable::kUnknown;
  const Snapshot given(value);
  std::int64_t plain[kMostPlain];
  if (const Py_ssize_t rank = read_plain_dims(given.get(), plain); rank >= 0)
    return shapes.intern({plain, static_cast<std::size_t>(rank)});
  const Ref tuple = called(state().hooks.as_dims, value);
  if (tuple.get() == Py_None) return ShapeTable::kUnknown;
  Dims dims;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tuple.get()); ++i) {
    PyObject* item = PyTuple_GET_ITEM(tuple.get(), i);
    dims.push_back(item == Py_None ? ShapeTable::kUnknownDim : PyLong_AsLongLong(item));
    if (dims.back() == -1 && PyErr_Occurred() != nullptr) refuse_dim(value, item);
  }
  return shapes.intern(dims);
}

bool parse_if_dims(ShapeTable& shapes, PyObject* value, ShapeId& out) {
  try {
    out = parse_dims(shapes, value);
    return true;
  } catch (const PythonRaised&) {
    PyErr_Clear();
    return false;
  }
}

TensorId tensor_of(PyObject* self) {
  return is_variable(self) ? graph_of(self).variables[id_of(self)].ref : id_of(self);
}
PyObject* handle_op(PyObject* self, void*) { return operation_handle(handle(self)->graph, row_of(self).op); }
PyObject* handle_name(PyObject* self, void*) {
  const OpGraph& ops = graph_of(self).ops;
  const OpId op = row_of(self).op;
  return to_str(ops.name(op) + ':' + std::to_string(tensor_of(self) - ops.operation(op).first_output));
}
PyObject* handle_dtype(PyObject* self, void*) { return Py_NewRef(state().dtypes[row_of(self).dtype]); }
PyObject* handle_dims(PyObject* self, void*) { return dims_tuple(graph_of(self).ops.shapes(), row_of(self).shape); }
PyObject* handle_shape(PyObject* self, void*) {
  return called(state().hooks.tensor_shape, checked(handle_dims(self, nullptr))).release();
}

namespace {

PyObject* tensor_set_dims(PyObject* self, PyObject* dims) {
  OpGraph& ops = graph_of(self).ops;
  const ShapeId shape = parse_dims(ops.shapes(), dims);
  graph_of(self).note_builder(context_of(handle(self)->graph));
  ops.set_shape(id_of(self), shape);
  Py_RETURN_NONE;
}

// Operation
// -------------------------------------------------------------------------------------------------------------

PyObject* operation_name(PyObject* self, void*) { return to_str(graph_of(self).ops.name(id_of(self))); }

PyObject* operation_inputs(PyObject* self, void*) {
  const auto inputs = graph_of(self).ops.inputs(id_of(self));
  return tuple_of(inputs.size(), [&](std::uint32_t i) { return tensor_handle(handle(self)->graph, inputs[i]); });
}

PyObject* operation_outputs(PyObject* self, void*) {
  const OpGraph& ops = graph_of(self).ops;
  const TensorId first = ops.operation(id_of(self)).first_output;
  return list_of(ops.output_count(id_of(self)),
                 [&](std::uint32_t i) { return tensor_handle(handle(self)->graph, first + i); });
}

PyObject* operation_control_inputs(PyObject* self, void*) {
  const auto ids = graph_of(self).ops.control_inputs(id_of(self));
  return list_of(ids.size(), [&](std::uint32_t i) { return operation_handle(handle(self)->graph, ids[i]); });
}

PyObject* operation_add_control_inputs(PyObject* self, PyObject* operations) {
  const Ref fast = checked(items_of(operations, "a sequence of operations is needed"));
  std::vector<OpId> ids;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(fast.get()); ++i) {
    PyObject* item = PySequence_Fast_GET_ITEM(fast.get(), i);
    if (!is_operation(item) || id_of(item) >= id_of(self))
      raise_error(PyExc_ValueError, "a control input must be an operation made before the one that waits for it");
    ids.push_back(id_of(item));
  }
  graph_of(self).note_builder(context_of(handle(self)->graph));
  graph_of(self).ops.add_control_inputs(id_of(self), ids);
  Py_RETURN_NONE;
}

PyObject* operation_attrs(PyObject* self, void*) {
  const GraphState& graph = graph_of(self);
  return attribute_object(graph, id_of(self));
}

PyObject* operation_site(PyObject* self, void*) {
  const GraphState& graph = graph_of(self);
  return graph.sites.describe(graph.ops.operation(id_of(self)).site);
}

PyObject* operation_type(PyObject* self, void*) {
  return Py_NewRef(kind_name(graph_of(self).ops.operation(id_of(self)).kind));
}

PyObject* operation_def(PyObject* self, void*) {
  return Py_NewRef(kind_definition(graph_of(self).ops.operation(id_of(self)).kind));
}

PyObject* refuse_new(PyTypeObject* type, PyObject*, PyObject*) {
  raise_error(PyExc_TypeError, "%s objects are made by operations; call one, e.g. tf.constant(...)", type->tp_name);
}

}  // namespace

// What object.__new__() and unpickling call, which would make a handle of no graph; new_handle() does not.
PyObject* refuse_alloc(PyTypeObject* type, Py_ssize_t) {
  raise_error(PyExc_TypeError, "%s objects belong to a graph: they are not made, copied or pickled without it",
              type->tp_name);
}

void bind_handles(PyObject* module) {
  const PyType_Slot common[] = {slot(Py_tp_dealloc, unlocked<handle_dealloc>),
                                slot(Py_tp_richcompare, unlocked<compare_handles>),
                                slot(Py_tp_hash, unlocked<hash_handle>), slot(Py_tp_new, unlocked<refuse_new>),
                                slot(Py_tp_alloc, unlocked<refuse_alloc>)};
  const auto slots = [&](std::vector<PyType_Slot> own) {
    own.insert(own.end(), std::begin(common), std::end(common));
    return own;
  };
  // A base type, so that cold members can be written as a class in Python; there are no instances of subtypes.
  State& s = state();
  const PyType_Slot tensor_properties =
      properties({property("graph", unlocked<handle_graph>, "The Graph that holds the tensor."),
                  property("op", locked<handle_op>, "The Operation whose output it is."),
                  property("name", locked<handle_name>, "\"scope/op:0\"."),
                  property("dtype", locked<handle_dtype>, "The DType of its elements."),
                  property("shape", locked<handle_shape>, "The TensorShape, as far as it is known."),
                  property("value_index", locked<tensor_value_index>, "Its place among its operation's outputs."),
                  property("_dims", locked<handle_dims>,
                           "The shape as a tuple with None for unknown, or None for an unknown rank."),
                  property("_id", locked<handle_id>, "Its number in the graph."),
                  property("_is_current", locked<handle_is_current>, "Whether it has not been undone.")});
  s.tensor_type = add_type<PyHandle>(
      module, "Tensor", Py_TPFLAGS_BASETYPE,
      operators_and(slots({tensor_properties, methods({{"_set_dims", locked<tensor_set_dims>, METH_O,
                                                        "Replaces what is known of the shape."}})})));
  const PyType_Slot operation_properties = properties(
      {property("graph", unlocked<handle_graph>, "The Graph that holds the operation."),
       property("name", locked<operation_name>, "Its unique name in the graph."),
       property("type", locked<operation_type>, "What it computes, by v1's name: \"MatMul\"."),
       property("inputs", locked<operation_inputs>, "The tensors that it takes."),
       property("outputs", locked<operation_outputs>, "The tensors that it makes."),
       property("control_inputs", locked<operation_control_inputs>, "The operations that run before it."),
       property("_attrs", locked<operation_attrs>, "Its attributes: a dict or None; the value of a Const."),
       property("_site", locked<operation_site>, "(file, line, function) of the line that made it, or None."),
       property("_def", locked<operation_def>, "The OpDef it was made from, or None."),
       property("_id", locked<handle_id>, "Its number in the graph."),
       property("_is_current", locked<handle_is_current>, "Whether it has not been undone.")});
  s.operation_type = add_type<PyHandle>(
      module, "Operation", Py_TPFLAGS_BASETYPE,
      slots({operation_properties, methods({{"_add_control_inputs", locked<operation_add_control_inputs>, METH_O,
                                             "Makes it wait for more operations."}})}));
}

}  // namespace scopetrie::python
