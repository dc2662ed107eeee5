// Tuples of numbers for each spatial dimension, as the core reads them.
//
// Thread safety: with the GIL.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "support/python.hpp"

namespace scopetrie::python {

using SpatialDims = std::array<std::int64_t, 3>;

/// The sizes of the spatial dimensions of an array `[N, spatial..., C]`; those that are missing in front have 1.
inline SpatialDims spatial_sizes(std::span<const Py_ssize_t> dims) {
  SpatialDims out;
  out.fill(1);
  std::copy(dims.begin() + 1, dims.end() - 1, out.end() - static_cast<Py_ssize_t>(dims.size() - 2));
  return out;
}

/// Reads a tuple of `rank` numbers from `least` to 2^31 - 1; dimensions that are missing in front have `missing`.
/// Throws PythonRaised: TypeError, or OverflowError.
inline SpatialDims read_spatial(PyObject* tuple, std::size_t rank, std::int64_t least, std::int64_t missing) {
  if (PyTuple_Check(tuple) == 0 || static_cast<std::size_t>(PyTuple_GET_SIZE(tuple)) != rank)
    raise_error(PyExc_TypeError, "a tuple with a number for each spatial dimension is expected");
  SpatialDims out;
  out.fill(missing);
  for (std::size_t i = 0; i < rank; ++i) {
    const long long value = PyLong_AsLongLong(PyTuple_GET_ITEM(tuple, static_cast<Py_ssize_t>(i)));
    if (value == -1 && PyErr_Occurred() != nullptr) throw_raised();
    if (value < least || value > std::numeric_limits<std::int32_t>::max())
      raise_error(PyExc_OverflowError, "a number of a spatial dimension is out of range");
    out[out.size() - rank + i] = value;
  }
  return out;
}

}  // namespace scopetrie::python
