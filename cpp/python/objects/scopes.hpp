// VariableScope, and the context managers variable_scope and name_scope.
//
// Invariants: a scope made by entering a graph knows its id in that graph; one carried to another graph, or built by
// hand, is found there by its path. `mode` is v1's: None and False inherit, True cannot be undone.
// Thread safety: that of locking.hpp; scopes are entered per thread.
#pragma once

#include "objects/graph.hpp"

namespace scopetrie::python {

enum class Reuse : std::uint8_t { kNo, kYes, kAuto };

struct PyVariableScope {
  PyObject_HEAD PyGraph* graph;  // owned; may be null
  ScopeId scope;                 // in `graph`
  Reuse reuse;
  bool origin_is_text;
  bool refuses_variables;  // the path cannot begin a variable's name: v1 refuses those made here
  Name origin;             // original_name_scope, as a fresh name of `graph` ...
  PyObject* origin_text;   // ... or as text
  PyObject* name;          // str, made when asked for
  PyObject* initializer;   // each owned, null for None
  PyObject* regularizer;
  PyObject* caching_device;
  PyObject* partitioner;
  PyObject* custom_getter;
  PyObject* dtype;
  PyObject* use_resource;
  PyObject* constraint;
};

inline PyVariableScope* as_scope(PyObject* object) { return reinterpret_cast<PyVariableScope*>(object); }
inline bool is_scope(PyObject* object) { return PyObject_TypeCheck(object, state().scope_type); }

/// A root scope for a thread's first look at a graph.
PyVariableScope* new_root_scope(PyGraph* graph);
/// A copy of `from` to be changed.
PyVariableScope* copy_scope(PyVariableScope* from);
/// The scope's id in `graph`.
ScopeId scope_in(PyVariableScope* scope, PyGraph* graph);
/// The scope's path as a str, borrowed; null with an exception set.
PyObject* scope_name(PyVariableScope* scope);

/// Enters a name scope given as text: numbers it, or takes it verbatim where it ends in a slash.
bool enter_name_scope(Context& context, std::string_view name);

bool bind_variable_scope_object(PyObject* module);
bool bind_variable_scope(PyObject* module);
bool bind_name_scope(PyObject* module);
bool bind_get_variable(PyObject* module);

}  // namespace scopetrie::python
