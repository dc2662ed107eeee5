#include "calls/arrays.hpp"

#include <pybind11/numpy.h>

#include "support/state.hpp"

namespace scopetrie::python {

namespace {

using pybind11::detail::npy_api;

PyObject* const kCopy =
    PyUnicode_InternFromString("copy");  // made while the module is loaded, like the rules' attributes

// v1's number of a NumPy dtype; 0 if constants of it need more than a copy.
std::uint8_t dtype_of(int number) {
  switch (number) {
    case npy_api::NPY_BOOL_:
      return kBool;
    case npy_api::NPY_BYTE_:
      return kInt8;
    case npy_api::NPY_UBYTE_:
      return kUInt8;
    case npy_api::NPY_SHORT_:
      return kInt16;
    case npy_api::NPY_FLOAT_:
      return kFloat32;
    case npy_api::NPY_DOUBLE_:
      return kFloat64;
    case npy_api::NPY_INT_:
      return kInt32;
    case npy_api::NPY_LONG_:  // 32 or 64 bits, depending on the platform
      return sizeof(long) == 8 ? kInt64 : kInt32;
    case npy_api::NPY_LONGLONG_:
      return kInt64;
    default:
      return 0;
  }
}

}  // namespace

void find_numpy() {
  checked(PyImport_ImportModule("numpy"));  // or ImportError
  npy_api::get();
}

bool read_array(PyObject* value, ArrayView& out) {
  if (Py_TYPE(value) != npy_api::get().PyArray_Type_) return false;
  const auto array = pybind11::reinterpret_borrow<pybind11::array>(value);
  const pybind11::dtype dtype = array.dtype();
  out.dtype = dtype_of(dtype.num());
  if (out.dtype == 0 || dtype.byteorder() == '<' || dtype.byteorder() == '>') return false;
  out.dims = {array.shape(), static_cast<std::size_t>(array.ndim())};
  out.elements = (array.flags() & pybind11::array::c_style) != 0 ? array.data() : nullptr;
  out.is_writeable = array.writeable();
  return true;
}

PyObject* copy_array(PyObject* array) { return PyObject_CallMethodNoArgs(array, kCopy); }

}  // namespace scopetrie::python
