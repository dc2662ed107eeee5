// What the C interface's opaque handles are, and what its host adds: the lock and the objects of the caller's language.
//
// Invariants: a context keeps its graph, and its blocks end before it. Handles of graphs count their references without
// a lock; all else has the graph's lock.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <variant>

#include "scopetrie.h"
#include "scopetrie/scopetrie.hpp"

namespace scopetrie::capi {

/// Python's side of the interface; null in a program without Python.
struct Host {
  /// Calls a function with the lock.
  void (*run)(void (*call)(void*), void* data);
  std::uint64_t (*lock)();
  void (*unlock)(std::uint64_t locked);
  /// Puts a context where the calling thread stands in the graph's owner.
  void (*stand)(Context& context, void* owner);
  void (*release)(void* owner) noexcept;
};

/// Set once, before anything is called.
extern const Host* host;

/// The table, in which a host fills in the functions for its objects.
scopetrie_api make_table();

// Its parts, by what the functions are about.
void add_graphs(scopetrie_api& table);
void add_contexts(scopetrie_api& table);
void add_values(scopetrie_api& table);

inline Graph& graph_of(const scopetrie_graph* graph);
/// The error of a handle that a caller gave for what it is not: null, or of another graph.
[[noreturn]] void refuse_handle(const char* what);

/// Keeps an error for last_error() of this thread.
std::int32_t keep_error(const Error& error);
const Error* kept_error();

}  // namespace scopetrie::capi

struct scopetrie_graph {
  std::atomic<std::size_t> references{1};
  scopetrie::Graph* graph = nullptr;
  std::unique_ptr<scopetrie::Graph> own;  // where it is no host's
  void* owner = nullptr;                  // a reference to the host's object
};

struct scopetrie_scope {
  scopetrie_graph* graph;
  scopetrie::ScopeRef scope;
};

struct scopetrie_context {
  using Block = std::variant<scopetrie::OpenVariableScope, scopetrie::OpenNameScope, scopetrie::OpenControls>;

  explicit scopetrie_context(scopetrie_graph* graph) : graph(graph), at(*graph->graph) {}
  ~scopetrie_context() {
    while (!blocks.empty()) blocks.pop_back();
  }
  scopetrie_context(const scopetrie_context&) = delete;
  scopetrie_context& operator=(const scopetrie_context&) = delete;

  scopetrie_graph* graph;
  scopetrie::Context at;
  std::deque<Block> blocks;
};

struct scopetrie_transaction {
  scopetrie::Transaction transaction;
};

inline scopetrie::Graph& scopetrie::capi::graph_of(const scopetrie_graph* graph) {
  if (graph == nullptr) refuse_handle("graph");
  return *graph->graph;
}
