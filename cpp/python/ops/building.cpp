#include "ops/building.hpp"

#include "scopetrie/error.hpp"
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
  return plain_segment_of(graph, name, text);
}

SegmentId plain_segment_of(GraphState& graph, PyObject* name, std::string_view text) {
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
  state_of(context.graph).takes_refused_name = false;
  try {
    if (segment != kNone || name == nullptr) return context.take_name(segment);
    if (!is_name(name)) return kRefused;
    GraphState& graph = state_of(context.graph);
    const std::string type(style == NameStyle::kScope ? graph.ops.segments().text(graph.known_segment(fallback)) : "");
    const std::string_view text = text_of(name, type.empty() ? nullptr : type.c_str());
    if (text.data() == nullptr) return kRefused;
    if (style == NameStyle::kScope && text.empty()) return take_name(context, nullptr, fallback, style);
    return context.take_name(text, style);
  } catch (const Error&) {
    set_python_error();
    state_of(context.graph).takes_refused_name = PyErr_ExceptionMatches(PyExc_MemoryError) == 0;
    return kRefused;
  }
}

PyObject* attribute_object(const GraphState& graph, OpId op) {
  const OperationRow row = graph.ops.operation(op);
  if (row.attribute == kNone) Py_RETURN_NONE;
  const AttributeValue value = graph.attributes[row.attribute];  // a copy: allocating may run other code
  if (value.kind() != AttributeValue::Kind::kSeeds || row.kind == kinds().uniform_int) return to_object(value);
  PyObject* dtype = state().dtypes[graph.ops.tensor(row.first_output).dtype];
  return build_value("{sOsIsI}", "dtype", dtype, "seed", value.seed(), "seed2", value.seed2());
}

}  // namespace scopetrie::python
