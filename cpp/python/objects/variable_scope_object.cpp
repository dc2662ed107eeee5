// VariableScope: the name, the reuse mode and the defaults that get_variable takes from the current scope.
#include <cstddef>

#include "objects/scopes.hpp"

namespace scopetrie::python {

namespace {

PyObject* scope_type() { return reinterpret_cast<PyObject*>(state().scope_type); }

PyVariableScope* allocate() {
  auto* type = reinterpret_cast<PyTypeObject*>(scope_type());
  return as_scope(type->tp_alloc(type, 0));
}

// The settings that a scope hands on, by their place in the struct.
constexpr std::size_t kSettings[] = {offsetof(PyVariableScope, initializer),    offsetof(PyVariableScope, regularizer),
                                     offsetof(PyVariableScope, caching_device), offsetof(PyVariableScope, partitioner),
                                     offsetof(PyVariableScope, custom_getter),  offsetof(PyVariableScope, dtype),
                                     offsetof(PyVariableScope, use_resource),   offsetof(PyVariableScope, constraint)};

PyObject*& setting(PyVariableScope* scope, std::size_t offset) {
  return *reinterpret_cast<PyObject**>(reinterpret_cast<char*>(scope) + offset);
}

PyObject* default_dtype() { return state().dtypes[kFloat32]; }

// VariableScope(reuse, name="", initializer=None, ..., name_scope="", dtype=tf.float32, use_resource=None,
// constraint=None)
PyObject* make(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  static Signature<11> signature(
      "VariableScope", {"reuse", "name", "initializer", "regularizer", "caching_device", "partitioner", "custom_getter",
                        "name_scope", "dtype", "use_resource", "constraint"});
  PyObject* given[11];
  if (!parse_tuple(signature, args, kwargs, given)) return nullptr;
  if (given[0] == nullptr) {
    PyErr_SetString(PyExc_TypeError, "VariableScope.__init__() missing 1 required positional argument: 'reuse'");
    return nullptr;
  }
  Ref self(type->tp_alloc(type, 0));
  if (!self) return nullptr;
  PyVariableScope* scope = as_scope(self.get());
  scope->reuse = given[0] == state().auto_reuse   ? Reuse::kAuto
                 : PyObject_IsTrue(given[0]) == 1 ? Reuse::kYes
                                                  : Reuse::kNo;
  scope->name = given[1] != nullptr ? Py_NewRef(given[1]) : PyUnicode_FromString("");
  scope->origin_is_text = true;
  scope->origin_text = given[7] != nullptr ? Py_NewRef(given[7]) : PyUnicode_FromString("");
  const std::size_t positions[] = {2, 3, 4, 5, 6, 8, 9, 10};
  for (std::size_t i = 0; i < std::size(positions); ++i)
    if (PyObject* value = given[positions[i]]; value != nullptr && value != Py_None)
      setting(scope, kSettings[i]) = Py_NewRef(value);
  if (scope->dtype == nullptr) scope->dtype = Py_NewRef(default_dtype());
  return self.release();
}

int traverse(PyObject* self, visitproc visit, void* arg) {
  PyVariableScope* scope = as_scope(self);
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(scope->graph);
  for (const std::size_t offset : kSettings) Py_VISIT(setting(scope, offset));
  return 0;
}

int clear(PyObject* self) {
  PyVariableScope* scope = as_scope(self);
  for (const std::size_t offset : kSettings) Py_CLEAR(setting(scope, offset));
  return 0;
}

void dealloc(PyObject* self) {
  PyObject_GC_UnTrack(self);
  clear(self);
  PyVariableScope* scope = as_scope(self);
  Py_CLEAR(scope->name);
  Py_CLEAR(scope->origin_text);
  Py_CLEAR(scope->graph);
  PyTypeObject* type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}

// Properties
// ------------------------------------------------------------------------------------------------------------

PyObject* get_name(PyObject* self, void*) { return Py_XNewRef(scope_name(as_scope(self))); }

PyObject* get_origin(PyObject* self, void*) {
  PyVariableScope* scope = as_scope(self);
  if (!scope->origin_is_text) {
    std::string text;
    state_of(scope->graph).ops.append_name(scope->origin, text);
    if (!text.empty()) text += '/';
    scope->origin_text = to_str(text);
    scope->origin_is_text = true;
  }
  return Py_NewRef(scope->origin_text);
}

PyObject* get_reuse(PyObject* self, void*) {
  switch (as_scope(self)->reuse) {
    case Reuse::kNo:
      Py_RETURN_FALSE;
    case Reuse::kYes:
      Py_RETURN_TRUE;
    default:
      return Py_NewRef(state().auto_reuse);
  }
}

PyObject* get_setting(PyObject* self, void* offset) {
  PyObject* value = setting(as_scope(self), reinterpret_cast<std::size_t>(offset));
  return Py_NewRef(value == nullptr ? Py_None : value);
}

template <std::size_t offset>
PyObject* set_setting(PyObject* self, PyObject* value) {
  Py_XSETREF(setting(as_scope(self), offset), Py_XNewRef(none_to_null(value)));
  Py_RETURN_NONE;
}

PyObject* set_dtype(PyObject* self, PyObject* value) {
  const std::uint8_t number = dtype_number(value);
  if (number == 0) return nullptr;
  Py_XSETREF(as_scope(self)->dtype, Py_NewRef(state().dtypes[number]));
  Py_RETURN_NONE;
}

PyObject* reuse_variables(PyObject* self, PyObject*) {
  as_scope(self)->reuse = Reuse::kYes;
  Py_RETURN_NONE;
}

}  // namespace

PyVariableScope* new_root_scope(PyGraph* graph) {
  PyVariableScope* scope = allocate();
  if (scope == nullptr) return nullptr;
  (void)graph;  // the graph owns its root scopes: they must not own it
  scope->name = PyUnicode_FromString("");
  scope->origin_is_text = true;
  scope->origin_text = PyUnicode_FromString("");
  scope->dtype = Py_NewRef(default_dtype());
  return scope;
}

PyVariableScope* copy_scope(PyVariableScope* from) {
  PyVariableScope* scope = allocate();
  if (scope == nullptr) return nullptr;
  scope->graph = reinterpret_cast<PyGraph*>(Py_XNewRef(reinterpret_cast<PyObject*>(from->graph)));
  scope->scope = from->scope;
  scope->reuse = from->reuse;
  scope->origin_is_text = from->origin_is_text;
  scope->refuses_variables = from->refuses_variables;
  scope->origin = from->origin;
  scope->origin_text = Py_XNewRef(from->origin_text);
  scope->name = Py_XNewRef(from->name);
  for (const std::size_t offset : kSettings) setting(scope, offset) = Py_XNewRef(setting(from, offset));
  return scope;
}

ScopeId scope_in(PyVariableScope* scope, PyGraph* graph) {
  if (scope->graph == graph) return scope->scope;
  PyObject* name = scope_name(scope);
  if (name == nullptr || !PyUnicode_Check(name)) {
    PyErr_Clear();
    return ScopeTrie::kRoot;
  }
  return state_of(graph).ops.scopes().at(text_of(name));
}

PyObject* scope_name(PyVariableScope* scope) {
  if (scope->name == nullptr) {
    std::string text;
    state_of(scope->graph).ops.scopes().append_path(scope->scope, text);
    scope->name = to_str(text);
  }
  return scope->name;
}

bool bind_variable_scope_object(PyObject* module) {
  const auto at = [](std::size_t offset) { return reinterpret_cast<void*>(offset); };
  static PyGetSetDef properties[] = {
      {"name", locked<get_name>, nullptr, "The path of the scope, which variables' names start with.", nullptr},
      {"original_name_scope", locked<get_origin>, nullptr,
       "The name scope that it opened first, with a slash at its end.", nullptr},
      {"reuse", locked<get_reuse>, nullptr, "False, True or AUTO_REUSE.", nullptr},
      {"initializer", locked<get_setting>, nullptr, "The initializer of variables that bring none.",
       at(offsetof(PyVariableScope, initializer))},
      {"regularizer", locked<get_setting>, nullptr, "The regularizer of variables that bring none.",
       at(offsetof(PyVariableScope, regularizer))},
      {"caching_device", locked<get_setting>, nullptr, "The device that reads are cached on.",
       at(offsetof(PyVariableScope, caching_device))},
      {"partitioner", locked<get_setting>, nullptr, "The partitioner of variables that bring none.",
       at(offsetof(PyVariableScope, partitioner))},
      {"custom_getter", locked<get_setting>, nullptr, "What get_variable calls are passed through.",
       at(offsetof(PyVariableScope, custom_getter))},
      {"dtype", locked<get_setting>, nullptr, "The DType of variables that bring none.",
       at(offsetof(PyVariableScope, dtype))},
      {"use_resource", locked<get_setting>, nullptr, "Accepted as in v1; variables are of one kind here.",
       at(offsetof(PyVariableScope, use_resource))},
      {"constraint", locked<get_setting>, nullptr, "The constraint of variables that bring none.",
       at(offsetof(PyVariableScope, constraint))},
      {nullptr, nullptr, nullptr, nullptr, nullptr}};
  static PyMethodDef methods[] = {
      {"reuse_variables", locked<reuse_variables>, METH_NOARGS,
       "reuse_variables($self, /)\n--\n\nReuse variables in this scope from now on."},
      {"set_initializer", locked<set_setting<offsetof(PyVariableScope, initializer)>>, METH_O,
       "set_initializer($self, initializer, /)\n--\n\nSets the initializer of this scope."},
      {"set_regularizer", locked<set_setting<offsetof(PyVariableScope, regularizer)>>, METH_O,
       "set_regularizer($self, regularizer, /)\n--\n\nSets the regularizer of this scope."},
      {"set_caching_device", locked<set_setting<offsetof(PyVariableScope, caching_device)>>, METH_O,
       "set_caching_device($self, caching_device, /)\n--\n\nSets the caching device of this scope."},
      {"set_partitioner", locked<set_setting<offsetof(PyVariableScope, partitioner)>>, METH_O,
       "set_partitioner($self, partitioner, /)\n--\n\nSets the partitioner of this scope."},
      {"set_custom_getter", locked<set_setting<offsetof(PyVariableScope, custom_getter)>>, METH_O,
       "set_custom_getter($self, custom_getter, /)\n--\n\nSets the custom getter of this scope."},
      {"set_dtype", locked<set_dtype>, METH_O, "set_dtype($self, dtype, /)\n--\n\nSets the dtype of this scope."},
      {"set_use_resource", locked<set_setting<offsetof(PyVariableScope, use_resource)>>, METH_O,
       "set_use_resource($self, use_resource, /)\n--\n\nAccepted as in v1."},
      {"_set_constraint", locked<set_setting<offsetof(PyVariableScope, constraint)>>, METH_O,
       "Sets the constraint of this scope."},
      {nullptr, nullptr, 0, nullptr}};
  // The layer above has the text; the signature is read from here.
  static const char doc[] =
      "VariableScope(reuse, name='', initializer=None, regularizer=None, caching_device=None, partitioner=None, "
      "custom_getter=None, name_scope='', dtype=None, use_resource=None, constraint=None)\n--\n\n";
  PyType_Slot slots[] = {{Py_tp_new, reinterpret_cast<void*>(locked<make>)},
                         {Py_tp_traverse, reinterpret_cast<void*>(unlocked<traverse>)},
                         {Py_tp_clear, reinterpret_cast<void*>(unlocked<clear>)},
                         {Py_tp_dealloc, reinterpret_cast<void*>(unlocked<dealloc>)},
                         {Py_tp_methods, methods},
                         {Py_tp_getset, properties},
                         {Py_tp_doc, const_cast<char*>(doc)},
                         {0, nullptr}};
  PyType_Spec spec = {"scopetrie._core.VariableScope", sizeof(PyVariableScope), 0,
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, slots};
  State& s = state();
  s.scope_type = add_type(module, spec);
  return s.scope_type != nullptr;
}

}  // namespace scopetrie::python
