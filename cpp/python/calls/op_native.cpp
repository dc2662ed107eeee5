#include "calls/op_native.hpp"

#include "ops/op_infer.hpp"

namespace scopetrie::python {

namespace {

// Reads one value; `wanted` is the dtype of the inputs that share one with it, and will be.
bool read_value(Facts& facts, const Definition& definition, std::size_t input, std::size_t at, PyObject* value,
                std::uint8_t& wanted) {
  if (facts.value_count == Facts::kMostValues) return false;
  Facts::Value& read = facts.values[facts.value_count++];
  const Input::Kind kind = definition.inputs[input].kind;
  read.input = at;
  read.is_axes = kind == Input::kAxes && value == Py_None;
  if (kind == Input::kTensor && read.literal.read_float(value, wanted)) {
    read.output = {ShapeTable::kScalar, wanted};
    facts.put_literal(at, read);
    return true;
  }
  const bool is_order = kind == Input::kOrder && value == Py_None;
  if (read.is_axes || is_order) {
    facts.has_axes |= read.is_axes;
    if (facts.ids[0] == kNone) return false;
    const std::size_t rank = facts.rank(0);
    // Of a value, scalar or unknown rank, v1 computes them.
    if (rank == 0 || !read.literal.count(rank, is_order)) return false;
  } else if (kind == Input::kReference || !read.literal.read(value)) {
    return false;
  }
  const bool is_plain_index = wanted == 0 && definition.inputs[input].is_index();
  read.output.dtype = is_plain_index ? read.literal.index_dtype() : read.literal.dtype(wanted);
  if (read.output.dtype == 0) return false;
  wanted = read.output.dtype;
  const auto dims = read.literal.dims();
  read.output.shape = dims.empty() ? ShapeTable::kScalar : facts.shapes.intern(dims);
  facts.put_literal(at, read);
  return true;
}

// Reads the inputs of a definition with lists, which must be lists of tensors.
bool read_lists(Facts& facts, const Definition& definition, PyObject* const* args, Inputs& inputs) {
  std::vector<TensorId>& ids = inputs.many;
  for (std::size_t i = 0; i < definition.inputs.size(); ++i) {
    if (definition.inputs[i].kind < Input::kList) {
      ids.push_back(read_input(inputs, args[i], definition.inputs[i].kind));
      continue;
    }
    if (!PyList_CheckExact(args[i]) && !PyTuple_CheckExact(args[i])) return false;
    for (Py_ssize_t k = 0; k < PySequence_Fast_GET_SIZE(args[i]); ++k) {
      ids.push_back(read_input(inputs, PySequence_Fast_GET_ITEM(args[i], k), Input::kTensor));
      if (ids.back() == kNone) return false;
    }
  }
  if (inputs.stranger != nullptr) return false;
  inputs.count = ids.size();
  facts.start(inputs.ids());
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (ids[i] != kNone) facts.put_tensor(i);
  // Only what follows the lists can be a value: the values before them would be converted first.
  for (std::size_t i = 0, at = 0; i < definition.inputs.size(); ++i) {
    const bool is_list = definition.inputs[i].kind >= Input::kList;
    at += is_list ? ids.size() + 1 - definition.inputs.size() : 1;
    std::uint8_t wanted = definition.inputs[i].fixed;
    if (!is_list && ids[at - 1] == kNone && !read_value(facts, definition, i, at - 1, args[i], wanted)) return false;
  }
  return true;
}

bool read_all(Facts& facts, const Definition& definition, PyObject* const* args, Inputs& inputs) {
  if (definition.has_lists) return read_lists(facts, definition, args, inputs);
  facts.start(inputs.ids());
  std::uint8_t wanted[kMostInputs];
  wanted_dtypes(definition, facts.ids, [&](std::size_t i) { return facts.put_tensor(i).dtype.base(); }, wanted);
  for (std::size_t i = 0; i < inputs.count; ++i)
    if (facts.ids[i] == kNone && !read_value(facts, definition, i, i, args[i], wanted[definition.inputs[i].group]))
      return false;
  return true;
}

/// The rows of the values: named after their operation, which is the next row after them.
class ValueRows {
 public:
  explicit ValueRows(const Facts& facts) : facts_(facts) {}

  // May fail: before anything is taken.
  void keep() {
    for (std::size_t i = 0; i < facts_.value_count; ++i)
      if (!facts_.values[i].literal.keep(kept_[i])) throw_raised();
  }

