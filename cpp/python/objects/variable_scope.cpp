// variable_scope: `with tf.variable_scope("layer", reuse=tf.AUTO_REUSE) as scope:`.
#include "objects/scope_entry.hpp"

namespace scopetrie::python {

namespace {

bool read_reuse(PyObject* value, Reuse& out) {
  out = Reuse::kNo;
  if (value == nullptr || value == Py_None || value == Py_False) return true;
  if (value == Py_True) {
    out = Reuse::kYes;
    return true;
  }
  if (value == state().auto_reuse) {
    out = Reuse::kAuto;
    return true;
  }
  PyErr_SetString(PyExc_ValueError, "The reuse parameter must be True or False or None.");
  return false;
}

PyObject* new_entry(PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<13> signature(
      "variable_scope",
      {"name_or_scope", "default_name", "values", "initializer", "regularizer", "caching_device", "partitioner",
       "custom_getter", "reuse", "dtype", "use_resource", "constraint", "auxiliary_name_scope"});
  PyObject* given[13];
  if (!signature.parse(args, positional, keywords, given)) return nullptr;
  for (PyObject*& argument : given)
    if (argument == Py_None && &argument != &given[12]) argument = nullptr;
  if (given[0] == nullptr && given[1] == nullptr) {
    PyErr_SetString(PyExc_TypeError, "If default_name is None then name_or_scope is required");
    return nullptr;
  }
  Reuse reuse;
  if (!read_reuse(given[8], reuse)) return nullptr;
  if (given[12] != nullptr && !PyBool_Check(given[12])) {
    PyErr_Format(PyExc_TypeError, "The auxiliary_name_scope must be `True` or `False`, while get %S", given[12]);
    return nullptr;
  }
  Ref values_graph;
  if (given[2] != nullptr) {
    values_graph = Ref(PyObject_CallOneArg(state().hooks.values_graph, given[2]));
    if (!values_graph) return nullptr;
  }
  PyTypeObject* type = state().variable_scope_type;
  PyObject* self = type->tp_alloc(type, 0);
  if (self == nullptr) return nullptr;
  PyEntry* entry = as_entry(self);
  entry->values_graph = reinterpret_cast<PyGraph*>(values_graph.release());
  entry->name_or_scope = Py_XNewRef(given[0]);
  entry->default_name = Py_XNewRef(given[1]);
  entry->captured = given[0] != nullptr && is_scope(given[0]);
  entry->reuse = reuse;
  entry->auxiliary = given[12] != Py_False;
  constexpr std::size_t positions[kOptions] = {3, 4, 5, 6, 7, 9, 10, 11};
  for (std::size_t i = 0; i < kOptions; ++i) {
    if (given[positions[i]] == nullptr) continue;
    if (entry->options == nullptr) entry->options = new PyObject* [kOptions] {};
    entry->options[i] = Py_NewRef(given[positions[i]]);
  }
  return self;
}

PyObject* make_fast(PyObject*, PyObject* const* args, std::size_t flagged, PyObject* keywords) {
  return new_entry(args, PyVectorcall_NARGS(flagged), keywords);
}

// Enters the scopes; what they replace goes to `entered`.
bool enter_context(Context& context, PyEntry* entry, Entered& entered) {
  PyVariableScope* scope = open_scope(context, entry);
  if (scope == nullptr) return false;
  ++context.variable_scopes;
  context.counters.open(scope->scope);
  if (entry->captured) entered.counters = context.counters.save();
  entered.scope_before = std::exchange(context.variable_scope, scope);
  entered.scope = scope;
  return true;
}

// A manager that is entered a second time will want what its first entry made.
void remember(PyEntry* entry, PyVariableScope* scope) {
  PyVariableScope*& kept = entry->captured ? entry->jumped : entry->first;
  if (kept == nullptr) kept = as_scope(Py_NewRef(reinterpret_cast<PyObject*>(scope)));
}

PyObject* enter(PyObject* self, PyObject*) {
  PyEntry* entry = as_entry(self);
  Context* context = current_context();
  if (context == nullptr) return nullptr;
  const bool push = entry->values_graph != nullptr && entry->values_graph != context->graph;
  if (push) {
    push_default_graph(entry->values_graph);
    context = current_context();
  }
  const NameScope before = context->names;
  // As v1: entering a manager within itself first ends the name scope of its earlier entry, and gives the same scope.
  if (entry->now.graph != nullptr && entry->now.context == context) {
    context->names = entry->now.names_before;
    remember(entry, entry->now.scope);
  }
  Entered entered;
  entered.names_before = context->names;
  if (!enter_context(*context, entry, entered)) {
    context->names = before;
    if (push) {
      PyObject *type, *value, *trace;
      PyErr_Fetch(&type, &value, &trace);
      pop_default_graph(context->graph);
      PyErr_Restore(type, value, trace);
    }
    return nullptr;
  }
  entered.graph = reinterpret_cast<PyGraph*>(Py_NewRef(reinterpret_cast<PyObject*>(context->graph)));
  entered.context = context;
  if (entry->now.graph != nullptr) {
    if (entry->outer == nullptr) entry->outer = new std::vector<Entered>;
    entry->outer->push_back(entry->now);
  }
  entry->now = entered;
  entry->pushed = push;
  return Py_NewRef(reinterpret_cast<PyObject*>(entered.scope));
}

PyObject* leave(PyObject* self, PyObject* const*, Py_ssize_t) {
  PyEntry* entry = as_entry(self);
  Entered& now = entry->now;
  if (now.graph == nullptr || now.context->variable_scope != now.scope) {
    PyErr_SetString(PyExc_RuntimeError, "Improper nesting of variable_scope.");
    return nullptr;
  }
  Context& context = *now.context;
  --context.variable_scopes;
  if (entry->captured) {
    context.counters.restore(now.counters);
  } else if (now.scope->scope != ScopeTrie::kRoot) {  // as v1: leaving "" clears what starts with "/"
    context.counters.close_beneath(now.scope->scope);
  }
  remember(entry, now.scope);
  const bool nested = now.nested;
  const Ref left(reinterpret_cast<PyObject*>(std::exchange(context.variable_scope, now.scope_before)));
  context.names = now.names_before;
  const Ref graph(reinterpret_cast<PyObject*>(now.graph));
  const bool pushed = std::exchange(entry->pushed, false);
  now = Entered{};
  if (entry->outer != nullptr && !entry->outer->empty()) {
    now = entry->outer->back();
    entry->outer->pop_back();
    now.nested = !entry->captured;
  }
  if (pushed && !pop_default_graph(reinterpret_cast<PyGraph*>(graph.get()))) return nullptr;
  if (nested) {
    PyErr_SetString(PyExc_RuntimeError, "Improper nesting of variable_scope.");
    return nullptr;
  }
  Py_RETURN_NONE;
}

int traverse(PyObject* self, visitproc visit, void* arg) {
  PyEntry* entry = as_entry(self);
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(entry->name_or_scope);
  Py_VISIT(entry->values_graph);
  Py_VISIT(entry->jumped);
  Py_VISIT(entry->first);
  Py_VISIT(entry->now.graph);
  Py_VISIT(entry->now.scope_before);
  if (entry->options != nullptr)
    for (std::size_t i = 0; i < kOptions; ++i) Py_VISIT(entry->options[i]);
  return 0;
}

int clear(PyObject* self) {
  PyEntry* entry = as_entry(self);
  Py_CLEAR(entry->values_graph);
  Py_CLEAR(entry->jumped);
  Py_CLEAR(entry->first);
  if (entry->options != nullptr)
    for (std::size_t i = 0; i < kOptions; ++i) Py_CLEAR(entry->options[i]);
  return 0;
}

void dealloc(PyObject* self) {
  PyObject_GC_UnTrack(self);
  PyEntry* entry = as_entry(self);
  clear(self);
  delete[] entry->options;
  if (entry->outer != nullptr) {
    for (const Entered& entered : *entry->outer) {
      Py_XDECREF(entered.graph);
      Py_XDECREF(entered.scope_before);
    }
    delete entry->outer;
  }
  Py_XDECREF(entry->name_or_scope);
  Py_XDECREF(entry->default_name);
  Py_XDECREF(entry->picked);
  Py_XDECREF(entry->now.scope_before);
  Py_XDECREF(entry->now.graph);
  PyTypeObject* type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}

}  // namespace

bool bind_variable_scope(PyObject* module) {
  static PyMethodDef methods[] = {
      {"__enter__", locked<enter>, METH_NOARGS, "Enters the scope and gives its VariableScope."},
      {"__exit__", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(locked<leave>)), METH_FASTCALL,
       "Leaves the scope."},
      {nullptr, nullptr, 0, nullptr}};
  static const char doc[] =
      "variable_scope(name_or_scope, default_name=None, values=None, initializer=None, regularizer=None, "
      "caching_device=None, partitioner=None, custom_getter=None, reuse=None, dtype=None, use_resource=None, "
      "constraint=None, auxiliary_name_scope=True)\n--\n\n"
      "A context manager in which get_variable makes or shares variables named \"name/...\".\n\n"
      "Args:\n"
      "    name_or_scope: A name, which prolongs the current scope's, or a VariableScope to jump to.\n"
      "    default_name: The name to use, made unique, where name_or_scope is None.\n"
      "    values: Tensors whose graph becomes the default inside.\n"
      "    initializer: The initializer of variables that bring none.\n"
      "    regularizer: The regularizer of variables that bring none.\n"
      "    caching_device: The device on which reads are cached.\n"
      "    partitioner: The partitioner of variables that bring none.\n"
      "    custom_getter: A function through which get_variable calls go: custom_getter(getter, name, ...).\n"
      "    reuse: True shares existing variables only, AUTO_REUSE makes those that do not exist; None and False\n"
      "        inherit the enclosing scope's mode.\n"
      "    dtype: The dtype of variables that bring none.\n"
      "    use_resource: Accepted as in v1; variables are of one kind here.\n"
      "    constraint: A projection of the variables' values, for optimizers.\n"
      "    auxiliary_name_scope: Whether operations are named after the scope, too.\n\n"
      "Raises:\n"
      "    ValueError: If `reuse` is none of its values, or is given without a name, or the name is illegal.\n"
      "    TypeError: If name_or_scope is neither a string nor a VariableScope, or no name is given.\n"
      "    RuntimeError: On leaving scopes in another order than they were entered.\n\n"
      ">>> import scopetrie as tf\n"
      ">>> with tf.Graph().as_default():\n"
      "...     with tf.variable_scope(\"layer\"):\n"
      "...         w = tf.get_variable(\"w\", [2])\n"
      "...     with tf.variable_scope(\"layer\", reuse=True):\n"
      "...         print(tf.get_variable(\"w\", [2]) is w, w.name)\n"
      "True layer/w:0\n";
  PyType_Slot slots[] = {{Py_tp_new, reinterpret_cast<void*>(unlocked<new_by_call>)},
                         {Py_tp_traverse, reinterpret_cast<void*>(unlocked<traverse>)},
                         {Py_tp_clear, reinterpret_cast<void*>(unlocked<clear>)},
                         {Py_tp_dealloc, reinterpret_cast<void*>(unlocked<dealloc>)},
                         {Py_tp_methods, methods},
                         {Py_tp_doc, const_cast<char*>(doc)},
                         {0, nullptr}};
  PyType_Spec spec = {"scopetrie._core.variable_scope", sizeof(PyEntry), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
                      slots};
  PyTypeObject* type = add_type(module, spec);
  if (type == nullptr) return false;
  type->tp_vectorcall = locked<make_fast>;
  state().variable_scope_type = type;
  return true;
}

}  // namespace scopetrie::python
