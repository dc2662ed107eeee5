// NumPy arrays as values of constants, read without calling Python.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "support/python.hpp"

namespace scopetrie::python {

/// A view of an array, valid as long as the array.
struct ArrayView {
  std::uint8_t dtype;  // v1's number
  std::span<const Py_ssize_t> dims;
  const void* elements;  // null if they are not contiguous
  bool is_writeable;
};

/// Imports NumPy's C API. The first call runs Python code, so it is made while the module is loaded.
void find_numpy();

/// Reads a plain ndarray of numbers in native byte order. False without an exception for anything else.
bool read_array(PyObject* value, ArrayView& out);

/// A copy without other references. A new reference; null with an exception set.
PyObject* copy_array(PyObject* array);

}  // namespace scopetrie::python
