// Poolings of NumPy's arrays, and their gradients: `_core.pool_largest` and its kin.
#pragma once

#include "support/python.hpp"

namespace scopetrie::python {

bool bind_pooling(PyObject* module);

}  // namespace scopetrie::python
