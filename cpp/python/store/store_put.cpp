// Store.put: a variable of an array that is there; and many variables of a file that is mapped into memory.
#include <algorithm>
#include <cstring>

#include "scopetrie/values/refusal.hpp"
#include "scopetrie/values/store_changes.hpp"
#include "store/store_call.hpp"

namespace scopetrie::python {

namespace {

// Where a variable of this name is to be. Throws if there is one.
VariableRequest place_of_new(StoreState& store, ScopeId scope, std::string_view name) {
  VariableRequest request;
  request.scope = store.ops.scopes().scope_of_name(name, scope, request.segment);
  check_free("Store.put", store.values, request.scope, request.segment, "assign() sets its elements");
  return request;
}

void release_content(void* array) noexcept { Py_DECREF(static_cast<PyObject*>(array)); }
// The store is the only one that has the mapped bytes.
bool is_content_reachable(void*) noexcept { return false; }

// A variable in a file; what StoredVariable (python/scopetrie/store/files/stored_file.py) has of it.
struct MappedVariable {
  PyObject* path;
  Output output;
  std::size_t begin, nbytes;

  enum Field { kPath, kDTypeName, kDType, kShape, kBegin, kBytes };

  MappedVariable(StoreState& store, PyObject* tuple) : path(PyTuple_GET_ITEM(tuple, kPath)) {
    output.dtype = read_array_dtype(PyTuple_GET_ITEM(tuple, kDType));
    output.shape = parse_dims(store.ops.shapes(), PyTuple_GET_ITEM(tuple, kShape));
    begin = PyLong_AsSize_t(PyTuple_GET_ITEM(tuple, kBegin));
    nbytes = PyLong_AsSize_t(PyTuple_GET_ITEM(tuple, kBytes));
    if (PyErr_Occurred() != nullptr) throw_raised();
    store.values.check_size(output.shape, output.dtype);
  }
};

}  // namespace

PyObject* store_put(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<3> signature("Store.put", {"name", "array", "trainable"});
  auto arguments = signature.parse(args, positional, keywords, 2);
  const Ref keep_store = Ref::borrowed(self);
  StoreState& store = store_of(self);
  const std::string_view text = argument_text("Store.put", "a name", arguments[0]);
  check_store_name("Store.put", text);
  const Ref array = as_array(arguments[1], 0, false);
  ArrayFacts facts = facts_of(array.get());
  const Output output = output_of(store, facts);
  store.values.check_size(output.shape, output.dtype);
  Ref ordered;
  if (!facts.is_adoptable) {
    ordered = as_array(array.get(), 0, true);
    facts = facts_of(ordered.get());
  }
  Context& context = context_of_store(self);
  const PyVariableScope& scope = *current_scope(context);
  const bool trainable = truth_of(given_or_null(arguments[2]), scope.is_trainable());
  const VariableRequest request = place_of_new(store, scope.in(store), text);
  store.note_builder(&context);
  const std::uint32_t site = store.sites.here();
  make_room_for_handle(store);
  Memory* memory = facts.is_adoptable && !ordered ? adopt_array(array.get(), facts.bytes) : copied(facts);
  return made_handle(self, store.values.create_ready(request.scope, request.segment, output, trainable, memory, site));
}

// _put_mapped(content, variables, not_trainable)
PyObject* store_put_mapped(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  if (count != 3 || !is_plain_array(args[0]) || !PyList_Check(args[1]) || !PyAnySet_Check(args[2]))
    raise_error(PyExc_TypeError, "_put_mapped() takes an array, a list of tuples and a set");
  const Ref keep = Ref::borrowed(self), content = Ref::borrowed(args[0]), variables = Ref::borrowed(args[1]);
  const ArrayFacts facts = facts_of(content.get());
  if (!facts.is_adoptable || facts.dtype != kUInt8 || facts.dims.size() != 1)
    raise_error(PyExc_TypeError, "_put_mapped() takes bytes that can be written to");
  StoreState& store = store_of(self);
  Context& context = context_of_store(self);
  store.note_builder(&context);
  const ScopeId scope = current_scope(context)->in(store);
  const std::uint32_t site = store.sites.here();
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(variables.get()); ++i) {
    const Ref tuple = Ref::borrowed(PyList_GET_ITEM(variables.get(), i));
    if (!PyTuple_Check(tuple.get()) || PyTuple_GET_SIZE(tuple.get()) <= MappedVariable::kBytes)
      raise_error(PyExc_TypeError, "_put_mapped() takes tuples of a file's variables");
    const MappedVariable variable(store, tuple.get());
    const auto all = static_cast<std::size_t>(facts.dims[0]), size = variable.output.dtype.size();
    const auto elements = static_cast<std::size_t>(store.ops.shapes().elements(variable.output.shape));
    if (variable.nbytes != elements * size || variable.begin > all || variable.nbytes > all - variable.begin)
      raise_error(PyExc_ValueError, "%R is not in the file", variable.path);
    const std::string_view text = argument_text("Store.put", "a name", variable.path);
    check_store_name("Store.put", text);
    const VariableRequest request = place_of_new(store, scope, text);
    const int is_other = PySet_Contains(args[2], variable.path);
    if (is_other < 0) throw_raised();
    char* const data = static_cast<char*>(facts.data) + variable.begin;
    make_room_for_handle(store);
    Memory* memory;
    if (reinterpret_cast<std::uintptr_t>(data) % std::min<std::size_t>(size, alignof(double)) == 0) {
      memory =
          Memory::adopt(data, variable.nbytes,
                        {.context = content.get(), .release = release_content, .is_reachable = is_content_reachable});
      Py_INCREF(content.get());
    } else {
      memory = Memory::uninitialised(variable.nbytes);
      if (variable.nbytes != 0) std::memcpy(memory->data(), data, variable.nbytes);
    }
    store.values.create_ready(request.scope, request.segment, variable.output, is_other == 0, memory, site);
    store.live.resize(store.variables.size());  // nobody has a handle yet
  }
  Py_RETURN_NONE;
}

}  // namespace scopetrie::python
