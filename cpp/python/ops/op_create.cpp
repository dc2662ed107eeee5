// Graph.create_op, and Graph.create_ops of types that nobody has registered: operations of any type, with outputs as
// the caller gives them. Those of a registered type follow its rule, as in v1.
#include "ops/op_create.hpp"

#include "ops/op_infer.hpp"
#include "ops/op_inputs.hpp"

namespace scopetrie::python {

namespace {

/// The attributes of new operations as Python reads them: what a kernel is arguments, or, of a type that nobody has
/// registered, all of them; those that are only shown; and the outputs' shapes, where the attributes say them.
struct Attributes {
  Ref kept, shown, shapes;

  // `definition` is the type's, or None. Throws.
  void read(PyObject* definition, PyObject* attrs, PyObject* inputs) {
    const Ref read = called(state().hooks.read_attributes, definition, attrs, inputs);
    PyObject* all[3];
    if (!PyArg_ParseTuple(read.get(), "OOO", &all[0], &all[1], &all[2])) throw_raised();
    kept = Ref::borrowed(none_to_null(all[0]));
    shown = Ref::borrowed(none_to_null(all[1]));
    shapes = Ref::borrowed(none_to_null(all[2]));
  }
};

// The inputs of an operation, all of which are tensors. Throws.
Ref tensors_of(PyObject* inputs, const char* message) {
  Ref tensors = checked(items_of(inputs, message));
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(tensors.get()); ++i) {
    PyObject* tensor = PySequence_Fast_GET_ITEM(tensors.get(), i);
    if (is_tensor(tensor)) continue;
    raise_error(PyExc_TypeError, "Input #%zd is not a tensor: %S", i, tensor);
  }
  return tensors;
}

// Reads tensors, which must be of the context's graph. Throws.
void read_tensors(const Context& context, PyObject* tensors, Inputs& inputs) {
  inputs.graph = context.graph;
  inputs.count = static_cast<std::size_t>(PySequence_Fast_GET_SIZE(tensors));
  if (inputs.count > Inputs::kInline) inputs.many.resize(inputs.count);
  for (std::size_t i = 0; i < inputs.count; ++i) {
    PyObject* tensor = PySequence_Fast_GET_ITEM(tensors, static_cast<Py_ssize_t>(i));
    if (handle(tensor)->graph != context.graph)
      raise_error(PyExc_ValueError, "%S must be from the same graph as the new operation.", tensor);
    inputs.ids()[i] = id_of(tensor);
  }
}

// The outputs of a type that nobody has registered: as many as there are dtypes. Throws.
void read_outputs(GraphState& graph, PyObject* type, PyObject* dtypes, PyObject* shapes, Outputs& outputs) {
  if (none_to_null(dtypes) == nullptr)
    raise_error(PyExc_ValueError,
                "there is no op type %R; give the dtypes of its outputs as dtypes=[...], or register it with "
                "tf.register_op",
                type);
  const Ref items = checked(items_of(dtypes, "create_op: dtypes must be a list of dtypes"));
  const Py_ssize_t count = PySequence_Fast_GET_SIZE(items.get());
  if (shapes != nullptr && PyList_GET_SIZE(shapes) != count)
    raise_error(PyExc_ValueError, "create_op: %R has %zd outputs, and shapes of %zd", type, count,
                PyList_GET_SIZE(shapes));
  for (Py_ssize_t i = 0; i < count; ++i) {
    Output output;
    output.dtype = dtype_number(PySequence_Fast_GET_ITEM(items.get(), i));
    if (shapes != nullptr) output.shape = parse_dims(graph.ops.shapes(), PyList_GET_ITEM(shapes, i));
    outputs.push_back(output);
  }
}

// Checks the references among the inputs of a registered type. Throws.
void check_references(const Definition& definition, const OpGraph& ops, std::span<const TensorId> ids) {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const Input& input = definition.inputs[definition.input_at(i, ids.size())];
    if (input.kind != Input::kReference || ops.tensor(ids[i]).dtype.is_reference()) continue;
    raise_error(PyExc_ValueError, "create_op: input '%U' of %U must be a variable's own tensor", input.name,
                kind_name(definition.kind));
  }
}

// Whether the inputs have the types that the caller expects: a reference also has its base type. Throws.
void check_input_types(const GraphState& graph, PyObject* types, std::span<const TensorId> ids, const Name& name) {
  const Ref items = checked(items_of(types, "create_op: input_types must be a list of dtypes"));
  const Ref found = checked(new_list(0));
  bool are_right = PySequence_Fast_GET_SIZE(items.get()) == static_cast<Py_ssize_t>(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const DType dtype = graph.ops.tensor(ids[i]).dtype;
    if (PyList_Append(found.get(), state().dtypes[dtype]) < 0) throw_raised();
    if (!are_right) continue;
    const DType wanted = dtype_number(PySequence_Fast_GET_ITEM(items.get(), static_cast<Py_ssize_t>(i)));
    are_right = wanted == dtype || wanted == dtype.base();
  }
  if (are_right) return;
  const Ref text = checked(to_str(graph.text(name))), wanted = checked(PySequence_List(items.get()));
  raise_error(PyExc_TypeError, "In op '%U', input types (%R) are not compatible with expected types (%R)", text.get(),
              found.get(), wanted.get());
}

bool is_type(PyObject* type) {
  if (PyUnicode_Check(type) && PyUnicode_GET_LENGTH(type) != 0) return true;
  raise_error(PyUnicode_Check(type) ? PyExc_ValueError : PyExc_TypeError,
              "create_op: an op type is a text with characters, not %R", type);
}

}  // namespace

