// The functions that fill the module, each with the types and functions of its file.
#pragma once

#include <Python.h>

namespace scopetrie::python {

// In the order of their calls: a type comes after its base. Each throws.
void bind_ending(PyObject* module);
void bind_state(PyObject* module);
void bind_context(PyObject* module);
void bind_graph(PyObject* module);
void bind_handles(PyObject* module);
void bind_variable(PyObject* module);
void bind_variable_scope_object(PyObject* module);
void bind_variable_scope(PyObject* module);
void bind_name_scope(PyObject* module);
void bind_get_variable(PyObject* module);
void bind_op_function(PyObject* module);
void bind_constants(PyObject* module);
void bind_plain_variable(PyObject* module);
void bind_composite(PyObject* module);
void bind_direct(PyObject* module);
void bind_at_first_use(PyObject* module);
void bind_placing(PyObject* module);
void bind_names(PyObject* module);
void bind_names_views(PyObject* module);  // by bind_names()
void bind_ndarrays(PyObject* module);
void bind_store(PyObject* module);
void bind_store_variable(PyObject* module);
void bind_transaction(PyObject* module);
void bind_c_api(PyObject* module);
void bind_random(PyObject* module);
void bind_computing(PyObject* module);
void bind_own_methods(PyObject* module);
void bind_activations(PyObject* module);
void bind_channels(PyObject* module);
void bind_pooling(PyObject* module);
void bind_unfolding(PyObject* module);
void bind_updates(PyObject* module);

}  // namespace scopetrie::python