  // All axes are a constant of their own, made (and named) before the operation.
  void add_axes(Context& context, std::uint32_t site) {
    static const std::uint32_t kConst = known_name("Const");
    GraphState& graph = state_of(context.graph);
    for (std::size_t i = 0; facts_.has_axes && i < facts_.value_count; ++i) {
      if (!facts_.values[i].is_axes) continue;
      add(context, graph, i, graph.ops.unique(context.scope(), graph.known_segment(kConst)).name, site);
    }
  }

  void add_others(Context& context, const Definition& definition, const OpGraph::Fresh& fresh, std::uint32_t site) {
    GraphState& graph = state_of(context.graph);
    const std::size_t left = facts_.value_count - (facts_.has_axes ? 1 : 0);
    if (left == 0) return;
    if (fresh.bare) graph.ops.note_owner(fresh);
    const auto owner = static_cast<OpId>(graph.ops.size() + left);
    for (std::size_t i = 0; i < facts_.value_count; ++i) {
      if (facts_.values[i].is_axes) continue;
      const std::size_t at = facts_.values[i].input;
      // Behind a list, inputs are counted from the end.
      const std::size_t input = definition.has_lists ? at + definition.inputs.size() - facts_.ids.size() : at;
      const SegmentId segment = graph.known_segment(definition.inputs[input].known);
      const Name name =
          fresh.bare ? OpGraph::owned(owner, segment) : graph.ops.unique(graph.ops.scope_of(fresh.name), segment).name;
      add(context, graph, i, name, site);
    }
  }

 private:
  void add(Context& context, GraphState& graph, std::size_t i, const Name& name, std::uint32_t site) {
    const auto first = static_cast<TensorId>(graph.ops.tensor_count());
    context.add_operation(kinds().constant, name, {}, {&facts_.values[i].output, 1}, graph.keep(std::move(kept_[i])),
                          site);
    facts_.ids[facts_.values[i].input] = first;
  }

  const Facts& facts_;
  AttributeValue kept_[Facts::kMostValues];
};

// Adds the outputs by the rule; false where Python must say what is wrong, or something that the rule read.
bool decide(const Definition& definition, Facts& facts) {
  try {
    apply(definition.rule, facts);
  } catch (const Error&) {
    return false;
  }
  return facts.is_sure();
}

}  // namespace

PyObject* build_native(Context& context, const Definition& definition, PyObject* const* args, Inputs& inputs,
                       PyObject* name, std::uint32_t default_name, PyObject* attrs) {
  GraphState& graph = state_of(context.graph);
  if (definition.rule_function != nullptr) return nullptr;
  // Whoever hears of new operations may call back, and must be able to fail; a name that is not plain may be refused.
  if (graph.finalized || graph.has_odd_scopes || graph.has_unnoted_names || context.listener) return nullptr;
  const SegmentId segment = name == nullptr ? graph.known_segment(default_name) : plain_segment(graph, name);
  if (segment == kNone) return nullptr;
  Facts facts(context.graph, attrs, false);
  const auto dtype_of = [&](std::size_t i) { return facts.dtype(i); };
  if (!read_all(facts, definition, args, inputs) ||
      find_dtype_fault(definition, facts.size(), dtype_of).input != nullptr || !decide(definition, facts)) {
    PyErr_Clear();  // whatever is wrong will be said by those who look again
    return nullptr;
  }
  const Ref keep_graph = Ref::borrowed(object_of(context.graph));
  ValueRows rows(facts);
  rows.keep();
  Results results(context.graph, facts.outputs.size());
  const std::uint32_t site = graph.sites.here();
  const std::uint32_t attribute = attrs == nullptr ? kNone : graph.keep(to_attribute(attrs));
  const auto before = static_cast<OpId>(graph.ops.size());
  OpGraph::Fresh fresh{{0, kNone, 0}, false};
  try {
    rows.add_axes(context, site);
    fresh = graph.ops.unique(context.scope(), segment);
    rows.add_others(context, definition, fresh, site);
    const auto first = static_cast<TensorId>(graph.ops.tensor_count());
    const OpId op =
        context.add_operation(definition.kind, fresh.name, facts.ids, facts.outputs.span(), attribute, site);
    return results.of(op, first);
  } catch (...) {
    stay_if_thread_ends();
    context.take_back(before, fresh.name);
    throw;
  }
}

}  // namespace scopetrie::python
