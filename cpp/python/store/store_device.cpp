// The elements of a store's variable in the memory of a device: the store's backend copies and reads them.
#include <algorithm>

#include "scopetrie/error.hpp"
#include "store/store.hpp"

namespace scopetrie::python {

namespace {

void release_device_array(void* array) noexcept { Py_DECREF(static_cast<PyObject*>(array)); }
// Arrays over it keep it as their base: see store/device.py.
bool is_device_array_reachable(void* array) noexcept { return Py_REFCNT(static_cast<PyObject*>(array)) != 1; }

}  // namespace

Memory* adopt_on_device(StoreState& store, PyObject* array, PyObject* address, std::size_t bytes) {
  void* data = PyLong_AsVoidPtr(address);
  if (data == nullptr && PyErr_Occurred() != nullptr) throw_raised();
  Memory* made = Memory::adopt(data, bytes,
                               {.context = array,
                                .release = release_device_array,
                                .is_reachable = is_device_array_reachable,
                                .is_on_host = false});
  Py_INCREF(array);
  store.has_device_memory = true;
  return made;
}

Ref device_array(PyGraph* store, const Memory& memory, Ref dims, bool is_frozen) {
  auto* owner = static_cast<PyObject*>(memory.adopted_context());
  const Ref keep = Ref::borrowed(owner), offset = checked(PyLong_FromSize_t(memory.offset()));
  return called(state().hooks.device_array, store, owner, offset, dims, is_frozen ? Py_True : Py_False);
}

Ref fetched(PyGraph* store, PyObject* array) { return called(state().hooks.device_fetch, store, array); }

void set_on_device(PyGraph* store, PyObject* array, PyObject* value, PyObject* path) {
  called(state().hooks.device_set, store, array, value, path);
}

DeviceCopies::~DeviceCopies() {
  for (const Memories::Copy& each : copies_) each.memory->disown();
}

void DeviceCopies::add(PyGraph* store, VariableId id) {
  const Memory* memory = store_of(store).values.peek(id);
  if (memory == nullptr || memory->is_on_host()) return;
  const Ref array = device_array(store, *memory, dims_object(store_of(store).values.dims(id)), false);
  const std::size_t bytes = memory->size();
  const Ref made = called(state().hooks.device_copy, store, array);
  if (!PyTuple_Check(made.get()) || PyTuple_GET_SIZE(made.get()) != 2)
    raise_error(PyExc_TypeError, "a copy on a device is an array and its address");
  copies_.reserve(copies_.size() + 1);
  copies_.push_back(
      {id, adopt_on_device(store_of(store), PyTuple_GET_ITEM(made.get(), 0), PyTuple_GET_ITEM(made.get(), 1), bytes)});
}

void DeviceCopies::add_all(PyGraph* store) {
  if (!store_of(store).has_device_memory) return;
  for (VariableId id = 0; id < store_of(store).variables.size(); ++id) add(store, id);
}

Memory* DeviceCopies::find(VariableId id) const {
  const auto found = std::ranges::find(copies_, id, &Memories::Copy::at);
  if (found == copies_.end()) return nullptr;
  found->memory->own();
  return found->memory;
}

}  // namespace scopetrie::python
