#include "op_inputs.hpp"

#include <algorithm>

namespace scopetrie::python {

namespace {

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

}  // namespace

bool graphs_differ(const Inputs& inputs, PyObject* item) {
  const Ref error(PyObject_CallFunctionObjArgs(state().hooks.graph_mismatch, item,
                                               inputs.first == nullptr ? Py_None : inputs.first, nullptr));
  if (error) PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(error.get())), error.get());
  return false;
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

}  // namespace scopetrie::python
