#include "graph.hpp"

#include <algorithm>
#include <cstddef>

#include "building.hpp"
#include "scopes.hpp"

namespace scopetrie::python {

namespace {

PyGraph* as_graph(PyObject* self) { return reinterpret_cast<PyGraph*>(self); }
GraphState& of(PyObject* self) { return state_of(as_graph(self)); }

// Names
// -----------------------------------------------------------------------------------------------------------------

PyObject* unique_name(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<2> signature("unique_name", {"name", "mark_as_used"});
  PyObject* given[2];
  if (!signature.parse(args, positional, keywords, given)) return nullptr;
  if (given[0] == nullptr) {
    PyErr_SetString(PyExc_TypeError, "unique_name() missing required argument 'name'");
    return nullptr;
  }
  const int mark = given[1] == nullptr ? 1 : PyObject_IsTrue(given[1]);
  if (mark < 0) return nullptr;
  Context& context = *context_of(as_graph(self));
  GraphState& graph = of(self);
  SegmentId segment = plain_segment(graph, given[0]);
  ScopeId scope = scope_of(context);
  if (segment == kNone) {
    if (!PyUnicode_Check(given[0])) {
      PyErr_Format(PyExc_AttributeError, "'%s' object has no attribute 'lower'", Py_TYPE(given[0])->tp_name);
      return nullptr;
    }
    // v1 checks no characters here, and "a/" is a name of its own.
    const std::string_view text = text_of(given[0]);
    if (text.data() == nullptr) return nullptr;
    scope = graph.ops.scopes().scope_of_name(text, scope, segment);
  }
  const Name name = mark != 0 ? graph.ops.unique(scope, segment).name : graph.ops.peek(scope, segment);
  std::string text;
  graph.ops.append_name(name, text);
  return to_str(text);
}

PyObject* get_name_scope(PyObject* self, PyObject*) {
  std::string text;
  append_scope(*context_of(as_graph(self)), text);
  return to_str(text);
}

PyObject* variable_scope_of(PyObject* self, PyObject*) {
  return Py_NewRef(reinterpret_cast<PyObject*>(context_of(as_graph(self))->variable_scope));
}

// Operations
// ------------------------------------------------------------------------------------------------------------

bool read_id(PyObject* object, std::size_t count, std::uint32_t& id) {
  const unsigned long value = PyLong_AsUnsignedLong(object);
  if (PyErr_Occurred()) return false;
  if (value >= count) {
    PyErr_Format(PyExc_IndexError, "the graph has nothing with the number %lu", value);
    return false;
  }
  id = static_cast<std::uint32_t>(value);
  return true;
}

PyObject* tensor_at(PyObject* self, PyObject* number) {
  std::uint32_t id;
  return read_id(number, of(self).ops.tensor_count(), id) ? tensor_handle(as_graph(self), id) : nullptr;
}

PyObject* operation_at(PyObject* self, PyObject* number) {
  std::uint32_t id;
  return read_id(number, of(self).ops.size(), id) ? operation_handle(as_graph(self), id) : nullptr;
}

PyObject* variable_at(PyObject* self, PyObject* number) {
  std::uint32_t id;
  return read_id(number, of(self).variables.size(), id) ? variable_handle(as_graph(self), id) : nullptr;
}

template <class Make>
PyObject* list_of(std::size_t count, Make&& make) {
  Ref list(PyList_New(static_cast<Py_ssize_t>(count)));
  if (!list) return nullptr;
  for (std::size_t i = 0; i < count; ++i) {
    PyObject* made = make(static_cast<std::uint32_t>(i));
    if (made == nullptr) return nullptr;
    PyList_SET_ITEM(list.get(), static_cast<Py_ssize_t>(i), made);
  }
  return list.release();
}

PyObject* get_operations(PyObject* self, PyObject*) {
  return list_of(of(self).ops.size(), [&](OpId id) { return operation_handle(as_graph(self), id); });
}

PyObject* find_operation(PyObject* self, PyObject* name) {
  const std::string_view text = text_of(name);
  if (text.data() == nullptr) return nullptr;
  const OpId id = of(self).ops.find(text);
  if (id == kNone) Py_RETURN_NONE;
  return operation_handle(as_graph(self), id);
}

PyObject* get_version(PyObject* self, void*) { return PyLong_FromSize_t(of(self).ops.size()); }

bool read_ids(PyObject* list, std::size_t count, std::vector<std::uint32_t>& ids) {
  const Ref fast(PySequence_Fast(list, "a list of numbers is needed"));
  if (!fast) return false;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(fast.get()); ++i) {
    std::uint32_t id;
    if (!read_id(PySequence_Fast_GET_ITEM(fast.get(), i), count, id)) return false;
    ids.push_back(id);
  }
  return true;
}

PyObject* number_tuple(std::span<const std::uint32_t> ids) {
  Ref tuple(PyTuple_New(static_cast<Py_ssize_t>(ids.size())));
  if (!tuple) return nullptr;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    PyObject* number = PyLong_FromUnsignedLong(ids[i]);
    if (number == nullptr) return nullptr;
    PyTuple_SET_ITEM(tuple.get(), static_cast<Py_ssize_t>(i), number);
  }
  return tuple.release();
}

