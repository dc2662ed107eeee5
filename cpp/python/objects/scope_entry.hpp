// One `with variable_scope(...)`: what was asked for, what entering it has made so far, and what it replaced.
//
// Invariants: as in v1, a manager that is entered again keeps the name that its default name became, the copy of a
// captured scope, and original_name_scope. Entries within entries of one manager are kept in `outer`.
// Thread safety: that of locking.hpp; a manager is entered and left in one thread.
#pragma once

#include <cstddef>
#include <vector>

#include "objects/scopes.hpp"

namespace scopetrie::python {

// The arguments after name_or_scope, default_name and values, in v1's order.
enum ScopeOption {
  kInitializer,
  kRegularizer,
  kCachingDevice,
  kPartitioner,
  kCustomGetter,
  kDType,
  kUseResource,
  kConstraint,
  kOptions
};

/// What one entry of a manager changed, to be put back.
struct Entered {
  PyGraph* graph = nullptr;  // owned; null: not entered
  Context* context = nullptr;
  NameScope names_before;
  PyVariableScope* scope_before = nullptr;  // owned
  PyVariableScope* scope = nullptr;         // borrowed: the context owns it
  std::size_t counters = 0;                 // of a captured scope
  bool nested = false;                      // the manager was entered again within; v1 does not find back then
};

struct PyEntry {
  PyObject_HEAD PyObject* name_or_scope;
  PyObject* default_name;
  PyGraph* values_graph;  // owned; the graph of `values`, null where there were none
  PyObject** options;     // kOptions of them, owned; null where none was given
  Reuse reuse;
  bool auxiliary;  // whether a name scope is opened, too
  bool captured;   // name_or_scope is a VariableScope
  bool pushed;     // values_graph was made the default

  // As v1, a manager that is entered again keeps what its first entry made:
  PyObject* picked;         // the name that default_name became
  PyVariableScope* jumped;  // owned; the copy of a captured scope
  PyVariableScope* first;   // owned; the first scope made of a name, whose original_name_scope later ones have

  Entered now;
  std::vector<Entered>* outer;  // earlier entries, where one object is entered within itself; usually null
};

inline PyEntry* as_entry(PyObject* object) { return reinterpret_cast<PyEntry*>(object); }

/// The scope to enter, made or jumped to, with its name scope opened (`context.names`). Null with an exception set; the
/// name scope may be open then.
PyVariableScope* open_scope(Context& context, PyEntry* entry);

}  // namespace scopetrie::python
