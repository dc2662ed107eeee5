// Calls to op functions that need no Python: every value is plain, and the rule is one of ours.
#pragma once

#include "calls/op_inputs.hpp"

namespace scopetrie::python {

/// Adds the operation and the constants of its values, as build() does. False where this is not such a call: nothing
/// has changed then, and `call` says what the rule will have been asked if its answer may be kept. True with `result`
/// null means an exception is set.
bool build_native(Context& context, const Definition& definition, PyObject* const* args, Inputs& inputs, PyObject* name,
                  std::uint32_t default_name, PyObject* attrs, std::string& call, PyObject*& result);

}  // namespace scopetrie::python
