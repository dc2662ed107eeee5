#include "ops/op_inputs.hpp"

#include <algorithm>

#include "ops/op_infer.hpp"

namespace scopetrie::python {

namespace {

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

// A plain value as a constant in the current name scope; kNone, without an exception, where it is not plain.
TensorId convert_literal(Context& context, PyObject* value, std::uint8_t dtype, PyObject* name, bool is_index) {
  OwnTuples<1> own;
  Literal literal;
  if (!literal.read(own.of(value))) return kNone;
  dtype = is_index && dtype == 0 ? literal.index_dtype() : literal.dtype(dtype);
  const SegmentId segment = dtype == 0 ? kNone : plain_segment(state_of(context.graph), name);
  return segment == kNone ? kNone : add_literal(context, literal, dtype, segment);
}

// A value as a tensor of the context's graph. Throws.
TensorId convert(Context& context, PyObject* value, std::uint8_t dtype, PyObject* name, Conversion conversion,
                 Inputs& inputs, bool is_index = false) {
  if (const TensorId made = convert_literal(context, value, dtype, name, is_index); made != kNone) return made;
  if (PyErr_Occurred() != nullptr) throw_raised();
  PyObject* type = dtype == 0 ? Py_None : state().dtypes[dtype];
  const bool strict = conversion == Conversion::kStrict;
  const Ref tensor = called(state().hooks.convert, value, strict ? type : Py_None, name, strict ? Py_None : type);
  if (!is_tensor(tensor.get()))
    raise_error(PyExc_TypeError, "converting %R gave %R, which is no tensor", value, tensor.get());
  note_graph(inputs, tensor.get());
  check_graphs(inputs);
  return id_of(tensor.get());
}

// Says in v1's words that a value is no tensor for an input, where converting it has raised an error.
void explain(const Definition& definition, const Input& input, PyObject* value, std::uint8_t dtype) {
  const bool wrong_type = PyErr_ExceptionMatches(PyExc_TypeError) != 0;
  if (wrong_type ? dtype == 0 : PyErr_ExceptionMatches(PyExc_ValueError) == 0) return;
  KeptException kept;
  if (!wrong_type) {
    PyErr_Format(PyExc_ValueError, "Tried to convert '%U' to a tensor and failed. Error: %S", input.name,
                 kept.object());
  } else if (const Ref found(PyType_GetName(Py_TYPE(value))); found) {
    PyErr_Format(
        PyExc_TypeError, "Expected %s passed to parameter '%U' of op '%U', got %R of type '%U' instead. Error: %S",
        DType(dtype).name().c_str(), input.name, kind_name(definition.kind), value, found.get(), kept.object());
  }
  kept.drop();
}

// Converts the value of input i to `dtype` (0: any), as v1 does: most inputs must have the dtype of those before. The
// second operand of an addition and of a matrix product is converted on its own, if need be, so that the error is about
// the operation's types; the first operand of an operator is a value only where Python has swapped the operands.
// Throws.
TensorId convert_one(Context& context, const Definition& definition, PyObject* value, std::size_t i, std::uint8_t dtype,
                     bool first, Conversion conversion, Inputs& inputs) {
  static const KindId kMatMul = kind_number("MatMul");
  const Input& input = definition.inputs[i];
  const bool on_its_own = definition.kind == kinds().add || definition.kind == kMatMul;
  if (on_its_own && i == 1) return convert(context, value, dtype, input.name, Conversion::kPreferred, inputs);
  try {
    return convert(context, value, dtype, input.name, Conversion::kStrict, inputs, input.is_index());
  } catch (const PythonRaised&) {
    if (first && conversion == Conversion::kPreferred) throw;
    const bool is_other = first && dtype != 0 && input.fixed == 0 && PyErr_ExceptionMatches(PyExc_TypeError);
    if (!is_other && !on_its_own) explain(definition, input, value, dtype);
    if (!is_other) throw;
  }
  PyErr_Clear();  // the types of the inputs will not match, which is what v1 says
  return convert(context, value, 0, input.name, Conversion::kStrict, inputs);
}

// Raises TypeError where a list of one dtype has tensors of several.
void check_one_dtype(const Definition& definition, const Input& input, const OpGraph& ops,
                     std::span<const TensorId> ids) {
  const auto dtype_of = [&ops](TensorId id) { return base_dtype(ops.tensor(id).dtype); };
  if (std::all_of(ids.begin(), ids.end(), [&](TensorId id) { return dtype_of(id) == dtype_of(ids[0]); })) return;
  std::string names;
  for (const TensorId id : ids) names += (names.empty() ? "" : ", ") + DType(dtype_of(id)).name();
  raise_error(PyExc_TypeError, "Tensors in list passed to '%s' of '%U' Op have types [%s] that don't all match.",
              PyUnicode_GET_LENGTH(input.name) == 0 ? "values" : PyUnicode_AsUTF8(input.name),
              kind_name(definition.kind), names.c_str());
}

}  // namespace

void refuse_graphs(const Inputs& inputs) {
  const Ref first = checked(!inputs.has_first          ? Py_NewRef(Py_None)
                            : inputs.first_is_variable ? variable_handle(inputs.graph, inputs.first)
                                                       : tensor_handle(inputs.graph, inputs.first));
  raise_object(called(state().hooks.graph_mismatch, inputs.stranger, first).get());
}

void convert_indices(const Definition& definition, PyObject* const* args, std::vector<Ref>& out) {
  const auto is_made = [](PyObject* value) { return is_tensor(value) || is_variable(value); };
  for (std::size_t i = 0; i < definition.inputs.size(); ++i) {
    const Input::Kind kind = definition.inputs[i].kind;
    OwnTuples<1> own;
    PyObject* value = definition.inputs[i].is_index() ? own.of(args[i]) : args[i];
    Literal literal;
    if (!definition.inputs[i].is_index() || is_made(value) || (literal.read(value) && literal.index_dtype() != 0)) {
      out.push_back(Ref::borrowed(value));
      continue;
    }
    PyObject* first = kind == Input::kAxes ? args[0] : Py_None;
    out.push_back(called(state().hooks.as_index, args[i], first));
  }
}

void convert_values(Context& context, const Definition& definition, PyObject* const* args, Inputs& inputs,
                    const OpGraph::Fresh& fresh, Conversion conversion) {
  const OpGraph& ops = state_of(context.graph).ops;
  std::uint8_t dtypes[kMostInputs];
  const auto dtype_of = [&](std::size_t i) { return base_dtype(ops.tensor(inputs.ids()[i]).dtype); };
  wanted_dtypes(definition, inputs.ids(), dtype_of, dtypes);
  if (const TensorId id = inputs.ids()[0]; id != kNone)
    if (const std::uint8_t found = base_dtype(ops.tensor(id).dtype); !definition.inputs[0].takes(found))
      wrong_dtype(definition, definition.inputs[0], found);

  const DefaultGraph as_default(context.graph);
  const InScope in_scope(context, fresh.name);
  inputs.graph = context.graph;
  std::bitset<kMostInputs> seen;  // the groups of which an input before has a dtype
  for (std::size_t i = 0; i < inputs.count; ++i) {
    TensorId& id = inputs.ids()[i];
    const std::uint8_t group = definition.inputs[i].group;
    std::uint8_t& dtype = dtypes[group];
    if (id == kNone) id = convert_one(context, definition, args[i], i, dtype, !seen[group], conversion, inputs);
    seen.set(group);
    if (dtype == 0) dtype = base_dtype(ops.tensor(id).dtype);
  }
}

// A list input: its tensors, values converted beside them as "<operation>/<input>_<i>" to the dtype of the first
// tensor.
void convert_lists(Context& context, const Definition& definition, PyObject* const* args, Inputs& inputs,
                   const OpGraph::Fresh& fresh, Conversion conversion) {
  const DefaultGraph as_default(context.graph);
  const InScope in_scope(context, fresh.name);
  inputs.graph = context.graph;
  inputs.stranger = nullptr;  // each is looked at again
  const OpGraph& ops = state_of(context.graph).ops;
  std::vector<TensorId> ids;
  for (std::size_t i = 0; i < definition.inputs.size(); ++i) {
    const Input& input = definition.inputs[i];
    if (input.kind < Input::kList) {
      TensorId id = read_input(inputs, args[i], input.kind);
      check_graphs(inputs);
      if (id == kNone) id = convert(context, args[i], input.fixed, input.name, conversion, inputs, input.is_index());
      ids.push_back(id);
      continue;
    }
    const Ref items = checked(items_of(args[i], "a list of tensors is needed"));
    const Py_ssize_t length = PySequence_Fast_GET_SIZE(items.get());
    std::uint8_t dtype = 0;
    for (Py_ssize_t k = 0; k < length && dtype == 0 && input.kind == Input::kList; ++k) {
      Inputs probe;
      const TensorId id = read_input(probe, PySequence_Fast_GET_ITEM(items.get(), k), Input::kTensor);
      if (id != kNone) dtype = base_dtype(state_of(probe.graph).ops.tensor(id).dtype);
    }
    for (Py_ssize_t k = 0; k < length; ++k) {
      PyObject* item = PySequence_Fast_GET_ITEM(items.get(), k);
      TensorId id = read_input(inputs, item, Input::kTensor);
      check_graphs(inputs);
      if (id == kNone) {
        // Pack's list has no name of its own: its values are "<operation>/0", ...
        const Ref name = checked(PyUnicode_GET_LENGTH(input.name) == 0 ? PyUnicode_FromFormat("%zd", k)
                                                                       : PyUnicode_FromFormat("%U_%zd", input.name, k));
        id = convert(context, item, dtype, name.get(), Conversion::kStrict, inputs);
        if (dtype == 0 && input.kind == Input::kList) dtype = base_dtype(ops.tensor(id).dtype);
      }
      ids.push_back(id);
    }
    if (input.kind == Input::kList && length != 0)
      check_one_dtype(definition, input, ops, std::span(ids).last(static_cast<std::size_t>(length)));
  }
  inputs.many = std::move(ids);
  inputs.count = inputs.many.size();
}

void note_graph_of_lists(const Definition& definition, PyObject* const* args, Inputs& inputs) {
  Inputs probe;
  const auto try_one = [&probe](PyObject* item) {
    read_input(probe, item, Input::kTensor);
    return probe.graph != nullptr;
  };
  bool found = false;
  for (std::size_t i = 0; !found && i < definition.inputs.size(); ++i) {
    if (definition.inputs[i].kind < Input::kList) {
      found = try_one(args[i]);
    } else if (PyList_Check(args[i]) || PyTuple_Check(args[i])) {
      for (Py_ssize_t k = 0; !found && k < PySequence_Fast_GET_SIZE(args[i]); ++k)
        found = try_one(PySequence_Fast_GET_ITEM(args[i], k));
    }
  }
  inputs.graph = probe.graph;
  inputs.has_first = probe.has_first;
  inputs.first_is_variable = probe.first_is_variable;
  inputs.first = probe.first;
}

}  // namespace scopetrie::python
