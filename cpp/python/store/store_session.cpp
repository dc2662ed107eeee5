// What a session asks of the store that holds its variables' values.
#include <cstring>

#include "graph/graph_members.hpp"
#include "scopetrie/values/initialising.hpp"
#include "scopetrie/values/subnormals.hpp"
#include "store/store.hpp"

namespace scopetrie::python {

namespace {

Memory* copied(const ArrayFacts& facts, std::size_t bytes) {
  Memory* made = Memory::uninitialised(bytes);
  if (bytes != 0) std::memcpy(made->data(), facts.data, bytes);
  return made;
}

}  // namespace

// _set(path, array, trainable)
PyObject* store_set(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  if (count != 3) {
    PyErr_SetString(PyExc_TypeError, "_set() takes a path, an array and a bool");
    return nullptr;
  }
  const Ref keep = Ref::borrowed(self);
  const std::string_view path = argument_text("_set", "a path", args[0]);
  const Ref array = as_array(args[1], 0, true);
  const ArrayFacts facts = facts_of(array.get());
  // Nothing runs from here on, until all is done.
  StoreState& store = store_of(self);
  Values& values = store.values;
  const std::vector<std::int64_t> dims(facts.dims.begin(), facts.dims.end());
  const ShapeId shape = store.ops.shapes().intern(dims);
  const auto bytes = static_cast<std::size_t>(store.ops.shapes().elements(shape)) * facts.dtype.size();
  SegmentId segment;
  const ScopeId scope = store.ops.scopes().scope_of_name(path, ScopeTrie::kRoot, segment);
  const VariableId row = store.variables.find(scope, segment);
  if (row == kNone) {
    store.note_builder(&context_of_store(self));
    make_room_for_handle(store);
    const std::uint32_t site = store.sites.here();
    values.create_ready(scope, segment, {shape, facts.dtype}, args[2] == Py_True, copied(facts, bytes), site);
    store.live.push_back(nullptr);
    Py_RETURN_TRUE;
  }
  const VariableId id = values.resolved(row);
  check_settable(values, id, facts.dtype);
  Memory* const own = store.variables[id].shape == shape ? values.own(id) : nullptr;
  if (own != nullptr) {
    if (bytes != 0) std::memmove(own->data(), facts.data, bytes);
  } else {
    values.give(id, copied(facts, bytes), shape);
    store.tell_watchers();
  }
  Py_RETURN_FALSE;
}

// _initialise(graph, initials): what graph._needed() gave.
PyObject* store_initialise(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  if (count != 2 || !PyObject_TypeCheck(args[0], state().graph_type) || !PyBytes_Check(args[1])) {
    PyErr_SetString(PyExc_TypeError, "_initialise() takes a graph and bytes");
    return nullptr;
  }
  const Ref keep = Ref::borrowed(self);
  StoreState& store = store_of(self);
  std::vector<NumberInitial> initials(static_cast<std::size_t>(PyBytes_GET_SIZE(args[1])) / sizeof(NumberInitial));
  if (initials.empty()) Py_RETURN_NONE;
  std::memcpy(initials.data(), PyBytes_AS_STRING(args[1]), initials.size() * sizeof(NumberInitial));
  store.note_builder(&context_of_store(self));
  make_room(store.live, initials.size());
  struct Handles {  // room for those of what was made, also where not all could be
    StoreState& store;
    ~Handles() {
      store.live.resize(store.variables.size());
      store.tell_watchers();
    }
  } const handles{store};
  const KeepSubnormals keeping;
  initialise(store.values, of(args[0]), initials, store.sites.here());
  Py_RETURN_NONE;
}

PyObject* store_watch(PyObject* self, PyObject* watcher) {
  Ref reference = checked(PyWeakref_NewRef(watcher, nullptr));
  store_of(self).watch(reference.get());
  reference.release();
  Py_RETURN_NONE;
}

PyObject* store_holds(PyObject*, PyObject* dtype) {
  try {
    read_array_dtype(dtype);
  } catch (const PythonRaised&) {
    PyErr_Clear();
    Py_RETURN_FALSE;
  }
  Py_RETURN_TRUE;
}

}  // namespace scopetrie::python
