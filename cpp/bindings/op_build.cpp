// The way of a call to an op function: inputs to tensor ids, values to constants, the rule, the row.
#include <algorithm>

#include "op_function.hpp"

namespace scopetrie::python {

namespace {

/// The inputs of one call as far as they are tensors; kNone where a value is still to be converted.
struct Inputs {
  static constexpr std::size_t kInline = 8;
  TensorId few[kInline];
  std::vector<TensorId> many;
  std::size_t count = 0;
  std::size_t values = 0;  // how many are still values
  PyGraph* graph = nullptr;
  PyObject* first = nullptr;  // the handle that named the graph, for the error

  std::span<TensorId> ids() { return {many.empty() ? few : many.data(), count}; }
};

bool check_graph(Inputs& inputs, PyObject* item) {
  if (inputs.graph == nullptr) {
    inputs.graph = handle(item)->graph;
    inputs.first = item;
    return true;
  }
  if (inputs.graph == handle(item)->graph) [[likely]]
    return true;
  const Ref error(PyObject_CallFunctionObjArgs(state().hooks.graph_mismatch, item,
                                               inputs.first == nullptr ? Py_None : inputs.first, nullptr));
  if (error) PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(error.get())), error.get());
  return false;
}

// The tensor an argument stands for; kNone for a value. False with an exception set.
bool read_input(Inputs& inputs, PyObject* item, Input::Kind kind, TensorId& out) {
  if (is_tensor(item)) {
    out = handle(item)->id;
    return check_graph(inputs, item);
  }
  if (is_variable(item)) {
    const Variable& variable = state_of(handle(item)->graph).variables[handle(item)->id];
    out = kind == Input::kReference ? variable.ref : variable.value;
    return check_graph(inputs, item);
  }
  out = kNone;
  ++inputs.values;
  return true;
}

bool read_inputs(const Definition& definition, PyObject* const* args, Inputs& inputs) {
  inputs.count = definition.inputs.size();
  if (inputs.count > Inputs::kInline) inputs.many.resize(inputs.count);
  for (std::size_t i = 0; i < inputs.count; ++i)
    if (!read_input(inputs, args[i], definition.inputs[i].kind, inputs.ids()[i])) return false;
  return true;
}

// What the rule says of the outputs, beside those that need no vector.
struct Outputs {
  Output one;
  std::vector<Output> many;
  std::size_t count = 1;
  std::span<const Output> span() const { return {count == 1 ? &one : many.data(), count}; }
};

bool read_output(ShapeTable& shapes, PyObject* pair, Output& out) {
  if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) != 2) {
    PyErr_Format(PyExc_TypeError, "a shape rule must return (dtype, dims) or a list of them, but gave %R", pair);
    return false;
  }
  out.dtype = dtype_number(PyTuple_GET_ITEM(pair, 0));
  return out.dtype != 0 && parse_dims(shapes, PyTuple_GET_ITEM(pair, 1), out.shape);
}

PyObject* input_tuple(PyGraph* graph, std::span<const TensorId> ids) {
  Ref tuple(PyTuple_New(static_cast<Py_ssize_t>(ids.size())));
  if (!tuple) return nullptr;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    PyObject* made = tensor_handle(graph, ids[i]);
    if (made == nullptr) return nullptr;
    PyTuple_SET_ITEM(tuple.get(), static_cast<Py_ssize_t>(i), made);
  }
  return tuple.release();
}