PyObject* prune(PyObject* self, PyObject* args) {
  PyObject *fetches, *targets, *feeds;
  if (!PyArg_ParseTuple(args, "OOO", &fetches, &targets, &feeds)) return nullptr;
  const GraphState& graph = of(self);
  const OpGraph& ops = graph.ops;
  std::vector<std::uint32_t> tensors, wanted, fed;
  if (!read_ids(fetches, ops.tensor_count(), tensors) || !read_ids(targets, ops.size(), wanted) ||
      !read_ids(feeds, ops.tensor_count(), fed))
    return nullptr;
  for (const TensorId tensor : tensors)
    if (std::find(fed.begin(), fed.end(), tensor) == fed.end()) wanted.push_back(ops.tensor(tensor).op);
  const std::vector<OpId> found = ops.prune(wanted, fed);
  return list_of(found.size(), [&](std::uint32_t i) -> PyObject* {
    const OpId id = found[i];
    const Operation& op = ops.operation(id);
    Ref node(PyTuple_New(6));
    if (!node) return nullptr;
    PyObject* attrs = op.attribute == kNone ? Py_None : graph.attributes[op.attribute];
    PyObject* const items[] = {PyLong_FromUnsignedLong(id),
                               Py_NewRef(kind_definition(op.kind)),
                               PyLong_FromUnsignedLong(op.first_output),
                               PyLong_FromUnsignedLong(ops.output_count(id)),
                               number_tuple(ops.inputs(id)),
                               Py_NewRef(attrs)};
    bool complete = true;
    for (Py_ssize_t at = 0; at < 6; ++at) {
      PyTuple_SET_ITEM(node.get(), at, items[at]);
      complete &= items[at] != nullptr;
    }
    return complete ? node.release() : nullptr;
  });
}

// tensor number -> a number that two tensors share if they have the same dtype and static shape
PyObject* spec_number(PyObject* self, PyObject* number) {
  const OpGraph& ops = of(self).ops;
  std::uint32_t id;
  if (!read_id(number, ops.tensor_count(), id)) return nullptr;
  const Tensor& tensor = ops.tensor(id);
  return PyLong_FromUnsignedLongLong(std::uint64_t{tensor.shape} << 8 | tensor.dtype);
}

// Variables
// -------------------------------------------------------------------------------------------------------------

PyObject* get_variables(PyObject* self, PyObject*) {
  return list_of(of(self).variables.size(), [&](VariableId id) { return variable_handle(as_graph(self), id); });
}

PyObject* find_variable(PyObject* self, PyObject* key) {
  const std::string_view text = text_of(key);
  if (text.data() == nullptr) return nullptr;
  SegmentId segment;
  const ScopeId scope = of(self).ops.scopes().scope_of_name(text, ScopeTrie::kRoot, segment);
  const VariableId id = of(self).variables.find(scope, segment);
  if (id == kNone) Py_RETURN_NONE;
  return variable_handle(as_graph(self), id);
}

