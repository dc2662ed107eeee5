// The handles that a graph alone holds, for the garbage collector.
//
// Handles are not tracked by the collector, for speed, so that it does not see that a handle holds its graph. Where the
// graph holds the handle in turn (in a list of a collection, a function's closure, an object of the program's), both
// would live for ever; so would two graphs that hold handles of each other. So the graph's visit counts the references
// of the handles that it alone holds as its own: to itself, or to another graph.
#pragma once

#include <vector>

#include "support/python.hpp"

namespace scopetrie::python {

/// The graphs of the handles that nobody reaches but by way of a graph, once for each handle: this one, or others. It
/// finds what the graph holds by asking its type, and what that holds, and so on; an object that has more references
/// than were met on the way is reached from outside, with all that it holds. A few objects too few are found where the
/// graph holds tens of thousands that others hold, too, or that hold themselves: that much is not looked at in each
/// collection. Borrowed references.
std::vector<PyObject*> graphs_of_own_handles(PyObject* graph) noexcept;

/// Whether a visit is that of own_handles(), which wants what the graph holds, and no more.
bool is_visit_for_own_handles(visitproc visit);

}  // namespace scopetrie::python
