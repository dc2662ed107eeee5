// A Store's Variable: what NumPy and others see of it is an array over its memory.
#include "scopetrie/error.hpp"
#include "scopetrie/variables/partitions.hpp"
#include "store/store.hpp"
#include "support/bindings.hpp"

namespace scopetrie::python {

PyTypeObject* store_variable_type = nullptr;

namespace {

Values& values_of(PyObject* variable) { return store_of(as_variable(variable)->store).values; }

std::string path_of_stale(PyObject* self) {
  const PyStoreVariable* of = as_variable(self);
  const StoreState& state = store_of(of->store);
  if (of->number != kNone) return state.values.path(of->number);
  std::string path;
  state.ops.append_scope(of->scope, path);
  path += state.ops.segments().text(of->segment);
  return path;
}

[[noreturn]] SCOPETRIE_COLD void refuse_stale(PyObject* self) {
  const std::string path = path_of_stale(self);
  const char* why = as_variable(self)->number == kNone ? "the call or transaction that made it was undone"
                                                       : "it was deleted from its store";
  throw Error(ErrorKind::kRuntime, "The variable '" + path + "' is gone: " + why + ". Get it again.",
              {.full_name = path});
}

}  // namespace

PyObject* new_store_variable(PyGraph* store, VariableId id) {
  auto* made = PyObject_New(PyStoreVariable, store_variable_type);
  if (made == nullptr) return nullptr;
  made->store = store;
  Py_INCREF(store);
  made->number = id;
  made->scope = kNone;
  made->segment = 0;
  made->weak_references = nullptr;
  auto* object = reinterpret_cast<PyObject*>(made);
  allow_try_incref(object);
  return store_of(store).live[id] = object;
}

VariableId variable_of(PyObject* self) {
  const VariableId number = as_variable(self)->number;
  if (number == kNone || !values_of(self).is_there(number)) [[unlikely]]
    refuse_stale(self);
  return number;
}

namespace {

void own_dealloc(PyObject* self) {
  PyStoreVariable* variable = as_variable(self);
  if (variable->weak_references != nullptr) PyObject_ClearWeakRefs(self);
  PyGraph* store = variable->store;
  {
    const Lock lock;
    auto& live = store_of(store).live;
    const VariableId number = variable->number;
    if (number < live.size() && live[number] == self) live[number] = nullptr;
  }
  free_object(self);
  Py_DECREF(store);
}

// Properties ----------------------------------------------------------------------------------------------------------

PyObject* get_path(PyObject* self, void*) { return path_object(as_variable(self)->store, variable_of(self)).release(); }
PyObject* get_store(PyObject* self, void*) { return Py_NewRef(reinterpret_cast<PyObject*>(as_variable(self)->store)); }
PyObject* get_shape(PyObject* self, void*) { return dims_object(values_of(self).dims(variable_of(self))).release(); }
PyObject* get_dtype(PyObject* self, void*) { return Py_NewRef(array_dtype(values_of(self).dtype(variable_of(self)))); }
PyObject* get_ndim(PyObject* self, void*) { return PyLong_FromSize_t(values_of(self).dims(variable_of(self)).size()); }
PyObject* get_size(PyObject* self, void*) {
  return PyLong_FromSize_t(values_of(self).element_count(variable_of(self)));
}
PyObject* get_nbytes(PyObject* self, void*) { return PyLong_FromSize_t(values_of(self).byte_count(variable_of(self))); }
PyObject* get_trainable(PyObject* self, void*) {
  return PyBool_FromLong(values_of(self).is_trainable(variable_of(self)));
}
PyObject* get_frozen(PyObject* self, void*) { return PyBool_FromLong(values_of(self).is_frozen(variable_of(self))); }
PyObject* get_ready(PyObject* self, void*) { return PyBool_FromLong(values_of(self).is_ready(variable_of(self))); }
bool is_on_device(PyObject* self) {
  const Memory* memory = values_of(self).peek(variable_of(self));
  return memory != nullptr && !memory->is_on_host();
}
PyObject* get_on_device(PyObject* self, void*) { return PyBool_FromLong(is_on_device(self)); }
PyObject* get_elements(PyObject* self, void*) { return array_of(self).release(); }
PyObject* get_array(PyObject* self, void*) {
  Ref array = array_of(self);
  return is_on_device(self) ? fetched(as_variable(self)->store, array.get()).release() : array.release();
}
PyObject* get_site(PyObject* self, void*) {
  const StoreState& state = store_of(as_variable(self)->store);
  return state.sites.describe(state.variables[variable_of(self)].initializer);
}

PyObject* own_repr(PyObject* self) {
  const PyStoreVariable* of = as_variable(self);
  const Values& values = values_of(self);
  std::string text = "<Variable '" + path_of_stale(self) + "'";
  if (of->number == kNone || !values.is_there(of->number)) {
    text += " (gone)>";
  } else {
    text += ' ' + values.dtype(of->number).name() + list_text(values.dims(of->number));
    if (values.is_frozen(of->number)) text += " frozen";
    text += values.is_ready(of->number) ? ">" : " lazy>";
  }
  return to_str(text);
}

PyObject* assign(PyObject* self, PyObject* value) {
  assign_elements(self, value);
  return Py_NewRef(self);
}
PyObject* load_value(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<2> signature("load", {"value", "session"});
  auto given = signature.parse(args, positional, keywords, 1);
  assign_elements(self, given[0]);
  Py_RETURN_NONE;
}

// Takes back elements that were the first ones: the variable is lazy again.
PyObject* unmake(PyObject* self, PyObject*) {
  Values& values = values_of(self);
  const VariableId id = variable_of(self);
  if (values.origin(id) == Values::kGiven)
    throw Error(ErrorKind::kValue, "'" + values.path(id) + "' was made with its elements: nothing can make them again",
                {.full_name = values.path(id)});
  values.give(id, nullptr);
  store_of(as_variable(self)->store).tell_watchers();
  Py_RETURN_NONE;
}

// A copy of what a device has is asked for, never made in passing.
void refuse_device(PyObject* self, PyObject* error) {
  if (!is_on_device(self)) [[likely]]
    return;
  raise_error(error,
              "the elements of the variable '%U' are in the memory of a device: `array` copies them to the host, "
              "and `value` is the device's array",
              path_object(as_variable(self)->store, variable_of(self)).get());
}

PyObject* as_numpy(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<2> signature("__array__", {"dtype", "copy"});
  auto given = signature.parse(args, positional, keywords);
  refuse_device(self, PyExc_TypeError);
  Ref array = array_of(self);
  const bool has_dtype = none_to_null(given[0]) != nullptr, must_copy = truth_of(none_to_null(given[1]));
  if (!has_dtype && !must_copy) return array.release();
  const Ref own = checked(PyObject_GetAttrString(array.get(), "dtype"));
  PyObject* wanted = has_dtype ? given[0] : own.get();
  Ref made = checked(PyObject_CallMethod(array.get(), "astype", "OsOOO", wanted, "K", Py_True, Py_True,
                                         must_copy ? Py_True : Py_False));
  if (given[1] == Py_False && !must_copy) {
    const Ref dtype = checked(PyObject_GetAttrString(made.get(), "dtype"));
    const int is_same = PyObject_RichCompareBool(dtype.get(), own.get(), Py_EQ);
    if (is_same < 0) return nullptr;
    if (is_same == 0)
      raise_error(PyExc_ValueError, "Unable to avoid copy while creating an array of dtype %R from one of dtype %R.",
                  dtype.get(), own.get());
  }
  return made.release();
}

// A call of the array's method of this name, with the same arguments.
PyObject* call_array(PyObject* self, const char* name, PyObject* const* args, Py_ssize_t positional,
                     PyObject* keywords) {
  const Ref array = array_of(self);
  const Ref method = checked(PyObject_GetAttrString(array.get(), name));
  return PyObject_Vectorcall(method.get(), args, static_cast<std::size_t>(positional), keywords);
}
PyObject* dlpack(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  return call_array(self, "__dlpack__", args, positional, keywords);
}
PyObject* dlpack_device(PyObject* self, PyObject*) {
  return call_array(self, "__dlpack_device__", nullptr, 0, nullptr);
}
PyObject* reduce(PyObject* self, PyObject* protocol) {
  const Ref array(get_array(self, nullptr));
  const Ref method = checked(PyObject_GetAttrString(array.get(), "__reduce_ex__"));
  return PyObject_CallOneArg(method.get(), protocol);
}

int get_buffer(PyObject* self, Py_buffer* view, int flags) {
  view->obj = nullptr;
  refuse_device(self, PyExc_BufferError);
  const Ref array = array_of(self);
  return PyObject_GetBuffer(array.get(), view, flags);
}

// Operators -----------------------------------------------------------------------------------------------------------

// What NumPy is given: it reads lists in place, and an item may run code that changes them.
Ref operand(PyObject* x) {
  if (is_store_variable(x)) return array_of(x);
  return PyList_Check(x) || PyTuple_Check(x) ? checked(own_items(x)) : Ref::borrowed(x);
}
// The same of an index, where a list means something else than a tuple.
Ref index_of(PyObject* key) {
  if (PyTuple_Check(key)) return checked(map_items(key, [](PyObject* each) { return index_of(each).release(); }));
  if (!PyList_Check(key)) return operand(key);
  const Ref items = checked(own_items(key));
  return checked(PySequence_List(items.get()));
}

template <auto function, class... Modulo>
PyObject* binary(PyObject* x, PyObject* y, Modulo... modulo) {
  const Ref a = operand(x), b = operand(y);
  return function(a.get(), b.get(), modulo...);
}
template <auto function>
PyObject* unary(PyObject* x) {
  const Ref a = operand(x);
  return function(a.get());
}
// In place: the variable stays what it is.
template <auto function, class... Modulo>
PyObject* in_place(PyObject* x, PyObject* y, Modulo... modulo) {
  const Ref a = operand(x), b = operand(y);
  const Ref done = checked(function(a.get(), b.get(), modulo...));
  return Py_NewRef(x);
}

int is_true(PyObject* self) { return PyObject_IsTrue(operand(self).get()); }
Py_ssize_t own_length(PyObject* self) { return PyObject_Size(operand(self).get()); }
PyObject* own_subscript(PyObject* self, PyObject* key) {
  const Ref array = operand(self), index = index_of(key);
  return PyObject_GetItem(array.get(), index.get());
}
int own_set_subscript(PyObject* self, PyObject* key, PyObject* value) {
  const Ref array = operand(self);
  if (value == nullptr) raise_error(PyExc_ValueError, "elements of a variable cannot be deleted");
  const Ref index = index_of(key), given = operand(value);
  return PyObject_SetItem(array.get(), index.get(), given.get());
}
int own_contains(PyObject* self, PyObject* value) {
  const Ref array = operand(self), given = operand(value);
  return PySequence_Contains(array.get(), given.get());
}
PyObject* own_iterate(PyObject* self) { return PyObject_GetIter(operand(self).get()); }

// Equality is identity, since a variable has one handle at a time; order is that of the elements.
PyObject* compare(PyObject* self, PyObject* other, int how) {
  if (how == Py_EQ || how == Py_NE) {
    if (!is_store_variable(other)) Py_RETURN_NOTIMPLEMENTED;
    return PyBool_FromLong((self == other) == (how == Py_EQ));
  }
  const Ref a = operand(self), b = operand(other);
  return PyObject_RichCompare(a.get(), b.get(), how);
}
Py_hash_t hash(PyObject* self) { return static_cast<Py_hash_t>(reinterpret_cast<std::uintptr_t>(self) >> 4); }

PyObject* refuse_new_variable(PyTypeObject*, PyObject*, PyObject*) {
  raise_error(PyExc_TypeError, "a store's variables are made by store.get() and store.put()");
}
PyObject* refuse_variable_alloc(PyTypeObject*, Py_ssize_t) { return refuse_new_variable(nullptr, nullptr, nullptr); }

}  // namespace

void bind_store_variable(PyObject* module) {
  const PyType_Slot own_properties = properties(
      {property("path", locked<get_path>, "The path by which its store finds it."),
       property("store", unlocked<get_store>, "The Store that holds it."),
       property("shape", locked<get_shape>, "The sizes of its axes, a tuple of int."),
       property("dtype", locked<get_dtype>, "The dtype of its elements, NumPy's."),
       property("ndim", locked<get_ndim>, "How many axes it has."),
       property("size", locked<get_size>, "How many elements it has."),
       property("nbytes", locked<get_nbytes>, "How many bytes its elements take, ready or not."),
       property("trainable", locked<get_trainable>, "Whether it is to be trained: not where it is frozen."),
       property("ready", locked<get_ready>, "Whether its elements were made; they are when somebody looks."),
       property("array", locked<get_array>,
                "Its elements as a NumPy array, without a copy; a read-only copy of those in the memory of a device."),
       property("_on_device", locked<get_on_device>, "Whether its elements are in the memory of a device."),
       property("_elements", locked<get_elements>, "An array over its elements, wherever they are."),
       property("_frozen", locked<get_frozen>, "Whether its elements are not to be changed."),
       property("_site", locked<get_site>, "(file, line, function) of the line that made it, or None.")});
  const PyType_Slot own_methods = methods(
      {{"assign", locked<assign>, METH_O,
        "assign($self, value, /)\n--\n\nSets all elements, in place: arrays that are views of them see it.\n\n"
        "Args:\n    value: An array, or what NumPy makes one of, of the variable's shape; its dtype must convert to "
        "the\n"
        "        variable's as NumPy's casting=\"same_kind\" does.\n\n"
        "Returns:\n    The variable.\n\n"
        "Raises:\n    ValueError: If the shape differs, or the variable is frozen.\n"
        "    TypeError: If the dtype does not convert.\n"},
       fast("load", locked<load_value>,
            "load($self, value, session=None)\n--\n\nThe same as `assign`, under the name that TensorFlow 1 has for "
            "it.\n\n"
            "Args:\n    value: What `assign` takes.\n    session: Ignored: the values are the store's.\n\n"
            "Raises:\n    ValueError: As `assign`.\n    TypeError: Likewise.\n"),
       fast("__array__", locked<as_numpy>, "__array__($self, dtype=None, copy=None)\n--\n\nThe elements as an array."),
       fast("__dlpack__", locked<dlpack>, "The elements as a DLPack capsule; takes what ndarray.__dlpack__ takes."),
       {"_unmake", locked<unmake>, METH_NOARGS, "Drops elements that it was given first: it is lazy again."},
       {"__dlpack_device__", locked<dlpack_device>, METH_NOARGS, "The CPU, as DLPack numbers it."},
       {"__reduce_ex__", locked<reduce>, METH_O, "Pickles the elements: what comes back is an array of them."}});
  store_variable_type =
      add_type<PyStoreVariable>(module, "StoreVariable", Py_TPFLAGS_BASETYPE,
                                {slot(Py_tp_dealloc, unlocked<own_dealloc>),
                                 slot(Py_tp_new, unlocked<refuse_new_variable>),
                                 slot(Py_tp_alloc, unlocked<refuse_variable_alloc>),
                                 slot(Py_tp_repr, locked<own_repr>),
                                 slot(Py_tp_richcompare, locked<compare>),
                                 slot(Py_tp_hash, unlocked<hash>),
                                 slot(Py_tp_iter, locked<own_iterate>),
                                 own_properties,
                                 own_methods,
                                 members({offset_of("__weaklistoffset__", offsetof(PyStoreVariable, weak_references))}),
                                 slot(Py_bf_getbuffer, locked<get_buffer>),
                                 slot(Py_mp_length, locked<own_length>),
                                 slot(Py_mp_subscript, locked<own_subscript>),
                                 slot(Py_mp_ass_subscript, locked<own_set_subscript>),
                                 slot(Py_sq_contains, locked<own_contains>),
                                 slot(Py_nb_bool, locked<is_true>),
                                 slot(Py_nb_int, locked<unary<PyNumber_Long>>),
                                 slot(Py_nb_float, locked<unary<PyNumber_Float>>),
                                 slot(Py_nb_index, locked<unary<PyNumber_Index>>),
                                 slot(Py_nb_negative, locked<unary<PyNumber_Negative>>),
                                 slot(Py_nb_positive, locked<unary<PyNumber_Positive>>),
                                 slot(Py_nb_absolute, locked<unary<PyNumber_Absolute>>),
                                 slot(Py_nb_invert, locked<unary<PyNumber_Invert>>),
                                 slot(Py_nb_add, locked<binary<PyNumber_Add>>),
                                 slot(Py_nb_subtract, locked<binary<PyNumber_Subtract>>),
                                 slot(Py_nb_multiply, locked<binary<PyNumber_Multiply>>),
                                 slot(Py_nb_matrix_multiply, locked<binary<PyNumber_MatrixMultiply>>),
                                 slot(Py_nb_true_divide, locked<binary<PyNumber_TrueDivide>>),
                                 slot(Py_nb_floor_divide, locked<binary<PyNumber_FloorDivide>>),
                                 slot(Py_nb_remainder, locked<binary<PyNumber_Remainder>>),
                                 slot(Py_nb_divmod, locked<binary<PyNumber_Divmod>>),
                                 slot(Py_nb_and, locked<binary<PyNumber_And>>),
                                 slot(Py_nb_or, locked<binary<PyNumber_Or>>),
                                 slot(Py_nb_xor, locked<binary<PyNumber_Xor>>),
                                 slot(Py_nb_lshift, locked<binary<PyNumber_Lshift>>),
                                 slot(Py_nb_rshift, locked<binary<PyNumber_Rshift>>),
                                 slot(Py_nb_power, locked<binary<PyNumber_Power, PyObject*>>),
                                 slot(Py_nb_inplace_add, locked<in_place<PyNumber_InPlaceAdd>>),
                                 slot(Py_nb_inplace_subtract, locked<in_place<PyNumber_InPlaceSubtract>>),
                                 slot(Py_nb_inplace_multiply, locked<in_place<PyNumber_InPlaceMultiply>>),
                                 slot(Py_nb_inplace_true_divide, locked<in_place<PyNumber_InPlaceTrueDivide>>),
                                 slot(Py_nb_inplace_floor_divide, locked<in_place<PyNumber_InPlaceFloorDivide>>),
                                 slot(Py_nb_inplace_remainder, locked<in_place<PyNumber_InPlaceRemainder>>),
                                 slot(Py_nb_inplace_and, locked<in_place<PyNumber_InPlaceAnd>>),
                                 slot(Py_nb_inplace_or, locked<in_place<PyNumber_InPlaceOr>>),
                                 slot(Py_nb_inplace_xor, locked<in_place<PyNumber_InPlaceXor>>),
                                 slot(Py_nb_inplace_lshift, locked<in_place<PyNumber_InPlaceLshift>>),
                                 slot(Py_nb_inplace_rshift, locked<in_place<PyNumber_InPlaceRshift>>),
                                 slot(Py_nb_inplace_power, locked<in_place<PyNumber_InPlacePower, PyObject*>>)});
}

}  // namespace scopetrie::python