// _add_variable(name "w/", initial tensor | None, dtype, dims, trainable, store key | None, attrs, assign attrs)
PyObject* add_variable_row(PyObject* self, PyObject* args) {
  PyObject *name, *initial, *dtype, *dims, *key, *attrs, *assign_attrs;
  int trainable;
  if (!PyArg_ParseTuple(args, "UOOOpOOO", &name, &initial, &dtype, &dims, &trainable, &key, &attrs, &assign_attrs))
    return nullptr;
  GraphState& graph = of(self);
  Context& context = *context_of(as_graph(self));
  if (!check_open(graph)) return nullptr;
  Transaction transaction(graph);
  Output output;
  output.dtype = base_dtype(dtype_number(dtype));
  if (output.dtype == 0 || !parse_dims(graph.ops.shapes(), dims, output.shape)) return nullptr;
  OpGraph::Fresh fresh;
  if (!take_name(context, name, 0, NameStyle::kScope, fresh)) return nullptr;
  Variable record;
  record.flags = trainable != 0 ? kTrainable : 0u;
  if (key != Py_None) {
    const std::string_view text = text_of(key);
    if (text.data() == nullptr) return nullptr;
    record.scope = graph.ops.scopes().scope_of_name(text, ScopeTrie::kRoot, record.segment);
    if (graph.variables.find(record.scope, record.segment) != kNone) {
      PyErr_Format(PyExc_ValueError, "Variable %U already exists, disallowed.", key);
      return nullptr;
    }
  }
  const std::uint32_t attribute = attrs == Py_None ? kNone : keep_attribute(graph, attrs);
  const std::uint32_t assign = assign_attrs == Py_None ? kNone : keep_attribute(graph, assign_attrs);
  const VariableId id = add_variable(context, fresh.name, false, initial == Py_None ? kNone : handle(initial)->id,
                                     output, attribute, assign, record, graph.sites.here());
  if (id == kNone) return nullptr;
  transaction.commit();
  return variable_handle(as_graph(self), id);
}

// Collections
// -----------------------------------------------------------------------------------------------------------

PyObject* collect(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  if (count != 2) {
    PyErr_SetString(PyExc_TypeError, "_collect() takes a key and a value");
    return nullptr;
  }
  if (!of(self).collections.add(as_graph(self), args[0], args[1])) return nullptr;
  Py_RETURN_NONE;
}

PyObject* collection(PyObject* self, PyObject* key) { return of(self).collections.list(as_graph(self), key); }

PyObject* assign_collection(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  if (count != 2) {
    PyErr_SetString(PyExc_TypeError, "_assign_collection() takes a key and a sequence");
    return nullptr;
  }
  if (!of(self).collections.assign(as_graph(self), args[0], args[1])) return nullptr;
  Py_RETURN_NONE;
}

PyObject* add_collection(PyObject* self, PyObject* key) {
  if (!of(self).collections.create(key)) return nullptr;
  Py_RETURN_NONE;
}

PyObject* drop_collection(PyObject* self, PyObject* key) {
  if (!of(self).collections.drop(key)) return nullptr;
  Py_RETURN_NONE;
}

PyObject* collection_keys(PyObject* self, PyObject*) { return of(self).collections.keys(); }

// Contexts
// --------------------------------------------------------------------------------------------------------------

// _enter_controls(ops | None): the list of frames to hand back to _exit_controls().
PyObject* enter_controls(PyObject* self, PyObject* operations) {
  Context& context = *context_of(as_graph(self));
  if (operations == Py_None) {
    auto* saved = new std::vector<Controls>(std::move(context.controls));
    context.controls.clear();
    return PyCapsule_New(saved, "scopetrie.controls", [](PyObject* capsule) {
      delete static_cast<std::vector<Controls>*>(PyCapsule_GetPointer(capsule, "scopetrie.controls"));
    });
  }
  const Ref fast(PySequence_Fast(operations, "control inputs are a list of operations"));
  if (!fast) return nullptr;
  Controls controls;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(fast.get()); ++i) {
    PyObject* item = PySequence_Fast_GET_ITEM(fast.get(), i);
    if (!is_operation(item)) {
      PyErr_Format(PyExc_TypeError, "control inputs are operations, not %R", item);
      return nullptr;
    }
    controls.inputs.push_back(handle(item)->id);
  }
  context.controls.push_back(std::move(controls));
  Py_RETURN_NONE;
}

PyObject* exit_controls(PyObject* self, PyObject* token) {
  Context& context = *context_of(as_graph(self));
  if (token == Py_None) {
    if (!context.controls.empty()) context.controls.pop_back();
    Py_RETURN_NONE;
  }
  auto* saved = static_cast<std::vector<Controls>*>(PyCapsule_GetPointer(token, "scopetrie.controls"));
  if (saved == nullptr) return nullptr;
  context.controls = std::move(*saved);
  Py_RETURN_NONE;
}

