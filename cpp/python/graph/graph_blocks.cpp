// Graph's collections, the blocks that new operations are made in, and transactions.
#include <iterator>

#include "graph/graph_members.hpp"
#include "scopes/scopes.hpp"

namespace scopetrie::python {

namespace {

// Collections
// -----------------------------------------------------------------------------------------------------------

// The list of a key, made if it is new; and one that is there. Both throw.
std::size_t list_at(PyObject* self, PyObject* key) { return of(self).collection_keys.at(of(self).collections, key); }
std::optional<std::size_t> find_list(PyObject* self, PyObject* key) {
  return of(self).collection_keys.find(of(self).collections, key);
}

PyObject* collect(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  if (count != 2) raise_error(PyExc_TypeError, "_collect() takes a key and a value");
  const std::size_t list = list_at(self, args[0]);
  of(self).note_builder(context_of(as_graph(self)));
  of(self).collections.add(list, collection_item(as_graph(self), args[1]));
  Py_RETURN_NONE;
}

PyObject* collection(PyObject* self, PyObject* key) {
  const auto list = find_list(self, key);
  return list ? collection_list(as_graph(self), *list) : new_list(0);
}

PyObject* assign_collection(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  if (count != 2) raise_error(PyExc_TypeError, "_assign_collection() takes a key and a sequence");
  const std::size_t list = list_at(self, args[0]);
  const Ref values = checked(items_of(args[1], "a collection is assigned from a sequence"));
  Collections::Items items(static_cast<std::size_t>(PySequence_Fast_GET_SIZE(values.get())));
  for (std::size_t i = 0; i < items.size(); ++i)
    items[i] = collection_item(as_graph(self), PySequence_Fast_GET_ITEM(values.get(), static_cast<Py_ssize_t>(i)));
  of(self).note_builder(context_of(as_graph(self)));
  of(self).collections.assign(list, std::move(items));
  Py_RETURN_NONE;
}

PyObject* add_collection(PyObject* self, PyObject* key) {
  const std::size_t list = list_at(self, key);
  of(self).note_builder(context_of(as_graph(self)));
  of(self).collections.create(list);
  Py_RETURN_NONE;
}

PyObject* drop_collection(PyObject* self, PyObject* key) {
  const auto list = find_list(self, key);
  of(self).note_builder(context_of(as_graph(self)));
  if (list) of(self).collections.drop(*list);
  Py_RETURN_NONE;
}

PyObject* collection_keys(PyObject* self, PyObject*) { return of(self).collection_keys.keys(of(self).collections); }

// Contexts
// --------------------------------------------------------------------------------------------------------------

// _enter_controls(ops | None): the list of frames to hand back to _exit_controls().
PyObject* enter_controls(PyObject* self, PyObject* operations) {
  Context& context = *context_of(as_graph(self));
  if (operations == Py_None) {
    auto saved = std::make_unique<std::vector<Controls>>();
    Ref token = checked(PyCapsule_New(saved.get(), "scopetrie.controls", [](PyObject* capsule) {
      delete static_cast<std::vector<Controls>*>(PyCapsule_GetPointer(capsule, "scopetrie.controls"));
    }));
    saved.release()->swap(context.controls);
    return token.release();
  }
  const Ref fast = checked(items_of(operations, "control inputs are a list of operations"));
  std::vector<OpId> controls;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(fast.get()); ++i) {
    PyObject* item = PySequence_Fast_GET_ITEM(fast.get(), i);
    if (!is_operation(item)) raise_error(PyExc_TypeError, "control inputs are operations, not %R", item);
    controls.push_back(id_of(item));
  }
  context.open_controls(std::move(controls));
  Py_RETURN_NONE;
}

// _enter_initializers(variables | key of a collection): whether there are any, all are plain variables of this graph
// with an initializer, in the order of their making, and no block is open. Otherwise it does nothing.
PyObject* enter_initializers(PyObject* self, PyObject* variables) {
  GraphState& graph = of(self);
  Context& context = *context_of(as_graph(self));
  if (!context.controls.empty()) Py_RETURN_FALSE;
  std::vector<OpId> controls;
  const auto add = [&](VariableId id) {
    const OpId initializer = graph.variables[id].initializer;
    if (initializer == kNone || (!controls.empty() && initializer <= controls.back())) return false;
    controls.push_back(initializer);
    return true;
  };
  if (PyList_CheckExact(variables)) {
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(variables); ++i) {
      PyObject* item = PyList_GET_ITEM(variables, i);
      if (!is_handle(item) || is_tensor(item) || is_operation(item) || handle(item)->graph != as_graph(self) ||
          !add(id_of(item)))
        Py_RETURN_FALSE;
    }
  } else {
    const auto list = find_list(self, variables);
    if (!list) Py_RETURN_FALSE;
    for (const Collections::Item& item : graph.collections.items(*list))
      if (item.kind() != Collections::Item::kVariable || !add(item.id())) Py_RETURN_FALSE;
  }
  if (controls.empty()) Py_RETURN_FALSE;
  context.open_controls(std::move(controls));
  Py_RETURN_TRUE;
}

