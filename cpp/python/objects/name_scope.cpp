// name_scope: `with tf.name_scope("layer") as scope:`, and Graph.name_scope.
#include <cstddef>

#include "calls/building.hpp"
#include "objects/scopes.hpp"

namespace scopetrie::python {

namespace {

struct PyNameScope {
  PyObject_HEAD PyObject* name;
  PyObject* default_name;
  PyObject* values;
  PyGraph* graph;    // owned; the graph of Graph.name_scope, else null
  PyGraph* entered;  // owned while entered
  Context* context;
  NameScope before;
  bool pushed;  // `entered` was made the default graph
};

PyNameScope* as_name_scope(PyObject* object) { return reinterpret_cast<PyNameScope*>(object); }

PyObject* new_name_scope(PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<3> signature("name_scope", {"name", "default_name", "values"});
  PyObject* given[3];
  if (!signature.parse(args, positional, keywords, given)) return nullptr;
  if (given[0] == nullptr) {
    PyErr_SetString(PyExc_TypeError, "name_scope() missing 1 required positional argument: 'name'");
    return nullptr;
  }
  PyObject* default_name = given[1] == nullptr ? nullptr : none_to_null(given[1]);
  if (default_name != nullptr && !PyUnicode_Check(default_name)) {
    PyErr_Format(
        PyExc_TypeError,
        "`default_name` type (%R) is not a string type. You likely meant to pass this into the `values` kwarg.",
        reinterpret_cast<PyObject*>(Py_TYPE(default_name)));
    return nullptr;
  }
  PyTypeObject* type = state().name_scope_type;
  PyObject* self = type->tp_alloc(type, 0);
  if (self == nullptr) return nullptr;
  as_name_scope(self)->name = Py_XNewRef(none_to_null(given[0]));
  as_name_scope(self)->default_name = Py_XNewRef(default_name);
  as_name_scope(self)->values = Py_XNewRef(given[2] == nullptr ? nullptr : none_to_null(given[2]));
  return self;
}

PyObject* make_fast(PyObject*, PyObject* const* args, std::size_t flagged, PyObject* keywords) {
  return new_name_scope(args, PyVectorcall_NARGS(flagged), keywords);
}

// The current name scope with a slash at its end, as name_scope gives it.
PyObject* entered_text(const Context& context) {
  std::string text;
  append_scope(context, text);
  text += '/';
  return to_str(text);
}

// The same where all values are handles of one graph or plain: false where the hook must be asked.
bool plain_graph_of(PyObject* values, PyGraph*& found) {
  if (!PyList_CheckExact(values) && !PyTuple_CheckExact(values)) return false;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(values); ++i) {
    PyObject* value = PySequence_Fast_GET_ITEM(values, i);
    if (is_tensor(value) || is_variable(value) || is_operation(value)) {
      if (found != nullptr && found != handle(value)->graph) return false;
      found = handle(value)->graph;
    } else if (value != Py_None && !PyLong_CheckExact(value) && !PyFloat_CheckExact(value) && !PyBool_Check(value) &&
               !PyUnicode_CheckExact(value) && !PyList_CheckExact(value) && !PyTuple_CheckExact(value)) {
      return false;
    }
  }
  return found != nullptr;
}

// The graph that `values` are of; null where they do not say, or with an exception set.
Ref graph_of_values(PyObject* values) {
  const Py_ssize_t length = PyObject_Size(values);
  if (length < 0) {
    PyErr_Clear();  // an iterator, or no iterable at all: the hook finds out
  } else if (length == 0) {
    return Ref();
  }
  PyGraph* found = nullptr;
  const Snapshot list(values);  // which keeps the graph as well
  if (plain_graph_of(list.get(), found)) return Ref::borrowed(reinterpret_cast<PyObject*>(found));
  return Ref(PyObject_CallOneArg(state().hooks.values_graph, values));
}

PyObject* enter(PyObject* self, PyObject*) {
  PyNameScope* scope = as_name_scope(self);
  PyObject* name = scope->name != nullptr ? scope->name : scope->default_name;
  if (name == nullptr && scope->values != nullptr) {
    PyErr_SetString(PyExc_ValueError, "At least one of name (None) and default_name (None) must be provided.");
    return nullptr;
  }
  const Ref found = scope->values != nullptr ? graph_of_values(scope->values) : Ref();
  if (!found && scope->values != nullptr && PyErr_Occurred()) return nullptr;
  Context* context = scope->graph != nullptr ? context_of(scope->graph) : current_context();
  if (context == nullptr) return nullptr;
  auto* graph = reinterpret_cast<PyGraph*>(found.get());
  if (graph != nullptr && graph != context->graph) {
    push_default_graph(graph);
    context = context_of(graph);
    scope->pushed = true;
  }
  // As v1: entering the same object again first ends its earlier entry.
  if (scope->entered != nullptr && scope->context == context) context->names = scope->before;
  const NameScope before = context->names;
  Ref text;
  if (name == nullptr || (PyUnicode_Check(name) && PyUnicode_GET_LENGTH(name) == 0)) {
    context->names = {ScopeTrie::kRoot, {}};
    text = Ref(to_str(""));
  } else if (const SegmentId segment = plain_segment(state_of(context->graph), name); segment != kNone) [[likely]] {
    note_builder(*context);
    const Name fresh = state_of(context->graph).ops.unique(scope_of(*context), segment).name;
    context->names = {kNone, fresh};
    text = Ref(entered_text(*context));
  } else if (PyUnicode_Check(name)) {
    if (enter_name_scope(*context, text_of(name))) {
      const bool verbatim = text_of(name).back() == '/';
      text = verbatim ? Ref::borrowed(name) : Ref(entered_text(*context));
    }
  } else {
    PyErr_Format(PyExc_TypeError, "expected string or bytes-like object, got '%s'", Py_TYPE(name)->tp_name);
  }
  if (!text) {
    context->names = before;
    if (std::exchange(scope->pushed, false)) {
      PyObject *type, *value, *trace;
      PyErr_Fetch(&type, &value, &trace);
      pop_default_graph(context->graph);
      PyErr_Restore(type, value, trace);
    }
    return nullptr;
  }
  scope->before = before;
  scope->context = context;
  Py_XSETREF(scope->entered, reinterpret_cast<PyGraph*>(Py_NewRef(reinterpret_cast<PyObject*>(context->graph))));
  return text.release();
}

PyObject* leave(PyObject* self, PyObject* const*, Py_ssize_t) {
  PyNameScope* scope = as_name_scope(self);
  if (scope->entered == nullptr) Py_RETURN_NONE;  // as v1, where a later entry of the same object has ended this one
  scope->context->names = scope->before;
  PyGraph* graph = std::exchange(scope->entered, nullptr);
  const Ref keep(reinterpret_cast<PyObject*>(graph));
  if (std::exchange(scope->pushed, false) && !pop_default_graph(graph)) return nullptr;
  Py_RETURN_NONE;
}

PyObject* get_name(PyObject* self, void*) {
  PyNameScope* scope = as_name_scope(self);
  PyObject* name = scope->name != nullptr ? scope->name : scope->default_name;
  return Py_NewRef(name == nullptr ? Py_None : name);
}

int traverse(PyObject* self, visitproc visit, void* arg) {
  PyNameScope* scope = as_name_scope(self);
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(scope->values);
  Py_VISIT(scope->graph);
  Py_VISIT(scope->entered);
  return 0;
}

int clear(PyObject* self) {
  Py_CLEAR(as_name_scope(self)->values);
  return 0;
}

void dealloc(PyObject* self) {
  PyObject_GC_UnTrack(self);
  PyNameScope* scope = as_name_scope(self);
  clear(self);
  Py_XDECREF(scope->name);
  Py_XDECREF(scope->default_name);
  Py_XDECREF(scope->graph);
  Py_XDECREF(scope->entered);
  PyTypeObject* type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}

}  // namespace

