// Tensor, Operation and Variable as Python sees them: a graph and a number, 32 bytes, not tracked by the collector.
//
// Invariants: a handle keeps its graph alive; two handles of one thing are equal and hash alike; a variable has at most
// one handle at a time, so that sharing can be checked with `is`.
// Thread safety: handles never change; what they name is guarded as the graph is.
#pragma once

#include "objects/graph.hpp"

namespace scopetrie::python {

struct PyHandle {
  PyObject_HEAD PyGraph* graph;
  std::uint32_t id;
};

inline PyHandle* handle(PyObject* object) { return reinterpret_cast<PyHandle*>(object); }
inline bool is_tensor(PyObject* object) { return Py_IS_TYPE(object, state().tensor_type); }
inline bool is_operation(PyObject* object) { return Py_IS_TYPE(object, state().operation_type); }
inline bool is_variable(PyObject* object) { return Py_IS_TYPE(object, state().variable_type); }

/// Whether a number is still in use: a call that failed takes back what it made, also from who kept a handle of it.
/// False with RuntimeError set.
bool gone();
inline bool check_exists(std::uint32_t id, std::size_t count) {
  if (id < count) [[likely]]
    return true;
  return gone();
}

PyObject* new_handle(PyTypeObject* type, PyGraph* graph, std::uint32_t id);
inline PyObject* tensor_handle(PyGraph* graph, TensorId id) { return new_handle(state().tensor_type, graph, id); }
inline PyObject* operation_handle(PyGraph* graph, OpId id) { return new_handle(state().operation_type, graph, id); }
/// The variable's handle: the living one, or a new one.
inline PyObject* variable_handle(PyGraph* graph, VariableId id) {
  PyObject* living = state_of(graph).live[id];
  if (living != nullptr && try_incref(living)) return living;
  PyObject* made = new_handle(state().variable_type, graph, id);
  if (made != nullptr) allow_try_incref(made);
  state_of(graph).live[id] = made;
  return made;
}

/// A shape as Python has it between the layers: a tuple with None for an unknown dimension, or None.
PyObject* dims_tuple(const ShapeTable& shapes, ShapeId id);
/// Reads a shape in any form v1 takes; false with an exception set.
bool parse_dims(ShapeTable& shapes, PyObject* value, ShapeId& out);

/// What a kind number stands for: v1's type name (a str), and the OpDef (None for the bindings' own kinds). Borrowed.
PyObject* kind_name(KindId kind);
PyObject* kind_definition(KindId kind);
/// The OpDef of a type name, borrowed; null (no exception) where none is registered.
PyObject* find_kind(std::string_view type);
/// The number of a type name, given out on first use.
KindId kind_number(std::string_view type);

bool bind_handles(PyObject* module);
bool bind_variable(PyObject* module);
/// The number slots shared by Tensor and Variable.
const PyType_Slot* operator_slots(std::size_t& count);
/// x < y and its like, by the registered operators.
PyObject* compare_order(PyObject* x, PyObject* y, int how);
/// What Tensor, Operation and Variable share: `==`, `<`, hash(), and the end of a handle.
PyObject* compare_handles(PyObject* self, PyObject* other, int how);
Py_hash_t hash_handle(PyObject* self);
PyObject* handle_graph(PyObject* self, void*);
PyObject* handle_id(PyObject* self, void*);
bool bind_operators(PyObject* module);

}  // namespace scopetrie::python
