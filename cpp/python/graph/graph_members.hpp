// Shared by the files of the Python Graph, whose members are defined in two groups.
#pragma once

#include <vector>

#include "ops/building.hpp"

namespace scopetrie::python {

inline PyGraph* as_graph(PyObject* self) { return reinterpret_cast<PyGraph*>(self); }
inline GraphState& of(PyObject* self) { return state_of(as_graph(self)); }

/// Names, operations and variables (graph_operations.cpp); collections, blocks and transactions (graph_blocks.cpp).
void add_operation_members(std::vector<PyMethodDef>& methods, std::vector<PyGetSetDef>& properties);
void add_block_members(std::vector<PyMethodDef>& methods, std::vector<PyGetSetDef>& properties);

/// Methods that other files define: name_scope.cpp, and bulk.cpp the others.
PyObject* graph_name_scope(PyObject* graph, PyObject* name);
PyObject* unique_names(PyObject* self, PyObject* bases);
PyObject* create_ops(PyObject* self, PyObject* args, PyObject* kwargs);

}  // namespace scopetrie::python
