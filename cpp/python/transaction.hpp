// Graph.transaction() as Python sees it: a context manager that undoes what its block has made where the block fails.
//
// Invariants: entering, leaving and the end of an object are each one call from the interpreter, so that an interrupt
// falls before or after, never in between. A transaction ends where it was opened, or not at all: one that is dropped
// while open, as a traceback does that kept it, is committed.
// Thread safety: ended by the thread that began it.
#pragma once

#include "graph/graph.hpp"

namespace scopetrie::python {

bool bind_transaction(PyObject* module);

}  // namespace scopetrie::python
