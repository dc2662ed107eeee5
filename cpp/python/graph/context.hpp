// The contexts of Python's threads, one for each graph that a thread has seen; and which graph is the default.
//
// Invariants: a thread that ends leaves its contexts to be swept by the graph.
// Thread safety: a context belongs to one thread; the list of a graph's contexts has the graph's lock.
#pragma once

#include <atomic>
#include <memory>

#include "scopetrie/scopes/context.hpp"
#include "support/python.hpp"

namespace scopetrie::python {

struct PyGraph;

struct Context : scopetrie::Context {
  Context(PyGraph* graph, std::uint64_t thread, std::shared_ptr<std::atomic<bool>> alive);

  PyGraph* graph;  // borrowed: the graph owns its contexts
  std::uint64_t thread;
  std::shared_ptr<std::atomic<bool>> alive;
};

/// The default graph's context in this thread, never null. Throws (only while the package is half imported).
Context* current_context();
/// This thread's context of a graph; makes it if it is new.
Context* context_of(PyGraph* graph);

/// The same of a graph that is never the default: a store's. No other has had its serial number.
Context* context_of_store(PyGraph* graph, std::uint64_t serial);

/// Pushes `graph` as this thread's default (keeps a new reference), or pops it. pop raises AssertionError if out of
/// order.
void push_default_graph(PyGraph* graph);
/// The number of graphs that this thread has pushed.
std::size_t default_graph_depth();
bool pop_default_graph(PyGraph* graph);
/// A graph that is this thread's default until the end of a block, unless it is to stay so.
class DefaultGraph {
 public:
  explicit DefaultGraph(PyGraph* graph) : graph_(graph) { push_default_graph(graph); }
  /// Ends what another one began.
  static DefaultGraph adopt(PyGraph* graph) { return {graph, true}; }
  DefaultGraph(const DefaultGraph&) = delete;
  DefaultGraph& operator=(const DefaultGraph&) = delete;
  ~DefaultGraph();

  void keep() { graph_ = nullptr; }
  /// Ends it now; false with AssertionError set where it is not the innermost.
  bool pop() { return pop_default_graph(std::exchange(graph_, nullptr)); }

 private:
  DefaultGraph(PyGraph* graph, bool) : graph_(graph) {}

  PyGraph* graph_;  // null: nothing is to be ended
};

/// Clears the cached current context (the global graph changed, or a graph is freed).
void forget_context(PyGraph* graph);

}  // namespace scopetrie::python
