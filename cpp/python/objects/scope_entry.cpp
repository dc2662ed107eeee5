#include "objects/scope_entry.hpp"

#include "calls/building.hpp"

namespace scopetrie::python {

namespace {

// Gives a new scope the entry's own settings in place of the inherited ones.
bool apply_options(PyObject* const* options, PyVariableScope* scope) {
  PyObject** const fields[kOptions] = {&scope->initializer,  &scope->regularizer,   &scope->caching_device,
                                       &scope->partitioner,  &scope->custom_getter, &scope->dtype,
                                       &scope->use_resource, &scope->constraint};
  for (std::size_t i = 0; i < kOptions; ++i) {
    PyObject* value = options[i];
    if (value == nullptr) continue;
    Ref made;
    if (i == kDType) {
      const std::uint8_t number = dtype_number(value);
      if (number == 0) return false;
      made = Ref::borrowed(state().dtypes[number]);
    } else if (i == kCustomGetter && scope->custom_getter != nullptr) {
      made = Ref(PyObject_CallFunctionObjArgs(state().hooks.compose_getters, value, scope->custom_getter, nullptr));
      if (!made) return false;
    } else {
      made = Ref::borrowed(value);
    }
    Py_XSETREF(*fields[i], made.release());
  }
  return true;
}

// The last part of a captured scope's name, which is the name scope it opens here.
std::string_view last_part(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

// Opens the name scope that goes with the variable scope. `origin` gets the name it has.
bool enter_names(Context& context, PyEntry* entry, PyObject* name, std::string_view text) {
  if (!entry->auxiliary) return true;
  if (text.empty() && entry->name_or_scope != nullptr) return true;  // a default name of "" is the root's, as any ""
  if (name != nullptr) {
    const SegmentId segment = plain_segment(state_of(context.graph), name);
    if (segment != kNone) [[likely]] {
      note_builder(context);
      context.names = {kNone, state_of(context.graph).ops.unique(scope_of(context), segment).name};
      return true;
    }
  }
  return enter_name_scope(context, text);
}

// original_name_scope of a new scope: the current name scope; that of the manager's first entry in a later one.
void set_origin(Context& context, PyEntry* entry, PyVariableScope* scope) {
  Py_CLEAR(scope->origin_text);
  if (entry->first != nullptr) {
    scope->origin = entry->first->origin;
    scope->origin_is_text = entry->first->origin_is_text;
    scope->origin_text = Py_XNewRef(entry->first->origin_text);
    return;
  }
  scope->origin = context.names.pending;
  scope->origin_is_text = context.names.scope != kNone;
  if (!scope->origin_is_text) return;
  std::string text;
  append_scope(context, text);
  if (!text.empty()) text += '/';
  scope->origin_text = to_str(text);
}

// The id of `text` beneath `parent`, as v1 joins them: "" beneath "a" is "a/".
ScopeId join(GraphState& graph, ScopeId parent, std::string_view text) {
  if (text.empty())
    return parent == ScopeTrie::kRoot ? parent : graph.ops.scopes().child(parent, graph.ops.segments().intern(""));
  return graph.ops.scopes().at(text, parent);
}

// A scope given by name (or picked from a default name): it prolongs the current one.
PyVariableScope* prolong(Context& context, PyEntry* entry, PyObject* name) {
  GraphState& graph = state_of(context.graph);
  PyVariableScope* old = context.variable_scope;
  const std::string_view text = text_of(name);
  if (text.data() == nullptr) return nullptr;
  const ScopeId parent = scope_in(old, context.graph);
  PyVariableScope* scope = copy_scope(old);
  if (scope == nullptr) return nullptr;
  Py_XSETREF(scope->graph, reinterpret_cast<PyGraph*>(Py_NewRef(reinterpret_cast<PyObject*>(context.graph))));
  if (const SegmentId segment = plain_segment(graph, name); segment != kNone) [[likely]] {
    scope->scope = graph.ops.scopes().child(parent, segment);
  } else {
    scope->scope = join(graph, parent, text);
    // Without a name scope v1 takes any name, and refuses the first variable.
    if (!text.empty() && !is_scope_name(parent == ScopeTrie::kRoot, text)) scope->refuses_variables = true;
  }
  Py_CLEAR(scope->name);
  if (entry->reuse != Reuse::kNo) scope->reuse = entry->reuse;
  const bool verbatim = text.empty() || text.back() == '/';
  if (!verbatim || !entry->auxiliary) {
    set_origin(context, entry, scope);
  } else {
    Py_XSETREF(scope->origin_text, Py_NewRef(name));
    scope->origin_is_text = true;
  }
  return scope;
}

// A captured scope: jumped to, with its own settings.
PyVariableScope* jump(Context& context, PyEntry* entry, PyVariableScope* from) {
  PyVariableScope* scope = copy_scope(from);
  if (scope == nullptr) return nullptr;
  if (scope->graph != context.graph) {
    const Ref origin(PyObject_GetAttrString(reinterpret_cast<PyObject*>(from), "original_name_scope"));
    const Ref name = Ref::borrowed(scope_name(from));
    Py_XSETREF(scope->origin_text, Py_XNewRef(origin.get()));
    scope->origin_is_text = true;
    Py_XSETREF(scope->name, Py_XNewRef(name.get()));
    scope->scope = scope_in(from, context.graph);
    const std::string_view path = text_of(name.get());
    scope->refuses_variables = !path.empty() && !is_scope_name(true, path);
    Py_XSETREF(scope->graph, reinterpret_cast<PyGraph*>(Py_NewRef(reinterpret_cast<PyObject*>(context.graph))));
  }
  if (entry->reuse != Reuse::kNo) scope->reuse = entry->reuse;
  return scope;
}

// What name_or_scope names, once: a name as given, or one picked from the default.
PyObject* pick_name(Context& context, PyEntry* entry) {
  if (entry->name_or_scope != nullptr) {
    if (PyUnicode_Check(entry->name_or_scope)) return entry->name_or_scope;
    PyErr_SetString(PyExc_TypeError, "VariableScope: name_or_scope must be a string or VariableScope.");
    return nullptr;
  }
  if (entry->reuse != Reuse::kNo) {
    PyErr_SetString(PyExc_ValueError, "reuse=True cannot be used without a name_or_scope");
    return nullptr;
  }
  if (!PyUnicode_Check(entry->default_name)) {
    PyErr_Format(PyExc_TypeError, "expected string or bytes-like object, got '%s'",
                 Py_TYPE(entry->default_name)->tp_name);
    return nullptr;
  }
  if (entry->picked == nullptr) {
    const std::string_view prefix = text_of(entry->default_name);
    const ScopeId parent = scope_in(context.variable_scope, context.graph);
    const std::uint32_t number = context.counters.unused(parent, prefix);
    std::string text(prefix);
    append_suffix(number, text);
    entry->picked = to_str(text);
  }
  return entry->picked;
}

}  // namespace

PyVariableScope* open_scope(Context& context, PyEntry* entry) {
  PyVariableScope* scope;
  if (entry->captured) {
    PyVariableScope* from = as_scope(entry->name_or_scope);
    PyObject* name = scope_name(from);
    if (name == nullptr || !enter_names(context, entry, nullptr, last_part(text_of(name)))) return nullptr;
    const bool again = entry->jumped != nullptr && entry->jumped->graph == context.graph;
    scope = again ? as_scope(Py_NewRef(reinterpret_cast<PyObject*>(entry->jumped))) : jump(context, entry, from);
  } else {
    // The name scope is opened by the name as it was given, the variable scope by the one picked.
    PyObject* picked = pick_name(context, entry);
    PyObject* given = entry->name_or_scope != nullptr ? entry->name_or_scope : entry->default_name;
    if (picked == nullptr || !enter_names(context, entry, given, text_of(given))) return nullptr;
    scope = prolong(context, entry, picked);
  }
  if (scope == nullptr) return nullptr;
  if (entry->options != nullptr && scope != entry->jumped && !apply_options(entry->options, scope)) {
    Py_DECREF(scope);
    return nullptr;
  }
  return scope;
}

}  // namespace scopetrie::python
