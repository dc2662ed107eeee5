// The extension module: calls the functions that register its types and functions.
#include "scopetrie/version.hpp"
#include "support/bindings.hpp"
#include "support/state.hpp"

namespace scopetrie::python {

namespace {

int fill(PyObject* module) {
  constexpr void (*kBindings[])(PyObject*) = {bind_ending,
                                              bind_state,
                                              bind_context,
                                              bind_graph,
                                              bind_handles,
                                              bind_variable,
                                              bind_variable_scope_object,
                                              bind_variable_scope,
                                              bind_name_scope,
                                              bind_get_variable,
                                              bind_op_function,
                                              bind_constants,
                                              bind_plain_variable,
                                              bind_composite,
                                              bind_direct,
                                              bind_at_first_use,
                                              bind_placing,
                                              bind_names,
                                              bind_ndarrays,
                                              bind_store,
                                              bind_store_variable,
                                              bind_transaction,
                                              bind_c_api,
                                              bind_random,
                                              bind_computing,
                                              bind_own_methods,
                                              bind_activations,
                                              bind_channels,
                                              bind_pooling,
                                              bind_unfolding,
                                              bind_updates};
  for (const auto bind : kBindings) bind(module);
  state().true_getter = PyObject_GetAttrString(module, "true_getter");
  return PyModule_AddStringConstant(module, "__version__", SCOPETRIE_VERSION);
}

PyModuleDef_Slot slots[] = {{Py_mod_exec, reinterpret_cast<void*>(unlocked<fill>)},
#ifdef Py_mod_gil
                            {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
                            {0, nullptr}};
PyModuleDef definition = {PyModuleDef_HEAD_INIT,
                          "_core",
                          "scopetrie's C++ core: names, scopes, the op graph, variables and their memory.",
                          0,
                          nullptr,
                          slots,
                          nullptr,
                          nullptr,
                          nullptr};

}  // namespace
}  // namespace scopetrie::python

// One set of types and one default graph: that of the main interpreter.

PyMODINIT_FUNC PyInit__core() {  // NOLINT(bugprone-reserved-identifier)
  if (PyInterpreterState_Get() == PyInterpreterState_Main()) return PyModuleDef_Init(&scopetrie::python::definition);
  PyErr_SetString(PyExc_ImportError,
                  "scopetrie works in the main interpreter only, to which its types and the default graph belong; "
                  "import it there");
  return nullptr;
}
