#include "calls/building.hpp"

#include <algorithm>

namespace scopetrie::python {

namespace {

constexpr const char* kNodePattern = "^[A-Za-z0-9.][A-Za-z0-9_.\\\\/>-]*$";
constexpr const char* kScopePattern = "^[A-Za-z0-9_.\\\\/>-]*$";

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
bool starts_legally(std::string_view name) { return !name.empty() && (is_letter_or_digit(name[0]) || name[0] == '.'); }
bool is_legal(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return is_letter_or_digit(c) || c == '_' || c == '.' || c == '\\' || c == '/' || c == '>' || c == '-';
  });
}

constexpr OpGraph::Fresh kRefused{{0, kNone, 0}, false};

// The name, unless an operation has it that the counting of names does not know.
OpGraph::Fresh unless_used(GraphState& graph, const OpGraph::Fresh& fresh) {
  return !graph.has_unnoted_names || check_unused(graph, fresh.name) ? fresh : kRefused;
}

// A verbatim name ("a/b/"): taken as it is, unless an operation has it.
OpGraph::Fresh take_verbatim(GraphState& graph, std::string_view text) {
  OpGraph& ops = graph.ops;
  SegmentId segment;
  const ScopeId scope = ops.scopes().scope_of_name(text, ScopeTrie::kRoot, segment);
  if (!check_unused(graph, {scope, segment, 0})) return kRefused;
  // Usually a name scope of this name was entered, which took the name. Where none was, v1 does not take it either.
  if (ops.peek(scope, segment).suffix == 0) graph.has_unnoted_names = true;
  return {{scope, segment, 0}, false};
}

// What the layer above notes by number (devices, constraints, ...) goes as well: the numbers will be given out again.
void tell_rolled_back(GraphState& graph, std::size_t operations, std::size_t variables) {
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  const Ref done(PyObject_CallMethod(reinterpret_cast<PyObject*>(graph.owner), "_rolled_back", "nnnn",
                                     static_cast<Py_ssize_t>(graph.ops.size()), static_cast<Py_ssize_t>(operations),
                                     static_cast<Py_ssize_t>(graph.variables.size()),
                                     static_cast<Py_ssize_t>(variables)));
  PyErr_Restore(type, value, traceback);
}

}  // namespace

SegmentId plain_segment_slow(GraphState& graph, PyObject* name) {
  if (!PyUnicode_CheckExact(name)) return kNone;
  const std::string_view text = text_of(name);
  if (text.data() == nullptr) {
    PyErr_Clear();
    return kNone;
  }
  if (!starts_legally(text) || !is_legal(text) || text.find('/') != std::string_view::npos) return kNone;
  const SegmentId segment = graph.ops.segments().intern(text);
  if (PyUnicode_CHECK_INTERNED(name)) {
    auto& entry = graph.names[(reinterpret_cast<std::uintptr_t>(name) >> 4) % graph.names.size()];
    const Ref before(std::exchange(entry.text, Py_NewRef(name)));
    entry.segment = segment;
  }
  return segment;
}

bool is_scope_name(bool at_root, std::string_view name) { return is_legal(name) && (!at_root || starts_legally(name)); }

bool check_scope_name(bool at_root, std::string_view name) {
  if (is_scope_name(at_root, name)) return true;
  PyErr_Format(PyExc_ValueError,
               "'%s' is not a valid %sscope name. A %sscope name has to match the following pattern: %s",
               std::string(name).c_str(), at_root ? "root " : "", at_root ? "root " : "",
               at_root ? kNodePattern : kScopePattern);
  return false;
}

namespace {

bool check_whole_name(const std::string& full) {
  if (starts_legally(full) && is_legal(full)) return true;
  PyErr_Format(PyExc_ValueError,
               "`%s` is not a valid node name. Accepted names conform to Regex "
               "/re.compile('^[A-Za-z0-9.][A-Za-z0-9_.\\\\\\\\/>-]*$')/",
               full.c_str());
  return false;
}

}  // namespace

bool check_operation_name(GraphState& graph, ScopeId scope, std::string_view name) {
  std::string full;
  graph.ops.scopes().append_path(scope, full);
  if (!full.empty()) full += '/';
  full += name;
  return check_whole_name(full);
}

bool check_operation_name(GraphState& graph, const Name& name) {
  std::string full;
  graph.ops.append_name(name, full);
  return check_whole_name(full);
}

bool check_unused(GraphState& graph, const Name& name) {
  std::string text;
  graph.ops.append_name(name, text);
  if (graph.ops.find(text) == kNone) return true;
  PyErr_Format(PyExc_ValueError, "Duplicate node name in graph: '%s'", text.c_str());
  return false;
}

OpGraph::Fresh take_name_slow(Context& context, PyObject* name, SegmentId segment, std::uint32_t fallback,
                              NameStyle style) {
  GraphState& graph = state_of(context.graph);
  if (segment != kNone) return unless_used(graph, graph.ops.unique(scope_of(context), segment));
  if (!PyUnicode_Check(name)) {
    PyErr_Format(PyExc_TypeError, "expected string or bytes-like object, got '%s'", Py_TYPE(name)->tp_name);
    return kRefused;
  }
  std::string_view text = text_of(name);
  if (text.data() == nullptr) return kRefused;
  // v1's operations with inputs enter a scope of their name, and only then find that it is no operation's.
  const bool in_scope = style == NameStyle::kScope;
  if (in_scope && text.empty()) return take_name(context, nullptr, fallback, style);
  const bool verbatim = !text.empty() && text.back() == '/';
  if (in_scope && !check_scope_name(scope_of(context) == ScopeTrie::kRoot, text)) return kRefused;
  if (verbatim) text.remove_suffix(1);
  const ScopeId here = verbatim ? ScopeTrie::kRoot : scope_of(context);
  if (verbatim) return check_operation_name(graph, here, text) ? take_verbatim(graph, text) : kRefused;
  const ScopeId scope = graph.ops.scopes().scope_of_name(text, here, segment);
  const OpGraph::Fresh fresh = graph.ops.unique(scope, segment);
  if (!in_scope && !check_operation_name(graph, fresh.name)) return kRefused;
  return unless_used(graph, fresh);
}

