#include "scopetrie/variables/creation.hpp"

namespace scopetrie {

namespace {

std::uint32_t make_pattern(Graph& graph, const VariableKinds& kinds, InitialValue::Form form, Output output,
                           const InitialAttributes* attributes) {
  static const std::uint32_t kAssign = known_name("Assign"), kRead = known_name("read");
  Pattern pattern;
  const TensorId initial = add_steps(graph, kinds, form, output, pattern, attributes);
  const Output reference{output.shape, output.dtype.reference()};
  const TensorId variable = pattern.add(kinds.variable, kNone, {}, reference);
  const TensorId assigned[] = {variable, initial};
  pattern.add(kinds.assign, graph.known_segment(kAssign), assigned, reference);
  pattern.add(kinds.identity, graph.known_segment(kRead), {&variable, 1}, output);
  return graph.ops.add_pattern(std::move(pattern));
}

// The run of a variable that differs from others of its pattern.
VariableRun own_run(Graph& graph, const VariableKinds& kinds, const InitialValue& value, Output output,
                    VariablePattern& known) {
  VariableRun run{known.varying, keep_attributes(graph, value)};
  if (run.pattern == kNone) run.pattern = known.varying = make_pattern(graph, kinds, value.form, output, nullptr);
  return run;
}

}  // namespace

VariableRun run_of(Graph& graph, const VariableKinds& kinds, const InitialValue& value, Output output) {
  const std::uint64_t key =
      (std::uint64_t{output.shape} << 8 | output.dtype.number) << 8 | static_cast<std::uint64_t>(value.form);
  VariablePattern& known = graph.variable_patterns[key];
  if (value.is_random() && (value.seed || graph.seeds.of_graph)) return own_run(graph, kinds, value, output, known);
  // Arrays and lists are seldom the same, and would be kept for as long as the graph.
  if (value.form == InitialValue::Form::kValue && !value.first.is_number())
    return own_run(graph, kinds, value, output, known);
  if (known.fixed != kNone) {
    if (known.first.same(value.first) && known.second.same(value.second)) return {known.fixed, {}};
    return own_run(graph, kinds, value, output, known);
  }
  const InitialAttributes attributes = keep_attributes(graph, value);
  known.first = value.first;
  known.second = value.second;
  known.fixed = make_pattern(graph, kinds, value.form, output, &attributes);
  return {known.fixed, {}};
}

VariableId create_variable(Graph& graph, const VariableRun& run, ScopeId scope, SegmentId segment, Output output,
                           bool trainable, std::uint32_t site) {
  const std::uint32_t place = graph.ops.pattern(run.pattern).owner();
  VariableRow record;
  record.scope = scope;
  record.segment = segment;
  record.ref = static_cast<TensorId>(graph.ops.tensor_count()) + place;
  record.initial = record.ref - 1;
  record.value = record.ref + 2;
  record.initializer = graph.ops.add_run(run.pattern, {scope, segment, 0}, site, run.attributes.span()) + place + 1;
  record.shape = output.shape;
  record.flags = variable_flags(trainable, output.dtype);
  return graph.variables.create(record);
}

}  // namespace scopetrie
