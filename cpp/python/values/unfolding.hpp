// Windows of NumPy's arrays as the rows of matrices: `_core.unfold` and `_core.fold`.
#pragma once

#include "support/python.hpp"

namespace scopetrie::python {

bool bind_unfolding(PyObject* module);

}  // namespace scopetrie::python
