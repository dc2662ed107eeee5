// The elements of a store's variable: made when somebody looks, and set.
#include <algorithm>
#include <cstring>
#include <iterator>

#include "scopetrie/error.hpp"
#include "store/store.hpp"

namespace scopetrie::python {

namespace {

// What the core computes in a larger dtype, converted by NumPy.
Ref converted_elements(const Values& values, VariableId id) {
  const DType dtype = values.dtype(id), computed = computed_as(dtype);
  const std::size_t count = values.element_count(id);
  const OwnedMemory wide(Memory::uninitialised(count * computed.size()));
  const auto dims = values.dims(id);
  values.write_first(id, wide->data());
  const Ref array = checked(array_over(*wide, computed, dims, false));
  return as_array(array.get(), dtype, true);
}

// What the program's initializer makes.
Ref asked_elements(PyGraph* store, VariableId id) {
  const Values& values = store_of(store).values;
  const Ref initializer = Ref::borrowed(static_cast<PyObject*>(values.asked(id)));
  const DType dtype = values.dtype(id);
  const Ref shape = dims_object(values.dims(id)), path = path_object(store, id);
  const Ref seed = checked(PyLong_FromUnsignedLongLong(values.seed()));
  Ref part = Ref::borrowed(Py_None);
  if (const auto place = values.place(id); place) {
    const Ref whole = dims_object(store_of(store).ops.shapes().dims(place->whole));
    const Ref offset = dims_object(place->slice.offset);
    part = called(state().hooks.partition_info, whole, offset);
  }
  PyObject* const arguments[] = {initializer.get(), shape.get(), array_dtype(dtype),
                                 path.get(),        seed.get(),  part.get()};
  const Ref given = checked(PyObject_Vectorcall(state().hooks.make_elements, arguments, std::size(arguments), nullptr));
  return as_array(given.get(), dtype, true);
}

Memory& make_elements(PyGraph* store, VariableId id) {
  const Ref keep = Ref::borrowed(object_of(store));
  StoreState& state = store_of(store);
  Values& values = state.values;
  const Ref handle = checked(store_variable(store, id));  // knows if the variable goes meanwhile
  const Ref array = Values::is_rule(values.origin(id)) ? converted_elements(values, id) : asked_elements(store, id);
  const VariableId now = variable_of(handle.get());
  if (Memory* made = values.look(now); made != nullptr) return *made;  // by another thread, or the initializer
  Memory* made = copied(facts_of(array.get()));
  values.give(now, made);
  return *made;
}

}  // namespace

Ref dims_object(std::span<const std::int64_t> dims) {
  return checked(tuple_of(dims.size(), [&](std::uint32_t i) { return PyLong_FromLongLong(dims[i]); }));
}

Memory& elements_of(PyGraph* store, VariableId id) {
  Memory* memory = store_of(store).values.look(id);
  return memory != nullptr ? *memory : make_elements(store, id);
}

Memory& host_elements_of(PyGraph* store, VariableId id) {
  Memory& memory = elements_of(store, id);
  if (memory.is_on_host()) return memory;
  const std::string path = store_of(store).values.path(id);
  throw Error(ErrorKind::kNotImplemented, "the elements of '" + path + "' are in the memory of a device",
              {.full_name = path});
}

Ref path_object(PyGraph* store, VariableId id) { return checked(to_str(store_of(store).values.path(id))); }

Ref array_of(PyObject* variable) {
  PyGraph* store = as_variable(variable)->store;
  Memory& memory = elements_of(store, variable_of(variable));
  const VariableId id = variable_of(variable);  // making the elements may have run anything
  const Values& values = store_of(store).values;
  if (!memory.is_on_host()) [[unlikely]]
    return device_array(store, memory, dims_object(values.dims(id)), values.is_frozen(id));
  return checked(array_over(memory, values.dtype(id), values.dims(id), !values.is_frozen(id)));
}

namespace {

// Whether the value is an array of exactly the variable's elements; then they are copied.
bool assign_plain(Memory& memory, const Values& values, VariableId id, PyObject* value) {
  if (!is_plain_array(value)) return false;
  const ArrayFacts facts = facts_of(value);
  const auto dims = values.dims(id);
  if (facts.dtype != values.dtype(id) || !facts.is_ordered || !std::ranges::equal(facts.dims, dims)) return false;
  if (memory.size() != 0) std::memmove(memory.data(), facts.data, memory.size());
  return true;
}

}  // namespace

void assign_elements(PyObject* variable, PyObject* value) {
  const VariableId id = variable_of(variable);
  PyGraph* store = as_variable(variable)->store;
  Values& values = store_of(store).values;
  if (values.is_frozen(id)) {
    const std::string path = values.path(id);
    throw Error(ErrorKind::kValue, "the variable '" + path + "' is frozen: freeze(False) lets it be changed",
                {.call = "assign", .full_name = path});
  }
  Memory* const own = values.own(id);
  if (own != nullptr && !own->is_on_host()) {
    const Ref path = path_object(store, id), array = array_of(variable);
    return set_on_device(store, array.get(), value, path.get());
  }
  const bool is_own = own != nullptr;
  Memory* const memory = is_own ? own : Memory::uninitialised(values.byte_count(id));
  memory->own();  // until the end
  const OwnedMemory owned(memory);
  if (!is_own) memory->disown();
  const bool is_plain = assign_plain(*memory, values, id, value);
  if (!is_plain) {
    if (is_own) values.look(id);  // who converts the value may keep the array
    const Ref path = path_object(store, id);
    const Ref array = checked(array_over(*memory, values.dtype(id), values.dims(id), true));
    if (!copy_elements(array.get(), value, path.get())) throw_raised();
  }
  if (is_own) return;
  memory->own();
  values.give(variable_of(variable), memory);
  store_of(store).tell_watchers();
}

}  // namespace scopetrie::python
