#include "support/python.hpp"

namespace scopetrie::python {

namespace {

constexpr int kDeepest = 64;  // NumPy has no more dimensions, and a list may hold itself

bool is_plain(PyObject* item) {
  return PyFloat_CheckExact(item) || PyLong_CheckExact(item) || PyBool_Check(item) || item == Py_None ||
         PyUnicode_CheckExact(item) || PyBytes_CheckExact(item) || PyComplex_CheckExact(item);
}

bool is_list(PyObject* value) { return PyList_Check(value) || PyTuple_Check(value); }

bool has_only_plain(PyObject* value, int depth) {
  if (!is_list(value)) return is_plain(value);
  if (depth == kDeepest) return false;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(value); ++i)
    if (!has_only_plain(PySequence_Fast_GET_ITEM(value, i), depth + 1)) return false;
  return true;
}

PyObject* in_own_tuples(PyObject* value, int depth) {
  if (!is_list(value)) return Py_NewRef(value);
  if (depth == kDeepest) {
    PyErr_Format(PyExc_ValueError, "lists are nested more than %d deep, which no array can be", kDeepest);
    return nullptr;
  }
  return map_items(value, [&](PyObject* item) { return in_own_tuples(item, depth + 1); });
}

}  // namespace

std::string_view argument_text(const char* call, const char* what, PyObject* given) {
  if (PyUnicode_Check(given)) return checked_text(given, call);
  raise_error(PyExc_TypeError, "%s: %s must be a str, not %s: %R", call, what, Py_TYPE(given)->tp_name, given);
}

PyObject* item_of(PyObject* dict, const char* key) {
  PyObject* found = PyDict_GetItemWithError(dict, checked(PyUnicode_FromString(key)).get());
  if (found == nullptr && PyErr_Occurred() != nullptr) throw_raised();
  return found;
}

PyObject* own_items(PyObject* value) {
#ifndef Py_GIL_DISABLED  // without a GIL, another thread may change the list while it is looked through
  if (has_only_plain(value, 0)) return Py_NewRef(value);
#endif
  return in_own_tuples(value, 0);
}

}  // namespace scopetrie::python
