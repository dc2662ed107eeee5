// The Python Graph: the core's Graph plus what Python objects it keeps for that.
//
// Invariants: handles (Tensor, Operation, Variable) hold the graph, the graph holds no handle: `live` has borrowed
// pointers that a variable's handle clears when it goes. So a graph dies with its last handle, without the collector.
// Thread safety: that of locking.hpp, as for all that hangs on a graph. A handle in `live` may be on its way out: its
// last reference is gone, and its deallocator waits for the lock.
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "graph/attributes.hpp"
#include "graph/collections.hpp"
#include "graph/context.hpp"
#include "scopetrie/graph/graph.hpp"
#include "scopetrie/tables/table_allocator.hpp"
#include "support/python.hpp"
#include "support/sites.hpp"
#include "support/state.hpp"
#include "support/types.hpp"

namespace scopetrie::python {

/// Who is making the variable of a name: how many threads, and the name scope that they share, once there is one.
struct Maker {
  int count = 0;
  std::string scope;
};
inline std::uint64_t maker_key(ScopeId scope, SegmentId segment) { return std::uint64_t{scope} << 32 | segment; }

class GraphState : public Graph {
 public:
  GraphState() = default;
  GraphState(const GraphState& of, OpGraph::WithoutOperations without)
      : Graph(of, without), live(of.variables.size()), sites(of.sites) {}

  Table<PyObject*> live;  // borrowed; the handle of each variable, null where there is none
  CollectionKeys collection_keys;
  Sites sites;
  std::vector<std::unique_ptr<Context>> contexts;   // one per thread
  std::unordered_map<std::uint64_t, Maker> makers;  // by maker_key()
  bool takes_refused_name = false;                  // the name that was refused last is in use, as in v1
  bool has_odd_seed = false;                        // its seed is no number

  /// Names that were looked up lately, by the str's address; only interned strings, which the entry keeps alive.
  struct CachedName {
    PyObject* text = nullptr;
    SegmentId segment = kNone;
  };
  std::array<CachedName, 512> names;

  /// Keeps a call (a tuple: a function and its arguments; a new reference is taken) that undoing will make. Only where
  /// a transaction is open.
  void call_on_undo(PyObject* call);
  int traverse_kept(visitproc visit, void* arg) const;

 protected:
  void cut(const Mark& mark) noexcept override;
  void settle() noexcept override;

 private:
  void undo(const Change& change) noexcept override;
  void call_back() noexcept;
  /// Calls the owner's _rolled_back() with the number of operations that are left.
  virtual void tell_owner() noexcept;

  std::vector<PyObject*> calls_on_undo_;  // owned
  std::size_t calls_kept_ = SIZE_MAX;     // how many of them are left; the others are made by settle()
  bool is_calling_ = false;
  std::uint32_t told_epoch_ = 0;   // of the ledger: what the owner knows of
  std::size_t untold_ = SIZE_MAX;  // the first operation that was cut since
};

struct PyGraph {
  PyObject_HEAD GraphState* state;
  PyObject* weak_references;
};

inline GraphState& state_of(PyGraph* graph) { return *graph->state; }
inline PyObject* object_of(PyGraph* graph) { return reinterpret_cast<PyObject*>(graph); }

// What Python objects that begin as a PyGraph have in common.
PyObject* new_graph(PyTypeObject* type, std::unique_ptr<GraphState> state);
int traverse_graph(PyObject* self, visitproc visit, void* arg);
int clear_graph(PyObject* self);
void dealloc_graph(PyObject* self);

/// The segment of a plain name (one part, legal characters), cached by address; kNone where the name is anything else
/// (a path, verbatim, illegal, not a str), without an exception.
SegmentId plain_segment_slow(GraphState& graph, PyObject* name);
/// The same of an exact str, whose text is known.
SegmentId plain_segment_of(GraphState& graph, PyObject* name, std::string_view text);
inline SegmentId plain_segment(GraphState& graph, PyObject* name) {
  const auto& entry = graph.names[(reinterpret_cast<std::uintptr_t>(name) >> 4) % graph.names.size()];
  return entry.text == name ? entry.segment : plain_segment_slow(graph, name);
}

/// What Python sees of an operation's attribute, None where it has none. A new reference; null with an exception set.
PyObject* attribute_object(const GraphState& graph, OpId op);

/// Reads a random seed: no number for None. False with an exception set.
bool read_seed(PyObject* seed, std::optional<std::int64_t>& out);

}  // namespace scopetrie::python
