// Store.put: a variable of an array that is there.
#include <cstring>

#include "scopetrie/names/legal_names.hpp"
#include "scopetrie/variables/partitions.hpp"
#include "store/store_call.hpp"

namespace scopetrie::python {

PyObject* store_put(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<3> signature("Store.put", {"name", "array", "trainable"});
  PyObject* arguments[3];
  if (!signature.parse(args, positional, keywords, arguments, 2)) return nullptr;
  const Ref keep_store = Ref::borrowed(self);
  StoreState& store = store_of(self);
  const std::string_view text = argument_text("Store.put", "a name", arguments[0]);
  check_store_name("Store.put", text);
  const Ref array = as_array(arguments[1], 0, false);
  ArrayFacts facts = facts_of(array.get());
  const std::vector<std::int64_t> dims(facts.dims.begin(), facts.dims.end());
  const Output output{store.ops.shapes().intern(dims), facts.dtype};
  store.values.check_size(output.shape, output.dtype);
  const auto bytes = static_cast<std::size_t>(store.ops.shapes().elements(output.shape)) * facts.dtype.size();
  Ref ordered;
  if (!facts.is_adoptable) {
    ordered = as_array(array.get(), 0, true);
    facts = facts_of(ordered.get());
  }
  bool trainable;
  Context& context = context_of_store(self);
  const PyVariableScope& scope = *current_scope(context);
  PyObject* wanted = given_or_null(arguments[2]);
  if (wanted == nullptr && !scope.is_trainable()) wanted = Py_False;
  if (!read_trainable(wanted, trainable)) return nullptr;
  VariableRequest request;
  request.scope = store.ops.scopes().scope_of_name(text, scope.in(store), request.segment);
  if (const VariableId found = store.variables.find(request.scope, request.segment); found != kNone) {
    const std::string path = store.values.path(found);
    throw Error(ErrorKind::kValue,
                "Store.put: " + path + " already exists (" + store.values.dtype(found).name() +
                    list_text(store.values.dims(found)) + "): assign() sets its elements",
                {.call = "Store.put", .full_name = path});
  }
  if (const auto number = store.values.find_partitioned(request.scope, request.segment); number != kNone) {
    const std::string path = full_name(store, request.scope, request.segment);
    throw Error(ErrorKind::kValue, "Store.put: " + path + " already exists, in parts: assign() sets its elements",
                {.call = "Store.put", .full_name = path});
  }
  store.note_builder(&context);
  const std::uint32_t site = store.sites.here();
  make_room_for_handle(store);
  Memory* memory;
  if (facts.is_adoptable && !ordered) {
    memory = adopt_array(array.get(), bytes);
  } else {
    memory = Memory::uninitialised(bytes);
    if (bytes != 0) std::memcpy(memory->data(), facts.data, bytes);
  }
  return made_handle(self, store.values.create_ready(request.scope, request.segment, output, trainable, memory, site));
}

}  // namespace scopetrie::python
