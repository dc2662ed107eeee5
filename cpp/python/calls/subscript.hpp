// x[key] for plain keys.
#pragma once

#include "support/python.hpp"

namespace scopetrie::python {

/// Adds the nodes of x[key] for a tensor or variable x. False: take the slow path; nothing has changed then. True with
/// `result` null means an exception is set.
bool subscript_plain(PyObject* x, PyObject* key, PyObject*& result);

}  // namespace scopetrie::python
