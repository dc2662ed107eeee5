// Arrays of random numbers for Python: `_core.random_fill`.
#pragma once

#include "support/python.hpp"

namespace scopetrie::python {

bool bind_random(PyObject* module);

}  // namespace scopetrie::python
