// Where one thread stands in one graph: its name scope, its variable scope, its control dependencies.
//
// Invariants: `scope` is kNone while the current name scope is still `pending`: entered, but nothing stands in it yet,
// so that the trie has no node for it. A thread that ends leaves its contexts to be swept by the graph.
// Thread safety: a context belongs to one thread; the list of a graph's contexts is guarded as the graph is.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "scopetrie/graph/op_graph.hpp"
#include "scopetrie/scopes/scope_counters.hpp"
#include "support/python.hpp"

namespace scopetrie::python {

struct PyGraph;
struct PyVariableScope;

/// One entry of the name-scope stack.
struct NameScope {
  ScopeId scope = ScopeTrie::kRoot;
  Name pending;
};

/// One `with graph.control_dependencies(...)`: what it adds, and which operations were made within it.
struct Controls {
  std::vector<OpId> inputs;
  std::vector<OpId> made;
};

struct Context {
  Context(PyGraph* graph, std::uint64_t thread, std::shared_ptr<std::atomic<bool>> alive);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  PyGraph* graph;  // borrowed: the graph owns its contexts
  std::uint64_t thread;
  std::shared_ptr<std::atomic<bool>> alive;
  NameScope names;
  PyVariableScope* variable_scope = nullptr;  // owned
  ScopeCounters counters;
  std::vector<Controls> controls;
  PyObject* creators = nullptr;      // owned; the open variable creators, outermost first; null where there is none
  std::size_t variable_scopes = 0;   // how many are open
  PyObject* on_operation = nullptr;  // owned; called with each new Operation while set (devices, colocation)
};

/// The default graph's context in this thread; null with an exception set (only while the package is half imported).
Context* current_context();
/// This thread's context of one graph, made if it is new.
Context* context_of(PyGraph* graph);

/// The scope id of the current name scope, put into the trie if it was pending.
ScopeId materialize(Context& context);
inline ScopeId scope_of(Context& context) {
  return context.names.scope != kNone ? context.names.scope : materialize(context);
}
/// The current name scope's path, without a slash at its end.
void append_scope(const Context& context, std::string& out);

/// Makes `graph` this thread's default (a new reference is kept) / ends that. pop raises AssertionError out of order.
void push_default_graph(PyGraph* graph);
/// How many this thread has pushed.
std::size_t default_graph_depth();
bool pop_default_graph(PyGraph* graph);
/// Forgets the cached current context (the global graph changed, a graph dies).
void forget_context(PyGraph* graph);

/// Adds get_default_graph, push_default_graph, pop_default_graph, ... to the module.
bool bind_context(PyObject* module);

}  // namespace scopetrie::python
