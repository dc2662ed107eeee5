// How the extension makes tuples, lists and dicts: so that making one runs nothing of the program's.
//
// Up to Python 3.11 the garbage collector runs in the middle of an allocation, and with it finalizers, which may change
// a list or a graph that is being read. Later Pythons let it run after the call. So nothing else in the extension calls
// PyTuple_New() and its like; tests/test_boundary.py looks.
//
// Any of these may find no memory. So a call makes the objects that it will give before it changes a graph (Results,
// NewVariableHandle), or changes it in a transaction; tests/hostile/memory.py lets each allocation of each public call
// fail.
#pragma once

#include <Python.h>

namespace scopetrie::python {

/// The garbage collector does not run until the end of the block, unless Python code is called.
class NoCollection {
#if PY_VERSION_HEX < 0x030C0000
 public:
  NoCollection() : was_on_(PyGC_Disable() != 0) {}
  ~NoCollection() {
    if (was_on_) PyGC_Enable();
  }
  NoCollection(const NoCollection&) = delete;
  NoCollection& operator=(const NoCollection&) = delete;

 private:
  bool was_on_;
#else
 public:
  NoCollection() {}
  ~NoCollection() {}
#endif
};

// Each gives a new reference, or null with an exception set.

inline PyObject* new_tuple(Py_ssize_t size) {
  const NoCollection here;
  return PyTuple_New(size);
}
inline PyObject* new_list(Py_ssize_t size) {
  const NoCollection here;
  return PyList_New(size);
}
inline PyObject* new_dict() {
  const NoCollection here;
  return PyDict_New();
}
inline PyObject* copy_of_dict(PyObject* dict) {
  const NoCollection here;
  return PyDict_Copy(dict);
}
template <class... Items>
PyObject* pack(Items*... items) {
  const NoCollection here;
  return PyTuple_Pack(sizeof...(items), items...);
}
/// Py_BuildValue().
template <class... Items>
PyObject* build_value(const char* format, Items... items) {
  const NoCollection here;
  return Py_BuildValue(format, items...);
}
/// The items of a list as a tuple, which nobody changes.
inline PyObject* tuple_of(PyObject* list) {
  const NoCollection here;
  return PyList_AsTuple(list);
}
/// The items of a sequence, as a tuple or a list that nobody else has: whatever is called while the program's own list
/// is read may change it. `message` is the TypeError's for what is no sequence.
inline PyObject* items_of(PyObject* object, const char* message) {
  if (PyTuple_CheckExact(object)) return Py_NewRef(object);
  return PyList_Check(object) ? tuple_of(object) : PySequence_Fast(object, message);
}
/// A value for NumPy to read, which reads lists in place: itself where all in it are plain numbers and texts, else with
/// tuples in place of lists, since an item may run code that changes the list. A new reference, or null.
PyObject* own_items(PyObject* value);

}  // namespace scopetrie::python
