// What an initializer of Python's says, read without calling it.
//
// Invariants: only the package's own classes are read, not what derives from them: their values lie in slots of the
// instance, so that whoever changes one changes what is read. Reading runs no Python code.
// Thread safety: that of locking.hpp; the classes are given while the package is imported.
#pragma once

#include "scopetrie/variables/initializer.hpp"
#include "support/python.hpp"

namespace scopetrie::python {

/// Reads an instance of an initializer class, such a class, or the name of one, into a new Initializer. False, without
/// an exception, for anything else, and for values that only Python understands.
bool read_initializer(PyObject* object, Initializer& out);

/// Whether an object that can be read is of a class whose instances all say the same, such as zeros, or names one.
bool has_no_parameters(PyObject* object);

/// An instance of what v1 takes for a dtype where nothing is said. Borrowed; of a dtype that has a default.
PyObject* default_initializer(DType dtype);

/// Tells which classes can be read: a list of (instance made without arguments, kind, names of its slots), and the
/// initializers by name. False with an exception set.
bool keep_initializers(PyObject* given, PyObject* names);

}  // namespace scopetrie::python
