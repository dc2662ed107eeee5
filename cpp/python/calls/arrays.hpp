// NumPy arrays as the values of constants, looked at without asking Python.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "support/python.hpp"

namespace scopetrie::python {

/// What an array is; valid while it is.
struct ArrayView {
  std::uint8_t dtype;  // v1's number
  std::span<const Py_ssize_t> dims;
  const void* elements;  // null where they do not lie one after the other
  bool is_writeable;
};

/// Looks NumPy up. The first time, that runs Python: while the module is loaded.
void find_numpy();

/// Looks at a plain ndarray of numbers in this machine's byte order. False, without an exception, for anything else.
bool read_array(PyObject* value, ArrayView& out);

/// A copy that nobody else has. A new reference; null with an exception set.
PyObject* copy_array(PyObject* array);

}  // namespace scopetrie::python
