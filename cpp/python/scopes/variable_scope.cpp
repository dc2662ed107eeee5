// variable_scope: `with tf.variable_scope("layer", reuse=tf.AUTO_REUSE) as scope:`, and Store.scope, which is the same
// in the scopes of a store.
#include <new>

#include "scopes/parameters.hpp"
#include "scopes/scopes.hpp"
#include "scopetrie/scopes/variable_scope_block.hpp"
#include "scopetrie/values/refusal.hpp"
#include "store/store.hpp"
#include "support/bindings.hpp"

namespace scopetrie::python {

namespace {

struct PyEntry : PyObject {
  PyObject* name;         // owned; the name or default name, whose text the block borrows; null for a captured scope
  PyGraph* values_graph;  // owned; the graph of `values`; null if there are none
  PyGraph* store;         // owned; null for a scope of the default graph
  std::uint64_t pushes;   // one bit per entry, innermost lowest: whether values_graph was made the default
  const char* complaint;  // a format for the error about the name's type; null if it is a str
  VariableScopeBlock block;

  int visit_more(visitproc visit, void* arg) const {
    return block.visit([&](void* object) { return visit(static_cast<PyObject*>(object), arg); },
                       [&](VariableScope& scope) { return visit(as_scope(scope), arg); });
  }
  void clear_more() { block.clear(); }
  void end() {
    block.~VariableScopeBlock();
    Py_CLEAR(name);
  }
};
using EntryOwning = Owning<PyEntry, &PyEntry::values_graph, &PyEntry::store>;

PyEntry* as_entry(PyObject* object) { return static_cast<PyEntry*>(object); }

Reuse read_reuse(PyObject* value) {
  if (value == nullptr || value == Py_None || value == Py_False) return Reuse::kNo;
  if (value == Py_True) return Reuse::kYes;
  if (value == state().auto_reuse) return Reuse::kAuto;
  raise_error(PyExc_ValueError, "The reuse parameter must be True or False or None.");
}

// Makes a block of v1's arguments; a store's have one more. `is_name_only`: there is no other than the first.
PyObject* make_entry(ScopeArguments given, PyGraph* store, bool is_name_only = false) {
  given[kNameOrScope] = none_to_null(given[kNameOrScope]);
  if (!is_name_only)
    for (const std::uint8_t each : kOfStoreBlock)
      if (each != kAuxiliaryNameScope) given[each] = none_to_null(given[each]);
  PyObject* name = given[kNameOrScope] != nullptr ? given[kNameOrScope] : given[kDefaultName];
  if (name == nullptr) raise_error(PyExc_TypeError, "If default_name is None then name_or_scope is required");
  const Reuse reuse = read_reuse(given[kReuse]);
  if (given[kAuxiliaryNameScope] != nullptr && !PyBool_Check(given[kAuxiliaryNameScope]))
    raise_error(PyExc_TypeError, "The auxiliary_name_scope must be `True` or `False`, while get %S",
                given[kAuxiliaryNameScope]);
  DType dtype;
  if (given[kDType] != nullptr)
    dtype = store != nullptr ? read_array_dtype(given[kDType]) : DType(dtype_number(given[kDType]));
  const bool by_default = given[kNameOrScope] == nullptr;
  const bool is_text = PyUnicode_Check(name);
  const std::string_view text = is_text ? checked_text(name, "variable_scope") : std::string_view("");
  Ref values_graph;
  if (given[kValues] != nullptr && store == nullptr) {
    values_graph = called(state().hooks.values_graph, given[kValues]);
  }
  PyObject* self = allocated(state().variable_scope_type);
  PyEntry* entry = as_entry(self);
  if (!by_default && is_scope(name)) {
    new (&entry->block) VariableScopeBlock(scope_host, *as_scope(name));
  } else {
    new (&entry->block) VariableScopeBlock(scope_host, text, by_default);
    entry->name = Py_NewRef(name);
    if (!is_text && (!by_default || reuse == Reuse::kNo))  // v1 complains about `reuse` first
      entry->complaint = by_default ? "expected string or bytes-like object, got '%s'"
                                    : "VariableScope: name_or_scope must be a string or VariableScope.";
  }
  entry->values_graph = reinterpret_cast<PyGraph*>(values_graph.release());
  Ref made(self);
  entry->block.set_reuse(reuse);
  entry->block.set_auxiliary_name_scope(given[kAuxiliaryNameScope] != Py_False && store == nullptr);
  if (is_name_only) return made.release();
  if (dtype != 0) entry->block.set_dtype(dtype);
  for (const auto& [parameter, setting] : kHandedOn)
    if (given[parameter] != nullptr) entry->block.set(setting, given[parameter]);
  if (store == nullptr) return made.release();
  entry->store = reinterpret_cast<PyGraph*>(Py_NewRef(object_of(store)));
  if (given[kTrainable] != nullptr) entry->block.set_trainable(truth_of(given[kTrainable]));
  return made.release();
}

PyObject* new_entry(PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static VariableSignature<kOfBlock, kScopeParameters> signature("variable_scope");
  return make_entry(signature.parse(args, positional, keywords), nullptr, positional == 1 && keywords == nullptr);
}

PyObject* entry_make_fast(PyObject*, PyObject* const* args, std::size_t flagged, PyObject* keywords) {
  return new_entry(args, PyVectorcall_NARGS(flagged), keywords);
}

// A store takes other names than v1 does.
void check_name(const Context& context, const PyEntry* entry) {
  if (entry->name == nullptr) return;
  const std::string_view text = checked_text(entry->name, "variable_scope");
  const VariableScope& scope = *context.current_variable_scope;
  if (!text.empty() || scope.in(context.scopetrie::Context::graph()) != ScopeTrie::kRoot)
    check_store_name("Store.scope", text);
}

VariableScope& enter_in(Context& context, PyEntry* entry) {
  const SegmentId plain = entry->name != nullptr ? plain_segment(state_of(context.graph), entry->name) : kNone;
  return entry->block.enter(context, plain);
}

// The same with the graph of `values` as the default.
SCOPETRIE_COLD VariableScope& enter_pushed(PyEntry* entry) {
  DefaultGraph pushed(entry->values_graph);
  VariableScope& scope = enter_in(*context_of(entry->values_graph), entry);
  pushed.keep();
  return scope;
}

PyObject* entry_enter(PyObject* self, PyObject*) {
  PyEntry* entry = as_entry(self);
  Context* context =
      entry->store == nullptr ? current_context() : context_of_store(entry->store, store_of(entry->store).serial);
  if (entry->complaint != nullptr) raise_error(PyExc_TypeError, entry->complaint, Py_TYPE(entry->name)->tp_name);
  if (entry->store != nullptr) check_name(*context, entry);
  const bool push = entry->values_graph != nullptr && entry->values_graph != context->graph;
  VariableScope& scope = push ? enter_pushed(entry) : enter_in(*context, entry);
  entry->pushes = entry->pushes << 1 | (push ? 1 : 0);
  return Py_NewRef(as_scope(scope));
}

PyObject* entry_leave(PyObject* self, PyObject* const*, Py_ssize_t) {
  PyEntry* entry = as_entry(self);
  bool pushed = false;
  if (entry->block.is_innermost()) {
    pushed = (entry->pushes & 1) != 0;
    entry->pushes >>= 1;
  }
  if (!pushed) [[likely]] {
    entry->block.leave();
    Py_RETURN_NONE;
  }
  DefaultGraph graph = DefaultGraph::adopt(static_cast<Context*>(entry->block.context())->graph);
  entry->block.leave();
  if (!graph.pop()) return nullptr;
  Py_RETURN_NONE;
}

}  // namespace

PyObject* store_scope(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static VariableSignature<kOfStoreBlock, kScopeParameters> signature("Store.scope");
  return make_entry(signature.parse(args, positional, keywords), as_graph(self));
}

void bind_variable_scope(PyObject* module) {
  static const std::string doc =
      VariableSignature<kOfBlock>::text("variable_scope") +
      "A context manager in which get_variable makes or shares variables named \"name/...\".\n\n"
      "Args:\n"
      "    name_or_scope: A name, which extends the current path, or a captured VariableScope.\n"
      "    default_name: The name to use, made unique, if name_or_scope is None.\n"
      "    values: Tensors whose graph becomes the default inside.\n"
      "    initializer: The default initializer of variables.\n"
      "    regularizer: The default regularizer of variables.\n"
      "    caching_device: The device on which reads are cached.\n"
      "    partitioner: The default partitioner of variables.\n"
      "    custom_getter: A function through which get_variable calls are passed: custom_getter(getter, name, ...).\n"
      "    reuse: True only shares existing variables, AUTO_REUSE also makes missing ones; None and False\n"
      "        inherit the enclosing scope's mode.\n"
      "    dtype: The default dtype of variables.\n"
      "    use_resource: Accepted without effect; there is one kind of variable.\n"
      "    constraint: A projection of the variables' values, for optimizers.\n"
      "    auxiliary_name_scope: Whether operations are named after the scope, too.\n\n"
      "Raises:\n"
      "    ValueError: If `reuse` is invalid, or given without a name, or the name is illegal.\n"
      "    TypeError: If name_or_scope is neither a string nor a VariableScope, or no name is given.\n"
      "    RuntimeError: If scopes are not left in the reverse order.\n\n"
      ">>> import scopetrie as tf\n"
      ">>> with tf.Graph().as_default():\n"
      "...     with tf.variable_scope(\"layer\"):\n"
      "...         w = tf.get_variable(\"w\", [2])\n"
      "...     with tf.variable_scope(\"layer\", reuse=True):\n"
      "...         print(tf.get_variable(\"w\", [2]) is w, w.name)\n"
      "True layer/w:0\n";
  PyTypeObject* type = add_type<PyEntry>(
      module, "variable_scope", 0,
      EntryOwning::slots_and(
          {slot(Py_tp_new, unlocked<new_by_call>),
           methods({{"__enter__", locked<entry_enter>, METH_NOARGS, "Enters the scope and returns its VariableScope."},
                    with_arguments("__exit__", locked<entry_leave>, "Leaves the scope.")}),
           slot(doc.c_str())}));
  type->tp_vectorcall = locked<entry_make_fast>;
  state().variable_scope_type = type;
}

}  // namespace scopetrie::python
