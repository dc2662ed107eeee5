// The last pass of a compilation: steps with their values in slots.
#pragma once

#include "support/python.hpp"

namespace scopetrie::python {

bool bind_placing(PyObject* module);

}  // namespace scopetrie::python
