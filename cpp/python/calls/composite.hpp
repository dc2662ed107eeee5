// Calls of functions in Python that make several operations: all of them, or none where the call fails.
#pragma once

#include "support/python.hpp"

namespace scopetrie::python {

/// A function of Python's with the extension in front of it. DirectFunction derives from it.
struct PyComposite {
  PyObject_HEAD vectorcallfunc vectorcall;
  PyObject* function;  // owned
  PyObject* dict;      // __name__, __doc__, __wrapped__, ...
};

inline PyComposite* as_composite(PyObject* object) { return reinterpret_cast<PyComposite*>(object); }

/// Calls `function` in a transaction on the default graph, and on that of the first handle of another graph among the
/// arguments. `count` has no flags. Not inside of the lock.
PyObject* call_whole(PyObject* function, PyObject* const* args, std::size_t count, PyObject* keywords);

}  // namespace scopetrie::python
