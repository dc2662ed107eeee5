#include "scopetrie/variables/creation.hpp"

#include "scopetrie/tables/hashing.hpp"
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

// The pattern of runs that differ in their attributes.
std::uint32_t varying_of(Graph& graph, const InitialValue& value, Output output, VariablePatterns& known) {
  if (known.varying != kNone) return known.varying;
  known.varying = value.form == InitialValue::Form::kRecorded ? varying_pattern(graph, value.recording)
                                                              : make_pattern(graph, value.form, output, nullptr);
  return known.varying;
}

// The run of a variable that differs from others of its pattern.
VariableRun own_run(Graph& graph, const InitialValue& value, Output output, VariablePatterns& known) {
  const InitialAttributes attributes = keep_attributes(graph, value);
  return {varying_of(graph, value, output, known), attributes};
}

// A new pattern with the attributes of this value.
std::uint32_t fixed_pattern(Graph& graph, const InitialValue& value, Output output, VariablePatterns& known) {
  const InitialAttributes attributes = keep_attributes(graph, value);
  if (known.varying == kNone && value.form != InitialValue::Form::kRecorded)
    return make_pattern(graph, value.form, output, &attributes);
  Pattern pattern = graph.ops.pattern(varying_of(graph, value, output, known));
  pattern.fix(attributes.span());
  return graph.ops.add_pattern(std::move(pattern));
}

// A pattern takes about as much memory as four variables: so no more than one for each four of them that are made.
constexpr std::size_t kVariablesForPattern = 4, kMostFixed = 16;

std::uint64_t patterns_key(const InitialValue& value, Output output) {
  const auto form = static_cast<std::uint64_t>(value.form);
  if (value.form == InitialValue::Form::kRecorded) return std::uint64_t{value.recording} << 16 | form;
  return (std::uint64_t{output.shape} << 8 | output.dtype.number) << 8 | form;
}

}  // namespace

std::optional<InitialValue> initial_value_of(const Graph& graph, const Initializer& initializer, Output output) {
  if (is_recorded(initializer.kind)) return recorded_value(graph, initializer, output);
  return InitialValue::of(initializer, output.dtype, graph.ops.shapes().dims(output.shape));
}

VariableRun run_of(Graph& graph, const InitialValue& value, Output output) {
  VariablePatterns& known = graph.variable_patterns[patterns_key(value, output)];
  if (value.is_random() && (value.seed || graph.seeds.of_graph)) return own_run(graph, value, output, known);
  // Arrays and lists are seldom the same, and would be kept for as long as the graph.
  if (value.form == InitialValue::Form::kValue && !value.first.is_number()) return own_run(graph, value, output, known);
  for (const VariablePatterns::Fixed& fixed : known.fixed)
    if (fixed.first.same(value.first) && fixed.second.same(value.second)) return {fixed.pattern, {}};
  const bool has_recording = value.form == InitialValue::Form::kRecorded;  // which has one of another gain
  const bool is_frequent = known.runs >= (known.fixed.size() + (has_recording ? 1 : 0)) * kVariablesForPattern;
  ++known.runs;
  if (!is_frequent || known.fixed.size() == kMostFixed) return own_run(graph, value, output, known);
  const std::uint32_t pattern = fixed_pattern(graph, value, output, known);
  known.fixed.push_back({value.first, value.second, pattern});
  return {pattern, {}};
}

namespace {

std::uint64_t key_of(const Initializer& initializer, Output output) {
  return std::uint64_t{output.shape} << 32 | std::uint64_t{output.dtype.number} << 24 |
         static_cast<std::uint64_t>(initializer.kind) << 16 | static_cast<std::uint64_t>(initializer.fan) << 8 |
         static_cast<std::uint64_t>(initializer.distribution);
}

std::uint32_t hash_of(std::uint64_t key, const Initializer& initializer) {
  const std::uint64_t numbers = initializer.first.bits() + 3 * initializer.second.bits();
  return static_cast<std::uint32_t>((key * hashing::kSecond ^ numbers) * hashing::kFirst >> 32);
}

// The place among the known runs, or kNone.
std::uint32_t find_known(const Graph& graph, std::uint64_t key, std::uint32_t hash, const Initializer& initializer) {
  return graph.known_run_index.find(hash, [&](std::uint32_t at) {
    const KnownRun& known = graph.known_runs[at];
    return known.key == key && known.first.same(initializer.first) && known.second.same(initializer.second);
  });
}

}  // namespace

std::uint32_t known_run(const Graph& graph, const Initializer& initializer, Output output) {
  if (initializer.seed || graph.seeds.of_graph) return kNone;
  const std::uint64_t key = key_of(initializer, output);
  const std::uint32_t at = find_known(graph, key, hash_of(key, initializer), initializer);
  if (at != kNone) [[likely]]
    return graph.known_runs[at].pattern;
  return is_recorded(initializer.kind) ? recorded_pattern(graph, initializer, output) : kNone;
}

void note_run(Graph& graph, const Initializer& initializer, Output output, const VariableRun& run) {
  if (!is_shared(run)) return;
  const std::uint64_t key = key_of(initializer, output);
  const std::uint32_t hash = hash_of(key, initializer);
  if (const std::uint32_t at = find_known(graph, key, hash, initializer); at != kNone) {
    graph.known_runs[at].pattern = run.pattern;
    return;
  }
  graph.known_run_index.reserve(1);  // first: then the two cannot differ
  graph.known_runs.push_back({key, initializer.first, initializer.second, run.pattern, hash});
  graph.known_run_index.insert(hash, static_cast<std::uint32_t>(graph.known_runs.size() - 1));
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
