// Shared by the files of the Python Graph, whose members are defined in two groups.
#pragma once

#include <vector>

#include "calls/building.hpp"

namespace scopetrie::python {

inline PyGraph* as_graph(PyObject* self) { return reinterpret_cast<PyGraph*>(self); }
inline GraphState& of(PyObject* self) { return state_of(as_graph(self)); }

/// The list [make(0), ..., make(count - 1)]; null with an exception set if a call fails.
template <class Make>
PyObject* list_of(std::size_t count, Make&& make) {
  Ref list(new_list(static_cast<Py_ssize_t>(count)));
  if (!list) return nullptr;
  for (std::size_t i = 0; i < count; ++i) {
    PyObject* made = make(static_cast<std::uint32_t>(i));
    if (made == nullptr) return nullptr;
    PyList_SET_ITEM(list.get(), static_cast<Py_ssize_t>(i), made);
  }
  return list.release();
}

/// A METH_FASTCALL entry.
inline PyMethodDef with_arguments(const char* name, PyObject* (*function)(PyObject*, PyObject* const*, Py_ssize_t),
                                  const char* doc) {
  return {name, reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function)), METH_FASTCALL, doc};
}

/// Names, operations and variables (graph_operations.cpp); collections, blocks and transactions (graph_blocks.cpp).
void add_operation_members(std::vector<PyMethodDef>& methods, std::vector<PyGetSetDef>& properties);
void add_block_members(std::vector<PyMethodDef>& methods, std::vector<PyGetSetDef>& properties);

}  // namespace scopetrie::python
