// The memory of an array of float32 or float64, in C order, held while C++ computes with it.
//
// Thread safety: made and destroyed with the GIL; the elements may be used without it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "support/locking.hpp"
#include "values/buffer.hpp"

namespace scopetrie::python {

class Reals {
 public:
  /// Throws PythonRaised.
  Reals(PyObject* array, bool is_writable)
      : buffer_(array, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (is_writable ? PyBUF_WRITABLE : 0)) {}

  /// 'f', 'd', or anything else.
  char kind() const { return view().format[1] == 0 ? view().format[0] : '?'; }
  bool is_of_kind(const Reals& other) const { return std::string_view(view().format) == other.view().format; }
  /// Whether it has as many elements of the same kind.
  bool is_like(const Reals& other) const { return view().len == other.view().len && is_of_kind(other); }
  /// Calls `compute` with a number of the kind, without the GIL.
  template <class Compute>
  void without_gil(Compute&& compute) const {
    const Released released;
    if (kind() == 'f')
      compute(float());
    else
      compute(double());
  }
  std::span<const Py_ssize_t> dims() const { return {view().shape, static_cast<std::size_t>(view().ndim)}; }
  std::size_t item_size() const { return static_cast<std::size_t>(view().itemsize); }
  template <typename Real>
  Real* elements() const {
    return static_cast<Real*>(view().buf);
  }
  template <typename Real>
  std::size_t count() const {
    return static_cast<std::size_t>(view().len) / sizeof(Real);
  }

 private:
  const Py_buffer& view() const { return buffer_.view(); }

  Buffer buffer_;
};

}  // namespace scopetrie::python
