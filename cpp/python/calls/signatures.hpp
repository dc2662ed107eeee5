// What parameters a callable of the program's has.
//
// Invariants: plain functions, methods and objects whose class defines __call__ are looked at here; of others, Python's
// inspect is asked. As v1, a wrapper is looked at by its own parameters, not by those of what it wraps.
#pragma once

#include "support/python.hpp"

namespace scopetrie::python {

/// Whether a callable has a parameter of this name. Throws.
bool takes(PyObject* callable, const char* parameter);
/// The same, or takes any keyword. Throws.
bool takes_keyword(PyObject* callable, const char* parameter);
/// Whether a callable can be called without arguments. Throws.
bool needs_nothing(PyObject* callable);

}  // namespace scopetrie::python