// create_op(op_type, inputs, dtypes=None, input_types=None, name=None, attrs=None, op_def=None, compute_shapes=True)
PyObject* create_op(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  enum { kType, kInputs, kDTypes, kInputTypes, kName, kAttributes, kDefinition, kComputeShapes, kArguments };
  static Signature<kArguments> signature(
      "create_op", {"op_type", "inputs", "dtypes", "input_types", "name", "attrs", "op_def", "compute_shapes"});
  auto arguments = signature.parse(args, positional, keywords, 2);
  PyObject* type = arguments[kType];
  if (!is_type(type)) return nullptr;
  const Ref tensors = tensors_of(arguments[kInputs], "create_op: inputs must be a list of tensors");
  PyObject* op_def = find_kind(text_of(type));
  Attributes attributes;
  if (PyObject* attrs = arguments[kAttributes] == nullptr ? Py_None : arguments[kAttributes];
      op_def != nullptr || attrs != Py_None)
    attributes.read(or_none(op_def), attrs, tensors.get());

  Context& context = *context_of(reinterpret_cast<PyGraph*>(self));
  GraphState& graph = state_of(context.graph);
  const Ref keep_graph = Ref::borrowed(self);
  graph.check_open();
  Inputs inputs;
  read_tensors(context, tensors.get(), inputs);
  Outputs outputs;
  if (op_def == nullptr) read_outputs(graph, type, arguments[kDTypes], attributes.shapes.get(), outputs);

  CallTransaction transaction(graph.ledger(), &context);
  PyObject* name = arguments[kName] == nullptr || arguments[kName] == Py_None ? type : arguments[kName];
  const OpGraph::Fresh fresh = take_name(context, name, 0, NameStyle::kNode);
  if (is_refused(fresh)) {
    transaction.rollback(graph.takes_refused_name);  // as in v1, a refused name counts as used from now on
    return nullptr;
  }
  if (graph.has_odd_scopes) graph.check_operation_name(fresh.name);
  if (arguments[kInputTypes] != nullptr && arguments[kInputTypes] != Py_None)
    check_input_types(graph, arguments[kInputTypes], inputs.ids(), fresh.name);
  KindId kind;
  std::uint32_t attribute = kNone;
  if (op_def == nullptr) {
    kind = kind_number(text_of(type));
    if (attributes.kept) attribute = graph.keep(to_attribute(attributes.kept.get()));
  } else {
    const Ref function = checked(PyObject_GetAttrString(op_def, "function"));
    const Definition& definition = definition_of(function.get());
    kind = definition.kind;
    check_references(definition, graph.ops, inputs.ids());
    infer(definition, context.graph, inputs.ids(), attributes.kept.get(), outputs, fresh.name);
    attribute = keep_attributes(graph, definition, attributes.kept.get());
  }
  const OpId op = add_operation(context, kind, fresh.name, inputs.ids(), outputs.span(), attribute);
  Ref made = checked(operation_handle(context.graph, op));
  if (attributes.shown) checked(PyObject_CallMethod(made.get(), "_show_attributes", "O", attributes.shown.get()));
  transaction.commit();
  return made.release();
}

PyObject* create_own_ops(PyObject* self, PyObject* type, PyObject* inputs, PyObject* name, PyObject* attrs) {
  if (!is_type(type)) return nullptr;
  const Ref rows =
      checked(items_of(inputs, "create_ops: inputs must be a sequence with a tuple of inputs per operation"));
  Ref dtypes;
  Attributes attributes;
  if (attrs != nullptr) {
    const Ref others = checked(copy_of_dict(attrs));
    dtypes = Ref::borrowed(item_of(others.get(), "dtypes"));
    if (dtypes && PyDict_DelItemString(others.get(), "dtypes") < 0) return nullptr;
    if (PyDict_GET_SIZE(others.get()) != 0) attributes.read(Py_None, others.get(), Py_None);
  }
  Context& context = *context_of(reinterpret_cast<PyGraph*>(self));
  GraphState& graph = state_of(context.graph);
  const Ref keep_graph = Ref::borrowed(self);
  graph.check_open();
  Outputs outputs;
  read_outputs(graph, type, dtypes ? dtypes.get() : Py_None, attributes.shapes.get(), outputs);
  CallTransaction transaction(graph.ledger(), &context);
  const KindId kind = kind_number(text_of(type));
  const std::uint32_t attribute =
      attributes.kept ? graph.keep(to_attribute(attributes.kept.get())) : std::uint32_t{kNone};
  const std::uint32_t site = graph.sites.here();
  return make_each(transaction, rows.get(), [&](PyObject* given, Py_ssize_t) -> PyObject* {
    const Ref row = tensors_of(given, "create_ops: the inputs of an operation are a tuple");
    Inputs read;
    read_tensors(context, row.get(), read);
    const OpGraph::Fresh fresh = take_name(context, name == nullptr ? type : name, 0, NameStyle::kNode);
    if (is_refused(fresh)) return nullptr;
    if (graph.has_odd_scopes) graph.check_operation_name(fresh.name);
    Results results(context.graph, outputs.size());
    const auto first = static_cast<TensorId>(graph.ops.tensor_count());
    const OpId op = context.add_operation(kind, fresh.name, read.ids(), outputs.span(), attribute, site);
    return results.of(op, first);
  });
}

}  // namespace scopetrie::python
