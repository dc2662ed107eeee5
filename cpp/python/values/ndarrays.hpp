// NumPy arrays over the memory of a store's variables, NumPy's dtypes as the core's numbers, and arrays as memory.
//
// Invariants: an array over a memory has a view of it as its base, so the memory lives as long as the array or anything
// made from it. Each dtype number has one dtype object here, in native byte order.
// Thread safety: that of locking.hpp; reading a dtype may call Python.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "scopetrie/shapes/dtype.hpp"
#include "scopetrie/store/memory.hpp"
#include "support/python.hpp"

namespace scopetrie::python {

/// The number of a dtype in any form that NumPy or v1 takes. Throws PythonRaised: TypeError where it is no dtype, or
/// one that a Store does not hold.
DType read_array_dtype(PyObject* dtype);
/// The same of a dtype object, a scalar type or an interned name that was seen before, else 0; without Python and
/// exceptions.
DType find_array_dtype(PyObject* dtype);
/// The latest of those that were found, by address; they are kept alive.
struct FoundDType {
  PyObject* object = nullptr;
  DType dtype;
};
inline std::array<FoundDType, 64> found_dtypes;
inline DType known_array_dtype(PyObject* dtype) {
  const FoundDType& found = found_dtypes[(reinterpret_cast<std::uintptr_t>(dtype) >> 4) % found_dtypes.size()];
  return found.object == dtype ? found.dtype : find_array_dtype(dtype);
}
/// NumPy's dtype object of a number that read_array_dtype() gave, or of one of the core's. Borrowed; throws
/// PythonRaised.
PyObject* array_dtype(DType dtype);

/// A new array over a memory. Null with an exception set.
PyObject* array_over(Memory& memory, DType dtype, std::span<const std::int64_t> dims, bool is_writeable);

/// Whatever NumPy makes an array of, as one; with a dtype (0 for none), in C order where `is_ordered`. Throws
/// PythonRaised.
Ref as_array(PyObject* value, DType dtype, bool is_ordered);
/// Copies the elements of a value into an array of the same shape, in place. False with an exception set; `name` is the
/// variable's for messages. NumPy's casting "same_kind" must allow it.
bool copy_elements(PyObject* array, PyObject* value, PyObject* name);

/// A view of an array as the value of a constant, valid as long as the array.
struct ArrayView {
  DType dtype;
  std::span<const Py_ssize_t> dims;
  const void* elements;  // null if they are not contiguous
  bool is_writeable;
};
/// Reads a plain ndarray of numbers in native byte order, whose elements a constant keeps as they are. False, without
/// an exception, for anything else; runs no Python.
bool read_array(PyObject* value, ArrayView& out);
/// A copy without other references. A new reference; null with an exception set.
PyObject* copy_array(PyObject* array);

/// What an array's elements are.
struct ArrayFacts {
  DType dtype;
  std::span<const Py_ssize_t> dims;
  void* data;
  std::size_t bytes;
  bool is_ordered;    // in C order and aligned
  bool is_adoptable;  // and writeable
};
/// Whether it is a NumPy array and nothing derived from one.
bool is_plain_array(PyObject* object);
/// Throws PythonRaised where a Store holds no such elements.
ArrayFacts facts_of(PyObject* array);
/// A copy of the elements, which are in C order. One owner; throws std::bad_alloc.
Memory* copied(const ArrayFacts& facts);
/// The memory of an array that is_adoptable, which it keeps alive. One owner; throws std::bad_alloc.
Memory* adopt_array(PyObject* array, std::size_t bytes);

}  // namespace scopetrie::python
