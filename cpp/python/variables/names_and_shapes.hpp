// What a call for many variables is given: their names, and perhaps a shape for each.
#pragma once

#include "ops/building.hpp"
#include "scopes/parameters.hpp"

namespace scopetrie::python {

/// The parameters of such a call.
using BulkSignature = Signature<5>;
inline constexpr std::array<const char*, 5> kOfBulk{"names", "shapes", "dtype", "initializer", "trainable"};

class NamesAndShapes {
 public:
  /// `call` is the public function. Throws.
  NamesAndShapes(const char* call, const std::array<PyObject*, 5>& given)
      : names_(items(call, "names", given[0])),
        shapes_(none_to_null(given[1]) ? items(call, "shapes", given[1]) : Ref()) {
    if (shapes_ && PySequence_Fast_GET_SIZE(shapes_.get()) != count())
      raise_error(PyExc_ValueError, "%s: there are %zd names and %zd shapes; give one shape for each name", call,
                  count(), PySequence_Fast_GET_SIZE(shapes_.get()));
    arguments[kDType] = given[2];
    arguments[kInitializer] = given[3];
    arguments[kTrainable] = given[4];
  }

  /// The list of a variable for each name: what `fast(shape)` gives for `arguments`, or else `slowly()`. Throws.
  template <class Fast, class Slow>
  PyObject* get_each(CallTransaction& transaction, Fast&& fast, Slow&& slowly) {
    return make_each(transaction, names_.get(), [&](PyObject* name, Py_ssize_t i) {
      arguments[kName] = name;
      arguments[kShape] = shapes_ ? PySequence_Fast_GET_ITEM(shapes_.get(), i) : nullptr;
      const Snapshot shape(arguments[kShape]);
      PyObject* variable = fast(shape.get());
      return variable != nullptr || PyErr_Occurred() != nullptr ? variable : slowly();
    });
  }

  Arguments arguments{};  // of the call for one of them

  Py_ssize_t count() const { return PySequence_Fast_GET_SIZE(names_.get()); }

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
