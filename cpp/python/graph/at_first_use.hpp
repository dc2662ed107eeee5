// The Python type AtFirstUse.
#pragma once

#include "support/python.hpp"

namespace scopetrie::python {

bool bind_at_first_use(PyObject* module);

}  // namespace scopetrie::python
