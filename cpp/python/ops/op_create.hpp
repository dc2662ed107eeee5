// Operations of any type, as builders of graphs make them.
#pragma once

#include "support/python.hpp"

namespace scopetrie::python {

/// Graph.create_op.
PyObject* create_op(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords);

/// Graph.create_ops of a type that nobody has registered. `name` may be null; `attrs` is a dict with the outputs'
/// "dtypes" besides the attributes, or null. Throws.
PyObject* create_own_ops(PyObject* self, PyObject* type, PyObject* inputs, PyObject* name, PyObject* attrs);

}  // namespace scopetrie::python
