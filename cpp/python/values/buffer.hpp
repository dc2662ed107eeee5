// The memory of an object that has the buffer protocol, held.
//
// Thread safety: made and destroyed with the GIL; what it points to may be used without it.
#pragma once

#include "support/python.hpp"

namespace scopetrie::python {

class Buffer {
 public:
  /// Throws PythonRaised.
  Buffer(PyObject* object, int flags) {
    if (PyObject_GetBuffer(object, &view_, flags) < 0) throw_raised();
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() {
    stay_if_thread_ends();
    PyBuffer_Release(&view_);
  }

  const Py_buffer& view() const { return view_; }

 private:
  Py_buffer view_{};
};

}  // namespace scopetrie::python
