// Calls of op functions without Python: every value is plain, and the rule is in C++.
#pragma once

#include "ops/op_inputs.hpp"

namespace scopetrie::python {

/// Adds the operation and the constants of its values, as build() does, and gives what that gives. Null, without an
/// exception, if this is not such a call: nothing has changed then. Throws where there is no memory.
PyObject* build_native(Context& context, const Definition& definition, PyObject* const* args, Inputs& inputs,
                       PyObject* name, std::uint32_t default_name, PyObject* attrs);

}  // namespace scopetrie::python
