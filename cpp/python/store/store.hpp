// The Python Store: a graph without operations, and the values of its variables.
//
// Invariants: a PyStore begins as a PyGraph, so scopes, contexts, transactions and name caches are the same code; but
// it is never anybody's default graph. A variable has at most one handle at a time, so that sharing can be checked with
// `is`; the store holds no handle. A handle whose variable was undone has no number any more, and knows its path.
// Thread safety: that of locking.hpp. Memory's views may end without the lock.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "graph/graph_members.hpp"
#include "scopetrie/values/values.hpp"
#include "values/ndarrays.hpp"

namespace scopetrie::python {

class StoreState final : public GraphState {
 public:
  explicit StoreState(std::uint64_t seed) : values(*this, seed) {}
  /// A fork.
  StoreState(StoreState& of, std::span<const Memories::Copy> copies)
      : GraphState(of, OpGraph::WithoutOperations()),
        values(*this, of.values, copies),
        has_device_memory(of.has_device_memory) {}

  ~StoreState() override;

  /// Where paths stand that were looked up lately, by the str's address; a path is kept alive, as a program's literals
  /// are interned only where they are plain names.
  struct Place {
    PyObject* name = nullptr;
    ScopeId from = kNone, scope = kNone;
    SegmentId segment = kNone;
  };
  /// The part of the latest new path before its last slash, and the scope that it leads to.
  struct Prefix {
    ScopeId from = kNone, scope = kNone;
    std::string text;
  };
  Place& place_of(PyObject* name) { return places[(reinterpret_cast<std::uintptr_t>(name) >> 4) % places.size()]; }

  /// Shapes that were asked for lately, by the tuple's address; the tuples are kept alive.
  struct AskedTuple {
    PyObject* tuple = nullptr;
    ShapeId shape = kNone;
  };
  AskedTuple& asked_at(PyObject* tuple) { return asked[(reinterpret_cast<std::uintptr_t>(tuple) >> 4) % asked.size()]; }

  /// Initializers without parameters that were asked for lately: their names, and the classes of instances, by address
  /// and kept alive; and where elements come from.
  struct KnownInitializer {
    PyObject* object = nullptr;
    Values::Origin origin = 0;
  };
  KnownInitializer& known_at(PyObject* object) {
    return known[(reinterpret_cast<std::uintptr_t>(object) >> 4) % known.size()];
  }

  Values values;
  std::array<Place, 64> places;
  Prefix latest;
  std::array<AskedTuple, 16> asked;
  std::array<KnownInitializer, 8> known;
  PyObject* own_names = nullptr;            // owned; null until somebody asks
  bool has_device_memory = false;           // never too low
  const std::uint64_t serial = ++serials_;  // no other store has had it

  /// Takes a weak reference of an object whose let_go() is called after each change of what memory or name a variable
  /// has. Such an object may keep arrays over the elements, without a look at the store, until then. It is owned.
  void watch(PyObject* reference);
  /// Calls let_go() of those that watch, if there was such a change since the last call, or `always`. It runs anything.
  void tell_watchers(bool always = false) noexcept {
    if (told_ != values.revision() || always) tell_changes();
  }

 private:
  void cut(const Mark& mark) noexcept override;
  void settle() noexcept override;
  void tell_owner() noexcept override {}
  SCOPETRIE_COLD void tell_changes() noexcept;

  std::vector<PyObject*> watchers_;  // owned; some may be of objects that are gone
  std::size_t most_watchers_ = 16;   // before those are dropped
  std::uint64_t told_ = 0;           // the revision that they know of

