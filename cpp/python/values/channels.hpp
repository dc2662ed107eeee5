// Channels of NumPy's arrays: `_core.channel_moments` and its kin.
#pragma once

#include "support/python.hpp"

namespace scopetrie::python {

bool bind_channels(PyObject* module);

}  // namespace scopetrie::python