PyObject* exit_controls(PyObject* self, PyObject* token) {
  Context& context = *context_of(as_graph(self));
  if (token == Py_None) {
    context.close_controls();
    Py_RETURN_NONE;
  }
  auto* saved = static_cast<std::vector<Controls>*>(PyCapsule_GetPointer(token, "scopetrie.controls"));
  if (saved == nullptr) return nullptr;
  context.controls = std::move(*saved);
  Py_RETURN_NONE;
}

PyObject* current_controls(PyObject* self, PyObject*) {
  const std::vector<OpId> ids = context_of(as_graph(self))->control_inputs();
  return list_of(ids.size(), [&](std::uint32_t i) { return operation_handle(as_graph(self), ids[i]); });
}

// A new reference to an object that a context keeps, or None.
PyObject* kept(const HostObject& object) { return Py_NewRef(object ? static_cast<PyObject*>(object.get()) : Py_None); }

PyObject* get_listener(PyObject* self, void*) { return kept(context_of(as_graph(self))->listener); }

int set_listener(PyObject* self, PyObject* listener, void*) {
  const bool is_given = listener != nullptr && listener != Py_None;
  context_of(as_graph(self))->listener = is_given ? HostObject(scope_host, listener) : HostObject();
  return 0;
}

PyObject* get_creators(PyObject* self, void*) { return kept(context_of(as_graph(self))->creators); }

int set_creators(PyObject* self, PyObject* creators, void*) {
  const bool are_given = creators != nullptr && PyObject_IsTrue(creators) == 1;
  context_of(as_graph(self))->creators = are_given ? HostObject(scope_host, creators) : HostObject();
  return 0;
}

PyObject* graph_depth(PyObject* self, void*) {
  return PyLong_FromSize_t(default_graph_depth() + context_of(as_graph(self))->variable_scopes);
}

// _note_maker(whole name, change) -> how many threads are making a variable of this name now
PyObject* note_maker(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  if (count != 2) raise_error(PyExc_TypeError, "_note_maker() takes a name and a change");
  const std::string_view text = checked_text(args[0]);
  const long change = PyLong_AsLong(args[1]);
  if (PyErr_Occurred() != nullptr) return nullptr;
  GraphState& graph = of(self);
  SegmentId segment;
  const ScopeId scope = graph.ops.scopes().scope_of_name(text, ScopeTrie::kRoot, segment);
  Maker& maker = graph.makers[maker_key(scope, segment)];
  maker.count += static_cast<int>(change);
  const long now = maker.count;
  if (now == 0) graph.makers.erase(maker_key(scope, segment));
  return PyLong_FromLong(now);
}

PyObject* get_finalized(PyObject* self, void*) { return PyBool_FromLong(of(self).finalized); }

// _set_seed(number | None): what random operations made from now on take part of.
PyObject* set_seed(PyObject* self, PyObject* seed) {
  std::optional<std::int64_t> number;
  const bool is_number = read_seed(seed, number);
  PyErr_Clear();  // as v1: the next random operation says so
  of(self).seeds.of_graph = number;
  of(self).has_odd_seed = !is_number;
  Py_RETURN_NONE;
}

// _next_seeds(own seed | None) -> the two seeds of a random operation made now, two zeros for none
PyObject* next_seeds(PyObject* self, PyObject* seed) {
  std::optional<std::int64_t> own;
  if (!read_seed(seed, own)) return nullptr;
  if (of(self).has_odd_seed) {
    const Ref odd(PyObject_GetAttrString(self, "seed"));
    if (odd) read_seed(odd.get(), own);
    return nullptr;
  }
  const auto [first, second] = of(self).seeds.next(own);
  return build_value("(II)", first, second);
}

