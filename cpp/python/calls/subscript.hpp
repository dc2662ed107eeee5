// x[key] for plain keys.
#pragma once

#include "support/python.hpp"

namespace scopetrie::python {

/// Adds the nodes of x[key] for a tensor or variable x. Null, without an exception: take the slow path; nothing has
/// changed then. Throws where there is no memory.
PyObject* subscript_plain(PyObject* x, PyObject* key);

}  // namespace scopetrie::python
