// What changes the names of a store's variables: del, move, copy, alias; and freeze and flat, which change what they
// are.
#include <algorithm>
#include <cstring>
#include <ranges>

#include "scopetrie/error.hpp"
#include "scopetrie/values/refusal.hpp"
#include "store/store.hpp"

namespace scopetrie::python {

namespace {

/// A row, and what its path is to be.
struct Target {
  VariableId row;
  ScopeId scope;
  SegmentId segment;
};

/// One call that takes one path to another: of a variable, or of all beneath a scope.
class Paths {
 public:
  Paths(PyObject* self, const char* call, PyObject* from, PyObject* to)
      : self_(self), store_(store_of(self)), call_(call), from_(from), to_(to) {}

  /// Where each row goes. Throws where there is nothing, or something is there already; nothing is changed then.
  std::vector<Target> targets() {
    const std::string_view from = argument_text(call_, "a path", from_), to = argument_text(call_, "a path", to_);
    check_store_name(call_, to);
    std::vector<Target> found;
    if (const VariableId row = row_at(from); row != kNone) {
      add(found, row, std::string(to));
      return found;
    }
    const bool is_within = to.size() > from.size() && to.starts_with(from) && to[from.size()] == '/';
    if (is_within || to == from)
      throw Error(
          ErrorKind::kValue,
          std::string(call_) + ": '" + std::string(from) + "' cannot go to '" + std::string(to) + "', which is in it",
          {.call = call_, .full_name = std::string(from), .asked = std::string(to)});
    const std::vector<VariableId> rows = from.empty() ? std::vector<VariableId>() : rows_under(self_, from);
    if (rows.empty()) raise_missing(self_, from_);
    std::string path;
    for (const VariableId row : rows) {
      path.clear();
      store_.values.append_path(row, path);
      add(found, row, std::string(to) + path.substr(from.size()));
    }
    return found;
  }

 private:
  VariableId row_at(std::string_view path) const {
    SegmentId segment;
    const ScopeId scope = store_.ops.scopes().find_scope_of_name(path, segment);
    return scope == kNone ? kNone : store_.variables.find(scope, segment);
  }
  void add(std::vector<Target>& out, VariableId row, const std::string& path) {
    Target made{row, kNone, 0};
    made.scope = store_.ops.scopes().scope_of_name(path, ScopeTrie::kRoot, made.segment);
    if (store_.variables.find(made.scope, made.segment) != kNone)
      throw Error(ErrorKind::kValue, std::string(call_) + ": '" + path + "' already exists",
                  {.call = call_, .full_name = path});
    out.push_back(made);
  }