int set_finalized(PyObject* self, PyObject* value, void*) {
  of(self).finalized = truth_of(value);
  return 0;
}

}  // namespace

bool read_seed(PyObject* seed, std::optional<std::int64_t>& out) {
  out.reset();
  if (seed == Py_None) return true;
  if (PyFloat_Check(seed) || PyIndex_Check(seed)) {
    static const long long kModulus = RandomSeeds::kModulus;
    const Ref number(PyNumber_Long(seed)), modulus(PyLong_FromLongLong(kModulus));
    const Ref rest(number && modulus ? PyNumber_Remainder(number.get(), modulus.get()) : nullptr);
    if (!rest) return false;
    out = PyLong_AsLongLong(rest.get());
    return true;
  }
  PyErr_Format(PyExc_TypeError, "A random seed must be an integer or None, got %R", seed);
  return false;
}

namespace {

// Changes
// --------------------------------------------------------------------------------------------------------------

// _on_undo(function, *arguments)
PyObject* on_undo(PyObject* self, PyObject* call) {
  GraphState& graph = of(self);
  if (!graph.ledger().is_open()) Py_RETURN_NONE;
  if (PyTuple_GET_SIZE(call) == 0) raise_error(PyExc_TypeError, "_on_undo() takes a function and its arguments");
  of(self).note_builder(context_of(as_graph(self)));
  graph.call_on_undo(call);
  Py_RETURN_NONE;
}

}  // namespace

void add_block_members(std::vector<PyMethodDef>& methods, std::vector<PyGetSetDef>& properties) {
  const PyMethodDef more_methods[] = {
      with_arguments("_collect", locked<collect>, "Adds a value to a collection: (key, value)."),
      {"_collection", locked<collection>, METH_O, "A collection as a new list."},
      with_arguments("_assign_collection", locked<assign_collection>, "Replaces a collection: (key, values)."),
      {"_add_collection", locked<add_collection>, METH_O, "Makes an empty collection of a key that has none."},
      {"_drop_collection", locked<drop_collection>, METH_O, "Forgets a collection."},
      {"_collection_keys", locked<collection_keys>, METH_NOARGS,
       "The keys of the collections, in the order of their making."},
      {"_enter_controls", locked<enter_controls>, METH_O,
       "Opens a control-dependency block; None clears the outer ones."},
      {"_enter_initializers", locked<enter_initializers>, METH_O,
       "Opens a block that waits for the initializers of variables, a list or the key of a collection, where all are "
       "plain ones of this graph, in order, and no block is open; whether it did."},
      {"_exit_controls", locked<exit_controls>, METH_O, "Ends the block whose _enter_controls() gave this token."},
      {"_current_controls", locked<current_controls>, METH_NOARGS, "The operations that new ones wait for."},
      with_arguments("_note_maker", locked<note_maker>,
                     "Notes one more or less thread that makes the variable of a name: (name, change). Gives how many "
                     "do."),
      {"_set_seed", locked<set_seed>, METH_O, "Sets the graph's random seed, None for none."},
      {"_next_seeds", locked<next_seeds>, METH_O,
       "The two seeds of a random operation that is made now with this seed of its own, or None; zeros for none."},
      {"_on_undo", locked<on_undo>, METH_VARARGS,
       "Where a transaction is open: calls a function with these arguments if it is rolled back."}};
  const PyGetSetDef more_properties[] = {
      property("finalized", locked<get_finalized>, "Whether the graph is read-only."),
      property("_finalized", locked<get_finalized>, locked<set_finalized>, "The same, to be set."),
      property("_creators", locked<get_creators>, locked<set_creators>,
               "This thread's open variable creators, outermost first, or None."),
      property("_depth", locked<graph_depth>,
               "How many default graphs, and variable scopes of this graph, this thread has open."),
      property("_on_operation", locked<get_listener>, locked<set_listener>,
               "Called with each operation that this thread makes, or None.")};
  methods.insert(methods.end(), std::begin(more_methods), std::end(more_methods));
  properties.insert(properties.end(), std::begin(more_properties), std::end(more_properties));
}

}  // namespace scopetrie::python
