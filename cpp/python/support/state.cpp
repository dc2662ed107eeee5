#include "support/state.hpp"

#include <cstring>

#include "calls/initializers.hpp"

namespace scopetrie::python {

State* const the_state = new State;

std::uint8_t dtype_number(PyObject* dtype) {
  State& s = state();
  if (const std::uint8_t known = known_dtype_number(dtype); known != 0) return known;
  const Ref converted(PyObject_CallOneArg(s.hooks.as_dtype, dtype));
  if (!converted) return 0;
  if (const std::uint8_t known = known_dtype_number(converted.get()); known != 0) return known;
  PyErr_Format(PyExc_TypeError, "%R is not a registered dtype", converted.get());
  return 0;
}

PyTypeObject* add_type(PyObject* module, PyType_Spec& spec) {
  PyObject* type = PyType_FromModuleAndSpec(module, &spec, nullptr);
  if (type == nullptr) return nullptr;
  const char* dot = std::strrchr(spec.name, '.');
  if (PyModule_AddObjectRef(module, dot + 1, type) < 0) return nullptr;
  return reinterpret_cast<PyTypeObject*>(type);
}

namespace {

// Stores a new reference in a field and drops the old one.
void keep(PyObject*& field, PyObject* value) { Py_XSETREF(field, Py_NewRef(value)); }

// register_types(**classes), register_hooks(**functions): each keyword sets the field of its name.
PyObject* register_types(PyObject*, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<8> signature("register_types",
                                {"tensor_shape", "auto_reuse", "initializers", "initializers_by_name", "package_folder",
                                 "literals_are_converted", "auto_synchronization", "no_aggregation"});
  PyObject* given[8];
  if (!signature.parse(args, positional, keywords, given)) return nullptr;
  State& s = state();
  if (given[0]) keep(s.tensor_shape, given[0]);
  if (given[1]) keep(s.auto_reuse, given[1]);
  if (given[2] && given[3] && !keep_initializers(given[2], given[3])) return nullptr;
  if (given[4]) keep(s.package_folder, given[4]);
  if (given[5]) s.literals_are_converted = given[5] == Py_True;
  if (given[6]) keep(s.auto_synchronization, given[6]);
  if (given[7]) keep(s.no_aggregation, given[7]);
  Py_RETURN_NONE;
}

PyObject* register_hooks(PyObject*, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<9> signature("register_hooks", {"as_dtype", "as_dims", "convert", "get_variable", "graph_mismatch",
                                                   "values_graph", "compose_getters", "default_graph", "as_index"});
  PyObject* given[9];
  if (!signature.parse(args, positional, keywords, given)) return nullptr;
  Hooks& h = state().hooks;
  PyObject** const fields[9] = {&h.as_dtype,        &h.as_dims,        &h.convert,
                                &h.get_variable,    &h.graph_mismatch, &h.values_graph,
                                &h.compose_getters, &h.default_graph,  &h.as_index};
  for (int i = 0; i < 9; ++i)
    if (given[i] != nullptr) keep(*fields[i], given[i]);
  Py_RETURN_NONE;
}

PyObject* register_dtypes(PyObject*, PyObject* numbered) {
  if (!PyDict_Check(numbered)) {
    PyErr_SetString(PyExc_TypeError, "register_dtypes() takes a dict of DType by number");
    return nullptr;
  }
  Py_ssize_t at = 0;
  for (PyObject *key, *value; PyDict_Next(numbered, &at, &key, &value);) {
    const long number = PyLong_AsLong(key);
    if (number <= 0 || number >= DType::kCount) {
      if (!PyErr_Occurred())
        PyErr_Format(PyExc_ValueError, "dtype number %ld is not in [1, %d)", number, int{DType::kCount});
      return nullptr;
    }
    keep(state().dtypes[number], value);
    state().dtype_numbers[value] = static_cast<std::uint8_t>(number);
  }
  Py_RETURN_NONE;
}

}  // namespace

bool bind_state(PyObject* module) {
#ifdef Py_GIL_DISABLED
  the_lock = PyObject_CallNoArgs(reinterpret_cast<PyObject*>(&PyBaseObject_Type));
  if (the_lock == nullptr) return false;
#endif
  static PyMethodDef functions[] = {
      fast("register_types", locked<register_types>, "Sets the Python classes that the extension uses."),
      fast("register_hooks", locked<register_hooks>, "Tells the extension the Python functions of its cold paths."),
      {"register_dtypes", locked<register_dtypes>, METH_O, "Tells the extension the DType of each v1 DataType number."},
      {nullptr, nullptr, 0, nullptr}};
  return PyModule_AddFunctions(module, functions) == 0;
}

}  // namespace scopetrie::python
