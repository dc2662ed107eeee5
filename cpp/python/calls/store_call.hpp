// Store.get's call: what it asks for, and the way of a call for which somebody may have to be asked.
//
// Thread safety: that of locking.hpp. What the program gave may run anything.
#pragma once

#include "calls/variable_call.hpp"
#include "objects/store.hpp"

namespace scopetrie::python {

/// The parameters of Store.get, in order.
enum StoreArgument {
  kAtName,
  kAtShape,
  kAtDType,
  kAtInitializer,
  kAtRegularizer,
  kAtTrainable,
  kAtPartitioner,
  kAtCustomGetter,
  kStoreArguments
};

/// Reads an initializer whose elements the core makes.
bool read_core_rule(PyObject* object, Initializer& out);
/// False with an exception set.
bool read_trainable(PyObject* given, bool& out);
/// Store.get, whatever has to be asked. Throws.
SCOPETRIE_COLD PyObject* store_get_slowly(PyObject* self, PyVariableScope& scope, PyObject* const* arguments);

}  // namespace scopetrie::python
