// What a call for many variables is given: their names, and perhaps a shape for each.
#pragma once

#include "support/python.hpp"

namespace scopetrie::python {

class NamesAndShapes {
 public:
  /// `call` is the public function. Throws.
  NamesAndShapes(const char* call, PyObject* names, PyObject* shapes)
      : names_(items(call, "names", names)), shapes_(none_to_null(shapes) ? items(call, "shapes", shapes) : Ref()) {
    if (shapes_ && PySequence_Fast_GET_SIZE(shapes_.get()) != count())
      raise_error(PyExc_ValueError, "%s: there are %zd names and %zd shapes; give one shape for each name", call,
                  count(), PySequence_Fast_GET_SIZE(shapes_.get()));
  }

  Py_ssize_t count() const { return PySequence_Fast_GET_SIZE(names_.get()); }
  /// Borrowed, as the next.
  PyObject* name(Py_ssize_t i) const { return PySequence_Fast_GET_ITEM(names_.get(), i); }
  /// Null where there are none.
  PyObject* shape(Py_ssize_t i) const { return shapes_ ? PySequence_Fast_GET_ITEM(shapes_.get(), i) : nullptr; }

 private:
  static Ref items(const char* call, const char* what, PyObject* given) {
    const bool is_none = given == nullptr || PyUnicode_Check(given);
    Ref read(is_none ? nullptr : items_of(given, ""));
    if (read) return read;
    if (is_none || PyErr_ExceptionMatches(PyExc_TypeError))
      raise_error(PyExc_TypeError, "%s: %s must be a list or another sequence, with one for each variable, not %R",
                  call, what, given == nullptr ? Py_None : given);
    throw_raised();
  }

  Ref names_, shapes_;
};

}  // namespace scopetrie::python
