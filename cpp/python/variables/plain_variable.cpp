// plain_variable(): the fast path of tf.Variable for a plain value or a tensor.
#include "ops/building.hpp"
#include "ops/literal.hpp"
#include "support/bindings.hpp"

namespace scopetrie::python {

namespace {

// Whether a hook or creator must be called for a new variable, or v1 would make it in another place.
bool is_special(const Context& context) {
  if (context.must_ask() || state_of(context.graph).has_odd_scopes) return true;
  return context.name_scope_path().ends_with('/');
}

/// An initial value: an existing tensor, or a literal to be converted.
struct Initial {
  TensorId tensor = kNone;
  Output output;
  Literal literal;
  AttributeValue kept;

  // False if it is neither, or does not fit the dtype.
  bool read(GraphState& graph, PyGraph* owner, PyObject* value, std::uint8_t wanted) {
    if (is_tensor(value)) {
      if (handle(value)->graph != owner) return false;
      tensor = id_of(value);
      const TensorRow found = graph.ops.tensor(tensor);
      output = {found.shape, found.dtype};
      return !found.dtype.is_reference() && (wanted == 0 || wanted == found.dtype) &&
             graph.ops.shapes().elements(found.shape) >= 0;
    }
    if (!literal.read(value)) return false;
    output.dtype = literal.dtype(wanted);
    if (output.dtype == 0) return false;
    output.shape = graph.ops.shapes().intern(literal.dims());
    return literal.keep(kept);
  }

  // The variable's operations; a literal is a constant named after it.
  VariableId make_variable(Context& context, const Name& name, bool trainable, std::uint32_t site) {
    GraphState& graph = state_of(context.graph);
    if (tensor != kNone) {
      VariableRow record;
      record.flags = trainable ? std::uint32_t{kTrainable} : 0u;
      return add_variable(context, name, true, tensor, output, kNone, kNone, record, site);
    }
    graph.note_builder(&context);
    const VariableRun run = run_of(graph, InitialValue::of_value(std::move(kept)), output);
    return create_variable(graph, run, name, false, output, trainable, site);
  }
};

// plain_variable(value, dtype | None, name | None, trainable) -> Variable, or None: take the slow path
PyObject* plain_variable(PyObject*, PyObject* const* args, Py_ssize_t count) {
  static const std::uint32_t kVariable = known_name("Variable");
  if (count != 4) raise_error(PyExc_TypeError, "plain_variable() takes 4 arguments, not %zd", count);
  OwnTuples<1> own;  // first, before any shared state is read: this may block
  PyObject* given = own.of(args[0]);
  Context* context = current_context();
  GraphState& graph = state_of(context->graph);
  const Ref keep_graph = Ref::borrowed(object_of(context->graph));
  std::uint8_t wanted;
  Initial initial;
  if (is_special(*context) || !plain_dtype(args[1], wanted) || !initial.read(graph, context->graph, given, wanted)) {
    if (PyErr_Occurred() != nullptr) return nullptr;
    Py_RETURN_NONE;
  }
  const SegmentId segment = args[2] == Py_None ? graph.known_segment(kVariable) : plain_segment(graph, args[2]);
  if (segment == kNone) Py_RETURN_NONE;
  NewVariableHandle made(context->graph);
  const std::uint32_t site = graph.sites.here();
  CallTransaction transaction(graph.ledger(), context);
  const OpGraph::Fresh fresh = graph.ops.unique(context->scope(), segment);
  if (!fresh.bare) Py_RETURN_NONE;
  graph.ops.note_owner(fresh);
  const bool trainable = args[3] == Py_True;
  const VariableId id = initial.make_variable(*context, fresh.name, trainable, site);
  collect(graph, id, trainable);
  transaction.commit();
  return made.of(id);
}

}  // namespace

void bind_plain_variable(PyObject* module) {
  add_functions(
      module,
      {with_arguments(
          "plain_variable", locked<plain_variable>,
          "A variable whose initial value is a number, a short list of numbers or an array: (value, dtype, name, "
          "trainable). "
          "None for anything else: take the slow path.")});
}

}  // namespace scopetrie::python
