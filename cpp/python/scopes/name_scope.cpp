// name_scope: `with tf.name_scope("layer") as scope:`, and Graph.name_scope.
#include <new>

#include "graph/handles.hpp"
#include "scopes/scopes.hpp"
#include "scopetrie/scopes/name_scope_block.hpp"
#include "support/bindings.hpp"

namespace scopetrie::python {

namespace {

struct PyNameScope : PyObject {
  PyObject* name;
  PyObject* default_name;
  PyObject* values;
  PyGraph* graph;  // owned; the graph of Graph.name_scope, else null
  bool pushed;     // the graph of `values` was made the default
  NameScopeBlock block;

  int visit_more(visitproc visit, void* arg) const {
    Py_VISIT(static_cast<PyObject*>(block.graph_owner()));
    return 0;
  }
  void end() { block.~NameScopeBlock(); }
};
using NameScopeOwning =
    Owning<PyNameScope, &PyNameScope::values, &PyNameScope::graph, &PyNameScope::name, &PyNameScope::default_name>;

PyNameScope* as_name_scope(PyObject* object) { return static_cast<PyNameScope*>(object); }

PyObject* new_name_scope(PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<3> signature("name_scope", {"name", "default_name", "values"});
  auto given = signature.parse(args, positional, keywords, 1);
  PyObject* default_name = given[1] == nullptr ? nullptr : none_to_null(given[1]);
  if (default_name != nullptr && !PyUnicode_Check(default_name))
    raise_error(PyExc_TypeError,
                "`default_name` type (%R) is not a string type. You likely meant to pass this into the `values` kwarg.",
                reinterpret_cast<PyObject*>(Py_TYPE(default_name)));
  PyObject* self = allocated(state().name_scope_type);
  new (&as_name_scope(self)->block) NameScopeBlock();
  as_name_scope(self)->name = Py_XNewRef(none_to_null(given[0]));
  as_name_scope(self)->default_name = Py_XNewRef(default_name);
  as_name_scope(self)->values = Py_XNewRef(given[2] == nullptr ? nullptr : none_to_null(given[2]));
  return self;
}

PyObject* name_scope_make_fast(PyObject*, PyObject* const* args, std::size_t flagged, PyObject* keywords) {
  return new_name_scope(args, PyVectorcall_NARGS(flagged), keywords);
}

// The scope that was just entered with a slash at its end, as name_scope gives it. Without memory for that, it is left.
PyObject* entered_text(Context& context, NameScopeBlock& block) {
  try {
    return checked(to_str(context.name_scope_path() + '/')).release();
  } catch (...) {
    stay_if_thread_ends();
    const NameScope entered = context.names;
    block.leave();
    if (entered.scope == kNone) state_of(context.graph).ops.give_back(entered.pending);
    throw;
  }
}

// The same where all values are handles of one graph or plain: false where the hook must be asked.
bool plain_graph_of(PyObject* values, PyGraph*& found) {
  if (!PyList_CheckExact(values) && !PyTuple_CheckExact(values)) return false;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(values); ++i) {
    PyObject* value = PySequence_Fast_GET_ITEM(values, i);
    if (is_handle(value)) {
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
    return {};
  }
  PyGraph* found = nullptr;
  const Snapshot list(values);  // which keeps the graph as well
  if (plain_graph_of(list.get(), found)) return Ref::borrowed(reinterpret_cast<PyObject*>(found));
  return Ref(PyObject_CallOneArg(state().hooks.values_graph, values));
}

// Enters the scope that `name` asks for; gives its text.
PyObject* enter_in(Context& context, NameScopeBlock& block, PyObject* name) {
  if (name == nullptr) {
    block.enter(context, std::string_view());
    return to_str("");
  }
  if (const SegmentId segment = plain_segment(state_of(context.graph), name); segment != kNone) [[likely]] {
    block.enter(context, segment);
    return entered_text(context, block);
  }
  const std::string_view text = checked_text(name, "name_scope");
  block.enter(context, text);
  return text.empty() || text.back() == '/' ? Py_NewRef(name) : entered_text(context, block);
}

PyObject* name_scope_enter(PyObject* self, PyObject*) {
  PyNameScope* scope = as_name_scope(self);
  PyObject* name = scope->name != nullptr ? scope->name : scope->default_name;
  if (name == nullptr && scope->values != nullptr)
    raise_error(PyExc_ValueError, "At least one of name (None) and default_name (None) must be provided.");
  const Ref found = scope->values != nullptr ? graph_of_values(scope->values) : Ref();
  if (!found && scope->values != nullptr && PyErr_Occurred()) return nullptr;
  Context* context = scope->graph != nullptr ? context_of(scope->graph) : current_context();
  auto* graph = reinterpret_cast<PyGraph*>(found.get());
  if (graph == nullptr || graph == context->graph) [[likely]]
    return enter_in(*context, scope->block, name);
  DefaultGraph pushed(graph);
  PyObject* text = enter_in(*context_of(graph), scope->block, name);
  if (text == nullptr) return nullptr;
  pushed.keep();
  scope->pushed = true;
  return text;
}

PyObject* name_scope_leave(PyObject* self, PyObject* const*, Py_ssize_t) {
  PyNameScope* scope = as_name_scope(self);
  const scopetrie::Context* context = scope->block.context();
  if (context == nullptr || !std::exchange(scope->pushed, false)) [[likely]] {
    scope->block.leave();
    Py_RETURN_NONE;
  }
  DefaultGraph graph = DefaultGraph::adopt(static_cast<const Context*>(context)->graph);
  scope->block.leave();
  if (!graph.pop()) return nullptr;
  Py_RETURN_NONE;
}

PyObject* name_scope_name(PyObject* self, void*) {
  PyNameScope* scope = as_name_scope(self);
  PyObject* name = scope->name != nullptr ? scope->name : scope->default_name;
  return Py_NewRef(or_none(name));
}

// The graph stays: the block may stand in it.
int name_scope_clear(PyObject* self) {
  Py_CLEAR(as_name_scope(self)->values);
  return 0;
}

}  // namespace

PyObject* graph_name_scope(PyObject* graph, PyObject* name) {
  PyObject* self = new_name_scope(&name, 1, nullptr);
  if (self != nullptr) as_name_scope(self)->graph = reinterpret_cast<PyGraph*>(Py_NewRef(graph));
  return self;
}

void bind_name_scope(PyObject* module) {
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
  PyTypeObject* type = add_type<PyNameScope>(
      module, "name_scope", 0,
      NameScopeOwning::slots_and(
          {slot(Py_tp_new, unlocked<new_by_call>), slot(Py_tp_clear, unlocked<name_scope_clear>),
           methods({{"__enter__", locked<name_scope_enter>, METH_NOARGS,
                     "Enters the scope and gives its whole name with a slash at its end."},
                    with_arguments("__exit__", locked<name_scope_leave>, "Leaves the scope.")}),
           properties({property("name", unlocked<name_scope_name>, "The name as it was given.")}), slot(doc)},
          false));
  type->tp_vectorcall = locked<name_scope_make_fast>;
  state().name_scope_type = type;
}

}  // namespace scopetrie::python
