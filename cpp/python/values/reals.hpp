// The memory of an array of float32 or float64, in C order, held while C++ computes with it.
//
// Thread safety: made and destroyed with the GIL; the elements may be used without it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "support/locking.hpp"
#include "values/buffer.hpp"

namespace scopetrie::python {

class Reals {
 public:
  /// Memory that is not aligned, such as a part of a file, is copied to where it is; what is written goes back when
  /// this is destroyed. Throws PythonRaised.
  Reals(PyObject* array, bool is_writable)
      : buffer_(array, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (is_writable ? PyBUF_WRITABLE : 0)),
        is_writable_(is_writable),
        elements_(view().buf) {
    if (reinterpret_cast<std::uintptr_t>(elements_) % item_size() != 0) align();
  }
  Reals(const Reals&) = delete;
  Reals& operator=(const Reals&) = delete;
  ~Reals() {
    if (is_writable_ && elements_ != view().buf) std::memcpy(view().buf, elements_, bytes());
  }

  /// 'f', 'd', or anything else.
  char kind() const { return format().size() == 1 ? format()[0] : '?'; }
  bool is_of_kind(const Reals& other) const { return format() == other.format(); }
  /// Whether it has as many elements of the same kind.
  bool is_like(const Reals& other) const { return view().len == other.view().len && is_of_kind(other); }
  /// Calls `compute` with a number of the kind, without the GIL.
  template <class Compute>
  void without_gil(Compute&& compute) const {
    const Released released;
    if (kind() == 'f') return compute(float());
    compute(double());
  }
  std::span<const Py_ssize_t> dims() const { return {view().shape, static_cast<std::size_t>(view().ndim)}; }
  std::size_t item_size() const { return static_cast<std::size_t>(view().itemsize); }
  template <typename Real>
  Real* elements() const {
    return static_cast<Real*>(elements_);
  }
  template <typename Real>
  std::size_t count() const {
    return bytes() / sizeof(Real);
  }

 private:
  const Py_buffer& view() const { return buffer_.view(); }
  std::size_t bytes() const { return static_cast<std::size_t>(view().len); }
  /// NumPy says by "=" that memory is not aligned.
  std::string_view format() const {
    const std::string_view said = view().format;
    return said.starts_with('=') ? said.substr(1) : said;
  }
  void align() {
    aligned_.resize((bytes() + sizeof(std::max_align_t) - 1) / sizeof(std::max_align_t));
    elements_ = aligned_.data();
    std::memcpy(elements_, view().buf, bytes());
  }

  Buffer buffer_;
  bool is_writable_;
  void* elements_;
  std::vector<std::max_align_t> aligned_;
};

}  // namespace scopetrie::python
