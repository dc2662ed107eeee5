// Activations over NumPy's arrays, and rows: `_core.logistic_of_negative` and its kin.
#pragma once

#include "support/python.hpp"

namespace scopetrie::python {

bool bind_activations(PyObject* module);

}  // namespace scopetrie::python
