// VariableScope: the name, the reuse mode and the defaults of get_variable.
#include <new>

#include "graph/attributes.hpp"
#include "graph/handles.hpp"
#include "scopes/parameters.hpp"
#include "scopes/scopes.hpp"
#include "support/bindings.hpp"

namespace scopetrie::python {

namespace {

struct OwnedScope : PyVariableScope {
  int visit_more(visitproc visit, void* arg) {
    return VariableScope::visit([&](void* object) { return visit(static_cast<PyObject*>(object), arg); });
  }
  void clear_more() { VariableScope::clear(); }
  void end() {
    static_cast<VariableScope*>(this)->~VariableScope();
    Py_CLEAR(name_object);
  }
};
using ScopeOwning = Owning<OwnedScope, &PyVariableScope::attributes>;

// A Python object around a copy of a scope.
PyVariableScope* allocate(PyTypeObject* type, const VariableScope& from) {
  PyObject* self = allocated(type);
  new (static_cast<VariableScope*>(as_scope(self))) VariableScope(from);
  return as_scope(self);
}

// What the core asks of Python
// --------------------------------------------------------------------------------------------------

VariableScope* copy(const VariableScope& from) { return allocate(state().scope_type, from); }
void keep(VariableScope& scope) { Py_INCREF(as_scope(scope)); }
void drop(VariableScope& scope) noexcept { Py_DECREF(as_scope(scope)); }

void* compose_getters(void* getter, void* inherited) {
  return called(state().hooks.compose_getters, static_cast<PyObject*>(getter), static_cast<PyObject*>(inherited))
      .release();
}

void tell(scopetrie::Context& context, void* listener, OpId op) {
  const Ref operation = checked(operation_handle(static_cast<Context&>(context).graph, op));
  called(static_cast<PyObject*>(listener), operation);
}

// The object's life
// -------------------------------------------------------------------------------------------------------------

// VariableScope(reuse, name="", initializer=None, ..., name_scope="", dtype=tf.float32, use_resource=None,
// constraint=None)
PyObject* scope_make(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  static VariableSignature<kOfNewScope, kScopeParameters> signature("VariableScope");
  const auto given = parse_tuple(signature, args, kwargs);
  if (given[kReuse] == nullptr)
    raise_error(PyExc_TypeError, "VariableScope.__init__() missing 1 required positional argument: 'reuse'");
  std::string_view texts[2] = {"", ""};
  PyObject* const text_arguments[] = {given[kName], given[kNameScope]};
  for (std::size_t i = 0; i < 2; ++i) {
    if (text_arguments[i] == nullptr) continue;
    texts[i] = text_of(text_arguments[i], "VariableScope");
    if (texts[i].data() == nullptr) throw_raised();
  }
  const Reuse reuse = given[kReuse] == state().auto_reuse ? Reuse::kAuto
                      : truth_of(given[kReuse])           ? Reuse::kYes
                                                          : Reuse::kNo;
  VariableScope scope(scope_host, reuse, texts[0], texts[1]);
  for (const auto& [parameter, setting] : kHandedOn)
    if (PyObject* value = none_to_null(given[parameter]); value != nullptr) scope.settings.set(setting, value);
  if (PyObject* dtype = none_to_null(given[kDType]); dtype != nullptr) scope.set_dtype(dtype_number(dtype));
  return allocate(type, scope);
}

// Properties
// ------------------------------------------------------------------------------------------------------------

PyObject* scope_name(PyObject* self, void*) {
  PyVariableScope* scope = as_scope(self);
  if (scope->name_object == nullptr) scope->name_object = to_str(scope->name());
  return Py_XNewRef(scope->name_object);
}

PyObject* get_origin(PyObject* self, void*) { return to_str(as_scope(self)->original_name_scope()); }

PyObject* get_reuse(PyObject* self, void*) {
  const Reuse reuse = as_scope(self)->reuse();
  return reuse == Reuse::kAuto ? Py_NewRef(state().auto_reuse) : PyBool_FromLong(reuse == Reuse::kYes);
}

// The closure of a property is the setting's number.
PyObject* get_setting(PyObject* self, void* number) {
  PyObject* value = setting_of(*as_scope(self), static_cast<Setting>(reinterpret_cast<std::uintptr_t>(number)));
  return Py_NewRef(or_none(value));
}

template <Setting setting>
PyObject* set_setting(PyObject* self, PyObject* value) {
  as_scope(self)->settings.set(setting, none_to_null(value));
  Py_RETURN_NONE;
}

PyObject* scope_dtype(PyObject* self, void*) { return Py_NewRef(state().dtypes[as_scope(self)->dtype()]); }

PyObject* set_dtype(PyObject* self, PyObject* value) {
  as_scope(self)->set_dtype(dtype_number(value));
  Py_RETURN_NONE;
}

PyObject* reuse_variables(PyObject* self, PyObject*) {
  as_scope(self)->reuse_variables();
  Py_RETURN_NONE;
}

}  // namespace

const ScopeHost scope_host{python_host, copy, keep, drop, compose_getters, tell};

ScopeRef new_root_scope() { return ScopeRef::copy_of(VariableScope(scope_host)); }

void bind_variable_scope_object(PyObject* module) {
  const auto setting = [](const char* name, Setting which, const char* doc) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the closure of a property is its number
    return property(name, locked<get_setting>, doc, reinterpret_cast<void*>(static_cast<std::uintptr_t>(which)));
  };
  static const std::string kGetDoc = VariableSignature<kOfScope>::text("get_variable", "$self") +
                                     "`tf.get_variable` in this scope instead of the current one.\n\n"
                                     "Args:\n"
                                     "    var_store: Ignored: variables belong to the graph.\n"
                                     "    reuse: The reuse mode, instead of the scope's.\n\n"
                                     "Other arguments, the result and the errors are those of `tf.get_variable`.\n";
  // The generic reading and setting of attributes finds the dict by this; it makes one for the first attribute.
  // It is the last member: `offsetof` is for types without bases.
  constexpr auto offset = static_cast<Py_ssize_t>(sizeof(PyVariableScope) - sizeof(PyVariableScope::attributes));
  // Python has the docstring; inspect reads the signature from here.
  static const char doc[] =
      "VariableScope(reuse, name='', initializer=None, regularizer=None, caching_device=None, partitioner=None, "
      "custom_getter=None, name_scope='', dtype=None, use_resource=None, constraint=None)\n--\n\n";
  State& s = state();
  const PyType_Slot own_methods = methods(
      {fast("get_variable", locked<scope_get_variable>, kGetDoc.c_str()),
       {"reuse_variables", locked<reuse_variables>, METH_NOARGS,
        "reuse_variables($self, /)\n--\n\nReuse variables in this scope from now on."},
       {"set_initializer", locked<set_setting<Setting::kInitializer>>, METH_O,
        "set_initializer($self, initializer, /)\n--\n\nSets the initializer of this scope."},
       {"set_regularizer", locked<set_setting<Setting::kRegularizer>>, METH_O,
        "set_regularizer($self, regularizer, /)\n--\n\nSets the regularizer of this scope."},
       {"set_caching_device", locked<set_setting<Setting::kCachingDevice>>, METH_O,
        "set_caching_device($self, caching_device, /)\n--\n\nSets the caching device of this scope."},
       {"set_partitioner", locked<set_setting<Setting::kPartitioner>>, METH_O,
        "set_partitioner($self, partitioner, /)\n--\n\nSets the partitioner of this scope."},
       {"set_custom_getter", locked<set_setting<Setting::kCustomGetter>>, METH_O,
        "set_custom_getter($self, custom_getter, /)\n--\n\nSets the custom getter of this scope."},
       {"set_dtype", locked<set_dtype>, METH_O, "set_dtype($self, dtype, /)\n--\n\nSets the dtype of this scope."},
       {"set_use_resource", locked<set_setting<Setting::kUseResource>>, METH_O,
        "set_use_resource($self, use_resource, /)\n--\n\nAccepted as in v1."},
       {"_set_constraint", locked<set_setting<Setting::kConstraint>>, METH_O, "Sets the constraint of this scope."}});
  const PyType_Slot own_properties =
      properties({property("name", locked<scope_name>, "The path of the scope, which variables' names start with."),
                  property("original_name_scope", locked<get_origin>,
                           "The name scope that it opened first, with a trailing slash."),
                  property("reuse", locked<get_reuse>, "False, True or AUTO_REUSE."),
                  setting("initializer", Setting::kInitializer, "The initializer of variables that bring none."),
                  setting("regularizer", Setting::kRegularizer, "The regularizer of variables that bring none."),
                  setting("caching_device", Setting::kCachingDevice, "The device that reads are cached on."),
                  setting("partitioner", Setting::kPartitioner, "The partitioner of variables that bring none."),
                  setting("custom_getter", Setting::kCustomGetter, "What get_variable calls are passed through."),
                  property("dtype", locked<scope_dtype>, "The DType of variables that bring none."),
                  setting("use_resource", Setting::kUseResource, "Accepted as in v1; variables are of one kind here."),
                  setting("constraint", Setting::kConstraint, "The constraint of variables that bring none.")});
  s.scope_type = add_type<PyVariableScope>(
      module, "VariableScope", Py_TPFLAGS_BASETYPE,
      ScopeOwning::slots_and({slot(Py_tp_new, locked<scope_make>), own_methods, own_properties,
                              members({{"__dictoffset__", T_PYSSIZET, offset, READONLY, nullptr}}), slot(doc)}));
}

}  // namespace scopetrie::python