PyObject* current_controls(PyObject* self, PyObject*) {
  std::vector<OpId> ids;
  for (const Controls& controls : context_of(as_graph(self))->controls)
    ids.insert(ids.end(), controls.inputs.begin(), controls.inputs.end());
  return list_of(ids.size(), [&](std::uint32_t i) { return operation_handle(as_graph(self), ids[i]); });
}

PyObject* get_on_operation(PyObject* self, void*) {
  PyObject* hook = context_of(as_graph(self))->on_operation;
  return Py_NewRef(hook == nullptr ? Py_None : hook);
}

int set_on_operation(PyObject* self, PyObject* hook, void*) {
  Py_XSETREF(context_of(as_graph(self))->on_operation, Py_XNewRef(hook == nullptr ? nullptr : none_to_null(hook)));
  return 0;
}

PyObject* get_creators(PyObject* self, void*) {
  PyObject* creators = context_of(as_graph(self))->creators;
  return Py_NewRef(creators == nullptr ? Py_None : creators);
}

int set_creators(PyObject* self, PyObject* creators, void*) {
  PyObject* value = creators == nullptr || PyObject_IsTrue(creators) != 1 ? nullptr : creators;
  Py_XSETREF(context_of(as_graph(self))->creators, Py_XNewRef(value));
  return 0;
}

PyObject* get_finalized(PyObject* self, void*) { return PyBool_FromLong(of(self).finalized); }

PyObject* get_seeded(PyObject* self, void*) { return PyBool_FromLong(of(self).seeded); }

int set_seeded(PyObject* self, PyObject* value, void*) {
  const int flag = value == nullptr ? 0 : PyObject_IsTrue(value);
  if (flag < 0) return -1;
  of(self).seeded = flag != 0;
  return 0;
}

int set_finalized(PyObject* self, PyObject* value, void*) {
  const int flag = value == nullptr ? 0 : PyObject_IsTrue(value);
  if (flag < 0) return -1;
  of(self).finalized = flag != 0;
  return 0;
}

// A transaction for Python: `token = graph._begin()`, then graph._end(token, keep).
PyObject* begin(PyObject* self, PyObject*) {
  return PyCapsule_New(new Transaction(of(self)), "scopetrie.transaction", nullptr);
}

PyObject* end(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (count != 2 && count != 3) {
    PyErr_SetString(PyExc_TypeError,
                    "_end() takes a token, whether to keep what was made, and else whether to keep names");
    return nullptr;
  }
  auto* transaction = static_cast<Transaction*>(PyCapsule_GetPointer(args[0], "scopetrie.transaction"));
  if (transaction == nullptr) return nullptr;
  if (args[1] == Py_True)
    transaction->commit();
  else
    transaction->rollback(count == 3 && args[2] == Py_True);
  delete transaction;
  PyCapsule_SetName(args[0], "spent");
  Py_RETURN_NONE;
}

// Life
// ------------------------------------------------------------------------------------------------------------------

PyObject* make(PyTypeObject* type, PyObject*, PyObject*) {
  PyObject* self = type->tp_alloc(type, 0);
  if (self == nullptr) return nullptr;
  as_graph(self)->state = new GraphState;
  of(self).owner = as_graph(self);
  return self;
}

int traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  const GraphState* graph = as_graph(self)->state;
  if (graph == nullptr) return 0;
  for (PyObject* attribute : graph->attributes) Py_VISIT(attribute);
  for (const auto& context : graph->contexts) {
    Py_VISIT(context->variable_scope);
    Py_VISIT(context->creators);
    Py_VISIT(context->on_operation);
  }
  return graph->collections.traverse(visit, arg);
}