  PyObject* self_;
  StoreState& store_;
  const char* call_;
  PyObject* from_;
  PyObject* to_;
};

bool two_paths(Signature<2>& signature, const char* call, PyObject* const* args, Py_ssize_t positional,
               PyObject* keywords, PyObject** out) {
  if (!signature.parse(args, positional, keywords, out)) return false;
  if (out[0] != nullptr && out[1] != nullptr) return true;
  PyErr_Format(PyExc_TypeError, "%s() takes two paths", call);
  return false;
}

// The rows of a variable of exactly this path, or of all beneath it.
std::vector<VariableId> rows_at(PyObject* self, std::string_view path) {
  const StoreState& store = store_of(self);
  SegmentId segment;
  const ScopeId scope = store.ops.scopes().find_scope_of_name(path, segment);
  const VariableId row = scope == kNone ? kNone : store.variables.find(scope, segment);
  return row != kNone ? std::vector<VariableId>{row} : rows_under(self, path);
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
  const std::vector<VariableId> rows = text.empty() ? std::vector<VariableId>() : rows_at(self, text);
  if (rows.empty()) raise_missing(self, path);
  Transaction transaction(store.ledger(), &context_of_store(self));
  // The latest first: its scope's list begins with it.
  for (const VariableId row : std::ranges::reverse_view(rows))
    if (store.values.is_there(row)) store.values.erase(row);
  transaction.commit();
  store.tell_watchers();
  return 0;
}

PyObject* store_move(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<2> signature("Store.move", {"path", "to"});
  PyObject* given[2];
  if (!two_paths(signature, "Store.move", args, positional, keywords, given)) return nullptr;
  StoreState& store = store_of(self);
  const std::vector<Target> targets = Paths(self, "Store.move", given[0], given[1]).targets();
  Transaction transaction(store.ledger(), &context_of_store(self));
  for (const Target& target : targets) store.values.rename(target.row, target.scope, target.segment);
  transaction.commit();
  store.tell_watchers();
  Py_RETURN_NONE;
}

PyObject* store_alias(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<2> signature("Store.alias", {"path", "of"});
  PyObject* given[2];
  if (!two_paths(signature, "Store.alias", args, positional, keywords, given)) return nullptr;
  StoreState& store = store_of(self);
  const std::vector<Target> targets = Paths(self, "Store.alias", given[1], given[0]).targets();
  const std::uint32_t site = store.sites.here();
  make_room(store.live, targets.size());
  Transaction transaction(store.ledger(), &context_of_store(self));
  for (const Target& target : targets)
    store.values.alias(target.scope, target.segment, store.values.resolved(target.row), site);
  transaction.commit();
  add_handles(store);
  Py_RETURN_NONE;
}

PyObject* store_copy(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<2> signature("Store.copy", {"path", "to"});
  PyObject* given[2];
  if (!two_paths(signature, "Store.copy", args, positional, keywords, given)) return nullptr;
  const Ref keep = Ref::borrowed(self);
  StoreState& store = store_of(self);
  Values& values = store.values;
  Context& context = context_of_store(self);
  // Elements first, as making them may run anything.
  const std::string_view from = argument_text("Store.copy", "a path", given[0]);
  std::vector<Ref> sources;
  for (const VariableId row : from.empty() ? std::vector<VariableId>() : rows_at(self, from))
    sources.push_back(checked(store_variable(as_graph(self), values.resolved(row))));
  for (const Ref& source : sources) elements_of(as_graph(self), variable_of(source.get()));
  DeviceCopies on_device;
  for (const Ref& source : sources) on_device.add(as_graph(self), variable_of(source.get()));
  const std::vector<Target> targets = Paths(self, "Store.copy", given[0], given[1]).targets();
  const std::uint32_t site = store.sites.here();
  make_room(store.live, targets.size());
  Transaction transaction(store.ledger(), &context);
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
  if (count != 2) {
    PyErr_SetString(PyExc_TypeError, "_freeze() takes a path and a bool");
    return nullptr;
  }
  const int is_frozen = PyObject_IsTrue(args[1]);
  if (is_frozen < 0) return nullptr;
  const std::vector<VariableId> rows = rows_at(self, argument_text("Store.freeze", "a path", args[0]));
  StoreState& store = store_of(self);
  Transaction transaction(store.ledger(), &context_of_store(self));
  for (const VariableId row : rows) store.values.freeze(store.values.resolved(row), is_frozen != 0);
  transaction.commit();
  store.tell_watchers();
  Py_RETURN_NONE;
}

// _flatten(variables): moves the elements into one memory; gives it as an array of one axis. With an array of a device
// that has the elements, and its address: moves the variables there.
PyObject* store_flatten(PyObject* self, PyObject* const* args, Py_ssize_t count_of_args) {
  if (count_of_args != 1 && count_of_args != 3) {
    PyErr_SetString(PyExc_TypeError, "_flatten() takes variables, and perhaps an array and its address");
    return nullptr;
  }
  PyObject* const variables = args[0];
  const Ref keep = Ref::borrowed(self);
  StoreState& store = store_of(self);
  const Ref list(items_of(variables, "_flatten() takes a sequence of variables"));
  if (!list) return nullptr;
  const Ref items(PySequence_Tuple(list.get()));
  if (!items) return nullptr;
  const auto count = static_cast<std::size_t>(PyTuple_GET_SIZE(items.get()));
  const auto item = [&](std::size_t i) { return PyTuple_GET_ITEM(items.get(), static_cast<Py_ssize_t>(i)); };
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_store_variable(item(i)) || as_variable(item(i))->store != as_graph(self)) {
      PyErr_Format(PyExc_ValueError, "Store.flat: %R is no variable of this store", item(i));
      return nullptr;
    }
    const Memory& memory = elements_of(as_graph(self), variable_of(item(i)));
    if (memory.is_on_host() != (count_of_args == 1)) {
      PyErr_Format(PyExc_ValueError, "Store.flat: %R is in the memory of another device", item(i));
      return nullptr;
    }
  }
  store.tell_watchers(true);  // sessions have arrays of what they ran with
  // Nothing runs from here on.
  std::vector<VariableId> ids(count);
  for (std::size_t i = 0; i < count; ++i) ids[i] = variable_of(item(i));
  std::vector<VariableId> sorted = ids;
  std::ranges::sort(sorted);
  const DType dtype = count == 0 ? kFloat32 : store.values.dtype(ids[0]);
  std::int64_t elements = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string path = store.values.path(ids[i]);
    if (i > 0 && sorted[i] == sorted[i - 1])
      throw Error(ErrorKind::kValue, "Store.flat: a variable is given twice", {.call = "Store.flat"});
    if (store.values.dtype(ids[i]) != dtype)
      throw Error(ErrorKind::kValue,
                  "Store.flat: '" + path + "' has dtype " + store.values.dtype(ids[i]).name() +
                      ", and the first variable has " + dtype.name() + ": one buffer has one dtype; use where=",
                  {.call = "Store.flat", .full_name = path});
    const Memory* memory = store.values.peek(ids[i]);
    if (memory == nullptr || memory->is_viewed())
      throw Error(ErrorKind::kValue,
                  "Store.flat: somebody has an array of '" + path +
                      "', which would not see the buffer: let it go before, or take copies",
                  {.call = "Store.flat", .full_name = path});
    elements += static_cast<std::int64_t>(store.values.element_count(ids[i]));
  }
  if (count_of_args == 3) {
    Memory* whole = adopt_on_device(store, args[1], args[2], static_cast<std::size_t>(elements) * dtype.size());
    struct Owned {
      Memory* memory;
      ~Owned() { memory->disown(); }
    } const owned{whole};
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
