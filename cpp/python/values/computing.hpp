// What sessions compute with: the state of a run (`_core.InRun`) and Adam's update (`_core.update_adam`).
#pragma once

#include "support/python.hpp"

namespace scopetrie::python {

bool bind_computing(PyObject* module);

}  // namespace scopetrie::python
