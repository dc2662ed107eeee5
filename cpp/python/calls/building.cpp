#include "calls/building.hpp"

#include "scopetrie/names/legal_names.hpp"

namespace scopetrie::python {

namespace {

constexpr OpGraph::Fresh kRefused{{0, kNone, 0}, false};

}  // namespace

SegmentId plain_segment_slow(GraphState& graph, PyObject* name) {
  if (!PyUnicode_CheckExact(name)) return kNone;
  const std::string_view text = text_of(name);
  if (text.data() == nullptr) {
    PyErr_Clear();
    return kNone;
  }
  if (!is_plain_name(text)) return kNone;
  const SegmentId segment = graph.ops.segments().intern(text);
  if (PyUnicode_CHECK_INTERNED(name)) {
    auto& entry = graph.names[(reinterpret_cast<std::uintptr_t>(name) >> 4) % graph.names.size()];
    const Ref before(std::exchange(entry.text, Py_NewRef(name)));
    entry.segment = segment;
  }
  return segment;
}

OpGraph::Fresh take_name_slow(Context& context, PyObject* name, SegmentId segment, std::uint32_t fallback,
                              NameStyle style) {
  try {
    if (segment != kNone) return context.take_name(segment);
    if (!PyUnicode_Check(name)) {
      PyErr_Format(PyExc_TypeError, "expected string or bytes-like object, got '%s'", Py_TYPE(name)->tp_name);
      return kRefused;
    }
    const std::string_view text = text_of(name);
    if (text.data() == nullptr) return kRefused;
    if (style == NameStyle::kScope && text.empty()) return take_name(context, nullptr, fallback, style);
    return context.take_name(text, style);
  } catch (...) {
    set_python_error();
    return kRefused;
  }
}

PyObject* attribute_object(const GraphState& graph, OpId op) {
  const OperationRow row = graph.ops.operation(op);
  if (row.attribute == kNone) Py_RETURN_NONE;
  const AttributeValue value = graph.attributes[row.attribute];  // a copy: allocating may run other code
  if (value.kind() != AttributeValue::Kind::kSeeds || row.kind == kinds().uniform_int) return to_object(value);
  PyObject* dtype = state().dtypes[graph.ops.tensor(row.first_output).dtype];
  return Py_BuildValue("{sOsIsI}", "dtype", dtype, "seed", value.seed(), "seed2", value.seed2());
}

const VariableKinds& kinds() {
  static const VariableKinds only{kind_number("Const"),
                                  kind_number("Fill"),
                                  kind_number("VariableV2"),
                                  kind_number("Assign"),
                                  kind_number("Identity"),
                                  kind_number("RandomUniform"),
                                  kind_number("RandomUniformInt"),
                                  kind_number("RandomStandardNormal"),
                                  kind_number("TruncatedNormal"),
                                  kind_number("Sub"),
                                  kind_number("Mul"),
                                  kind_number("AddV2")};
  return only;
}

VariableId add_variable(Context& context, const Name& name, bool owned, TensorId initial, Output output,
                        std::uint32_t attribute, std::uint32_t assign_attribute, const VariableRow& record,
                        std::uint32_t site) {
  static const std::uint32_t kAssign = known_name("Assign"), kRead = known_name("read");
  GraphState& graph = state_of(context.graph);
  const Output ref{output.shape, output.dtype.reference()};
  const OpId op = context.add_operation(kinds().variable, name, {}, {&ref, 1}, attribute, site);
  if (op == kNone) return kNone;
  const TensorId variable = graph.ops.operation(op).first_output;
  const auto beneath = [&](std::uint32_t known) {
    const SegmentId segment = graph.known_segment(known);
    return owned ? OpGraph::owned(op, segment) : graph.ops.unique(context.scope(), segment).name;
  };
  VariableRow made = record;
  made.shape = output.shape;
  made.flags = variable_flags((record.flags & kTrainable) != 0, output.dtype);
  made.ref = variable;
  made.initial = initial;
  if (initial != kNone) {
    const TensorId pair[] = {variable, initial};
    const ShapeId given = graph.ops.tensor(initial).shape;  // as in v1, its output has the value's shape
    const Output assigned{given == ShapeTable::kUnknown ? ref.shape : given, ref.dtype};
    made.initializer =
        context.add_operation(kinds().assign, beneath(kAssign), pair, {&assigned, 1}, assign_attribute, site);
    if (made.initializer == kNone) return kNone;
  }
  const OpId read = context.add_operation(kinds().identity, beneath(kRead), {&variable, 1}, {&output, 1}, kNone, site);
  if (read == kNone) return kNone;
  made.value = graph.ops.operation(read).first_output;
  graph.live.push_back(nullptr);
  return graph.variables.create(made);
}

}  // namespace scopetrie::python