// The arguments of a rule: a tensor per input, a list per list input.
PyObject* rule_arguments(const Definition& definition, PyGraph* graph, std::span<const TensorId> ids) {
  if (!definition.has_lists) return input_tuple(graph, ids);
  Ref flat(input_tuple(graph, ids));
  Ref args(PyTuple_New(static_cast<Py_ssize_t>(definition.inputs.size())));
  if (!flat || !args) return nullptr;
  const std::size_t listed = ids.size() + 1 - definition.inputs.size();
  Py_ssize_t at = 0;
  for (std::size_t i = 0; i < definition.inputs.size(); ++i) {
    const bool is_list = definition.inputs[i].kind >= Input::kList;
    const Py_ssize_t length = is_list ? static_cast<Py_ssize_t>(listed) : 1;
    Ref part(PyTuple_GetSlice(flat.get(), at, at + length));
    if (!part) return nullptr;
    PyObject* item = is_list ? PySequence_List(part.get()) : Py_NewRef(PyTuple_GET_ITEM(part.get(), 0));
    if (item == nullptr) return nullptr;
    PyTuple_SET_ITEM(args.get(), static_cast<Py_ssize_t>(i), item);
    at += length;
  }
  return args.release();
}

// Raises what v1 says of inputs that do not fit: op_def.failed(fault, name, inputs, attrs) finds the words.
bool fail(const Definition& definition, PyGraph* graph, const Name& name, std::span<const TensorId> ids,
          PyObject* attrs, PyObject* fault) {
  std::string text;
  state_of(graph).ops.append_name(name, text);
  const Ref inputs(input_tuple(graph, ids));
  const Ref name_text(to_str(text));
  if (inputs && name_text)
    Ref(PyObject_CallMethod(definition.op_def, "failed", "OOOO", fault, name_text.get(), inputs.get(),
                            attrs == nullptr ? Py_None : attrs));
  return false;
}

bool call_rule(const Definition& definition, PyGraph* graph, std::span<const TensorId> ids, PyObject* attrs,
               Outputs& out, const Name& name) {
  const Ref args(rule_arguments(definition, graph, ids));
  if (!args) return false;
  const Ref result(PyObject_Call(definition.rule_function, args.get(), attrs));
  if (!result) {
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    PyErr_NormalizeException(&type, &value, &trace);
    const Ref keep_type(type), keep_value(value), keep_trace(trace);
    return fail(definition, graph, name, ids, attrs, value);
  }
  ShapeTable& shapes = state_of(graph).ops.shapes();
  if (!PyList_Check(result.get())) return read_output(shapes, result.get(), out.one);
  const Py_ssize_t count = PyList_GET_SIZE(result.get());
  out.count = static_cast<std::size_t>(count);
  out.many.resize(out.count);
  for (Py_ssize_t i = 0; i < count; ++i)
    if (!read_output(shapes, PyList_GET_ITEM(result.get(), i), out.many[static_cast<std::size_t>(i)])) return false;
  if (count == 1) out.one = out.many[0];
  return true;
}

bool broadcast_failed(const Definition& definition, PyGraph* graph, const Name& name, std::span<const TensorId> ids,
                      PyObject* attrs) {
  const ShapeTable& shapes = state_of(graph).ops.shapes();
  const OpGraph& ops = state_of(graph).ops;
  // v1 names the first pair of dimensions that differ.
  const auto x = shapes.dims(ops.tensor(ids[0]).shape);
  const auto y = shapes.dims(ops.tensor(ids[1]).shape);
  std::int64_t m = 0, n = 0;
  for (std::size_t i = std::max(x.size(), y.size()); i-- > 0;) {
    m = i < x.size() ? x[x.size() - 1 - i] : 1;
    n = i < y.size() ? y[y.size() - 1 - i] : 1;
    if (m != n && m != 1 && n != 1 && m >= 0 && n >= 0) break;
  }
  const Ref fault(PyUnicode_FromFormat("Dimensions must be equal, but are %lld and %lld", static_cast<long long>(m),
                                       static_cast<long long>(n)));
  return fault && fail(definition, graph, name, ids, attrs, fault.get());
}

PyObject* dtype_name(std::uint8_t dtype) { return PyObject_GetAttrString(state().dtypes[base_dtype(dtype)], "name"); }

