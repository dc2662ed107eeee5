// What a session asks of the store that holds its variables' values.
#include <algorithm>
#include <cstring>

#include "objects/store.hpp"
#include "scopetrie/error.hpp"
#include "scopetrie/variables/partitions.hpp"

namespace scopetrie::python {

namespace {

Memory* copied(const ArrayFacts& facts, std::size_t bytes) {
  Memory* made = Memory::uninitialised(bytes);
  if (bytes != 0) std::memcpy(made->data(), facts.data, bytes);
  return made;
}

// Throws Error where a variable cannot get elements of this dtype.
void check_settable(const Values& values, VariableId id, DType dtype) {
  if (values.dtype(id) != dtype) {
    const std::string path = values.path(id);
    throw Error(ErrorKind::kValue,
                "the store's variable '" + path + "' has dtype " + values.dtype(id).name() + ", and the value has " +
                    dtype.name(),
                {.full_name = path, .asked = dtype.name(), .found = values.dtype(id).name()});
  }
  if (values.is_frozen(id)) {
    const std::string path = values.path(id);
    throw Error(ErrorKind::kValue, "the store's variable '" + path + "' is frozen: freeze(False) lets it be changed",
                {.full_name = path});
  }
}

}  // namespace

// _set(path, array, trainable)
PyObject* store_set(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  if (count != 3) {
    PyErr_SetString(PyExc_TypeError, "_set() takes a path, an array and a bool");
    return nullptr;
  }
  const Ref keep = Ref::borrowed(self);
  const std::string_view path = path_text("_set", args[0]);
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
  const bool is_same = store.variables[id].shape == shape;
  if (is_same && values.is_ready(id) && !values.peek(id)->is_shared()) {
    if (bytes != 0) std::memmove(values.look(id)->data(), facts.data, bytes);
  } else {
    values.give(id, copied(facts, bytes), shape);
    store.tell_watchers();
  }
  Py_RETURN_FALSE;
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
