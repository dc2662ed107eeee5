#include "calls/op_infer.hpp"

#include <algorithm>

namespace scopetrie::python {

namespace {

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

// Marks the error that is set as registry.dtype_refusal() does.
void mark_refusal() {
  PyObject *type, *value, *trace;
  PyErr_Fetch(&type, &value, &trace);
  PyErr_NormalizeException(&type, &value, &trace);
  if (PyObject_SetAttrString(value, "refuses_dtype", Py_True) < 0) PyErr_Clear();
  PyErr_Restore(type, value, trace);
}

}  // namespace

bool wrong_dtype(const Definition& definition, const Input& input, std::uint8_t dtype) {
  const Ref name(dtype_name(dtype));
  if (!name) return false;
  if (input.fixed != 0) {
    PyErr_Format(PyExc_TypeError, "Input '%U' of '%U' Op has type %U that does not match expected type of %U.",
                 input.name, kind_name(definition.kind), name.get(), input.allowed_text);
  } else {
    PyErr_Format(PyExc_TypeError, "Value passed to parameter '%U' has DataType %U not in list of allowed values: %U",
                 input.name, name.get(), input.allowed_text);
  }
  mark_refusal();
  return false;
}

namespace {

bool dtypes_differ(const Definition& definition, const Input& input, std::uint8_t found, std::uint8_t wanted) {
  const Ref found_name(dtype_name(found));
  const Ref wanted_name(dtype_name(wanted));
  if (found_name && wanted_name)
    PyErr_Format(PyExc_TypeError, "Input '%U' of '%U' Op has type %U that does not match type %U of argument '%U'.",
                 input.name, kind_name(definition.kind), found_name.get(), wanted_name.get(),
                 definition.inputs[input.group].name);
  return false;
}

// Checks the dtypes of the inputs in their order, as v1 does.
bool check_dtypes(const Definition& definition, const OpGraph& ops, std::span<const TensorId> ids) {
  std::uint8_t groups[kMostInputs] = {};
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const Input& input = definition.inputs[definition.input_at(i, ids.size())];
    const std::uint8_t dtype = base_dtype(ops.tensor(ids[i]).dtype);
    if (!input.takes(dtype)) return wrong_dtype(definition, input, dtype);
    std::uint8_t& wanted = groups[input.group];
    if (wanted == 0 || input.kind == Input::kMixedList) wanted = dtype;
    if (wanted != dtype) return dtypes_differ(definition, input, dtype, wanted);
  }
  return true;
}

}  // namespace

bool infer(const Definition& definition, PyGraph* graph, std::span<const TensorId> ids, PyObject* attrs, Outputs& out,
           const Name& name) {
  OpGraph& ops = state_of(graph).ops;
  if (!check_dtypes(definition, ops, ids)) return false;
  if (definition.rule == Rule::kFunction) return call_rule(definition, graph, ids, attrs, out, name);
  return infer_simple(definition, ops, ids, out.one) || broadcast_failed(definition, graph, name, ids, attrs);
}

}  // namespace scopetrie::python
