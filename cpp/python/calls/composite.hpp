// Calls of functions in Python that make several operations: all of them, or none where the call fails.
#pragma once

#include "support/python.hpp"

namespace scopetrie::python {

/// Calls `function` in a transaction on the default graph, and on that of the first handle of another graph among the
/// arguments. `count` has no flags. Not inside of the lock.
PyObject* call_whole(PyObject* function, PyObject* const* args, std::size_t count, PyObject* keywords);

/// Adds Composite to the module.
bool bind_composite(PyObject* module);

}  // namespace scopetrie::python
