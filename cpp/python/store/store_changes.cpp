// What changes the names of a store's variables: del, move, copy, alias; and freeze and flat, which change what they
// are.
#include "scopetrie/values/store_changes.hpp"
#include "scopetrie/error.hpp"
#include "store/store.hpp"

namespace scopetrie::python {

namespace {

// Where each row goes. Throws where there is nothing, or something is there already; nothing is changed then.
std::vector<Target> targets_of(PyObject* self, const char* call, PyObject* from, PyObject* to) {
  const std::string_view path = argument_text(call, "a path", from);
  std::vector<Target> found = targets(call, store_of(self).values, path, argument_text(call, "a path", to));
  if (found.empty()) raise_missing(self, from);
  return found;
}

std::array<PyObject*, 2> two_paths(Signature<2>& signature, const char* call, PyObject* const* args,
                                   Py_ssize_t positional, PyObject* keywords) {
  const auto given = signature.parse(args, positional, keywords);
  if (given[0] == nullptr || given[1] == nullptr) raise_error(PyExc_TypeError, "%s() takes two paths", call);
  return given;
}

// Room for the handles of that many rows.
void add_handles(StoreState& store) {
  if (store.live.size() < store.variables.size()) store.live.resize(store.variables.size());
}

}  // namespace

int store_delete(PyObject* self, PyObject* path) {
  const Ref keep = Ref::borrowed(self);
  StoreState& store = store_of(self);
  const std::string_view text = argument_text("Store.__delitem__", "a path", path);
  const std::vector<VariableId> rows = rows_at(store.values, text);
  if (rows.empty()) raise_missing(self, path);
  CallTransaction transaction(store.ledger(), &context_of_store(self));
  erase_all(store.values, rows);
  transaction.commit();
  store.tell_watchers();
  return 0;
}

PyObject* store_move(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<2> signature("Store.move", {"path", "to"});
  const auto given = two_paths(signature, "Store.move", args, positional, keywords);
  StoreState& store = store_of(self);
  const std::vector<Target> targets = targets_of(self, "Store.move", given[0], given[1]);
  CallTransaction transaction(store.ledger(), &context_of_store(self));
  for (const Target& target : targets) store.values.rename(target.row, target.scope, target.segment);
  transaction.commit();
  store.tell_watchers();
  Py_RETURN_NONE;
}

PyObject* store_alias(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<2> signature("Store.alias", {"path", "of"});
  const auto given = two_paths(signature, "Store.alias", args, positional, keywords);
  StoreState& store = store_of(self);
  const std::vector<Target> targets = targets_of(self, "Store.alias", given[1], given[0]);
  const std::uint32_t site = store.sites.here();
  make_room(store.live, targets.size());
  CallTransaction transaction(store.ledger(), &context_of_store(self));
  for (const Target& target : targets)
    store.values.alias(target.scope, target.segment, store.values.resolved(target.row), site);
  transaction.commit();
  add_handles(store);
  Py_RETURN_NONE;
}

PyObject* store_copy(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<2> signature("Store.copy", {"path", "to"});
  const auto given = two_paths(signature, "Store.copy", args, positional, keywords);
  const Ref keep = Ref::borrowed(self);
  StoreState& store = store_of(self);
  Values& values = store.values;
  Context& context = context_of_store(self);
  // Elements first, as making them may run anything.
  std::vector<Ref> sources;
  for (const VariableId row : rows_at(values, argument_text("Store.copy", "a path", given[0])))
    sources.push_back(checked(store_variable(as_graph(self), values.resolved(row))));
  for (const Ref& source : sources) elements_of(as_graph(self), variable_of(source.get()));
  DeviceCopies on_device;
  for (const Ref& source : sources) on_device.add(as_graph(self), variable_of(source.get()));
  const std::vector<Target> targets = targets_of(self, "Store.copy", given[0], given[1]);
  const std::uint32_t site = store.sites.here();
  make_room(store.live, targets.size());
  CallTransaction transaction(store.ledger(), &context);
  std::vector<Values::Copied> copies;
  for (const Target& target : targets) {
    const VariableId of = values.resolved(target.row);
    const Memory* memory = values.peek(of);
    if (memory == nullptr) throw Error(ErrorKind::kRuntime, "Store.copy: the store was changed meanwhile");
    const bool is_trainable = (store.variables[of].flags & kTrainable) != 0;
    const Output output{store.variables[of].shape, values.dtype(of)};
    Memory* copied = on_device.find(of);
    if (copied == nullptr && !memory->is_on_host())
      throw Error(ErrorKind::kRuntime, "Store.copy: the store was changed meanwhile");
    if (copied == nullptr) copied = Memory::copy(*memory);
    const VariableId made = values.create_ready(target.scope, target.segment, output, is_trainable, copied, site);
    copies.push_back({of, made});
  }
  values.join_copies(copies);
  transaction.commit();
  add_handles(store);
  Py_RETURN_NONE;
}

// _freeze(path, frozen): of a variable, or of all beneath a path.
PyObject* store_freeze(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  if (count != 2) raise_error(PyExc_TypeError, "_freeze() takes a path and a bool");
  const bool is_frozen = truth_of(args[1]);
  StoreState& store = store_of(self);
  const std::string_view path = argument_text("Store.freeze", "a path", args[0]);
  const std::vector<VariableId> rows = path.empty() ? rows_under(store.values, path) : rows_at(store.values, path);
  CallTransaction transaction(store.ledger(), &context_of_store(self));
  for (const VariableId row : rows) store.values.freeze(store.values.resolved(row), is_frozen);
  transaction.commit();
  store.tell_watchers();
  Py_RETURN_NONE;
}

// _flatten(variables): moves the elements into one memory; gives it as an array of one axis. With an array of a device
// that has the elements, and its address: moves the variables there.
PyObject* store_flatten(PyObject* self, PyObject* const* args, Py_ssize_t count_of_args) {
  if (count_of_args != 1 && count_of_args != 3)
    raise_error(PyExc_TypeError, "_flatten() takes variables, and perhaps an array and its address");
  PyObject* const variables = args[0];
  const Ref keep = Ref::borrowed(self);
  StoreState& store = store_of(self);
  const Ref list = checked(items_of(variables, "_flatten() takes a sequence of variables"));
  const Ref items = checked(PySequence_Tuple(list.get()));
  const auto count = static_cast<std::size_t>(PyTuple_GET_SIZE(items.get()));
  const auto item = [&](std::size_t i) { return PyTuple_GET_ITEM(items.get(), static_cast<Py_ssize_t>(i)); };
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_store_variable(item(i)) || as_variable(item(i))->store != as_graph(self))
      raise_error(PyExc_ValueError, "Store.flat: %R is no variable of this store", item(i));
    const Memory& memory = elements_of(as_graph(self), variable_of(item(i)));
    if (memory.is_on_host() != (count_of_args == 1))
      raise_error(PyExc_ValueError, "Store.flat: %R is in the memory of another device", item(i));
  }
  store.tell_watchers(true);  // sessions have arrays of what they ran with
  // Nothing runs from here on.
  std::vector<VariableId> ids(count);
  for (std::size_t i = 0; i < count; ++i) ids[i] = variable_of(item(i));
  const DType dtype = count == 0 ? kFloat32 : store.values.dtype(ids[0]);
  const std::int64_t elements = check_flat(store.values, ids);
  if (count_of_args == 3) {
    const OwnedMemory whole(
        adopt_on_device(store, args[1], args[2], static_cast<std::size_t>(elements) * dtype.size()));
    store.values.flatten_into(*whole, ids);
    store.tell_watchers();
    return Py_NewRef(args[1]);
  }
  Memory* whole = store.values.flatten(ids);
  PyObject* array = array_over(*whole, dtype, {&elements, 1}, true);
  whole->disown();
  store.tell_watchers();
  return array;
}

}  // namespace scopetrie::python