bool wrong_dtype(const Definition& definition, std::uint8_t dtype) {
  const Ref name(dtype_name(dtype));
  if (!name) return false;
  if (definition.allowed.count() == 1) {
    PyErr_Format(PyExc_TypeError, "Input '%U' of '%U' Op has type %U that does not match expected type of %U.",
                 definition.inputs[0].name, kind_name(definition.kind), name.get(), definition.allowed_text);
  } else {
    PyErr_Format(PyExc_TypeError, "Value passed to parameter '%U' has DataType %U not in list of allowed values: %U",
                 definition.inputs[0].name, name.get(), definition.allowed_text);
  }
  return false;
}

bool dtypes_differ(const Definition& definition, std::size_t at, std::uint8_t found, std::uint8_t wanted) {
  const Ref found_name(dtype_name(found));
  const Ref wanted_name(dtype_name(wanted));
  if (found_name && wanted_name)
    PyErr_Format(PyExc_TypeError, "Input '%U' of '%U' Op has type %U that does not match type %U of argument '%U'.",
                 definition.inputs[std::min(at, definition.inputs.size() - 1)].name, kind_name(definition.kind),
                 found_name.get(), wanted_name.get(), definition.inputs[0].name);
  return false;
}

// The dtype and shape by one of our own rules; false where the inputs do not fit, without an exception.
bool infer_simple(const Definition& definition, OpGraph& ops, std::span<const TensorId> ids, Output& out) {
  const Tensor first = ops.tensor(ids[0]);
  const std::uint8_t dtype = base_dtype(first.dtype);
  if (definition.checks_dtype && !definition.allowed[dtype]) return false;
  if (definition.same_dtype)
    for (std::size_t i = 1; i < ids.size(); ++i)
      if (base_dtype(ops.tensor(ids[i]).dtype) != dtype) return false;
  out = {first.shape, dtype};
  if (definition.rule == Rule::kBool || definition.rule == Rule::kCompare) out.dtype = kBool;
  if (definition.rule == Rule::kSame || definition.rule == Rule::kBool) return true;
  for (std::size_t i = 1; i < ids.size(); ++i) {
    const auto shape = ops.shapes().broadcast(out.shape, ops.tensor(ids[i]).shape);
    if (!shape) return false;
    out.shape = *shape;
  }
  return true;
}

// The same for any rule, with the exception that says what is wrong.
bool infer(const Definition& definition, PyGraph* graph, std::span<const TensorId> ids, PyObject* attrs, Outputs& out,
           const Name& name) {
  OpGraph& ops = state_of(graph).ops;
  if (!ids.empty()) {
    const std::uint8_t dtype = base_dtype(ops.tensor(ids[0]).dtype);
    if (definition.checks_dtype && !definition.allowed[dtype]) return wrong_dtype(definition, dtype);
    if (definition.same_dtype)
      for (std::size_t i = 1; i < ids.size(); ++i)
        if (const std::uint8_t other = ops.tensor(ids[i]).dtype; base_dtype(other) != dtype)
          return dtypes_differ(definition, i, other, dtype);
  }
  if (definition.rule == Rule::kFunction) return call_rule(definition, graph, ids, attrs, out, name);
  return infer_simple(definition, ops, ids, out.one) || broadcast_failed(definition, graph, name, ids, attrs);
}

PyObject* results(PyGraph* graph, OpId op, std::size_t count) {
  const TensorId first = state_of(graph).ops.operation(op).first_output;
  if (count == 1) [[likely]]
    return tensor_handle(graph, first);
  if (count == 0) return operation_handle(graph, op);
  Ref list(PyList_New(static_cast<Py_ssize_t>(count)));
  if (!list) return nullptr;
  for (std::size_t i = 0; i < count; ++i) {
    PyObject* made = tensor_handle(graph, static_cast<TensorId>(first + i));
    if (made == nullptr) return nullptr;
    PyList_SET_ITEM(list.get(), static_cast<Py_ssize_t>(i), made);
  }
  return list.release();
}

