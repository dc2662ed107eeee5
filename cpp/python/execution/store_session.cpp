// What a session asks of the store that holds its variables' values.
#include <cstring>

#include "graph/graph_members.hpp"
#include "scopetrie/values/initialising.hpp"
#include "scopetrie/values/subnormals.hpp"
#include "store/store.hpp"

namespace scopetrie::python {

namespace {

// The shape of an array of a backend's. Throws.
std::vector<std::int64_t> sizes_of(PyObject* array) {
  const Ref shape = checked(PyObject_GetAttrString(array, "shape"));
  if (!PyTuple_Check(shape.get())) raise_error(PyExc_TypeError, "the shape of an array is a tuple");
  std::vector<std::int64_t> sizes;
  for (Py_ssize_t axis = 0; axis < PyTuple_GET_SIZE(shape.get()); ++axis) {
    sizes.push_back(PyLong_AsLongLong(PyTuple_GET_ITEM(shape.get(), axis)));
    if (sizes.back() == -1 && PyErr_Occurred() != nullptr) throw_raised();
  }
  return sizes;
}

}  // namespace

// _set(path, array, trainable): copies the elements. With an address, they are a device's, and the array is kept.
PyObject* store_set(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  if (count != 3 && count != 4)
    raise_error(PyExc_TypeError, "_set() takes a path, an array and a bool, and perhaps an address");
  const Ref keep = Ref::borrowed(self);
  const std::string_view path = argument_text("_set", "a path", args[0]);
  PyObject* const address = count == 4 ? args[3] : nullptr;
  const Ref array = address == nullptr ? as_array(args[1], 0, true) : Ref::borrowed(args[1]);
  const ArrayFacts facts = address == nullptr ? facts_of(array.get()) : ArrayFacts{};
  const std::vector<std::int64_t> dims =
      address == nullptr ? std::vector<std::int64_t>(facts.dims.begin(), facts.dims.end()) : sizes_of(array.get());
  const DType dtype =
      address == nullptr ? facts.dtype : read_array_dtype(checked(PyObject_GetAttrString(array.get(), "dtype")).get());
  // Nothing runs from here on, until all is done.
  StoreState& store = store_of(self);
  Values& values = store.values;
  const ShapeId shape = store.ops.shapes().intern(dims);
  const auto bytes = static_cast<std::size_t>(store.ops.shapes().elements(shape)) * dtype.size();
  const auto made = [&] {
    return address == nullptr ? copied(facts) : adopt_on_device(store, array.get(), address, bytes);
  };
  SegmentId segment;
  const ScopeId scope = store.ops.scopes().scope_of_name(path, ScopeTrie::kRoot, segment);
  const VariableId row = store.variables.find(scope, segment);
  if (row == kNone) {
    store.note_builder(&context_of_store(self));
    make_room_for_handle(store);
    const std::uint32_t site = store.sites.here();
    values.create_ready(scope, segment, {shape, dtype}, args[2] == Py_True, made(), site);
    store.live.push_back(nullptr);
    Py_RETURN_TRUE;
  }
  const VariableId id = values.resolved(row);
  check_settable(values, id, dtype);
  Memory* const own = store.variables[id].shape == shape ? values.own(id) : nullptr;
  if (own != nullptr && own->is_on_host() && address == nullptr) {
    if (bytes != 0) std::memmove(own->data(), facts.data, bytes);
  } else {
    values.give(id, made(), shape);
    store.tell_watchers();
  }
  Py_RETURN_FALSE;
}

// _initialise(graph, initials): what graph._needed() gave.
PyObject* store_initialise(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  if (count != 2 || !PyObject_TypeCheck(args[0], state().graph_type) || !PyBytes_Check(args[1]))
    raise_error(PyExc_TypeError, "_initialise() takes a graph and bytes");
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
