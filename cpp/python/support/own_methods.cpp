// own_methods(): a class of Python's gets the methods that it inherits from a type of the extension.
//
// The interpreter calls a method of a C type without a detour only where the object's class is the one that the method
// was made for, and not one derived from it. So a class gets methods of its own, of the same functions.
#include "support/bindings.hpp"
#include "support/state.hpp"
#include "support/types.hpp"

namespace scopetrie::python {

namespace {

// The items of a type's dict, which is not to be changed while it is read.
Ref items_of_dict(PyTypeObject* type) {
  const Ref dict = checked(PyObject_GetAttrString(reinterpret_cast<PyObject*>(type), "__dict__"));
  return checked(PyMapping_Items(dict.get()));
}

PyObject* own_methods(PyObject*, PyObject* given) {
  if (!PyType_Check(given)) raise_error(PyExc_TypeError, "own_methods() takes a class, not %R", given);
  auto* const type = reinterpret_cast<PyTypeObject*>(given);
  const Ref bases = Ref::borrowed(type->tp_mro);
  for (Py_ssize_t i = 1; i < PyTuple_GET_SIZE(bases.get()); ++i) {
    auto* const base = reinterpret_cast<PyTypeObject*>(PyTuple_GET_ITEM(bases.get(), i));
    if (base == &PyBaseObject_Type) break;
    const Ref items = items_of_dict(base);
    for (Py_ssize_t k = 0; k < PyList_GET_SIZE(items.get()); ++k) {
      PyObject* const name = PyTuple_GET_ITEM(PyList_GET_ITEM(items.get(), k), 0);
      PyObject* const method = PyTuple_GET_ITEM(PyList_GET_ITEM(items.get(), k), 1);
      if (!Py_IS_TYPE(method, &PyMethodDescr_Type)) continue;
      if (checked(PyObject_GetAttr(given, name)).get() != method) continue;  // a class between the two has its own
      const Ref own = checked(PyDescr_NewMethod(type, reinterpret_cast<PyMethodDescrObject*>(method)->d_method));
      if (PyObject_SetAttr(given, name, own.get()) < 0) return nullptr;
    }
  }
  return Py_NewRef(given);
}

}  // namespace

void bind_own_methods(PyObject* module) {
  add_functions(module, {{"own_methods", locked<own_methods>, METH_O,
                          "Gives a class the methods that it inherits from a type of the extension: calls "
                          "of them are faster. A decorator."}});
}

}  // namespace scopetrie::python
