// The Python type Buffer: memory with the buffer protocol, which NumPy uses without a copy.
#include "scopetrie/store/buffer.hpp"

#include <new>

#include "support/state.hpp"

namespace scopetrie::python {

namespace {

struct PyBuffer : PyObject {
  Buffer memory;
};

Buffer& memory_of(PyObject* self) { return static_cast<PyBuffer*>(self)->memory; }

PyObject* make(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  static Signature<1> signature("Buffer", {"nbytes"});
  PyObject* given[1];
  if (!parse_tuple(signature, args, kwargs, given)) return nullptr;
  if (given[0] == nullptr) {
    PyErr_SetString(PyExc_TypeError, "Buffer() missing 1 required positional argument: 'nbytes'");
    return nullptr;
  }
  const Py_ssize_t size = PyNumber_AsSsize_t(given[0], PyExc_OverflowError);
  if (size == -1 && PyErr_Occurred()) return nullptr;
  if (size < 0) {
    PyErr_Format(PyExc_ValueError, "Buffer: nbytes must not be negative, but is %zd", size);
    return nullptr;
  }
  Buffer memory(static_cast<std::size_t>(size));
  PyObject* self = type->tp_alloc(type, 0);
  if (self != nullptr) new (&memory_of(self)) Buffer(std::move(memory));
  return self;
}

void dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  memory_of(self).~Buffer();
  type->tp_free(self);
  Py_DECREF(type);
}

PyObject* get_size(PyObject* self, void*) { return PyLong_FromSize_t(memory_of(self).size()); }
PyObject* get_address(PyObject* self, void*) { return PyLong_FromVoidPtr(memory_of(self).data()); }

int get_buffer(PyObject* self, Py_buffer* view, int flags) {
  Buffer& memory = memory_of(self);
  return PyBuffer_FillInfo(view, self, memory.data(), static_cast<Py_ssize_t>(memory.size()), 0, flags);
}

}  // namespace

bool bind_buffer(PyObject* module) {
  static PyGetSetDef properties[] = {{"nbytes", unlocked<get_size>, nullptr, "How many bytes there are.", nullptr},
                                     {"address", unlocked<get_address>, nullptr, "Where they are.", nullptr},
                                     {nullptr, nullptr, nullptr, nullptr, nullptr}};
  static const char doc[] =
      "Buffer(nbytes)\n--\n\n"
      "Zeroed bytes, 64-byte aligned, with the buffer protocol.\n\n"
      "Args:\n    nbytes: The number of bytes.";
  PyType_Slot slots[] = {{Py_tp_new, reinterpret_cast<void*>(unlocked<make>)},
                         {Py_tp_dealloc, reinterpret_cast<void*>(unlocked<dealloc>)},
                         {Py_tp_getset, properties},
                         {Py_bf_getbuffer, reinterpret_cast<void*>(unlocked<get_buffer>)},
                         {Py_tp_doc, const_cast<char*>(doc)},
                         {0, nullptr}};
  PyType_Spec spec = {"scopetrie._core.Buffer", sizeof(PyBuffer), 0, Py_TPFLAGS_DEFAULT, slots};
  return add_type(module, spec) != nullptr;
}

}  // namespace scopetrie::python
