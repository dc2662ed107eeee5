// How types and functions are registered: the tables that Python reads, and the life of objects that hold others.
//
// Every function in a table is locked<f>, unlocked<f> or Python's own; tests/test_boundary.py reads them.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/locking.hpp"
#include "support/python.hpp"

namespace scopetrie::python {

/// A property; `closure` is what its functions are given.
inline PyGetSetDef property(const char* name, getter get, const char* doc, void* closure = nullptr) {
  return {name, get, nullptr, doc, closure};
}
inline PyGetSetDef property(const char* name, getter get, setter set, const char* doc) {
  return {name, get, set, doc, nullptr};
}
/// Where in an object Python finds what `name` says: its weak references, its dict, its vectorcall.
inline PyMemberDef offset_of(const char* name, std::size_t offset) {
  return {name, T_PYSSIZET, static_cast<Py_ssize_t>(offset), READONLY, nullptr};
}

template <class Function>
PyType_Slot slot(int which, Function* function) {
  return {which, reinterpret_cast<void*>(function)};
}
inline PyType_Slot slot(const char* doc) { return {Py_tp_doc, const_cast<char*>(doc)}; }
/// The slots of tables, which Python keeps pointers to.
PyType_Slot methods(std::initializer_list<PyMethodDef> rows);
PyType_Slot properties(std::initializer_list<PyGetSetDef> rows);
PyType_Slot members(std::initializer_list<PyMemberDef> rows);
/// Adds functions to the module. Throws, as the next.
void add_functions(PyObject* module, std::initializer_list<PyMethodDef> rows);

/// Makes a type of objects of this size and adds it to the module under its name. `flags` are those beyond the usual
/// ones; a type with a traverse function is the collector's.
PyTypeObject* add_type(PyObject* module, const char* name, std::size_t size, unsigned long flags,
                       std::vector<PyType_Slot> slots, PyTypeObject* base);
template <class Object>
PyTypeObject* add_type(PyObject* module, const char* name, unsigned long flags, std::vector<PyType_Slot> slots,
                       PyTypeObject* base = nullptr) {
  return add_type(module, name, sizeof(Object), flags, std::move(slots), base);
}

/// A new object of a type, all zeros beyond its head. Throws.
inline PyObject* allocated(PyTypeObject* type) { return checked(type->tp_alloc(type, 0)).release(); }

/// Objects that own others, in these members: pointers to objects, or null. What an Object owns in other ways it visits
/// in visit_more() and lets go in clear_more(); end() ends what is left, before the members go.
template <class Object, auto... members>
struct Owning {
  static int traverse(PyObject* self, visitproc visit, void* arg) {
    Object& object = of(self);
    int stopped = visit(reinterpret_cast<PyObject*>(Py_TYPE(self)), arg);
    ((stopped = stopped != 0 ? stopped : visit_one(object.*members, visit, arg)), ...);
    if constexpr (requires { object.visit_more(visit, arg); })
      if (stopped == 0) stopped = object.visit_more(visit, arg);
    return stopped;
  }
  static int clear(PyObject* self) {
    Object& object = of(self);
    (clear_one(object.*members), ...);
    if constexpr (requires { object.clear_more(); }) object.clear_more();
    return 0;
  }
  static void dealloc(PyObject* self) {
    PyObject_GC_UnTrack(self);
    Object& object = of(self);
    if constexpr (requires { object.end(); }) object.end();
    (clear_one(object.*members), ...);
    free_object(self);
  }
  /// These slots and others. Not `is_cleared`: never, or by another function.
  static std::vector<PyType_Slot> slots_and(std::vector<PyType_Slot> others, bool is_cleared = true) {
    others.push_back(slot(Py_tp_traverse, unlocked<traverse>));
    others.push_back(slot(Py_tp_dealloc, unlocked<dealloc>));
    if (is_cleared) others.push_back(slot(Py_tp_clear, unlocked<clear>));
    return others;
  }

 private:
  static Object& of(PyObject* self) {
    if constexpr (std::is_base_of_v<PyObject, Object>)
      return *static_cast<Object*>(self);
    else
      return *reinterpret_cast<Object*>(self);
  }
  template <class Held>
  static int visit_one(Held* held, visitproc visit, void* arg) {
    return held == nullptr ? 0 : visit(reinterpret_cast<PyObject*>(held), arg);
  }
  template <class Held>
  static void clear_one(Held*& held) {
    Py_XDECREF(reinterpret_cast<PyObject*>(std::exchange(held, nullptr)));
  }
};

}  // namespace scopetrie::python