// A Const keeps its value itself; other operations keep their attributes' dict.
std::uint32_t keep_attributes(GraphState& graph, const Definition& definition, PyObject* attrs) {
  if (attrs == nullptr) return kNone;
  if (definition.kind == kinds().constant)
    if (PyObject* value = PyDict_GetItemString(attrs, "value"); value != nullptr) return keep_attribute(graph, value);
  return keep_attribute(graph, attrs);
}

// Whether a Python number becomes a constant of this dtype without looking further.
bool is_plain_scalar(PyObject* value, std::uint8_t dtype) {
  const bool is_float = dtype == kFloat32 || dtype == kFloat64 || dtype == kFloat16;
  if (PyFloat_CheckExact(value)) return is_float;
  if (PyLong_CheckExact(value)) {
    if (!is_float && dtype != kInt32 && dtype != kInt64) return false;
    int overflow = 0;
    const long number = PyLong_AsLongAndOverflow(value, &overflow);
    return overflow == 0 && number >= -65504 && number <= 65504;  // what float16 holds, too
  }
  return PyBool_Check(value) && dtype == kBool;
}

/// Makes the name scope of an operation current while its values become constants.
class InScope {
 public:
  InScope(Context& context, const Name& name) : context_(context), before_(context.names) {
    context.names = {kNone, name};
  }
  ~InScope() { context_.names = before_; }
  InScope(const InScope&) = delete;
  InScope& operator=(const InScope&) = delete;

 private:
  Context& context_;
  NameScope before_;
};

TensorId convert(PyObject* value, std::uint8_t dtype, PyObject* name, Conversion conversion, Inputs& inputs) {
  PyObject* type = dtype == 0 ? Py_None : state().dtypes[dtype];
  const bool strict = conversion == Conversion::kStrict;
  const Ref tensor(PyObject_CallFunctionObjArgs(state().hooks.convert, value, strict ? type : Py_None, name,
                                                strict ? Py_None : type, nullptr));
  if (!tensor) return kNone;
  if (!is_tensor(tensor.get())) {
    PyErr_Format(PyExc_TypeError, "converting %R gave %R, which is no tensor", value, tensor.get());
    return kNone;
  }
  return check_graph(inputs, tensor.get()) ? handle(tensor.get())->id : kNone;
}

/// The inputs' graph as the default while a call that is not on the default graph converts its values.
class AsDefault {
 public:
  explicit AsDefault(Context& context) {
    if (current_context() == &context) return;
    graph_ = context.graph;
    push_default_graph(graph_);
  }
  ~AsDefault() {
    if (graph_ != nullptr) pop_default_graph(graph_);
  }
  AsDefault(const AsDefault&) = delete;
  AsDefault& operator=(const AsDefault&) = delete;

 private:
  PyGraph* graph_ = nullptr;
};

// Constants for plain numbers, named "<operation>/<input>" without entering that scope. The operation is the next row
// after them.
bool add_scalars(Context& context, const Definition& definition, PyObject* const* args, Inputs& inputs,
                 std::uint8_t dtype, const Name& name) {
  GraphState& graph = state_of(context.graph);
  graph.ops.note_owner(name);
  const auto owner = static_cast<OpId>(graph.ops.size() + inputs.values);
  const Output scalar{ShapeTable::kScalar, dtype};
  for (std::size_t i = 0; i < inputs.count; ++i) {
    if (inputs.ids()[i] != kNone) continue;
    const Name constant = OpGraph::owned(owner, known_segment(graph, definition.inputs[i].known));
    const OpId op =
        add_operation(context, kinds().constant, constant, {}, {&scalar, 1}, keep_attribute(graph, args[i]));
    if (op == kNone) return false;
    inputs.ids()[i] = graph.ops.operation(op).first_output;
  }
  return true;
}

