#include "support/locking.hpp"

#include <exception>
#include <new>
#include <stdexcept>

#include "scopetrie/error.hpp"
#include "support/python.hpp"

namespace scopetrie::python {

namespace {

PyObject* class_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kValue:
      return PyExc_ValueError;
    case ErrorKind::kType:
      return PyExc_TypeError;
    case ErrorKind::kRuntime:
      return PyExc_RuntimeError;
    case ErrorKind::kKey:
      return PyExc_KeyError;
    case ErrorKind::kIndex:
      return PyExc_IndexError;
    case ErrorKind::kAttribute:
      return PyExc_AttributeError;
    case ErrorKind::kLookup:
      return PyExc_LookupError;
    case ErrorKind::kAssertion:
      return PyExc_AssertionError;
    case ErrorKind::kNotImplemented:
      return PyExc_NotImplementedError;
  }
  return PyExc_RuntimeError;
}

}  // namespace

void set_python_error() noexcept {
  try {
    throw;
  } catch (const PythonRaised&) {  // NOLINT(bugprone-empty-catch): it is set
  } catch (const Error& error) {
    PyErr_SetString(class_of(error.kind()), error.what());
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const std::length_error& error) {
    PyErr_SetString(PyExc_OverflowError, error.what());
  } catch (const std::out_of_range& error) {
    PyErr_SetString(PyExc_OverflowError, error.what());
  } catch (const std::overflow_error& error) {
    PyErr_SetString(PyExc_OverflowError, error.what());
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  } catch (...) {
    PyErr_SetString(PyExc_RuntimeError, "scopetrie: an exception that is no std::exception left the core");
  }
}

void report_unraisable() noexcept {
  const KeptException kept;  // deallocators run while exceptions are under way
  set_python_error();
  PyErr_WriteUnraisable(nullptr);
}

}  // namespace scopetrie::python

#ifdef Py_GIL_DISABLED

namespace scopetrie::python {

PyObject* the_lock = nullptr;

namespace {

// `left` is how many more items may be copied, so that a list that has itself in it comes to an end.
PyObject* in_tuples(PyObject* value, Py_ssize_t& left) {
  const bool is_list = PyList_Check(value);
  if (!is_list && !PyTuple_CheckExact(value)) return Py_NewRef(value);
  if ((is_list && !PyList_CheckExact(value)) || PySequence_Fast_GET_SIZE(value) > left) return nullptr;
  return map_items(value, [&](PyObject* item) { return left-- > 0 ? in_tuples(item, left) : nullptr; });
}

}  // namespace

PyObject* in_tuples(PyObject* value) {
  Py_ssize_t left = 4096;
  PyObject* made = in_tuples(value, left);
  if (made == nullptr) PyErr_Clear();  // no memory: those who look again will find out, too
  return made;
}

}  // namespace scopetrie::python

#endif
