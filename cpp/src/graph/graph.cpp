#include "scopetrie/graph/graph.hpp"

#include "scopetrie/error.hpp"
#include "scopetrie/names/legal_names.hpp"

namespace scopetrie {

void Graph::refuse_finalized() { throw Error(ErrorKind::kRuntime, "Graph is finalized and cannot be modified."); }

void Graph::check_unused(const Name& name) const {
  const std::string whole = text(name);
  if (ops.find(whole) != kNone)
    throw Error(ErrorKind::kValue, "Duplicate node name in graph: '" + whole + "'", {.full_name = whole});
}

void Graph::check_operation_name(const Name& name) const { check_node_name(text(name)); }

}  // namespace scopetrie