bool convert_values(Context& context, const Definition& definition, PyObject* const* args, Inputs& inputs,
                    const OpGraph::Fresh& fresh, Conversion conversion) {
  const OpGraph& ops = state_of(context.graph).ops;
  std::uint8_t dtype = 0;
  if (definition.same_dtype)
    for (const TensorId id : inputs.ids())
      if (id != kNone && dtype == 0) dtype = base_dtype(ops.tensor(id).dtype);
  // A hook or a rule in Python would see constants named after an operation that is not there yet.
  bool plain = fresh.bare && dtype != 0 && inputs.values <= 2 && context.on_operation == nullptr &&
               definition.rule != Rule::kFunction;
  for (std::size_t i = 0; plain && i < inputs.count; ++i)
    plain = inputs.ids()[i] != kNone || is_plain_scalar(args[i], dtype);
  if (plain) return add_scalars(context, definition, args, inputs, dtype, fresh.name);

  const AsDefault as_default(context);
  const InScope in_scope(context, fresh.name);
  for (std::size_t i = 0; i < inputs.count; ++i) {
    TensorId& id = inputs.ids()[i];
    if (id != kNone) continue;
    id = convert(args[i], dtype, definition.inputs[i].name, conversion, inputs);
    if (id == kNone) return false;
    if (dtype == 0 && definition.same_dtype) dtype = base_dtype(ops.tensor(id).dtype);
  }
  return true;
}

// Raises TypeError where a list of one dtype has tensors of several.
bool one_dtype(const Definition& definition, const Input& input, const OpGraph& ops, std::span<const TensorId> ids) {
  const auto dtype_of = [&ops](TensorId id) { return base_dtype(ops.tensor(id).dtype); };
  if (std::all_of(ids.begin(), ids.end(), [&](TensorId id) { return dtype_of(id) == dtype_of(ids[0]); })) return true;
  const Ref names(PyList_New(0));
  for (const TensorId id : ids) {
    const Ref name(PyObject_GetAttrString(state().dtypes[dtype_of(id)], "name"));
    if (!names || !name || PyList_Append(names.get(), name.get()) < 0) return false;
  }
  const Ref comma(PyUnicode_FromString(", "));
  const Ref text(comma ? PyUnicode_Join(comma.get(), names.get()) : nullptr);
  if (text)
    PyErr_Format(PyExc_TypeError, "Tensors in list passed to '%s' of '%U' Op have types [%U] that don't all match.",
                 PyUnicode_GET_LENGTH(input.name) == 0 ? "values" : PyUnicode_AsUTF8(input.name),
                 kind_name(definition.kind), text.get());
  return false;
}

// A list input: its tensors, values converted beside them as "<operation>/<input>_<i>" to the dtype of the first
// tensor.
bool convert_lists(Context& context, const Definition& definition, PyObject* const* args, Inputs& inputs,
                   const OpGraph::Fresh& fresh, Conversion conversion) {
  const AsDefault as_default(context);
  const InScope in_scope(context, fresh.name);
  const OpGraph& ops = state_of(context.graph).ops;
  std::vector<TensorId> ids;
  for (std::size_t i = 0; i < definition.inputs.size(); ++i) {
    const Input& input = definition.inputs[i];
    TensorId id;
    if (input.kind < Input::kList) {
      if (!read_input(inputs, args[i], input.kind, id)) return false;
      if (id == kNone) id = convert(args[i], 0, input.name, conversion, inputs);
      if (id == kNone) return false;
      ids.push_back(id);
      continue;
    }
    const Ref items(PySequence_Fast(args[i], "a list of tensors is needed"));
    if (!items) return false;
    const Py_ssize_t length = PySequence_Fast_GET_SIZE(items.get());
    std::uint8_t dtype = 0;
    for (Py_ssize_t k = 0; k < length && dtype == 0 && input.kind == Input::kList; ++k) {
      Inputs probe;
      if (read_input(probe, PySequence_Fast_GET_ITEM(items.get(), k), Input::kTensor, id) && id != kNone)
        dtype = base_dtype(state_of(probe.graph).ops.tensor(id).dtype);
    }
    for (Py_ssize_t k = 0; k < length; ++k) {
      PyObject* item = PySequence_Fast_GET_ITEM(items.get(), k);
      if (!read_input(inputs, item, Input::kTensor, id)) return false;
      if (id == kNone) {
        // Pack's list has no name of its own: its values are "<operation>/0", ...
        const Ref name(PyUnicode_GET_LENGTH(input.name) == 0 ? PyUnicode_FromFormat("%zd", k)
                                                             : PyUnicode_FromFormat("%U_%zd", input.name, k));
        if (!name) return false;
        id = convert(item, dtype, name.get(), Conversion::kStrict, inputs);
        if (id == kNone) return false;
        if (dtype == 0 && input.kind == Input::kList) dtype = base_dtype(ops.tensor(id).dtype);
      }
      ids.push_back(id);
    }
    if (input.kind == Input::kList && length != 0 &&
        !one_dtype(definition, input, ops, std::span(ids).last(static_cast<std::size_t>(length))))
      return false;
  }
  inputs.many = std::move(ids);
  inputs.count = inputs.many.size();
  return true;
}

