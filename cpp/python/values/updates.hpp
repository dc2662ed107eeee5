// Updates of variables over NumPy's arrays: `_core.update_momentum` and its kin.
#pragma once

#include "support/python.hpp"

namespace scopetrie::python {

bool bind_updates(PyObject* module);

}  // namespace scopetrie::python
