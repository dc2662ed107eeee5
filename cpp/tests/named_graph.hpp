// A graph with names as text, for tests.
#pragma once

#include <string>
#include <string_view>

#include "scopetrie/graph/op_graph.hpp"

namespace scopetrie::testing {

/// Adds operations with one output each by full name, as TensorFlow does.
struct NamedGraph {
  OpGraph graph;

  ScopeId scope(std::string_view path) { return graph.scopes().at(path); }
  SegmentId segment(std::string_view text) { return graph.segments().intern(text); }
  std::string text(const Name& name) const {
    std::string out;
    graph.append_name(name, out);
    return out;
  }
  OpId add(const Name& name) {
    const Output output{ShapeTable::kScalar, 1};
    return graph.add(0, name, {}, {&output, 1});
  }
  std::string unique(std::string_view path, std::string_view name) {
    return text(graph.unique(scope(path), segment(name)).name);
  }
  /// An operation and one named below it, owned if possible, as `x * 2.0` makes them.
  OpId add_with_child(std::string_view path, std::string_view name, std::string_view child) {
    const OpGraph::Fresh fresh = graph.unique(scope(path), segment(name));
    if (fresh.bare) {
      graph.note_owner(fresh);
      add(OpGraph::owned(static_cast<OpId>(graph.size() + 1), segment(child)));
    } else {
      add(graph.unique(graph.scope_of(fresh.name), segment(child)).name);
    }
    return add(fresh.name);
  }
};

}  // namespace scopetrie::testing