// The graph that a call with lists is about: that of the first handle in it.
PyGraph* graph_of_lists(const Definition& definition, PyObject* const* args) {
  for (std::size_t i = 0; i < definition.inputs.size(); ++i) {
    Inputs probe;
    TensorId id;
    if (definition.inputs[i].kind < Input::kList) {
      if (read_input(probe, args[i], Input::kTensor, id) && probe.graph != nullptr) return probe.graph;
      continue;
    }
    if (!PyList_Check(args[i]) && !PyTuple_Check(args[i])) continue;
    for (Py_ssize_t k = 0; k < PySequence_Fast_GET_SIZE(args[i]); ++k)
      if (read_input(probe, PySequence_Fast_GET_ITEM(args[i], k), Input::kTensor, id) && probe.graph != nullptr)
        return probe.graph;
  }
  return nullptr;
}

PyObject* add_row(Context& context, const Definition& definition, Inputs& inputs, const Outputs& outputs,
                  const Name& name, PyObject* attrs) {
  GraphState& graph = state_of(context.graph);
  const OpId op = add_operation(context, definition.kind, name, inputs.ids(), outputs.span(),
                                keep_attributes(graph, definition, attrs));
  return op == kNone ? nullptr : results(context.graph, op, outputs.count);
}

// Values to convert, lists, or a rule in Python, which may build or fail: all of it or nothing.
PyObject* build_slow(Context& context, const Definition& definition, PyObject* const* args, Inputs& inputs,
                     PyObject* name, std::uint32_t default_name, PyObject* attrs, Conversion conversion) {
  GraphState& graph = state_of(context.graph);
  if (!check_open(graph)) return nullptr;
  const Ref keep_graph = Ref::borrowed(reinterpret_cast<PyObject*>(context.graph));
  Transaction transaction(graph);
  OpGraph::Fresh fresh;
  const NameStyle style = definition.inputs.empty() ? NameStyle::kNode : NameStyle::kScope;
  if (!take_name(context, name, default_name, style, fresh)) return nullptr;
  if (definition.has_lists) {
    if (!convert_lists(context, definition, args, inputs, fresh, conversion)) return nullptr;
  } else if (inputs.values != 0 && !convert_values(context, definition, args, inputs, fresh, conversion)) {
    return nullptr;
  }
  Outputs outputs;
  if (!infer(definition, context.graph, inputs.ids(), attrs, outputs, fresh.name)) return nullptr;
  PyObject* result = add_row(context, definition, inputs, outputs, fresh.name, attrs);
  if (result != nullptr) transaction.commit();
  return result;
}

}  // namespace

