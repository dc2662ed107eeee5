// The Python type AtFirstUse: attributes that are made where an instance does not have them.
//
// A property written in Python would do, but the interpreter reads an attribute of an instance fast only where what the
// class has by that name is of an immutable type: so this one is.
#include <cstddef>

#include "support/state.hpp"

namespace scopetrie::python {

namespace {

struct PyAtFirstUse {
  PyObject_HEAD PyObject* make;
};

PyObject*& make_of(PyObject* self) { return reinterpret_cast<PyAtFirstUse*>(self)->make; }

// AtFirstUse(make)
PyObject* make(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  static Signature<1> signature("AtFirstUse", {"make"});
  PyObject* given[1];
  if (!parse_tuple(signature, args, kwargs, given)) return nullptr;
  if (given[0] == nullptr || PyCallable_Check(given[0]) == 0)
    raise_error(PyExc_TypeError, "AtFirstUse() takes a function");
  PyObject* self = type->tp_alloc(type, 0);
  if (self != nullptr) make_of(self) = Py_NewRef(given[0]);
  return self;
}

PyObject* get(PyObject* self, PyObject* instance, PyObject*) {
  return instance == nullptr ? Py_NewRef(self) : PyObject_CallOneArg(make_of(self), instance);
}

int traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(make_of(self));
  return 0;
}

int clear(PyObject* self) {
  Py_CLEAR(make_of(self));
  return 0;
}

void dealloc(PyObject* self) {
  PyObject_GC_UnTrack(self);
  Py_CLEAR(make_of(self));
  free_object(self);
}

}  // namespace

bool bind_at_first_use(PyObject* module) {
  static const char doc[] =
      "AtFirstUse(make)\n--\n\n"
      "An attribute that an instance does not have yet: `make(instance)` sets it, and gives it or raises "
      "AttributeError.";
  PyType_Slot slots[] = {{Py_tp_doc, const_cast<char*>(doc)},
                         {Py_tp_new, reinterpret_cast<void*>(unlocked<make>)},
                         {Py_tp_descr_get, reinterpret_cast<void*>(unlocked<get>)},
                         {Py_tp_traverse, reinterpret_cast<void*>(unlocked<traverse>)},
                         {Py_tp_clear, reinterpret_cast<void*>(unlocked<clear>)},
                         {Py_tp_dealloc, reinterpret_cast<void*>(unlocked<dealloc>)},
                         {0, nullptr}};
  PyType_Spec spec = {"scopetrie._core.AtFirstUse", sizeof(PyAtFirstUse), 0,
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE, slots};
  return add_type(module, spec) != nullptr;
}

}  // namespace scopetrie::python