int clear(PyObject* self) {
  GraphState* graph = as_graph(self)->state;
  if (graph == nullptr) return 0;
  std::vector<PyObject*> attributes(graph->attributes.size(), nullptr);
  attributes.swap(graph->attributes);
  for (PyObject*& attribute : graph->attributes) attribute = Py_NewRef(Py_None);
  for (PyObject* attribute : attributes) Py_XDECREF(attribute);
  for (const auto& context : graph->contexts) {
    Py_CLEAR(context->creators);
    Py_CLEAR(context->on_operation);
    // The scope itself stays: a thread may stand in it. What it holds of closures goes.
    if (context->variable_scope != nullptr) {
      Py_CLEAR(context->variable_scope->initializer);
      Py_CLEAR(context->variable_scope->regularizer);
      Py_CLEAR(context->variable_scope->custom_getter);
      Py_CLEAR(context->variable_scope->partitioner);
      Py_CLEAR(context->variable_scope->constraint);
    }
  }
  graph->collections.clear();
  return 0;
}

void dealloc(PyObject* self) {
  PyObject_GC_UnTrack(self);
  PyGraph* graph = as_graph(self);
  if (graph->weak_references != nullptr) PyObject_ClearWeakRefs(self);
  forget_context(graph);
  if (GraphState* gone = std::exchange(graph->state, nullptr)) {
    gone->contexts.clear();
    for (PyObject* attribute : gone->attributes) Py_DECREF(attribute);
    for (auto& entry : gone->names) Py_XDECREF(entry.text);
    delete gone;
  }
  PyTypeObject* type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}

PyMethodDef with_arguments(const char* name, PyObject* (*function)(PyObject*, PyObject* const*, Py_ssize_t),
                           const char* doc) {
  return {name, reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function)), METH_FASTCALL, doc};
}

}  // namespace

PyObject* graph_name_scope(PyObject* graph, PyObject* name);  // name_scope.cpp
PyObject* unique_names(PyObject* graph, PyObject* bases);     // bulk.cpp, as the next
PyObject* create_ops(PyObject* graph, PyObject* args, PyObject* kwargs);