PyObject* build(const Definition& definition, PyObject* const* args, PyObject* name, std::uint32_t default_name,
                PyObject* attrs, Conversion conversion) {
  Inputs inputs;
  if (definition.has_lists) {
    inputs.graph = graph_of_lists(definition, args);
  } else if (!read_inputs(definition, args, inputs)) {
    return nullptr;
  }
  Context* context = current_context();
  if (context == nullptr) return nullptr;
  if (inputs.graph != nullptr && inputs.graph != context->graph) context = context_of(inputs.graph);
  if (inputs.values != 0 || definition.has_lists || definition.rule == Rule::kFunction)
    return build_slow(*context, definition, args, inputs, name, default_name, attrs, conversion);

  // All inputs are tensors and the rule is one of ours: nothing fails once the name is taken.
  GraphState& graph = state_of(context->graph);
  Outputs outputs;
  if (graph.finalized || !infer_simple(definition, graph.ops, inputs.ids(), outputs.one)) [[unlikely]]
    return build_slow(*context, definition, args, inputs, name, default_name, attrs, conversion);
  OpGraph::Fresh fresh;
  if (!take_name(*context, name, default_name, NameStyle::kScope, fresh)) return nullptr;
  return add_row(*context, definition, inputs, outputs, fresh.name, attrs);
}

PyObject* build_many(const Definition& definition, PyObject* inputs, PyObject* name, PyObject* attrs) {
  const Ref rows(PySequence_Fast(inputs, "create_ops: inputs must be a sequence with a tuple of inputs per operation"));
  if (!rows) return nullptr;
  const Py_ssize_t count = PySequence_Fast_GET_SIZE(rows.get());
  const auto width = static_cast<Py_ssize_t>(definition.inputs.size());
  Context* context = current_context();
  if (context == nullptr) return nullptr;
  GraphState& graph = state_of(context->graph);
  const Ref keep_graph = Ref::borrowed(reinterpret_cast<PyObject*>(context->graph));
  Transaction transaction(graph);
  Ref made(PyList_New(count));
  if (!made) return nullptr;
  const bool simple = !definition.has_lists && definition.rule != Rule::kFunction && !graph.finalized;
  const std::uint32_t site = graph.sites.here();
  const std::uint32_t attribute = attrs == nullptr ? kNone : keep_attributes(graph, definition, attrs);
  const auto rows_count = static_cast<std::size_t>(count);
  graph.ops.reserve(rows_count, rows_count * definition.inputs.size(), rows_count);
  for (Py_ssize_t i = 0; i < count; ++i) {
    const Ref row(
        PySequence_Fast(PySequence_Fast_GET_ITEM(rows.get(), i), "create_ops: the inputs of an operation are a tuple"));
    if (!row) return nullptr;
    if (PySequence_Fast_GET_SIZE(row.get()) != width) {
      PyErr_Format(PyExc_ValueError, "create_ops: %U takes %zd inputs, but row %zd has %zd", kind_name(definition.kind),
                   width, i, PySequence_Fast_GET_SIZE(row.get()));
      return nullptr;
    }
    PyObject* const* args = PySequence_Fast_ITEMS(row.get());
    Inputs read;
    Output output;
    PyObject* result = nullptr;
    if (simple && !read_inputs(definition, args, read)) return nullptr;
    if (simple && read.values == 0 && read.graph == context->graph &&
        infer_simple(definition, graph.ops, read.ids(), output)) {
      OpGraph::Fresh fresh;
      if (!take_name(*context, name, definition.default_name, NameStyle::kScope, fresh)) return nullptr;
      const OpId op = add_operation(*context, definition.kind, fresh.name, read.ids(), {&output, 1}, attribute, site);
      if (op != kNone) result = tensor_handle(context->graph, graph.ops.operation(op).first_output);
    } else {
      result = build(definition, args, name, definition.default_name, attrs, Conversion::kStrict);
    }
    if (result == nullptr) return nullptr;
    PyList_SET_ITEM(made.get(), i, result);
  }
  transaction.commit();
  return made.release();
}

}  // namespace scopetrie::python