bool apply_context(Context& context, OpId op) {
  OpGraph& ops = state_of(context.graph).ops;
  const auto inputs = ops.inputs(op);
  std::vector<OpId> waits;
  const auto is_input = [&](OpId other) {
    return std::any_of(inputs.begin(), inputs.end(), [&](TensorId input) { return ops.tensor(input).op == other; });
  };
  for (const Controls& controls : context.controls) {
    // An input that was made within this block waits already.
    const bool dominated = std::any_of(inputs.begin(), inputs.end(), [&](TensorId input) {
      return std::binary_search(controls.made.begin(), controls.made.end(), ops.tensor(input).op);
    });
    if (dominated) continue;
    for (const OpId wait : controls.inputs)
      if (!is_input(wait)) waits.push_back(wait);
  }
  ops.add_control_inputs(op, waits);
  for (Controls& controls : context.controls) controls.made.push_back(op);
  if (context.on_operation == nullptr) return true;
  const Ref hook = Ref::borrowed(context.on_operation);
  const Ref operation(operation_handle(context.graph, op));
  return operation && Ref(PyObject_CallOneArg(hook.get(), operation.get()));
}

PyObject* attribute_object(const GraphState& graph, std::uint32_t number) {
  if (number == kNone) Py_RETURN_NONE;
  const AttributeValue value = graph.attributes[number];  // a copy: allocating may run other code
  return to_object(value);
}

bool check_open(GraphState& graph) {
  if (!graph.finalized) [[likely]]
    return true;
  PyErr_SetString(PyExc_RuntimeError, "Graph is finalized and cannot be modified.");
  return false;
}

void Transaction::rollback(bool keep_names) {
  if (graph_.builders != builders_) return commit();
  done_ = true;
  const std::size_t operations = graph_.ops.size(), variables = graph_.variables.size();
  graph_.ops.rollback(mark_, keep_names);
  graph_.variables.truncate(variables_);
  graph_.live.resize(variables_);
  graph_.collections.truncate(static_cast<std::uint32_t>(mark_.tensors), static_cast<std::uint32_t>(mark_.operations),
                              static_cast<std::uint32_t>(variables_));
  std::erase_if(graph_.variable_patterns, [&](const auto& entry) { return entry.second >= mark_.patterns; });
  std::erase_if(graph_.unseeded_attribute, [&](const auto& entry) { return entry.second >= attributes_; });
  for (std::uint32_t& attribute : graph_.fill_attribute)
    if (attribute != kNone && attribute >= attributes_) attribute = kNone;
  while (graph_.attributes.size() > attributes_) {
    const AttributeValue gone = std::move(graph_.attributes.back());  // its end may run other code
    graph_.attributes.pop_back();
  }
  if (operations > mark_.operations) tell_rolled_back(graph_, operations, variables);
}

const Kinds& kinds() {
  static const Kinds only{kind_number("Const"),    kind_number("VariableV2"),    kind_number("Assign"),
                          kind_number("Identity"), kind_number("RandomUniform"), kind_number("Sub"),
                          kind_number("Mul"),      kind_number("AddV2")};
  return only;
}

VariableId add_variable(Context& context, const Name& name, bool owned, TensorId initial, Output output,
                        std::uint32_t attribute, std::uint32_t assign_attribute, const Variable& record,
                        std::uint32_t site) {
  static const std::uint32_t kAssign = known_name("Assign"), kRead = known_name("read");
  GraphState& graph = state_of(context.graph);
  const Output ref{output.shape, output.dtype.reference()};
  const OpId op = add_operation(context, kinds().variable, name, {}, {&ref, 1}, attribute, site);
  if (op == kNone) return kNone;
  const TensorId variable = graph.ops.operation(op).first_output;
  const auto beneath = [&](std::uint32_t known) {
    const SegmentId segment = graph.known_segment(known);
    return owned ? OpGraph::owned(op, segment) : graph.ops.unique(scope_of(context), segment).name;
  };
  Variable made = record;
  made.shape = output.shape;
  made.flags = variable_flags((record.flags & kTrainable) != 0, output.dtype);
  made.ref = variable;
  made.initial = initial;
  if (initial != kNone) {
    const TensorId pair[] = {variable, initial};
    const ShapeId given = graph.ops.tensor(initial).shape;  // as v1: what it gives has the value's shape
    const Output assigned{given == ShapeTable::kUnknown ? ref.shape : given, ref.dtype};
    made.initializer =
        add_operation(context, kinds().assign, beneath(kAssign), pair, {&assigned, 1}, assign_attribute, site);
    if (made.initializer == kNone) return kNone;
  }
  const OpId read = add_operation(context, kinds().identity, beneath(kRead), {&variable, 1}, {&output, 1}, kNone, site);
  if (read == kNone) return kNone;
  made.value = graph.ops.operation(read).first_output;
  graph.live.push_back(nullptr);
  return graph.variables.create(made);
}

}  // namespace scopetrie::python