bool enter_name_scope(Context& context, std::string_view name) {
  GraphState& graph = state_of(context.graph);
  if (name.empty()) {
    context.names = {ScopeTrie::kRoot, {}};
    return true;
  }
  ScopeTrie& scopes = graph.ops.scopes();
  const ScopeId here = scope_of(context);
  if (!check_scope_name(here == ScopeTrie::kRoot, name)) return false;
  if (name.back() == '/') {
    if (!is_scope_name(true, name)) graph.has_odd_scopes = true;
    context.names = {scopes.at(name.substr(0, name.size() - 1)), {}};
    return true;
  }
  SegmentId segment;
  const ScopeId parent = scopes.scope_of_name(name, here, segment);
  note_builder(context);
  context.names = {kNone, graph.ops.unique(parent, segment).name};
  return true;
}

PyObject* graph_name_scope(PyObject* graph, PyObject* name) {
  PyObject* self = new_name_scope(&name, 1, nullptr);
  if (self != nullptr) as_name_scope(self)->graph = reinterpret_cast<PyGraph*>(Py_NewRef(graph));
  return self;
}

bool bind_name_scope(PyObject* module) {
  static PyMethodDef methods[] = {
      {"__enter__", locked<enter>, METH_NOARGS, "Enters the scope and gives its whole name with a slash at its end."},
      {"__exit__", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(locked<leave>)), METH_FASTCALL,
       "Leaves the scope."},
      {nullptr, nullptr, 0, nullptr}};
  static PyGetSetDef properties[] = {{"name", unlocked<get_name>, nullptr, "The name as it was given.", nullptr},
                                     {nullptr, nullptr, nullptr, nullptr, nullptr}};
  static const char doc[] =
      "name_scope(name, default_name=None, values=None)\n--\n\n"
      "A context manager in which operations are named \"name/...\".\n\n"
      "Args:\n"
      "    name: The scope's name, made unique in the current one; with a slash at its end it is taken as it is, so\n"
      "        that a scope can be entered again; \"\" or None is the root.\n"
      "    default_name: The name to use where `name` is None.\n"
      "    values: Tensors whose graph becomes the default inside.\n\n"
      "Raises:\n"
      "    ValueError: If `values` are given and neither name is, the name has an illegal character, or the values\n"
      "        are of two graphs.\n"
      "    TypeError: If a name is not a string.\n\n"
      ">>> import scopetrie as tf\n"
      ">>> with tf.Graph().as_default():\n"
      "...     with tf.name_scope(\"layer\") as scope:\n"
      "...         print(scope, tf.constant(1.0, name=\"c\").name)\n"
      "layer/ layer/c:0\n";
  PyType_Slot slots[] = {{Py_tp_new, reinterpret_cast<void*>(unlocked<new_by_call>)},
                         {Py_tp_traverse, reinterpret_cast<void*>(unlocked<traverse>)},
                         {Py_tp_clear, reinterpret_cast<void*>(unlocked<clear>)},
                         {Py_tp_dealloc, reinterpret_cast<void*>(unlocked<dealloc>)},
                         {Py_tp_methods, methods},
                         {Py_tp_getset, properties},
                         {Py_tp_doc, const_cast<char*>(doc)},
                         {0, nullptr}};
  PyType_Spec spec = {"scopetrie._core.name_scope", sizeof(PyNameScope), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
                      slots};
  PyTypeObject* type = add_type(module, spec);
  if (type == nullptr) return false;
  type->tp_vectorcall = locked<make_fast>;
  state().name_scope_type = type;
  return true;
}

}  // namespace scopetrie::python
