#include "creation.hpp"

#include <algorithm>
#include <cmath>

namespace scopetrie::python {

namespace {

// v1 makes larger fills of three operations.
constexpr std::int64_t kLargestConstant = 1000;

bool is_float(std::uint8_t dtype) { return dtype == kFloat32 || dtype == kFloat64 || dtype == kFloat16; }

/// What the initial value is made of.
enum class Recipe { kNone, kZeros, kOnes, kGlorotUniform };

Recipe recipe_of(PyObject* initializer, std::uint8_t dtype) {
  const State& s = state();
  if (!given(initializer)) return is_float(dtype) ? Recipe::kGlorotUniform : Recipe::kZeros;
  PyObject* type = reinterpret_cast<PyObject*>(Py_TYPE(initializer));
  if (type == s.zeros_initializer || initializer == s.zeros_initializer) return Recipe::kZeros;
  if (type == s.ones_initializer || initializer == s.ones_initializer) return Recipe::kOnes;
  return Recipe::kNone;
}

/// A pattern in the making: operations called "<variable>/Initializer/...", then the variable's own.
struct Steps {
  GraphState& graph;
  Pattern pattern;

  TensorId add(KindId kind, std::uint32_t known, std::span<const TensorId> inputs, Output output,
               std::uint32_t attribute) {
    return pattern.add(kind, known_segment(graph, known), inputs, output, attribute);
  }
};

TensorId fill(Steps& steps, Recipe recipe, Output output) {
  static const std::uint32_t kNames[] = {known_name("Initializer/zeros"), known_name("Initializer/ones")};
  const std::size_t which = recipe == Recipe::kOnes ? 1 : 0;
  std::uint32_t& attribute = steps.graph.fill_attribute[which];
  if (attribute == kNone) attribute = keep_attribute(steps.graph, which == 1 ? state().one : state().zero);
  return steps.add(kinds().constant, kNames[which], {}, output, attribute);
}

// Uniform within sqrt(6 / (fan in + fan out)) of 0: Glorot and Bengio, AISTATS 2010.
double glorot_limit(std::span<const std::int64_t> dims) {
  double positions = 1;
  for (std::size_t i = 0; i + 2 < dims.size(); ++i) positions *= static_cast<double>(dims[i]);
  const double fan_in =
      dims.empty() ? 1 : static_cast<double>(dims.size() == 1 ? dims[0] : dims[dims.size() - 2]) * positions;
  const double fan_out = dims.empty() ? 1 : static_cast<double>(dims.back()) * positions;
  return std::sqrt(3.0 * (1.0 / std::max(1.0, (fan_in + fan_out) / 2.0)));
}

// The attributes of a random operation that is not seeded, which are one object for all; kNone if it is yet to be made.
std::uint32_t unseeded_attribute(const GraphState& graph, std::uint8_t dtype) {
  if (graph.seeded) return kNone;
  const auto at = graph.unseeded_attribute.find(dtype);
  return at == graph.unseeded_attribute.end() ? kNone : at->second;
}

// The attributes of a random operation, asked for in Python. kNone with an exception set.
std::uint32_t random_attribute(GraphState& graph, std::uint8_t dtype) {
  const Ref attributes(PyObject_CallOneArg(state().hooks.random_attributes, state().dtypes[dtype]));
  if (!attributes) return kNone;
  const std::uint32_t number = keep_attribute(graph, attributes.get());
  if (!graph.seeded) graph.unseeded_attribute[dtype] = number;
  return number;
}

// The seven operations that v1's random_uniform makes; `drawn` is the random one's attribute. kNone with an exception
// set.
TensorId glorot_uniform(Steps& steps, Output output, std::uint32_t drawn) {
  static const std::uint32_t kNames[] = {
      known_name("Initializer/random_uniform/shape"), known_name("Initializer/random_uniform/min"),
      known_name("Initializer/random_uniform/max"),   known_name("Initializer/random_uniform/RandomUniform"),
      known_name("Initializer/random_uniform/sub"),   known_name("Initializer/random_uniform/mul"),
      known_name("Initializer/random_uniform")};
  GraphState& graph = steps.graph;
  ShapeTable& shapes = graph.ops.shapes();
  const double limit = glorot_limit(shapes.dims(output.shape));
  const Ref sizes(dims_tuple(shapes, output.shape));
  const Ref low(PyFloat_FromDouble(-limit)), high(PyFloat_FromDouble(limit));
  if (!sizes || !low || !high) return kNone;
  const auto rank = static_cast<std::int64_t>(shapes.dims(output.shape).size());
  const Output vector{shapes.intern({&rank, 1}), kInt32};
  const Output scalar{ShapeTable::kScalar, output.dtype};
  const Kinds& kind = kinds();
  const TensorId shape = steps.add(kind.constant, kNames[0], {}, vector, keep_attribute(graph, sizes.get()));
  const TensorId min = steps.add(kind.constant, kNames[1], {}, scalar, keep_attribute(graph, low.get()));
  const TensorId max = steps.add(kind.constant, kNames[2], {}, scalar, keep_attribute(graph, high.get()));
  const TensorId unit = steps.add(kind.uniform, kNames[3], {&shape, 1}, output, drawn);
  const TensorId range[] = {max, min};
  const TensorId sub = steps.add(kind.subtract, kNames[4], range, scalar, kNone);
  const TensorId scaled[] = {unit, sub};
  const TensorId mul = steps.add(kind.multiply, kNames[5], scaled, output, kNone);
  const TensorId moved[] = {mul, min};
  return steps.add(kind.add, kNames[6], moved, output, kNone);
}

// The pattern of a variable with its initial value. kNone with an exception set.
std::uint32_t make_pattern(GraphState& graph, Recipe recipe, Output output, std::uint32_t drawn) {
  static const std::uint32_t kAssign = known_name("Assign"), kRead = known_name("read");
  Steps steps{graph, {}};
  const TensorId initial =
      recipe == Recipe::kGlorotUniform ? glorot_uniform(steps, output, drawn) : fill(steps, recipe, output);
  if (initial == kNone) return kNone;
  const Output reference{output.shape, static_cast<std::uint8_t>(output.dtype + kRefOffset)};
  const TensorId variable = steps.pattern.add(kinds().variable, kNone, {}, reference);
  const TensorId assigned[] = {variable, initial};
  steps.add(kinds().assign, kAssign, assigned, reference, kNone);
  steps.add(kinds().identity, kRead, {&variable, 1}, output, kNone);
  return graph.ops.add_pattern(std::move(steps.pattern));
}

// The same; variables that differ in nothing but their names share theirs, and seeds are such a difference.
std::uint32_t pattern_of(GraphState& graph, Recipe recipe, Output output, std::uint32_t drawn) {
  if (recipe == Recipe::kGlorotUniform && graph.seeded) return make_pattern(graph, recipe, output, drawn);
  const std::uint64_t key = (std::uint64_t{output.shape} << 8 | output.dtype) << 8 | static_cast<std::uint64_t>(recipe);
  if (const auto at = graph.variable_patterns.find(key); at != graph.variable_patterns.end()) return at->second;
  const std::uint32_t made = make_pattern(graph, recipe, output, drawn);
  if (made != kNone) graph.variable_patterns.emplace(key, made);
  return made;
}

// The dtype and shape of the wish; false where they are not plain.
bool read_output(GraphState& graph, PyVariableScope* scope, const Plain& wish, Output& output) {
  const auto dtype = state().dtype_numbers.find(given(wish.dtype) ? wish.dtype : scope->dtype);
  if (dtype == state().dtype_numbers.end()) return false;
  output.dtype = dtype->second;
  if (!is_float(output.dtype) && output.dtype != kInt32 && output.dtype != kInt64) return false;
  if (!given(wish.shape) || !(PyList_CheckExact(wish.shape) || PyTuple_CheckExact(wish.shape))) return false;
  if (parse_dims(graph.ops.shapes(), wish.shape, output.shape)) return graph.ops.shapes().elements(output.shape) >= 0;
  PyErr_Clear();
  return false;
}

}  // namespace

PyObject* create_plain(Context& context, PyVariableScope* scope, ScopeId scope_id, SegmentId segment,
                       const Plain& wish) {
  GraphState& graph = state_of(context.graph);
  if (scope->reuse == Reuse::kYes || graph.finalized || graph.has_unnoted_names) return nullptr;
  // Whoever hears of new operations, or makes variables in our place, must be asked.
  if (!context.controls.empty() || context.on_operation != nullptr || context.creators != nullptr) return nullptr;
  if (scope->regularizer != nullptr || scope->constraint != nullptr || scope->caching_device != nullptr) return nullptr;
  Output output;
  if (!read_output(graph, scope, wish, output)) return nullptr;
  const Recipe recipe = recipe_of(given(wish.initializer) ? wish.initializer : scope->initializer, output.dtype);
  if (recipe == Recipe::kNone) return nullptr;
  if (recipe != Recipe::kGlorotUniform && graph.ops.shapes().elements(output.shape) >= kLargestConstant) return nullptr;
  // The slow path says what is wrong where parts of a partitioned variable have this name.
  static const std::uint32_t kPart = known_name("part_0");
  if (const ScopeId parts = graph.ops.scopes().find_child(scope_id, segment);
      parts != kNone && graph.variables.find(parts, known_segment(graph, kPart)) != kNone)
    return nullptr;

  std::uint32_t drawn = kNone;
  if (recipe == Recipe::kGlorotUniform && (drawn = unseeded_attribute(graph, output.dtype)) == kNone) {
    // Python gives the seeds: nothing may be half done while it runs, and seeds must not be drawn for nothing.
    {
      Transaction trial(context);
      if (!graph.ops.unique(scope_id, segment).bare) return nullptr;
    }
    drawn = random_attribute(graph, output.dtype);
    if (drawn == kNone || graph.variables.find(scope_id, segment) != kNone) return nullptr;
  }
  Transaction transaction(context);
  const OpGraph::Fresh fresh = graph.ops.unique(scope_id, segment);
  if (!fresh.bare) return nullptr;
  graph.ops.note_owner(fresh.name);
  const std::uint32_t pattern = pattern_of(graph, recipe, output, drawn);
  if (pattern == kNone) return nullptr;
  const std::uint32_t place = graph.ops.pattern(pattern).owner();
  Variable record;
  record.scope = scope_id;
  record.segment = segment;
  record.ref = static_cast<TensorId>(graph.ops.tensor_count()) + place;
  record.initial = record.ref - 1;
  record.value = record.ref + 2;
  record.initializer =
      graph.ops.add_run(pattern, fresh.name, wish.site == kUnknownSite ? graph.sites.here() : wish.site) + place + 1;
  const bool trainable = wish.trainable != Py_False;
  record.flags = trainable ? std::uint32_t{kTrainable} : 0u;
  const VariableId id = graph.variables.create(record);
  graph.live.push_back(nullptr);
  if (!graph.collections.add_variable(Collections::kVariables, id) ||
      (trainable && !graph.collections.add_variable(Collections::kTrainable, id)))
    return nullptr;
  transaction.commit();
  return variable_handle(context.graph, id);
}

}  // namespace scopetrie::python
