// The Python types Tensor, Operation and Variable: a graph, an id and an epoch, 32 bytes, not tracked by the garbage
// collector.
//
// Invariants: a handle keeps its graph alive; its id is read through id_of(), which refuses handles of what has been
// undone since; two handles of one element are equal and have equal hashes; a variable has at most one handle at a
// time, so that sharing can be checked with `is`.
// Thread safety: handles are immutable but for the epoch; the elements they refer to have the graph's lock.
#pragma once

#include "graph/graph.hpp"
#include "scopetrie/graph/kinds.hpp"

namespace scopetrie::python {

struct PyHandle {
  PyObject_HEAD PyGraph* graph;
  std::uint32_t number;
  std::uint32_t epoch;  // of the graph's ledger, in which the number was last known to be right
};
static_assert(sizeof(PyHandle) <= sizeof(PyObject) + 16);

inline PyHandle* handle(PyObject* object) { return reinterpret_cast<PyHandle*>(object); }
inline bool is_tensor(PyObject* object) { return Py_IS_TYPE(object, state().tensor_type); }
inline bool is_operation(PyObject* object) { return Py_IS_TYPE(object, state().operation_type); }
inline bool is_variable(PyObject* object) { return Py_IS_TYPE(object, state().variable_type); }
inline GraphState& graph_of(PyObject* object) { return state_of(handle(object)->graph); }
inline bool is_handle(PyObject* object) { return is_tensor(object) || is_variable(object) || is_operation(object); }

/// Whether a handle names what it named when it was made.
bool is_current(PyObject* object);
SCOPETRIE_COLD std::uint32_t id_of_older(PyObject* object);
/// The number of what a handle names. Throws Error where that was undone: numbers are given out again.
inline std::uint32_t id_of(PyObject* object) {
  const PyHandle* of = handle(object);
  return of->epoch == state_of(of->graph).ledger().epoch() ? of->number : id_of_older(object);
}

/// The handle of a number, which may be kNone until set_number(). Null with an exception set.
PyObject* new_handle(PyTypeObject* type, PyGraph* graph, std::uint32_t id);
inline void set_number(PyObject* object, std::uint32_t id) {
  handle(object)->number = id;
  handle(object)->epoch = state_of(handle(object)->graph).ledger().epoch();
}
inline PyObject* tensor_handle(PyGraph* graph, TensorId id) { return new_handle(state().tensor_type, graph, id); }
inline PyObject* operation_handle(PyGraph* graph, OpId id) { return new_handle(state().operation_type, graph, id); }
/// The variable's handle: the existing one, or a new one.
inline PyObject* variable_handle(PyGraph* graph, VariableId id) {
  auto& live = state_of(graph).live;
  if (id >= live.size()) [[unlikely]]
    live.resize(state_of(graph).variables.size());
  PyObject* living = live[id];
  if (living != nullptr && try_incref(living)) return living;
  PyObject* made = new_handle(state().variable_type, graph, id);
  if (made != nullptr) allow_try_incref(made);
  live[id] = made;
  return made;
}

/// The handle of a variable that is about to be made: nothing can fail once that is there.
class NewVariableHandle {
 public:
  /// Throws.
  explicit NewVariableHandle(PyGraph* graph) : made_(checked(new_handle(state().variable_type, graph, kNone))) {
    GraphState& state = state_of(graph);
    if (state.live.capacity() <= state.variables.size()) [[unlikely]]
      make_room(state.live, state.variables.size() + 1 - state.live.size());
    allow_try_incref(made_.get());
  }
  /// A new reference. The variable has no other handle.
  PyObject* of(VariableId id) noexcept {
    auto& live = state_of(handle(made_.get())->graph).live;
    if (live.size() < id) [[unlikely]]
      live.resize(id);
    live.push_back(made_.get());
    set_number(made_.get(), id);
    return made_.release();
  }

 private:
  Ref made_;
};

/// A shape as the package's internal Python form: a tuple with None for an unknown dimension, or None.
PyObject* dims_tuple(const ShapeTable& shapes, ShapeId id);
/// Reads a shape in any form that v1 accepts. Throws.
ShapeId parse_dims(ShapeTable& shapes, PyObject* value);
/// The same; false, without an exception, where parse_dims() throws.
bool parse_if_dims(ShapeTable& shapes, PyObject* value, ShapeId& out);

/// The type name (a str) of a kind, and its OpDef (None for the extension's own kinds). Borrowed. Throws.
PyObject* kind_name(KindId kind);
PyObject* kind_definition(KindId kind);
/// The OpDef of a type name, borrowed; null without an exception if none is registered. Throws.
PyObject* find_kind(std::string_view type);
/// Takes the types of the package's operations, each with the module that makes its OpDef. Throws.
void keep_op_types(PyObject* modules);
/// The kind of a type name, assigned at first use.
KindId kind_number(std::string_view type);

/// The slots of a type, and those of the operators that Tensor and Variable share.
std::vector<PyType_Slot> operators_and(std::vector<PyType_Slot> slots);
/// x < y and its like, by the registered operators.
PyObject* compare_order(PyObject* x, PyObject* y, int how);
/// Shared by Tensor, Operation and Variable: `==`, `<`, hash(), and what they have in common.
PyObject* compare_handles(PyObject* self, PyObject* other, int how);
Py_hash_t hash_handle(PyObject* self);
PyObject* refuse_alloc(PyTypeObject* type, Py_ssize_t);
PyObject* handle_graph(PyObject* self, void*);
/// Of Tensor and Variable; a variable's are those of its own tensor.
TensorId tensor_of(PyObject* self);
PyObject* handle_op(PyObject* self, void*);
PyObject* handle_name(PyObject* self, void*);
PyObject* handle_dtype(PyObject* self, void*);
PyObject* handle_dims(PyObject* self, void*);
PyObject* handle_shape(PyObject* self, void*);
PyObject* handle_id(PyObject* self, void*);
PyObject* handle_is_current(PyObject* self, void*);
/// Says what each operator does: a dict of (OpFunction, node name) or a function of the operands, by the slots' names.
/// Throws.
void keep_operators(PyObject* table);

}  // namespace scopetrie::python
