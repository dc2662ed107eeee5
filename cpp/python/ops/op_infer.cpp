#include "ops/op_infer.hpp"

#include <utility>

namespace scopetrie::python {

namespace {

Output read_output(ShapeTable& shapes, PyObject* pair) {
  if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) != 2)
    raise_error(PyExc_TypeError, "a shape rule must return (dtype, dims) or a list of them, but gave %R", pair);
  const DType dtype = dtype_number(PyTuple_GET_ITEM(pair, 0));
  return {parse_dims(shapes, PyTuple_GET_ITEM(pair, 1)), dtype};
}

PyObject* input_tuple(PyGraph* graph, std::span<const TensorId> ids) {
  return tuple_of(ids.size(), [&](std::uint32_t i) { return tensor_handle(graph, ids[i]); });
}

// The arguments of a rule: a tensor per input, a list per list input.
PyObject* rule_arguments(const Definition& definition, PyGraph* graph, std::span<const TensorId> ids) {
  if (!definition.has_lists) return input_tuple(graph, ids);
  const std::size_t listed = ids.size() + 1 - definition.inputs.size();
  std::size_t at = 0;
  return tuple_of(definition.inputs.size(), [&](std::uint32_t i) {
    if (definition.inputs[i].kind < Input::kList) return tensor_handle(graph, ids[at++]);
    const std::size_t first = std::exchange(at, at + listed);
    return list_of(listed, [&](std::uint32_t k) { return tensor_handle(graph, ids[first + k]); });
  });
}

// Raises what v1 says of inputs that do not fit: op_def.failed(fault, name, inputs, attrs, shown) finds the words.
[[noreturn]] void fail(const Definition& definition, PyGraph* graph, const Name& name, std::span<const TensorId> ids,
                       PyObject* attrs, const ShapeError& error, Facts& facts) {
  std::string text;
  state_of(graph).ops.append_name(name, text);
  const Ref inputs = checked(input_tuple(graph, ids)), name_text = checked(to_str(text)), shown = checked(new_list(0));
  for (const auto& [i, is_shape, value] : facts.shown()) {
    const Ref item =
        checked(build_value("(nOs)", static_cast<Py_ssize_t>(i), is_shape ? Py_True : Py_False, value.c_str()));
    if (PyList_Append(shown.get(), item.get()) < 0) throw_raised();
  }
  const Ref never(PyObject_CallMethod(definition.op_def, "failed", "sOOOO", error.what(), name_text.get(), inputs.get(),
                                      or_none(attrs), shown.get()));
  throw_raised();
}

void call_rule(const Definition& definition, PyGraph* graph, std::span<const TensorId> ids, PyObject* attrs,
               Outputs& out) {
  const Ref args = checked(rule_arguments(definition, graph, ids));
  const Ref result = checked(PyObject_Call(definition.rule_function, args.get(), attrs));
  ShapeTable& shapes = state_of(graph).ops.shapes();
  if (!PyList_Check(result.get())) return out.push_back(read_output(shapes, result.get()));
  const Ref each = checked(tuple_of(result.get()));  // the rule may have kept the list
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(each.get()); ++i)
    out.push_back(read_output(shapes, PyTuple_GET_ITEM(each.get(), i)));
}

// Marks the error that is set as registry.dtype_refusal() does.
void mark_refusal() {
  KeptException kept;
  PyObject_SetAttrString(kept.object(), "refuses_dtype", Py_True);
}

}  // namespace

void wrong_dtype(const Definition& definition, const Input& input, std::uint8_t dtype) {
  const std::string name = DType(dtype).base().name();
  if (input.fixed != 0) {
    PyErr_Format(PyExc_TypeError, "Input '%U' of '%U' Op has type %s that does not match expected type of %U.",
                 input.name, kind_name(definition.kind), name.c_str(), input.allowed_text);
  } else {
    PyErr_Format(PyExc_TypeError, "Value passed to parameter '%U' has DataType %s not in list of allowed values: %U",
                 input.name, name.c_str(), input.allowed_text);
  }
  mark_refusal();
  throw_raised();
}

void infer(const Definition& definition, PyGraph* graph, std::span<TensorId> ids, PyObject* attrs, Outputs& out,
           const Name& name) {
  const auto dtype_of = [&](std::size_t i) { return base_dtype(state_of(graph).ops.tensor(ids[i]).dtype); };
  const DTypeFault fault = find_dtype_fault(definition, ids.size(), dtype_of);
  if (fault.input != nullptr && fault.wanted == 0) wrong_dtype(definition, *fault.input, fault.dtype);
  if (fault.input != nullptr)
    raise_error(PyExc_TypeError,
                "Input '%U' of '%U' Op has type %s that does not match type %s of argument '%U'.\n"
                "tf.cast(value, tf.%s) converts it.",
                fault.input->name, kind_name(definition.kind), DType(fault.dtype).name().c_str(),
                DType(fault.wanted).name().c_str(), definition.inputs[fault.input->group].name,
                DType(fault.wanted).name().c_str());
  if (definition.rule_function != nullptr) return call_rule(definition, graph, ids, attrs, out);
  Facts facts(graph, attrs, true);
  facts.start(ids);
  for (std::size_t i = 0; i < ids.size(); ++i) facts.put_tensor(i);
  try {
    apply(definition.rule, facts);
  } catch (const ShapeError& error) {
    fail(definition, graph, name, ids, attrs, error, facts);
  } catch (const DTypeError& error) {
    PyErr_SetString(PyExc_TypeError, error.what());
    mark_refusal();
    throw_raised();
  }
  out = std::move(facts.outputs);
}

}  // namespace scopetrie::python
