#include "scopetrie/variables/recording.hpp"

#include <string>
#include <vector>

namespace scopetrie {

namespace {

constexpr std::size_t kMost = 256;  // what others need is made anew each time

std::uint64_t recording_key(const Initializer& initializer, Output output) {
  return std::uint64_t{output.shape} << 32 | std::uint64_t{output.dtype.number} << 8 |
         static_cast<std::uint64_t>(initializer.kind);
}

// Whether each variable of this initializer has seeds of its own.
bool has_seeds(const Graph& graph, const Initializer& initializer) { return initializer.seed || graph.seeds.of_graph; }

// The operations from `first` on as a pattern of which `owner` is the owner; nothing where they cannot be one.
std::optional<Pattern> pattern_from(Graph& graph, OpId first, OpId owner) {
  const OpGraph& ops = graph.ops;
  const TensorId first_tensor = ops.operation(first).first_output;
  if (ops.size() - first > Runs::kLongest || ops.tensor_count() - first_tensor > Runs::kLongest) return {};
  const std::string prefix = ops.name(owner) + "/";
  Pattern pattern;
  for (OpId op = first; op < ops.size(); ++op) {
    const OperationRow row = ops.operation(op);
    const std::string name = ops.name(op);
    if ((op != owner && !name.starts_with(prefix)) || !ops.control_inputs(op).empty()) return {};
    std::vector<TensorId> inputs;
    for (const TensorId input : ops.inputs(op)) {
      if (input < first_tensor) return {};
      inputs.push_back(input - first_tensor);
    }
    std::vector<Output> outputs;
    for (std::uint32_t at = 0; at < ops.output_count(op); ++at) {
      const TensorRow tensor = ops.tensor(row.first_output + at);
      outputs.push_back({tensor.shape, tensor.dtype});
    }
    const SegmentId segment = op == owner ? kNone : graph.segment(std::string_view(name).substr(prefix.size()));
    pattern.add_several(row.kind, segment, inputs, outputs, row.attribute);
  }
  return pattern;
}

// The only step that is a constant of this number. The gain is among them, so if there is one, it is the gain.
std::uint32_t place_of(const Graph& graph, const Pattern& pattern, const AttributeValue& gain) {
  std::uint32_t found = kNone;
  for (std::uint32_t place = 0; place < pattern.size(); ++place) {
    const Pattern::Step& step = pattern[place];
    if (step.kind != kinds().constant || step.attribute == kNone || !graph.attributes[step.attribute].same(gain))
      continue;
    if (found != kNone) return kNone;
    found = place;
  }
  return found;
}

}  // namespace

void record_run(Graph& graph, const Initializer& initializer, OpId first, VariableId id) {
  if (!is_recorded(initializer.kind) || !initializer.first.is_number() || has_seeds(graph, initializer)) return;
  const VariableRow variable = graph.variables[id];
  const OpId owner = graph.ops.tensor(variable.ref).op;
  const Output output{variable.shape, graph.ops.tensor(variable.ref).dtype.base()};
  // What create_variable() takes for granted.
  if (variable.initial != variable.ref - 1 || variable.value != variable.ref + 2 || variable.initializer != owner + 1 ||
      graph.ops.size() != owner + 3 || graph.ops.tensor(variable.initial).shape != output.shape ||
      graph.recordings.size() >= kMost || recorded_pattern(graph, initializer, output) != kNone)
    return;
  std::optional<Pattern> pattern = pattern_from(graph, first, owner);
  if (!pattern) return;
  Recording recording{recording_key(initializer, output), initializer.first};
  recording.gain_place = place_of(graph, *pattern, initializer.first);
  graph.recordings.reserve(graph.recordings.size() + 1);
  recording.fixed = graph.ops.add_pattern(std::move(*pattern));
  graph.recordings.push_back(std::move(recording));
}

std::uint32_t recorded_pattern(const Graph& graph, const Initializer& initializer, Output output) {
  if (has_seeds(graph, initializer)) return kNone;
  const std::uint64_t key = recording_key(initializer, output);
  for (const Recording& recording : graph.recordings)
    if (recording.key == key && recording.gain.same(initializer.first)) return recording.fixed;
  return kNone;
}

std::optional<InitialValue> recorded_value(const Graph& graph, const Initializer& initializer, Output output) {
  if (has_seeds(graph, initializer)) return {};
  const std::uint64_t key = recording_key(initializer, output);
  for (std::uint32_t number = 0; number < graph.recordings.size(); ++number) {
    const Recording& recording = graph.recordings[number];
    if (recording.key != key || recording.gain_place == kNone) continue;
    const Pattern& pattern = graph.ops.pattern(recording.fixed);
    const DType dtype = pattern.tensor(pattern[recording.gain_place].first_output).output.dtype;
    const Initializer constant{.kind = Initializer::Kind::kConstant, .first = initializer.first};
    if (recording.gain.kind() != initializer.first.kind() || !InitialValue::of(constant, dtype, {})) return {};
    return InitialValue{
        .form = InitialValue::Form::kRecorded, .first = initializer.first, .second = {}, .recording = number};
  }
  return {};
}

std::uint32_t varying_pattern(Graph& graph, std::uint32_t number) {
  Recording& recording = graph.recordings[number];
  if (recording.varying != kNone) return recording.varying;
  Pattern pattern = graph.ops.pattern(recording.fixed);
  pattern.vary(recording.gain_place);
  return recording.varying = graph.ops.add_pattern(std::move(pattern));
}

}  // namespace scopetrie
