// Calls of op functions: inputs become tensor ids, the rule gives the outputs, the row is added.
#include "calls/op_native.hpp"
#include "ops/op_infer.hpp"
#include "ops/op_inputs.hpp"

namespace scopetrie::python {

// A Const stores its value directly; other operations store a dict of attributes.
std::uint32_t keep_attributes(GraphState& graph, const Definition& definition, PyObject* attrs) {
  if (attrs == nullptr) return kNone;
  if (definition.kind == kinds().constant)
    if (PyObject* value = item_of(attrs, "value")) return graph.keep(to_attribute(value));
  return graph.keep(to_attribute(attrs));
}

namespace {

PyObject* add_row(Context& context, const Definition& definition, Inputs& inputs, std::span<const Output> outputs,
                  Name name, PyObject* attrs, Results& results) {
  GraphState& graph = state_of(context.graph);
  const auto first = static_cast<TensorId>(graph.ops.tensor_count());
  const OpId op =
      add_operation(context, definition.kind, name, inputs.ids(), outputs, keep_attributes(graph, definition, attrs));
  return results.of(op, first);
}

// Reads the inputs; of lists, the graph. Throws where they are of two graphs.
void read_all_inputs(const Definition& definition, PyObject* const* args, Inputs& inputs) {
  if (definition.has_lists) return note_graph_of_lists(definition, args, inputs);
  read_inputs(definition, args, inputs);
  check_graphs(inputs);
}

// Converts values and lists, and calls rules that ask Python, which may build or fail, in a transaction.
PyObject* build_slow(Context& context, const Definition& definition, PyObject* const* args, Inputs& inputs,
                     PyObject* name, std::uint32_t default_name, PyObject* attrs, Conversion conversion) {
  GraphState& graph = state_of(context.graph);
  graph.check_open();
  const Ref keep_graph = Ref::borrowed(object_of(context.graph));
  std::vector<Ref> indices;
  std::vector<PyObject*> converted;
  if (definition.has_indices) {
    convert_indices(definition, args, indices);
    for (const Ref& each : indices) converted.push_back(each.get());
    args = converted.data();
    inputs = Inputs();
    read_all_inputs(definition, args, inputs);
  }
  CallTransaction transaction(graph.ledger(), &context);
  const NameStyle style = definition.kind == kinds().constant ? NameStyle::kNode : NameStyle::kScope;
  const OpGraph::Fresh fresh = take_name(context, name, default_name, style);
  if (is_refused(fresh)) {
    transaction.rollback(graph.takes_refused_name);
    return nullptr;
  }
  if (definition.has_lists) {
    convert_lists(context, definition, args, inputs, fresh, conversion);
  } else if (inputs.values != 0) {
    convert_values(context, definition, args, inputs, fresh, conversion);
  }
  Outputs outputs;
  infer(definition, context.graph, inputs.ids(), attrs, outputs, fresh.name);
  if (graph.has_odd_scopes) graph.check_operation_name(fresh.name);
  Results results(context.graph, outputs.size());
  PyObject* result = add_row(context, definition, inputs, outputs.span(), fresh.name, attrs, results);
  transaction.commit();
  return result;
}

// Everything but tensors with a simple rule. `plain` are the arguments as copied by OwnLists.
PyObject* build_further(Context& context, const Definition& definition, PyObject* const* args, PyObject* const* plain,
                        Inputs& inputs, PyObject* name, std::uint32_t default_name, PyObject* attrs,
                        Conversion conversion) {
  if (PyObject* made = build_native(context, definition, plain, inputs, name, default_name, attrs)) return made;
  return build_slow(context, definition, args, inputs, name, default_name, attrs, conversion);
}

// In v1, name="" means an operation named after its type. A v1 function that opens a name scope passes "" on to it,
// which is the root, so its operations are there.
PyObject* build_unnamed(Context& context, const Definition& definition, PyObject* const* args, Inputs& inputs,
                        PyObject* attrs, Conversion conversion) {
  const Ref scoped = checked(PyObject_GetAttrString(definition.op_def, "scoped"));
  const NamesKept kept(context);
  if (scoped.get() == Py_True) context.names = {ScopeTrie::kRoot, {}};
  return build_slow(context, definition, args, inputs, kind_name(definition.kind), definition.default_name, attrs,
                    conversion);
}

bool is_empty(PyObject* name) { return name != nullptr && PyUnicode_Check(name) && PyUnicode_GET_LENGTH(name) == 0; }

}  // namespace

Ref Results::several(PyGraph* graph, std::size_t count) {
  if (count == 0) return checked(operation_handle(graph, kNone));
  return checked(list_of(count, [&](std::uint32_t) { return tensor_handle(graph, kNone); }));
}

void Results::number_others(OpId op, TensorId first) noexcept {
  if (is_operation(made_.get())) return set_number(made_.get(), op);
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(made_.get()); ++i)
    set_number(PyList_GET_ITEM(made_.get(), i), first + static_cast<TensorId>(i));
}

