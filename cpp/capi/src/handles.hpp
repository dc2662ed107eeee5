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

  // Of a store that the host owns:
  /// Makes room for a handle of one more variable, and notes that one was made.
  void (*expect_variable)(void* owner);
  void (*note_variables)(void* owner) noexcept;
  /// Its names, as they are to be changed.
  FollowedNames& (*names)(void* owner);
  /// The elements of a variable that the core cannot make. Throws Error.
  Memory& (*elements)(void* owner, VariableId id);

  /// Called where an exception is of no known class: the host may be ending the thread by one.
  void (*stay_if_thread_ends)() noexcept;
};

/// Set once, before anything is called.
extern const Host* host;

/// The table, in which a host fills in the functions for its objects.
scopetrie_api make_table();

// Its parts, by what the functions are about.
void add_graphs(scopetrie_api& table);
void add_contexts(scopetrie_api& table);
void add_values(scopetrie_api& table);
void add_stores(scopetrie_api& table);

inline Graph& graph_of(const scopetrie_graph* graph);
/// Throws where a context is a store's: `call` is of graphs.
void check_is_graphs(const char* call, const scopetrie_context& context);
/// A context in a graph or a store. Throws Error.
scopetrie_context* new_context(scopetrie_graph* graph, scopetrie_store* store, std::int32_t where);
/// An initializer as the core has it.
Initial initial_of(const scopetrie_initial* structure, scopetrie_context* context);
/// The error of a handle that a caller gave for what it is not: null, or of another graph.
[[noreturn]] void refuse_handle(const char* what);

/// Keeps an error for last_error() of this thread.
std::int32_t keep_error(const Error& error);
const Error* kept_error();

}  // namespace scopetrie::capi

struct scopetrie_graph {
  scopetrie_graph() = default;
  scopetrie_graph(const scopetrie_graph&) = delete;
  scopetrie_graph& operator=(const scopetrie_graph&) = delete;
  virtual ~scopetrie_graph() = default;

  std::atomic<std::size_t> references{1};
  scopetrie::Graph* graph = nullptr;
  std::unique_ptr<scopetrie::Graph> own;  // where it is no host's
  void* owner = nullptr;                  // a reference to the host's object
};

struct scopetrie_store : scopetrie_graph {
  scopetrie::Values* values = nullptr;
  std::unique_ptr<scopetrie::Store> own_store;  // where it is no host's
};

struct scopetrie_scope {
  scopetrie_graph* graph;
  scopetrie::ScopeRef scope;
};

struct scopetrie_context {
  using Block = std::variant<scopetrie::OpenVariableScope, scopetrie::OpenNameScope, scopetrie::OpenControls>;

  explicit scopetrie_context(scopetrie_graph* graph, scopetrie_store* store = nullptr)
      : graph(graph), store(store), at(*graph->graph) {}
  ~scopetrie_context() {
    while (!blocks.empty()) blocks.pop_back();
  }
  scopetrie_context(const scopetrie_context&) = delete;
  scopetrie_context& operator=(const scopetrie_context&) = delete;

  scopetrie_graph* graph;
  scopetrie_store* store;  // the same where it is a store, else null
  scopetrie::Context at;
  std::deque<Block> blocks;
};

namespace scopetrie::capi {

/// The context, refused where it is null.
inline scopetrie_context& checked(scopetrie_context* context) {
  if (context == nullptr) refuse_handle("context");
  return *context;
}

}  // namespace scopetrie::capi

/// It keeps its graph.
struct scopetrie_transaction {
  scopetrie_graph* graph;
  scopetrie::Transaction transaction;
};

inline scopetrie::Graph& scopetrie::capi::graph_of(const scopetrie_graph* graph) {
  if (graph == nullptr) refuse_handle("graph");
  return *graph->graph;
}
