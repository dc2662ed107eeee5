// The Python type AtFirstUse: attributes that are made where an instance does not have them.
//
// A property written in Python would do, but the interpreter reads an attribute of an instance fast only where what the
// class has by that name is of an immutable type: so this one is.
#include <cstddef>

#include "support/bindings.hpp"
#include "support/state.hpp"
#include "support/types.hpp"

namespace scopetrie::python {

namespace {

struct PyAtFirstUse {
  PyObject_HEAD PyObject* make;
};
using AtFirstUseOwning = Owning<PyAtFirstUse, &PyAtFirstUse::make>;

PyObject*& make_of(PyObject* self) { return reinterpret_cast<PyAtFirstUse*>(self)->make; }

// AtFirstUse(make)
PyObject* make(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  static Signature<1> signature("AtFirstUse", {"make"});
  const auto given = parse_tuple(signature, args, kwargs);
  if (given[0] == nullptr || PyCallable_Check(given[0]) == 0)
    raise_error(PyExc_TypeError, "AtFirstUse() takes a function");
  PyObject* self = allocated(type);
  make_of(self) = Py_NewRef(given[0]);
  return self;
}

PyObject* get(PyObject* self, PyObject* instance, PyObject*) {
  return instance == nullptr ? Py_NewRef(self) : PyObject_CallOneArg(make_of(self), instance);
}

}  // namespace

void bind_at_first_use(PyObject* module) {
  static const char doc[] =
      "AtFirstUse(make)\n--\n\n"
      "An attribute that an instance does not have yet: `make(instance)` sets it, and gives it or raises "
      "AttributeError.";
  add_type<PyAtFirstUse>(
      module, "AtFirstUse", Py_TPFLAGS_IMMUTABLETYPE,
      AtFirstUseOwning::slots_and({slot(doc), slot(Py_tp_new, unlocked<make>), slot(Py_tp_descr_get, unlocked<get>)}));
}

}  // namespace scopetrie::python
