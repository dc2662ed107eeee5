// own_methods(): a class of Python's gets the methods that it inherits from a type of the extension.
#pragma once

#include "support/python.hpp"

namespace scopetrie::python {

bool bind_own_methods(PyObject* module);

}  // namespace scopetrie::python
