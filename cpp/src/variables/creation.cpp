#include "scopetrie/variables/creation.hpp"

#include "scopetrie/variables/recording.hpp"

namespace scopetrie {

namespace {

std::uint32_t make_pattern(Graph& graph, InitialValue::Form form, Output output, const InitialAttributes* attributes) {
  static const std::uint32_t kAssign = known_name("Assign"), kRead = known_name("read");
  Pattern pattern;
  const TensorId initial = add_steps(graph, form, output, pattern, attributes);
  const Output reference{output.shape, output.dtype.reference()};
  const TensorId variable = pattern.add(kinds().variable, kNone, {}, reference);
  const TensorId assigned[] = {variable, initial};
  pattern.add(kinds().assign, graph.known_segment(kAssign), assigned, reference);
  pattern.add(kinds().identity, graph.known_segment(kRead), {&variable, 1}, output);
  return graph.ops.add_pattern(std::move(pattern));
}

// The run of a variable that differs from others of its pattern.
VariableRun own_run(Graph& graph, const InitialValue& value, Output output, VariablePattern& known) {
  VariableRun run{known.varying, keep_attributes(graph, value)};
  if (run.pattern == kNone) run.pattern = known.varying = make_pattern(graph, value.form, output, nullptr);
  return run;
}

}  // namespace

std::optional<InitialValue> initial_value_of(const Graph& graph, const Initializer& initializer, Output output) {
  if (is_recorded(initializer.kind)) return recorded_value(graph, initializer, output);
  return InitialValue::of(initializer, output.dtype, graph.ops.shapes().dims(output.shape));
}

VariableRun run_of(Graph& graph, const InitialValue& value, Output output) {
  if (value.form == InitialValue::Form::kRecorded)
    return {varying_pattern(graph, value.recording), keep_attributes(graph, value)};
  const std::uint64_t key =
      (std::uint64_t{output.shape} << 8 | output.dtype.number) << 8 | static_cast<std::uint64_t>(value.form);
  VariablePattern& known = graph.variable_patterns[key];
  if (value.is_random() && (value.seed || graph.seeds.of_graph)) return own_run(graph, value, output, known);
  // Arrays and lists are seldom the same, and would be kept for as long as the graph.
  if (value.form == InitialValue::Form::kValue && !value.first.is_number()) return own_run(graph, value, output, known);
  if (known.fixed != kNone) {
    if (known.first.same(value.first) && known.second.same(value.second)) return {known.fixed, {}};
    return own_run(graph, value, output, known);
  }
  const InitialAttributes attributes = keep_attributes(graph, value);
  known.first = value.first;
  known.second = value.second;
  known.fixed = make_pattern(graph, value.form, output, &attributes);
  return {known.fixed, {}};
}

namespace {

std::uint64_t key_of(const Initializer& initializer, Output output) {
  return std::uint64_t{output.shape} << 32 | std::uint64_t{output.dtype.number} << 24 |
         static_cast<std::uint64_t>(initializer.kind) << 16 | static_cast<std::uint64_t>(initializer.fan) << 8 |
         static_cast<std::uint64_t>(initializer.distribution);
}

// Few programs have more initializers and shapes in turns than there are places.
std::size_t place_of(std::uint64_t key, std::size_t places) { return (key >> 32 ^ key >> 16) % places; }

}  // namespace

std::uint32_t known_run(const Graph& graph, const Initializer& initializer, Output output) {
  if (is_recorded(initializer.kind)) return recorded_pattern(graph, initializer, output);
  if (initializer.seed || graph.seeds.of_graph) return kNone;
  const std::uint64_t key = key_of(initializer, output);
  const KnownRun& known = graph.known_runs[place_of(key, graph.known_runs.size())];
  const bool is_it = known.key == key && known.first.same(initializer.first) && known.second.same(initializer.second);
  return is_it ? known.pattern : kNone;
}

void note_run(Graph& graph, const Initializer& initializer, Output output, const VariableRun& run) {
  if (!is_shared(run)) return;
  const std::uint64_t key = key_of(initializer, output);
  graph.known_runs[place_of(key, graph.known_runs.size())] = {key, initializer.first, initializer.second, run.pattern};
}

VariableId create_variable(Graph& graph, const VariableRun& run, const Name& name, bool is_shared, Output output,
                           bool trainable, std::uint32_t site) {
  const Pattern& pattern = graph.ops.pattern(run.pattern);
  const std::uint32_t place = pattern.owner();
  VariableRow record;
  record.scope = is_shared ? name.scope : kNone;
  record.segment = name.segment;
  record.ref = static_cast<TensorId>(graph.ops.tensor_count()) + pattern[place].first_output;
  record.initial = record.ref - 1;
  record.value = record.ref + 2;
  record.initializer = graph.ops.add_run(run.pattern, name, site, run.attributes.span()) + place + 1;
  record.shape = output.shape;
  record.flags = variable_flags(trainable, output.dtype);
  return graph.variables.create(record);
}

}  // namespace scopetrie
