// The Python type Store: creation, what hangs on it, its methods.
#include "store/store.hpp"

#include <cstddef>
#include <random>

#include "names/names.hpp"
#include "scopes/parameters.hpp"
#include "scopes/scopes.hpp"
#include "support/bindings.hpp"

namespace scopetrie::python {

PyTypeObject* store_type = nullptr;

namespace {

// Creation ------------------------------------------------------------------------------------------------------------

std::uint64_t random_seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

// Store.__new__(type, seed=None, backend=None). The backend is Python's matter: Store.__init__ keeps it.
PyObject* store_make(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  static Signature<2> signature("Store", {"seed", "backend"});
  const auto given = parse_tuple(signature, args, kwargs);
  std::uint64_t seed = 0;
  if (given[0] == nullptr || given[0] == Py_None) {
    seed = random_seed();
  } else {
    const Ref number = checked(PyNumber_Index(given[0]));
    seed = PyLong_AsUnsignedLongLongMask(number.get());  // as NumPy's, whatever its size
    if (PyErr_Occurred() != nullptr) return nullptr;
  }
  return new_graph(type, std::make_unique<StoreState>(seed));
}

PyObject* store_fork(PyObject* self, PyObject*) {
  DeviceCopies copies;
  copies.add_all(as_graph(self));
  Ref copy(new_graph(Py_TYPE(self), std::make_unique<StoreState>(store_of(self), copies.all())));
  const StoreState& from = store_of(self);
  StoreState& to = store_of(copy.get());
  if (const std::optional<std::size_t> list = from.collections.find("regularizers"); list) {
    const std::size_t made = to.collections.named("regularizers");
    for (const Collections::Item& item : from.collections.items(*list))
      to.collections.add(made, Collections::Item(Py_NewRef(static_cast<PyObject*>(item.object()))));
  }
  if (from.own_names != nullptr) {
    const Ref names = checked(PyObject_CallMethod(from.own_names, "fork", nullptr));
    follow_store(names.get(), as_graph(copy.get()), from.own_names);
    to.own_names = Py_NewRef(names.get());
  }
  return copy.release();
}

// _follow(names): makes new Names those of the store, unless it has some.
PyObject* follow(PyObject* self, PyObject* names) {
  StoreState& store = store_of(self);
  if (store.own_names == nullptr) {
    follow_store(names, as_graph(self), nullptr);
    store.own_names = Py_NewRef(names);
  }
  return Py_NewRef(store.own_names);
}

PyObject* get_names(PyObject* self, void*) {
  PyObject* names = store_of(self).own_names;
  return Py_NewRef(names == nullptr ? Py_None : names);
}

int traverse(PyObject* self, visitproc visit, void* arg) {
  if (as_graph(self)->state != nullptr) Py_VISIT(store_of(self).own_names);
  return traverse_graph(self, visit, arg);
}

int clear(PyObject* self) {
  if (as_graph(self)->state != nullptr && store_of(self).own_names != nullptr) {
    leave_store(store_of(self).own_names);
    Py_CLEAR(store_of(self).own_names);
  }
  return clear_graph(self);
}

void dealloc(PyObject* self) {
  PyObject_GC_UnTrack(self);
  if (as_graph(self)->state != nullptr)
    for (StoreState::Place& place : store_of(self).places) Py_CLEAR(place.name);
  if (as_graph(self)->state != nullptr && store_of(self).own_names != nullptr) {
    const Lock lock;
    leave_store(store_of(self).own_names);
    Py_CLEAR(store_of(self).own_names);
  }
  PyObject_GC_Track(self);  // dealloc_graph() ends it
  dealloc_graph(self);
}

int set_subscript(PyObject* self, PyObject* path, PyObject* value) {
  if (value == nullptr) return store_delete(self, path);
  raise_error(PyExc_TypeError,
              "a Store takes no variables by subscript: put() makes one of an array, and assign() of a variable sets "
              "its elements");
}

Py_ssize_t store_length(PyObject* self) { return static_cast<Py_ssize_t>(store_of(self).values.size()); }

PyObject* store_iterate(PyObject* self) {
  const Ref paths(PyObject_CallMethod(self, "_paths", nullptr));
  return paths ? PyObject_GetIter(paths.get()) : nullptr;
}

PyObject* refuse_reduce(PyObject*, PyObject*) {
  raise_error(PyExc_TypeError,
              "a Store is neither pickled nor copied by the copy module: fork() copies it, and its variables' arrays "
              "can be pickled");
}

PyObject* get_seed(PyObject* self, void*) { return PyLong_FromUnsignedLongLong(store_of(self).values.seed()); }
PyObject* get_scope(PyObject* self, void*) { return Py_NewRef(current_scope(context_of_store(self))); }
PyObject* get_regularizers(PyObject* self, void*) {
  const StoreState& store = store_of(self);
  const std::optional<std::size_t> list = store.collections.find("regularizers");
  if (!list) return new_list(0);
  const Collections::Items& items = store.collections.items(*list);
  return list_of(items.size(), [&](std::uint32_t i) { return Py_NewRef(static_cast<PyObject*>(items[i].object())); });
}

const std::string kGetDoc =
    VariableSignature<kOfStore>::text("get", "$self") +
    "Gets the variable of this name in the current scope, or makes it.\n\n"
    "Whether it is shared or made is the scope's reuse mode to say. A new variable has no elements before\n"
    "somebody looks at them.\n\n"
    "Args:\n"
    "    name: Its name in the scope; it may be a path.\n"
    "    shape: Its shape; needed to make it, unless the initializer is a value.\n"
    "    dtype: Its dtype in any form that NumPy takes; the scope's by default (float32).\n"
    "    initializer: An initializer or its name, a function of a shape and a dtype, or a value. The scope's\n"
    "        by default; without one, glorot_uniform (floats) or zeros (ints, bools).\n"
    "    regularizer: A function of the variable, kept for `regularization_losses()`.\n"
    "    trainable: Whether it is to be trained; the scope says it by default, and else it is.\n"
    "    partitioner: A function of shape and dtype that gives the number of parts along each axis.\n"
    "        A variable in parts is shared without one, too.\n"
    "    custom_getter: A function through which the call is passed, instead of the scope's.\n\n"
    "Returns:\n"
    "    The Variable: the same object for as long as somebody has it. A PartitionedStoreVariable where it is\n"
    "    in parts, which are the variables \"name/part_0\", \"name/part_1\" and so on.\n\n"
    "Raises:\n"
    "    ValueError: If it exists and the scope does not reuse, does not exist and the scope only reuses, or\n"
    "        shape, dtype, initializer or partitions do not fit.\n"
    "    TypeError: If the name is no str, or a Store holds no such dtype.\n\n"
    ">>> import scopetrie as st\n>>> store = st.Store()\n"
    ">>> with store.scope(\"layer\"):\n...     store.get(\"w\", (3, 2))\n"
    "<Variable 'layer/w' float32[3, 2] lazy>\n"
    ">>> with store.scope(\"layer\", reuse=True):\n...     store.get(\"w\").array.shape\n(3, 2)\n";

const std::string kScopeDoc =
    VariableSignature<kOfStoreBlock>::text("scope", "$self, name_or_scope=None", 1) +
    "A `with` block in whose body this thread's variables are made or shared beneath a path.\n\n"
    "Scopes are those of `variable_scope`, but they are the store's own: no graph knows of them.\n\n"
    "Args:\n"
    "    name_or_scope: A name, which extends the current path, or a scope that another block gave.\n"
    "    default_name: The name to use, made unique, if name_or_scope is None.\n"
    "    values: Taken without effect, as are caching_device, use_resource, constraint and\n"
    "        auxiliary_name_scope: a store has no operations.\n"
    "    initializer: The default initializer of variables.\n"
    "    regularizer: The default regularizer of variables.\n"
    "    partitioner: The default partitioner of variables.\n"
    "    custom_getter: A function through which calls of `get` are passed.\n"
    "    reuse: True only shares existing variables, AUTO_REUSE also makes missing ones; None and False\n"
    "        inherit the enclosing scope's mode.\n"
    "    dtype: The default dtype of variables.\n"
    "    trainable: Whether variables are to be trained that do not say it.\n\n"
    "Returns:\n    A context manager that gives the VariableScope.\n\n"
    "Raises:\n"
    "    ValueError: If `reuse` is invalid, or given without a name, or the name has empty parts.\n"
    "    TypeError: If name_or_scope is neither a str nor a scope, or no name is given.\n"
    "    RuntimeError: If scopes are not left in the reverse order.\n";

}  // namespace

void bind_store(PyObject* module) {
  const PyType_Slot own_methods = methods(
      {fast("get", locked<store_get>, kGetDoc.c_str()),
       fast("get_many", locked<store_get_many>,
            "get_many($self, names, shapes=None, dtype=None, initializer=None, trainable=None)\n--\n\n"
            "`get` for each name, in one call: all of them or none.\n\n"
            "Args:\n"
            "    names: The variables' names in the current scope.\n"
            "    shapes: A shape for each name, or None.\n"
            "    dtype: The dtype of all.\n"
            "    initializer: The initializer of all.\n"
            "    trainable: Whether they are to be trained.\n\n"
            "Returns:\n    A list of variables.\n\n"
            "Raises:\n    ValueError: As `get` for the first name that fails.\n    TypeError: Likewise.\n\n"
            ">>> import scopetrie as st\n>>> store = st.Store()\n"
            ">>> [v.path for v in store.get_many([\"w\", \"b\"], [(3, 2), (2,)])]\n['w', 'b']\n"),
       fast("put", locked<store_put>,
            "put($self, name, array, trainable=None)\n--\n\n"
            "Makes a variable of an array.\n\n"
            "An array in C order that can be written to is adopted: the variable and the array share their memory.\n"
            "Anything else is copied: other orders, read-only arrays, lists.\n\n"
            "Args:\n"
            "    name: The variable's name in the current scope; it may be a path.\n"
            "    array: A NumPy array, or what NumPy makes one of.\n"
            "    trainable: Whether it is to be trained; the scope says it by default, and else it is.\n\n"
            "Returns:\n    The Variable.\n\n"
            "Raises:\n    ValueError: If there is a variable of this name.\n"
            "    TypeError: If a Store holds no such dtype.\n\n"
            ">>> import numpy as np\n>>> import scopetrie as st\n>>> weights = np.ones((2, 2), np.float32)\n"
            ">>> np.shares_memory(st.Store().put(\"w\", weights).array, weights)\nTrue\n"),
       fast("scope", locked<store_scope>, kScopeDoc.c_str()),
       fast("move", locked<store_move>,
            "move($self, path, to)\n--\n\n"
            "Gives a variable, or all variables beneath a path, another path. They stay the same variables.\n\n"
            "Args:\n    path: The path of a variable, or of a scope.\n    to: The path that it gets.\n\n"
            "Raises:\n    ValueError: If there is nothing, or something is there already; nothing is moved then.\n"
            "    TypeError: If a path is no str.\n\n"
            ">>> import scopetrie as st\n>>> store = st.Store()\n>>> w = store.get(\"a/w\", (2,))\n"
            ">>> store.move(\"a\", \"b/c\")\n>>> list(store), w.path\n(['b/c/w'], 'b/c/w')\n"),
       fast("copy", locked<store_copy>,
            "copy($self, path, to)\n--\n\n"
            "Makes new variables with the elements of a variable, or of all beneath a path.\n\n"
            "Args:\n    path: The path of a variable, or of a scope.\n    to: The path of the copy.\n\n"
            "Raises:\n    ValueError: If there is nothing, or something is there already; nothing is made then.\n"
            "    TypeError: If a path is no str.\n\n"
            ">>> import scopetrie as st\n>>> store = st.Store()\n>>> w = store.get(\"a/w\", (2,))\n"
            ">>> store.copy(\"a\", \"b\")\n>>> (store[\"b/w\"] == w, store[\"b/w\"].array.tolist() == "
            "w.array.tolist())\n"
            "(False, True)\n"),
       fast("alias", locked<store_alias>,
            "alias($self, path, of)\n--\n\n"
            "Gives a variable, or all variables beneath a path, another name: two paths, one variable.\n\n"
            "A variable is there as long as it has a name. Its `path` is its first name that is left.\n\n"
            "Args:\n    path: The new path.\n    of: The path of a variable, or of a scope.\n\n"
            "Raises:\n    ValueError: If there is nothing, or something is there already.\n"
            "    TypeError: If a path is no str.\n\n"
            ">>> import scopetrie as st\n>>> store = st.Store()\n>>> w = store.get(\"encoder/w\", (2,))\n"
            ">>> store.alias(\"decoder/w\", \"encoder/w\")\n>>> store[\"decoder/w\"] is w, len(store)\n(True, 2)\n"
            ">>> del store[\"encoder\"]\n>>> w.path\n'decoder/w'\n"),
       {"fork", locked<store_fork>, METH_NOARGS,
        "fork($self, /)\n--\n\n"
        "An independent copy, with no scope open.\n\n"
        "Elements that nobody has an array of are shared until one of both stores is looked at, so a fork of\n"
        "variables that lie still costs no memory. Others are copied. Functions that will make elements are called\n"
        "once for each store.\n\n"
        "Returns:\n    A Store of the same type.\n\n"
        ">>> import scopetrie as st\n>>> store = st.Store()\n>>> w = store.get(\"w\", (2,), initializer=\"zeros\")\n"
        ">>> copy = store.fork()\n>>> w += 1\n>>> copy[\"w\"].array.tolist(), w.array.tolist()\n"
        "([0.0, 0.0], [1.0, 1.0])\n"},
       with_arguments("_put_mapped", locked<store_put_mapped>,
                      "Makes variables of the bytes of a file that is mapped into memory, which only the store has: "
                      "(array of bytes, StoredVariables, paths of those that are not to be trained)."),
       with_arguments("_freeze", locked<store_freeze>,
                      "Freezes what is at a path, or lets it be changed: (path, frozen)."),
       with_arguments("_flatten", locked<store_flatten>,
                      "Moves the elements of variables into one memory, and gives it as an array: (variables), or for "
                      "those of a device (variables, array that has them, its address)."),
       fast("_get_whole", locked<store_get_whole>,
            "Gets or makes the variable of a whole path: what getters are given."),
       with_arguments("_paths", locked<store_paths>, "The paths beneath a path, relative to it."),
       with_arguments("_variables", locked<store_variables>, "The variables beneath a path, in the order of _paths()."),
       with_arguments("_items", locked<store_items>, "Pairs of a path beneath a path and its variable."),
       with_arguments("_measure", locked<store_measure>, "How many variables, elements and bytes are beneath a path."),
       {"_follow", locked<follow>, METH_O, "Makes Names follow the store, unless some do; gives those that do."},
       {"_is_scope", locked<store_is_scope>, METH_O, "Whether variables are beneath a path."},
       {"_find_parts", locked<store_find_parts>, METH_O, "The variable in parts of exactly this path, or None."},
       {"_find", locked<store_find>, METH_O, "The variable of exactly this path, or None."},
       with_arguments(
           "_set", locked<store_set>,
           "Gives the variable of a whole path the elements of an array: (path, array, trainable). It gets the "
           "array's shape, and is made if it is not there; gives whether it was. With the address of an array of a "
           "device as a fourth, it gets the array's memory."),
       with_arguments("_initialise", locked<store_initialise>,
                      "Gives the variables of a graph their first elements: (graph, what graph._needed() gave)."),
       {"_watch", locked<store_watch>, METH_O,
        "Calls let_go() of an object, which is not kept alive, whenever a variable gets another memory or name."},
       {"_holds", locked<store_holds>, METH_O | METH_STATIC, "Whether variables of stores may have a dtype."},
       {"_variable_at", locked<store_variable_at>, METH_O, "The variable of a number, or None."},
       {"__reduce_ex__", locked<refuse_reduce>, METH_O, "Refuses to be pickled."}});
  const PyType_Slot own_properties = properties(
      {property("seed", locked<get_seed>, "The seed of all random elements, below 2**64."),
       property("current_scope", locked<get_scope>, "The VariableScope in which this thread stands."),
       property("_names", locked<get_names>, "The Names that follow the store, or None."),
       property("_regularizers", locked<get_regularizers>, "Pairs of a variable's number and its regularizer.")});
  store_type =
      add_type<PyStore>(module, "Store", Py_TPFLAGS_BASETYPE,
                        {slot(Py_tp_new, locked<store_make>), slot(Py_tp_traverse, unlocked<traverse>),
                         slot(Py_tp_clear, unlocked<clear>), slot(Py_tp_dealloc, unlocked<dealloc>),
                         slot(Py_tp_iter, locked<store_iterate>), slot(Py_mp_subscript, locked<store_subscript>),
                         slot(Py_mp_ass_subscript, locked<set_subscript>), slot(Py_mp_length, locked<store_length>),
                         slot(Py_sq_contains, locked<store_contains>), own_methods, own_properties,
                         members({offset_of("__weaklistoffset__", offsetof(PyStore, graph.weak_references))})});
}

}  // namespace scopetrie::python
