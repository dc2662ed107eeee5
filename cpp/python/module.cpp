// The extension module: calls the functions that register its types and functions.
#include <pybind11/pybind11.h>

#include "calls/composite.hpp"
#include "calls/literal.hpp"
#include "calls/op_function.hpp"
#include "objects/handles.hpp"
#include "objects/names.hpp"
#include "objects/scopes.hpp"
#include "objects/store.hpp"
#include "objects/transaction.hpp"
#include "scopetrie/version.hpp"

namespace scopetrie::python {
bool bind_at_first_use(PyObject* module);
bool bind_placing(PyObject* module);
}  // namespace scopetrie::python
void bind_random(pybind11::module_& module);

PYBIND11_MODULE(core_of_main, module, pybind11::mod_gil_not_used()) {
  using namespace scopetrie::python;
  module.doc() = "scopetrie's C++ core: names, scopes, the op graph, variables and their memory.";
  module.attr("__version__") = SCOPETRIE_VERSION;
  // What pybind11 binds has the same boundary as the rest; its own exceptions are pybind11's matter.
  pybind11::register_local_exception_translator(
      [](std::exception_ptr error) {  // NOLINT(performance-unnecessary-value-param)
        try {
          std::rethrow_exception(error);
        } catch (const pybind11::error_already_set&) {
          throw;
        } catch (const pybind11::builtin_exception&) {
          throw;
        } catch (...) {
          set_python_error();
        }
      });
  PyObject* raw = module.ptr();
  if (!bind_state(raw) || !bind_context(raw) || !bind_graph(raw) || !bind_handles(raw) || !bind_variable(raw) ||
      !bind_variable_scope_object(raw) || !bind_variable_scope(raw) || !bind_name_scope(raw) ||
      !bind_get_variable(raw) || !bind_op_function(raw) || !bind_constants(raw) || !bind_plain_variable(raw) ||
      !bind_composite(raw) || !bind_direct(raw) || !bind_at_first_use(raw) || !bind_placing(raw) || !bind_names(raw) ||
      !bind_ndarrays(raw) || !bind_store(raw) || !bind_store_variable(raw) || !bind_transaction(raw) ||
      !bind_c_api(raw))
    throw pybind11::error_already_set();
  state().true_getter = PyObject_GetAttrString(raw, "true_getter");
  bind_random(module);
}

// pybind11 would wait for ever for the GIL of the main interpreter, so that another one is refused before.
PyMODINIT_FUNC PyInit__core() {
  if (PyInterpreterState_Get() == PyInterpreterState_Main()) return PyInit_core_of_main();
  PyErr_SetString(PyExc_ImportError,
                  "scopetrie works in the main interpreter only, to which its types and the default graph belong; "
                  "import it there");
  return nullptr;
}
