// Graph's names, operations and variables.
#include <algorithm>
#include <iterator>

#include "graph/graph_members.hpp"
#include "ops/op_create.hpp"
#include "scopes/scopes.hpp"
#include "scopetrie/values/initialising.hpp"

namespace scopetrie::python {

namespace {

// Names
// -----------------------------------------------------------------------------------------------------------------

PyObject* graph_unique_name(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<2> signature("unique_name", {"name", "mark_as_used"});
  auto given = signature.parse(args, positional, keywords, 1);
  const bool mark = truth_of(given[1], true);
  Context& context = *context_of(as_graph(self));
  GraphState& graph = of(self);
  const SegmentId segment = plain_segment(graph, given[0]);
  Name name;
  if (segment == kNone) {
    if (!PyUnicode_Check(given[0]))
      raise_error(PyExc_AttributeError, "'%s' object has no attribute 'lower'", Py_TYPE(given[0])->tp_name);
    // v1 does not check characters here, and "a/" is a name of its own.
    name = context.take_unique(checked_text(given[0], "Graph.unique_name"), mark);
  } else {
    name = context.take_unique(segment, mark);
  }
  try {
    return checked(to_str(graph.text(name))).release();
  } catch (...) {
    stay_if_thread_ends();
    if (mark) graph.ops.give_back(name);
    throw;
  }
}

PyObject* get_name_scope(PyObject* self, PyObject*) { return to_str(context_of(as_graph(self))->name_scope_path()); }

PyObject* variable_scope_of(PyObject* self, PyObject*) { return Py_NewRef(current_scope(*context_of(as_graph(self)))); }

// Operations
// ------------------------------------------------------------------------------------------------------------

// A number below `count`. Throws.
std::uint32_t number_of(PyObject* object, std::size_t count) {
  const unsigned long value = PyLong_AsUnsignedLong(object);
  if (PyErr_Occurred()) throw_raised();
  if (value >= count) raise_error(PyExc_IndexError, "the graph has nothing with the number %lu", value);
  return static_cast<std::uint32_t>(value);
}

PyObject* tensor_at(PyObject* self, PyObject* number) {
  return tensor_handle(as_graph(self), number_of(number, of(self).ops.tensor_count()));
}

PyObject* operation_at(PyObject* self, PyObject* number) {
  return operation_handle(as_graph(self), number_of(number, of(self).ops.size()));
}

PyObject* variable_at(PyObject* self, PyObject* number) {
  return variable_handle(as_graph(self), number_of(number, of(self).variables.size()));
}

PyObject* get_operations(PyObject* self, PyObject*) {
  return list_of(of(self).ops.size(), [&](OpId id) { return operation_handle(as_graph(self), id); });
}

PyObject* find_operation(PyObject* self, PyObject* name) {
  const OpId id = of(self).ops.find(checked_text(name));
  if (id == kNone) Py_RETURN_NONE;
  return operation_handle(as_graph(self), id);
}

PyObject* get_version(PyObject* self, void*) { return PyLong_FromSize_t(of(self).ops.size()); }

std::vector<std::uint32_t> numbers_of(PyObject* list, std::size_t count) {
  const Ref fast = checked(items_of(list, "a list of numbers is needed"));
  std::vector<std::uint32_t> numbers(static_cast<std::size_t>(PySequence_Fast_GET_SIZE(fast.get())));
  std::transform(PySequence_Fast_ITEMS(fast.get()), PySequence_Fast_ITEMS(fast.get()) + numbers.size(), numbers.begin(),
                 [&](PyObject* item) { return number_of(item, count); });
  return numbers;
}

PyObject* number_tuple(const TensorIds& ids) {
  return tuple_of(ids.size(), [&](std::uint32_t i) { return PyLong_FromUnsignedLong(ids[i]); });
}

/// What a run is asked for.
struct Wanted {
  std::vector<OpId> operations;
  std::vector<OpId> fetched;  // those of them whose tensors are wanted
  std::vector<TensorId> fed;
  OpId first = 0;  // operations below it, which others only wait for, are done
};

// Throws.
Wanted read_wanted(const OpGraph& ops, PyObject* args) {
  Wanted out;
  PyObject *fetches, *targets, *feeds;
  if (!PyArg_ParseTuple(args, "OOO|I", &fetches, &targets, &feeds, &out.first)) throw_raised();
  const std::vector<TensorId> tensors = numbers_of(fetches, ops.tensor_count());
  out.operations = numbers_of(targets, ops.size());
  out.fed = numbers_of(feeds, ops.tensor_count());
  for (const TensorId tensor : tensors)
    if (std::find(out.fed.begin(), out.fed.end(), tensor) == out.fed.end())
      out.fetched.push_back(ops.tensor(tensor).op);
  out.operations.insert(out.operations.end(), out.fetched.begin(), out.fetched.end());
  return out;
}

PyObject* node(const GraphState& graph, OpId id) {
  const OpGraph& ops = graph.ops;
  const OperationRow op = ops.operation(id);
  Ref made = checked(new_tuple(6));
  PyObject* const items[] = {PyLong_FromUnsignedLong(id),
                             Py_NewRef(kind_definition(op.kind)),
                             PyLong_FromUnsignedLong(op.first_output),
                             PyLong_FromUnsignedLong(ops.output_count(id)),
                             number_tuple(ops.inputs(id)),
                             attribute_object(graph, id)};
  bool complete = true;
  for (Py_ssize_t at = 0; at < 6; ++at) {
    PyTuple_SET_ITEM(made.get(), at, items[at]);
    complete &= items[at] != nullptr;
  }
  return complete ? made.release() : nullptr;
}

PyObject* prune(PyObject* self, PyObject* args) {
  const Wanted wanted = read_wanted(of(self).ops, args);
  const std::vector<OpId> needed = of(self).ops.prune(wanted.operations, wanted.fed, wanted.first);
  return list_of(needed.size(), [&](std::uint32_t i) { return node(of(self), needed[i]); });
}

// The same, but with a node in place of variables that are only set to a number, whose attributes are what
// store._initialise() takes.
PyObject* prune_with_initials(PyObject* self, PyObject* args) {
  const GraphState& graph = of(self);
  const Wanted wanted = read_wanted(graph.ops, args);
  NeededInitials needed = prune_initials(graph, wanted.operations, wanted.fetched, wanted.fed);
  const std::vector<RunNeed> all = in_order(graph, needed);
  return list_of(all.size(), [&](std::uint32_t i) -> PyObject* {
    const RunNeed& each = all[i];
    if (each.count == 0) return node(graph, each.op);
    const Ref taken(PyBytes_FromStringAndSize(reinterpret_cast<const char*>(&needed.initials[each.first]),
                                              static_cast<Py_ssize_t>(each.count * sizeof(NumberInitial))));
    return taken ? build_value("(IOII()O)", each.op, Py_None, 0U, 0U, taken.get()) : nullptr;
  });
}

// tensor id -> a number that is equal for tensors of equal dtype and static shape
PyObject* spec_number(PyObject* self, PyObject* number) {
  const OpGraph& ops = of(self).ops;
  const TensorRow tensor = ops.tensor(number_of(number, ops.tensor_count()));
  return PyLong_FromUnsignedLongLong(std::uint64_t{tensor.shape} << 8 | tensor.dtype);
}

// Variables
// -------------------------------------------------------------------------------------------------------------

PyObject* variables_in_order(PyObject* self, PyObject*) {
  return list_of(of(self).variables.size(), [&](VariableId id) { return variable_handle(as_graph(self), id); });
}

// tensor id of a variable -> bool; True for others
PyObject* is_trainable(PyObject* self, PyObject* number) {
  const GraphState& graph = of(self);
  const VariableId found = graph.variables.find_reference(number_of(number, graph.ops.tensor_count()));
  return PyBool_FromLong(found == kNone || (graph.variables[found].flags & kTrainable) != 0 ? 1 : 0);
}

PyObject* get_variable_count(PyObject* self, void*) { return PyLong_FromSize_t(of(self).variables.size()); }

PyObject* find_variable(PyObject* self, PyObject* key) {
  SegmentId segment;
  const ScopeId scope = of(self).ops.scopes().scope_of_name(checked_text(key), ScopeTrie::kRoot, segment);
  const VariableId id = of(self).variables.find(scope, segment);
  if (id == kNone) Py_RETURN_NONE;
  return variable_handle(as_graph(self), id);
}

}  // namespace

constexpr char kCreateOpDoc[] =
    "create_op($self, /, op_type, inputs, dtypes=None, input_types=None, name=None, attrs=None, op_def=None, "
    "compute_shapes=True)\n--\n\n"
    "Adds an operation of any type to this graph.\n\n"
    "A type of the package's or of `tf.register_op` follows its own rule, which says what is put out. Any other text\n"
    "is a type of the caller's own: it puts out what `dtypes` say, of shapes that the attributes say or `set_shape`\n"
    "adds, and only running it needs a kernel.\n\n"
    "Args:\n"
    "    op_type: The type's name.\n"
    "    inputs: A list of tensors of this graph.\n"
    "    dtypes: The outputs' dtypes, of a type of the caller's own; [] for none.\n"
    "    input_types: The dtypes that the inputs must have, if they are to be checked.\n"
    "    name: The operation's name, made unique; `op_type` by default. With a slash at its end it is taken as it\n"
    "        is.\n"
    "    attrs: A dict of attributes, which are kept and shown: bools, numbers, texts, DTypes, TensorShapes, arrays,\n"
    "        lists of those, or AttrValue protobufs. Of a type of the caller's own, \"shape\" is the only output's\n"
    "        shape, and \"_output_shapes\" has one for each.\n"
    "    op_def: Accepted without effect.\n"
    "    compute_shapes: Accepted without effect.\n\n"
    "Returns:\n"
    "    The Operation.\n\n"
    "Raises:\n"
    "    TypeError: If an input is no tensor or has another dtype than expected.\n"
    "    ValueError: If the name is illegal, the type is not registered and no dtypes are given, or a registered type\n"
    "        does not take these inputs or attributes.\n\n"
    ">>> import scopetrie as tf\n"
    ">>> graph = tf.Graph()\n"
    ">>> with graph.as_default():\n"
    "...     x = tf.placeholder(tf.float32, [3], name=\"x\")\n"
    ">>> op = graph.create_op(\"Mine\", [x], [tf.float32, tf.int32], attrs={\"rate\": 0.5})\n"
    ">>> op.outputs\n"
    "[<tf.Tensor 'Mine:0' shape=<unknown> dtype=float32>, <tf.Tensor 'Mine:1' shape=<unknown> dtype=int32>]\n"
    ">>> op.get_attr(\"rate\")\n"
    "0.5\n";

void add_operation_members(std::vector<PyMethodDef>& methods, std::vector<PyGetSetDef>& properties) {
  const PyMethodDef more_methods[] = {
      fast("unique_name", locked<graph_unique_name>,
           "unique_name($self, /, name, mark_as_used=True)\n--\n\n"
           "Makes a name unique in the current name scope.\n\n"
           "Args:\n    name: The requested name; \"a/b\" is below \"a\".\n"
           "    mark_as_used: Whether the name is taken from now on.\n\n"
           "Returns:\n    The whole name, with \"_1\", \"_2\", ... after it where it is in use; names are compared\n"
           "    without case, as in v1."),
      {"unique_names", locked<unique_names>, METH_O,
       "unique_names($self, bases, /)\n--\n\nunique_name() for many names in one call.\n\n"
       "Args:\n    bases: The requested names.\n\nReturns:\n    A list of full names, all taken."},
      fast("create_op", locked<create_op>, kCreateOpDoc),
      {"create_ops", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(locked<create_ops>)),
       METH_VARARGS | METH_KEYWORDS,
       "Adds many operations of one type to this graph in one call: all of them or none.\n\n"
       "Args:\n    op_type: The op type's name, e.g. \"Neg\", or an op function; any other text is a type of the\n"
       "        caller's own, as for create_op().\n"
       "    inputs: A tuple of inputs for each operation.\n"
       "    name: The wished name of each; the type's default name if left out. Each is made unique.\n"
       "    **attrs: Attributes of all of them. Those of a type of the caller's own have dtypes among them, the\n"
       "        list of their outputs' dtypes.\n\n"
       "Returns:\n    A list of the results of single calls: a tensor, a list of several, or the operation.\n\n"
       "Raises:\n    ValueError: If there is no such type and no dtypes are given, or a row has another number of\n"
       "        inputs than the type.\n"
       "    TypeError: If an input of a type of the caller's own is no tensor.\n\n"
       ">>> import scopetrie as tf\n"
       ">>> graph = tf.Graph()\n"
       ">>> with graph.as_default():\n"
       "...     x = tf.constant([1.0, 2.0])\n"
       ">>> [y.name for y in graph.create_ops(\"Neg\", [(x,), (x,)])]\n"
       "['Neg:0', 'Neg_1:0']\n"},
      {"get_name_scope", locked<get_name_scope>, METH_NOARGS,
       "get_name_scope($self, /)\n--\n\nThe current name scope of this thread, without a trailing slash; \"\" is the "
       "root."},
      {"name_scope", unlocked<graph_name_scope>, METH_O,
       "name_scope($self, name, /)\n--\n\nA context manager in which operations of this graph are named "
       "\"name/...\".\n\n"
       "Args:\n    name: The scope's name, made unique; with a trailing slash, re-entered verbatim; \"\" or None is "
       "the "
       "root.\n\n"
       "Returns:\n    A context manager that yields the scope's full name with a trailing slash."},
      {"_variable_scope", locked<variable_scope_of>, METH_NOARGS,
       "This thread's current variable scope in this graph."},
      {"tensor", locked<tensor_at>, METH_O, "tensor($self, number, /)\n--\n\nThe Tensor of a number (`Tensor._id`)."},
      {"operation", locked<operation_at>, METH_O,
       "operation($self, number, /)\n--\n\nThe Operation of an id (`Operation._id`)."},
      {"variable", locked<variable_at>, METH_O,
       "variable($self, number, /)\n--\n\nThe Variable of an id (`Variable._id`)."},
      {"get_operations", locked<get_operations>, METH_NOARGS,
       "get_operations($self, /)\n--\n\nThe graph's operations, in creation order."},
      {"_find_operation", locked<find_operation>, METH_O, "The Operation of exactly this name, or None."},
      {"prune", locked<prune>, METH_VARARGS,
       "prune($self, fetches, targets, feeds, first=0, /)\n--\n\nThe operations that a run needs, in creation "
       "order.\n\n"
       "Args:\n    fetches: Ids of the tensors wanted.\n    targets: Ids of the operations wanted.\n"
       "    feeds: Numbers of the tensors whose values are given.\n"
       "    first: Control inputs below it are not followed: they are done.\n\n"
       "Returns:\n    Tuples (operation, OpDef, first output tensor, number of outputs, input tensors, attributes)."},
      {"_needed", locked<prune_with_initials>, METH_VARARGS,
       "What prune() gives, but with nodes (operation, None, 0, 0, (), bytes) in place of variables that are only set "
       "to a number: the bytes are for store._initialise()."},
      {"_is_trainable", locked<is_trainable>, METH_O,
       "Whether the variable whose own tensor has this number is trained."},
      {"_spec_number", locked<spec_number>, METH_O,
       "A number for a tensor's dtype and static shape, equal for tensors that agree in both."},
      {"_variables", locked<variables_in_order>, METH_NOARGS, "All variables, in creation order."},
      {"_find_variable", locked<find_variable>, METH_O,
       "The variable that get_variable made with this full name, or None."}};
  const PyGetSetDef more_properties[] = {
      property("_variable_count", locked<get_variable_count>, "The number of variables."),
      property("version", locked<get_version>, "The number of operations, which grows with each one.")};
  methods.insert(methods.end(), std::begin(more_methods), std::end(more_methods));
  properties.insert(properties.end(), std::begin(more_properties), std::end(more_properties));
}

}  // namespace scopetrie::python
