#include "scopetrie/graph/graph.hpp"

#include "scopetrie/error.hpp"

namespace scopetrie {

void Graph::refuse_finalized() { throw Error(ErrorKind::kRuntime, "Graph is finalized and cannot be modified."); }

}  // namespace scopetrie
