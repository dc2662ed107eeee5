// Python's VariableScope, and the context managers variable_scope and name_scope: the core's scopes as Python objects.
//
// Invariants: a Python scope is the core's scope with a head before it, so that the core's pointers lead to it.
// Thread safety: that of locking.hpp; scopes are entered per thread.
#pragma once

#include "graph/graph.hpp"

namespace scopetrie::python {

struct PyVariableScope : PyObject, VariableScope {
  PyObject* name_object;  // owned: what `name` gives, made when asked for
  PyObject* attributes;   // owned: a dict of what the program sets on the scope; null for nothing
};

inline PyVariableScope* as_scope(PyObject* object) { return static_cast<PyVariableScope*>(object); }
inline PyVariableScope* as_scope(VariableScope& scope) { return static_cast<PyVariableScope*>(&scope); }
inline bool is_scope(PyObject* object) { return PyObject_TypeCheck(object, state().scope_type); }
inline PyVariableScope* current_scope(const Context& context) { return as_scope(*context.current_variable_scope); }
/// What a scope hands on, borrowed; null for None.
inline PyObject* setting_of(const VariableScope& scope, Setting setting) {
  return static_cast<PyObject*>(scope.settings[setting]);
}

/// Keeps Python's objects and scopes for the core.
extern const ScopeHost scope_host;

/// A root scope for a thread's first look at a graph, which owns it.
ScopeRef new_root_scope();

/// VariableScope.get_variable: variables/scoped_variable.cpp.
PyObject* scope_get_variable(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords);

}  // namespace scopetrie::python