bool bind_graph(PyObject* module) {
  static PyMethodDef methods[] = {
      fast("unique_name", unique_name,
           "unique_name($self, /, name, mark_as_used=True)\n--\n\n"
           "A name that no operation of the graph has, in the current name scope.\n\n"
           "Args:\n    name: The wished name; \"a/b\" stands beneath \"a\".\n"
           "    mark_as_used: Whether the name is taken from now on.\n\n"
           "Returns:\n    The whole name, with \"_1\", \"_2\", ... after it where it is in use; names are compared\n"
           "    without case, as in v1."),
      {"unique_names", unique_names, METH_O,
       "unique_names($self, bases, /)\n--\n\nunique_name() for each of many names, in one call.\n\n"
       "Args:\n    bases: The wished names.\n\nReturns:\n    A list of whole names, all taken."},
      {"create_ops", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(create_ops)),
       METH_VARARGS | METH_KEYWORDS,
       "Adds many operations of one type to this graph, in one call: all of them or none.\n\n"
       "Args:\n    op_type: The op type's name, e.g. \"Neg\", or an op function.\n"
       "    inputs: A tuple of inputs for each operation.\n"
       "    name: The wished name of each; the type's default name if left out. Each is made unique.\n"
       "    **attrs: Attributes of all of them.\n\n"
       "Returns:\n    A list of what single calls return.\n\n"
       "Raises:\n    ValueError: If there is no such type, or a row has another number of inputs.\n\n"
       ">>> import scopetrie as tf\n"
       ">>> graph = tf.Graph()\n"
       ">>> with graph.as_default():\n"
       "...     x = tf.constant([1.0, 2.0])\n"
       ">>> [y.name for y in graph.create_ops(\"Neg\", [(x,), (x,)])]\n"
       "['Neg:0', 'Neg_1:0']\n"},
      {"get_name_scope", get_name_scope, METH_NOARGS,
       "get_name_scope($self, /)\n--\n\nThe current name scope of this thread, without a slash at its end; \"\" is the "
       "root."},
      {"name_scope", graph_name_scope, METH_O,
       "name_scope($self, name, /)\n--\n\nA context manager in which operations of this graph are named "
       "\"name/...\".\n\n"
       "Args:\n    name: The scope's name, made unique; with a slash at its end, taken as it is; \"\" or None is the "
       "root.\n\n"
       "Returns:\n    A context manager that gives the scope's whole name with a slash at its end."},
      {"_variable_scope", variable_scope_of, METH_NOARGS, "This thread's current variable scope in this graph."},
      {"tensor", tensor_at, METH_O, "tensor($self, number, /)\n--\n\nThe Tensor of a number (`Tensor._id`)."},
      {"operation", operation_at, METH_O,
       "operation($self, number, /)\n--\n\nThe Operation of a number (`Operation._id`)."},
      {"variable", variable_at, METH_O, "variable($self, number, /)\n--\n\nThe Variable of a number (`Variable._id`)."},
      {"get_operations", get_operations, METH_NOARGS,
       "get_operations($self, /)\n--\n\nThe graph's operations, in the order in which they were made."},
      {"_find_operation", find_operation, METH_O, "The Operation of exactly this name, or None."},
      {"prune", prune, METH_VARARGS,
       "prune($self, fetches, targets, feeds, /)\n--\n\nThe operations that a run needs, in creation order.\n\n"
       "Args:\n    fetches: Numbers of the tensors wanted.\n    targets: Numbers of the operations wanted.\n"
       "    feeds: Numbers of the tensors whose values are given.\n\n"
       "Returns:\n    Tuples (operation, OpDef, first output tensor, number of outputs, input tensors, attributes)."},
      {"_spec_number", spec_number, METH_O,
       "A number for a tensor's dtype and static shape: tensors that agree in both, and only those, have the same."},
      {"_variables", get_variables, METH_NOARGS, "All variables, in creation order."},
      {"_find_variable", find_variable, METH_O, "The variable that get_variable made under this whole name, or None."},
      {"_add_variable", add_variable_row, METH_VARARGS,
       "Adds a variable's operations: (name, initial, dtype, dims, trainable, key, attrs, assign attrs)."},
      with_arguments("_collect", collect, "Adds a value to a collection: (key, value)."),
      {"_collection", collection, METH_O, "A collection as a new list."},
      with_arguments("_assign_collection", assign_collection, "Replaces a collection: (key, values)."),
      {"_add_collection", add_collection, METH_O, "Makes an empty collection of a key that has none."},
      {"_drop_collection", drop_collection, METH_O, "Forgets a collection."},
      {"_collection_keys", collection_keys, METH_NOARGS, "The keys of the collections, in the order of their making."},
      {"_enter_controls", enter_controls, METH_O, "Opens a control-dependency block; None clears the outer ones."},
      {"_exit_controls", exit_controls, METH_O, "Ends the block whose _enter_controls() gave this token."},
      {"_current_controls", current_controls, METH_NOARGS, "The operations that new ones wait for."},
      {"_begin", begin, METH_NOARGS, "Starts a transaction; see _end()."},
      with_arguments("_end", end, "Ends a transaction: (token, keep); unless kept, all that was added since is gone."),
      {nullptr, nullptr, 0, nullptr}};
  static PyGetSetDef properties[] = {
      {"version", get_version, nullptr, "The number of operations, which grows with each one.", nullptr},
      {"finalized", get_finalized, nullptr, "Whether the graph is read-only.", nullptr},
      {"_finalized", get_finalized, set_finalized, "The same, to be set.", nullptr},
      {"_seeded", get_seeded, set_seeded, "Whether the graph has a random seed.", nullptr},
      {"_creators", get_creators, set_creators, "This thread's open variable creators, outermost first, or None.",
       nullptr},
      {"_on_operation", get_on_operation, set_on_operation,
       "Called with each operation that this thread makes, or None.", nullptr},
      {nullptr, nullptr, nullptr, nullptr, nullptr}};
  static PyMemberDef members[] = {
      {"__weaklistoffset__", T_PYSSIZET, offsetof(PyGraph, weak_references), READONLY, nullptr},
      {nullptr, 0, 0, 0, nullptr}};
  PyType_Slot slots[] = {{Py_tp_new, reinterpret_cast<void*>(make)},
                         {Py_tp_traverse, reinterpret_cast<void*>(traverse)},
                         {Py_tp_clear, reinterpret_cast<void*>(clear)},
                         {Py_tp_dealloc, reinterpret_cast<void*>(dealloc)},
                         {Py_tp_methods, methods},
                         {Py_tp_getset, properties},
                         {Py_tp_members, members},
                         {0, nullptr}};
  PyType_Spec spec = {"scopetrie._core.Graph", sizeof(PyGraph), 0,
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, slots};
  state().graph_type = add_type(module, spec);
  return state().graph_type != nullptr;
}

}  // namespace scopetrie::python
