// plain_variable(): what tf.Variable makes of a plain value, in one go.
#include "building.hpp"
#include "literal.hpp"

namespace scopetrie::python {

namespace {

// Whether someone must be asked about a new variable, or v1 would make it somewhere else than here.
bool is_special(const Context& context) {
  const GraphState& graph = state_of(context.graph);
  if (graph.finalized || graph.has_unnoted_names || !context.controls.empty()) return true;
  if (context.on_operation != nullptr || context.creators != nullptr) return true;
  std::string scope;
  append_scope(context, scope);
  return scope.ends_with('/');
}

// plain_variable(value, dtype | None, name | None, trainable) -> Variable, or None where Python must look
PyObject* plain_variable(PyObject*, PyObject* const* args, Py_ssize_t count) {
  static const std::uint32_t kInitial = known_name("initial_value"), kVariable = known_name("Variable");
  if (count != 4) {
    PyErr_Format(PyExc_TypeError, "plain_variable() takes 4 arguments, not %zd", count);
    return nullptr;
  }
  Context* context = current_context();
  if (context == nullptr) return nullptr;
  GraphState& graph = state_of(context->graph);
  Literal literal;
  std::uint8_t wanted;
  if (is_special(*context) || !plain_dtype(args[1], wanted) || !literal.read(args[0])) Py_RETURN_NONE;
  Output output;
  output.dtype = literal.dtype(wanted);
  const SegmentId segment = args[2] == Py_None ? known_segment(graph, kVariable) : plain_segment(graph, args[2]);
  if (output.dtype == 0 || segment == kNone) Py_RETURN_NONE;
  output.shape = graph.ops.shapes().intern(literal.dims());
  const Ref keep_graph = Ref::borrowed(reinterpret_cast<PyObject*>(context->graph));
  const Ref kept(literal.kept());
  if (!kept) return nullptr;
  const std::uint32_t site = graph.sites.here();
  Transaction transaction(*context);
  const OpGraph::Fresh fresh = graph.ops.unique(scope_of(*context), segment);
  if (!fresh.bare) Py_RETURN_NONE;
  graph.ops.note_owner(fresh.name);
  const auto owner = static_cast<OpId>(graph.ops.size() + 1);
  const OpId constant = add_operation(*context, kinds().constant, OpGraph::owned(owner, known_segment(graph, kInitial)),
                                      {}, {&output, 1}, keep_attribute(graph, kept.get()), site);
  if (constant == kNone) return nullptr;
  Variable record;
  const bool trainable = args[3] == Py_True;
  record.flags = trainable ? std::uint32_t{kTrainable} : 0u;
  const VariableId id = add_variable(*context, fresh.name, true, graph.ops.operation(constant).first_output, output,
                                     kNone, kNone, record, site);
  if (id == kNone || !graph.collections.add_variable(Collections::kVariables, id) ||
      (trainable && !graph.collections.add_variable(Collections::kTrainable, id)))
    return nullptr;
  transaction.commit();
  return variable_handle(context->graph, id);
}

}  // namespace

bool bind_plain_variable(PyObject* module) {
  static PyMethodDef functions[] = {
      {"plain_variable", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(plain_variable)), METH_FASTCALL,
       "A variable whose first value is a number, a short list of numbers or an array: (value, dtype, name, "
       "trainable). "
       "None where it is anything else, or someone must be asked."},
      {nullptr, nullptr, 0, nullptr}};
  return PyModule_AddFunctions(module, functions) == 0;
}

}  // namespace scopetrie::python
