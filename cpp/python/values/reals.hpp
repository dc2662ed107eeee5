// The memory of an array of float32 or float64, in C order, held while C++ computes with it.
//
// Thread safety: made and destroyed with the GIL; the elements may be used without it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "support/python.hpp"

namespace scopetrie::python {

class Reals {
 public:
  /// Throws PythonRaised.
  Reals(PyObject* array, bool is_writable) {
    const int flags = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (is_writable ? PyBUF_WRITABLE : 0);
    if (PyObject_GetBuffer(array, &view_, flags) < 0) throw_raised();
  }
  Reals(const Reals&) = delete;
  Reals& operator=(const Reals&) = delete;
  ~Reals() {
    stay_if_thread_ends();
    PyBuffer_Release(&view_);
  }

  /// 'f', 'd', or anything else.
  char kind() const { return view_.format[1] == 0 ? view_.format[0] : '?'; }
  bool is_of_kind(const Reals& other) const { return std::string_view(view_.format) == other.view_.format; }
  /// Whether it has as many elements of the same kind.
  bool is_like(const Reals& other) const { return view_.len == other.view_.len && is_of_kind(other); }
  std::span<const Py_ssize_t> dims() const { return {view_.shape, static_cast<std::size_t>(view_.ndim)}; }
  template <typename Real>
  Real* elements() const {
    return static_cast<Real*>(view_.buf);
  }
  template <typename Real>
  std::size_t count() const {
    return static_cast<std::size_t>(view_.len) / sizeof(Real);
  }

 private:
  Py_buffer view_{};
};

}  // namespace scopetrie::python