PyObject* build(const Definition& definition, PyObject* const* args, PyObject* name, std::uint32_t default_name,
                PyObject* attrs, Conversion conversion) {
  OwnLists own;
  own.copy(definition, args);
  Context* context = current_context();  // first: it may make a graph, which is Python's business
  Inputs inputs;
  read_all_inputs(definition, args, inputs);
  if (inputs.graph != nullptr && inputs.graph != context->graph) context = context_of(inputs.graph);
  if (is_empty(name) && definition.kind != kinds().constant) [[unlikely]]
    return build_unnamed(*context, definition, args, inputs, attrs, conversion);
  if (inputs.values != 0 || definition.has_lists || definition.rule.kind == ShapeRule::kFunction)
    return build_further(*context, definition, args, own.plain(args), inputs, name, default_name, attrs, conversion);

  // All inputs are tensors and the rule is in C++: nothing can fail after the name is taken.
  GraphState& graph = state_of(context->graph);
  Output output;
  if (graph.finalized || graph.has_odd_scopes || context->listener ||
      !infer_simple(definition, graph.ops, inputs.ids(), output)) [[unlikely]]
    return build_slow(*context, definition, args, inputs, name, default_name, attrs, conversion);
  Results results(context->graph, 1);
  const OpGraph::Fresh fresh = take_name(*context, name, default_name, NameStyle::kScope);
  if (is_refused(fresh)) return nullptr;
  const auto before = static_cast<OpId>(graph.ops.size());
  try {
    return add_row(*context, definition, inputs, {&output, 1}, fresh.name, attrs, results);
  } catch (...) {
    stay_if_thread_ends();
    context->take_back(before, fresh.name);
    throw;
  }
}

PyObject* build_many(const Definition& definition, PyObject* inputs, PyObject* name, PyObject* attrs) {
  const Ref rows =
      checked(items_of(inputs, "create_ops: inputs must be a sequence with a tuple of inputs per operation"));
  const auto width = static_cast<Py_ssize_t>(definition.inputs.size());
  Context* context = current_context();
  GraphState& graph = state_of(context->graph);
  const Ref keep_graph = Ref::borrowed(object_of(context->graph));
  CallTransaction transaction(graph.ledger(), context);
  const bool simple = !definition.has_lists && definition.rule.kind != ShapeRule::kFunction && !graph.finalized;
  const SegmentId segment = name == nullptr ? graph.known_segment(definition.default_name) : plain_segment(graph, name);
  const std::uint32_t site = graph.sites.here();
  const std::uint32_t attribute = attrs == nullptr ? kNone : keep_attributes(graph, definition, attrs);
  const auto rows_count = static_cast<std::size_t>(PySequence_Fast_GET_SIZE(rows.get()));
  graph.ops.reserve(rows_count, rows_count * definition.inputs.size(), rows_count);
  return make_each(transaction, rows.get(), [&](PyObject* given, Py_ssize_t i) -> PyObject* {
    const Ref row = checked(items_of(given, "create_ops: the inputs of an operation are a tuple"));
    if (PySequence_Fast_GET_SIZE(row.get()) != width)
      raise_error(PyExc_ValueError, "create_ops: %U takes %zd inputs, but row %zd has %zd", kind_name(definition.kind),
                  width, i, PySequence_Fast_GET_SIZE(row.get()));
    PyObject* const* args = PySequence_Fast_ITEMS(row.get());
    Inputs read;
    Output output;
    if (simple) read_inputs(definition, args, read);
    check_graphs(read);
    if (simple && read.values == 0 && !graph.has_odd_scopes && read.graph == context->graph &&
        infer_simple(definition, graph.ops, read.ids(), output)) {
      const OpGraph::Fresh fresh = segment != kNone && !graph.has_unnoted_names
                                       ? graph.ops.unique(context->scope(), segment)
                                       : take_name(*context, name, definition.default_name, NameStyle::kScope);
      if (is_refused(fresh)) return nullptr;
      const auto first = static_cast<TensorId>(graph.ops.tensor_count());
      context->add_operation(definition.kind, fresh.name, read.ids(), {&output, 1}, attribute, site);
      return tensor_handle(context->graph, first);
    }
    return build(definition, args, name, definition.default_name, attrs, Conversion::kStrict);
  });
}

}  // namespace scopetrie::python