  static inline std::uint64_t serials_ = 0;
};

struct PyStore {
  PyGraph graph;
};

struct PyStoreVariable {
  PyObject_HEAD PyGraph* store;
  VariableId number;  // kNone where it was undone
  ScopeId scope;      // where it stood then
  SegmentId segment;
  PyObject* weak_references;
};

inline StoreState& store_of(PyGraph* store) { return static_cast<StoreState&>(*store->state); }
inline StoreState& store_of(PyObject* self) { return store_of(as_graph(self)); }
inline PyStoreVariable* as_variable(PyObject* self) { return reinterpret_cast<PyStoreVariable*>(self); }
inline Context& context_of_store(PyObject* self) { return *context_of_store(as_graph(self), store_of(self).serial); }

extern PyTypeObject* store_type;
extern PyTypeObject* store_variable_type;
inline bool is_store(PyObject* object) { return PyObject_TypeCheck(object, store_type); }
inline bool is_store_variable(PyObject* object) { return Py_IS_TYPE(object, store_variable_type); }

SCOPETRIE_COLD PyObject* new_store_variable(PyGraph* store, VariableId id);
/// The handle of a variable that is no alias: the existing one, or a new one.
inline PyObject* store_variable(PyGraph* store, VariableId id) {
  PyObject* living = store_of(store).live[id];
  if (living != nullptr && try_incref(living)) [[likely]]
    return living;
  return new_store_variable(store, id);
}
/// The variable of a handle. Throws Error where it was undone or deleted.
VariableId variable_of(PyObject* self);

/// The elements of a variable, made if they are not yet; this may call Python. Throws.
Memory& elements_of(PyGraph* store, VariableId id);
/// A variable's path as a str; throws.
Ref path_object(PyGraph* store, VariableId id);
/// The elements of a variable, which must be on the host. Throws.
Memory& host_elements_of(PyGraph* store, VariableId id);
/// Its array: NumPy's over elements on the host, the backend's over those of a device. Throws.
Ref array_of(PyObject* variable);
/// What a variable has of an array.
inline Output output_of(StoreState& store, const ArrayFacts& facts) {
  const std::vector<std::int64_t> dims(facts.dims.begin(), facts.dims.end());
  return {store.ops.shapes().intern(dims), facts.dtype};
}
/// Sizes as a tuple of int. Throws.
Ref dims_object(std::span<const std::int64_t> dims);
/// Sets its elements, as assign() does. Throws.
void assign_elements(PyObject* variable, PyObject* value);

// Elements in the memory of a device, which only the store's backend reaches: store_device.cpp. ---------------------

/// The memory of a backend's array at an address of a device, which it keeps alive. One owner; throws.
Memory* adopt_on_device(StoreState& store, PyObject* array, PyObject* address, std::size_t bytes);
/// An array over such a memory, of a variable of this shape; a copy where it is frozen. Throws.
Ref device_array(PyGraph* store, const Memory& memory, Ref dims, bool is_frozen);
/// NumPy's array with the same elements, read-only. Throws.
Ref fetched(PyGraph* store, PyObject* array);
/// Sets all elements of such an array of the variable of a path. Throws.
void set_on_device(PyGraph* store, PyObject* array, PyObject* value, PyObject* path);
/// Copies of such memories, as Memories takes them; it is one of their owners.
class DeviceCopies {
 public:
  DeviceCopies() = default;
  DeviceCopies(const DeviceCopies&) = delete;
  DeviceCopies& operator=(const DeviceCopies&) = delete;
  ~DeviceCopies();
  /// One of a variable's elements, if they are a device's. Throws; it may run anything.
  void add(PyGraph* store, VariableId id);
  /// One of each that is there.
  void add_all(PyGraph* store);
  std::span<const Memories::Copy> all() const { return copies_; }
  /// That of a variable, for another owner; null where it is on the host.
  Memory* find(VariableId id) const;

 private:
  std::vector<Memories::Copy> copies_;
};

// Methods of Store in store_paths.cpp.
PyObject* store_subscript(PyObject* self, PyObject* path);
int store_contains(PyObject* self, PyObject* path);
PyObject* store_paths(PyObject* self, PyObject* const* args, Py_ssize_t count);
PyObject* store_variables(PyObject* self, PyObject* const* args, Py_ssize_t count);
PyObject* store_items(PyObject* self, PyObject* const* args, Py_ssize_t count);
PyObject* store_measure(PyObject* self, PyObject* const* args, Py_ssize_t count);
PyObject* store_is_scope(PyObject* self, PyObject* path);
PyObject* store_find(PyObject* self, PyObject* path);
PyObject* store_variable_at(PyObject* self, PyObject* number);

// Methods of Store that are defined in files of their own.
PyObject* store_get(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords);
PyObject* store_get_many(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords);
PyObject* store_get_whole(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords);
PyObject* store_find_parts(PyObject* self, PyObject* path);
PyObject* store_put(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords);
PyObject* store_put_mapped(PyObject* self, PyObject* const* args, Py_ssize_t count);
int store_delete(PyObject* self, PyObject* path);
PyObject* store_move(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords);
PyObject* store_copy(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords);
PyObject* store_alias(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords);
PyObject* store_freeze(PyObject* self, PyObject* const* args, Py_ssize_t count);
PyObject* store_flatten(PyObject* self, PyObject* const* args, Py_ssize_t count);
// What a session asks of its store: execution/store_session.cpp.
PyObject* store_set(PyObject* self, PyObject* const* args, Py_ssize_t count);
PyObject* store_initialise(PyObject* self, PyObject* const* args, Py_ssize_t count);
PyObject* store_watch(PyObject* self, PyObject* watcher);
PyObject* store_holds(PyObject* type, PyObject* dtype);
/// Room for the handle of one more variable, before it is made; and its handle, once it is.
inline void make_room_for_handle(StoreState& store) { make_room(store.live, 1); }
PyObject* made_handle(PyObject* self, VariableId id);
/// Raises what store[path] raises where there is nothing.
[[noreturn]] void raise_missing(PyObject* self, PyObject* path);
/// A block of scopes of a store: scopes/variable_scope.cpp.
PyObject* store_scope(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords);

}  // namespace scopetrie::python
