// The creations of get_variable that need no Python: zeros, ones, and the default initializer of floats.
#pragma once

#include "building.hpp"
#include "scopes.hpp"

namespace scopetrie::python {

inline bool given(PyObject* argument) { return argument != nullptr && argument != Py_None; }

/// A site that the creation finds out itself.
inline constexpr std::uint32_t kUnknownSite = kNone - 1;

/// What get_variable is asked for in the plain case; borrowed, null or None where not given.
struct Plain {
  PyObject* shape;
  PyObject* dtype;
  PyObject* initializer;
  PyObject* trainable;
  std::uint32_t site;
};

/// Creates a variable called `segment` in `scope_id`, which has none of that name: its rows and those of its initial
/// value, all owned by the variable's name. Null without an exception where the slow path has to do it.
PyObject* create_plain(Context& context, PyVariableScope* scope, ScopeId scope_id, SegmentId segment,
                       const Plain& wish);

}  // namespace scopetrie::python
