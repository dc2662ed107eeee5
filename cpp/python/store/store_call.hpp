// Store.get's call: what it asks for, and the way of a call for which somebody may have to be asked.
//
// Thread safety: that of locking.hpp. What the program gave may run anything.
#pragma once

#include "store/store.hpp"
#include "variables/variable_call.hpp"

namespace scopetrie::python {

/// Reads an initializer whose elements the core makes.
bool read_core_rule(PyObject* object, Initializer& out);
/// The shape that a variable is asked for with; throws.
ShapeId asked_shape(StoreState& store, StoreName place, PyObject* given);
/// Store.get of a variable in one piece, whatever its initializer is. Throws.
PyObject* store_get_single(PyObject* self, const VariableCall& call, StoreName place);
/// Store.get where there is a partitioner, or may be a variable in parts. Throws.
PyObject* store_get_in_parts(PyObject* self, const VariableCall& call, StoreName place);
/// Store.get, whatever has to be asked. Throws.
SCOPETRIE_COLD PyObject* store_get_slowly(PyObject* self, PyVariableScope& scope, const Arguments& arguments);

}  // namespace scopetrie::python
