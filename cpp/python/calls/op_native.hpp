// Calls of op functions without Python: every value is plain, and the rule is in C++.
#pragma once

#include "calls/op_inputs.hpp"

namespace scopetrie::python {

/// Adds the operation and the constants of its values, as build() does. False if this is not such a call: nothing has
/// changed then. True with `result` null means an exception is set.
bool build_native(Context& context, const Definition& definition, PyObject* const* args, Inputs& inputs, PyObject* name,
                  std::uint32_t default_name, PyObject* attrs, PyObject*& result);

}  // namespace scopetrie::python
