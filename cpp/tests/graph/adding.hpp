// Operations of one output, for tests of graphs.
#pragma once

#include <string>
#include <string_view>

#include "scopetrie/graph/graph.hpp"

namespace scopetrie::testing {

inline OpId add(Graph& graph, const Name& name) {
  const Output output{ShapeTable::kScalar, 1};
  return graph.ops.add(0, name, {}, {&output, 1});
}

inline std::string unique(Graph& graph, std::string_view path, std::string_view name) {
  return graph.text(graph.ops.unique(graph.scope(path), graph.segment(name)).name);
}

/// An operation with one named beneath it, owned where that is possible: what `x * 2.0` makes.
inline OpId add_with_child(Graph& graph, std::string_view path, std::string_view name, std::string_view child) {
  const OpGraph::Fresh fresh = graph.ops.unique(graph.scope(path), graph.segment(name));
  if (fresh.bare) {
    graph.ops.note_owner(fresh);
    add(graph, OpGraph::owned(static_cast<OpId>(graph.ops.size() + 1), graph.segment(child)));
  } else {
    add(graph, graph.ops.unique(graph.ops.scope_of(fresh.name), graph.segment(child)).name);
  }
  return add(graph, fresh.name);
}

}  // namespace scopetrie::testing
