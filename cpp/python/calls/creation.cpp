#include "calls/creation.hpp"

#include <algorithm>
#include <cmath>

namespace scopetrie::python {

namespace {

using Recipe = Creation::Recipe;

// v1 makes larger fills of three operations.
constexpr std::int64_t kLargestConstant = 1000;

bool is_float(std::uint8_t dtype) { return dtype == kFloat32 || dtype == kFloat64 || dtype == kFloat16; }

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
    return pattern.add(kind, graph.known_segment(known), inputs, output, attribute);
  }
};

TensorId fill(Steps& steps, Recipe recipe, Output output) {
  static const std::uint32_t kNames[] = {known_name("Initializer/zeros"), known_name("Initializer/ones")};
  const std::size_t which = recipe == Recipe::kOnes ? 1 : 0;
  std::uint32_t& attribute = steps.graph.fill_attribute[which];
  if (attribute == kNone) attribute = steps.graph.keep(AttributeValue(std::int64_t{which == 1}));
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
  const std::uint32_t number = graph.keep(to_attribute(attributes.get()));
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
  const auto dims = shapes.dims(output.shape);
  std::vector<std::int64_t> sizes(dims.begin(), dims.end());
  const auto rank = static_cast<std::int64_t>(sizes.size());
  const Output vector{shapes.intern({&rank, 1}), kInt32};
  const Output scalar{ShapeTable::kScalar, output.dtype};
  const Kinds& kind = kinds();
  const TensorId shape = steps.add(kind.constant, kNames[0], {}, vector, graph.keep(AttributeValue(std::move(sizes))));
  const TensorId min = steps.add(kind.constant, kNames[1], {}, scalar, graph.keep(AttributeValue(-limit)));
  const TensorId max = steps.add(kind.constant, kNames[2], {}, scalar, graph.keep(AttributeValue(limit)));
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
  const Output reference{output.shape, output.dtype.reference()};
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

}  // namespace

// Whether variables can be made here, and of what.
bool Creation::start() {
  if (scope_->reuse() == Reuse::kYes || scope_->refuses_variables() || context_.must_ask()) return false;
  if (graph_.making) return false;  // maybe this one, in another thread: Python gives both the same name
  const Settings& settings = scope_->settings;
  if (settings[Setting::kRegularizer] != nullptr || settings[Setting::kConstraint] != nullptr ||
      settings[Setting::kCachingDevice] != nullptr)
    return false;
  dtype_ = given(wish_.dtype) ? known_dtype_number(wish_.dtype) : scope_->dtype();
  if (!is_float(dtype_) && dtype_ != kInt32 && dtype_ != kInt64) return false;
  recipe_ =
      recipe_of(given(wish_.initializer) ? wish_.initializer : setting_of(*scope_, Setting::kInitializer), dtype_);
  if (recipe_ == Recipe::kNone || !graph_.collections.start()) return false;
  trainable_ = wish_.trainable != Py_False;
  drawn_ = recipe_ == Recipe::kGlorotUniform ? unseeded_attribute(graph_, dtype_) : kNone;
  shape_ = nullptr;
  return ready_ = true;
}

bool Creation::read_shape(PyObject* shape, PyObject* sizes) {
  if (shape != nullptr && shape == shape_) return true;
  if (!given(sizes) || !(PyList_CheckExact(sizes) || PyTuple_CheckExact(sizes))) return false;
  ShapeTable& shapes = graph_.ops.shapes();
  ShapeId id;
  if (!parse_dims(shapes, sizes, id)) {
    PyErr_Clear();
    return false;
  }
  const std::int64_t elements = shapes.elements(id);
  if (elements < 0 || (recipe_ != Recipe::kGlorotUniform && elements >= kLargestConstant)) return false;
  output_ = {id, dtype_};
  pattern_ = kNone;
  shape_ = shape;
  return true;
}

bool Creation::draw(ScopeId scope_id, SegmentId segment) {
  // Python gives the seeds: nothing may be half done while it runs, and seeds must not be drawn for nothing.
  if (!graph_.ops.can_own(scope_id, segment)) return false;
  drawn_ = random_attribute(graph_, dtype_);
  return drawn_ != kNone && graph_.variables.find(scope_id, segment) == kNone;
}

PyObject* Creation::make(ScopeId scope_id, SegmentId segment, PyObject* shape, PyObject* sizes) {
  if (!(ready_ || start()) || !read_shape(shape, sizes)) return nullptr;
  if (recipe_ == Recipe::kGlorotUniform && drawn_ == kNone && !draw(scope_id, segment)) return nullptr;
  if (pattern_ == kNone && (pattern_ = pattern_of(graph_, recipe_, output_, drawn_)) == kNone) return nullptr;
  // The slow path says what is wrong where parts of a partitioned variable have this name.
  static const std::uint32_t kPart = known_name("part_0");
  const SegmentId part = graph_.known_segment(kPart);
  if (graph_.has_parts) [[unlikely]] {
    const ScopeId parts = graph_.ops.scopes().find_child(scope_id, segment);
    if (parts != kNone && graph_.variables.find(parts, part) != kNone) return nullptr;
  }
  if (segment == part) graph_.has_parts = true;
  // A name that is in use may be that of a variable which another thread is making in Python: the slow path waits.
  if (!graph_.ops.take_owner(scope_id, segment)) return nullptr;
  graph_.note_builder(&context_);
  if (wish_.site == kUnknownSite) wish_.site = graph_.sites.here();
  const std::uint32_t place = graph_.ops.pattern(pattern_).owner();
  Variable record;
  record.scope = scope_id;
  record.segment = segment;
  record.ref = static_cast<TensorId>(graph_.ops.tensor_count()) + place;
  record.initial = record.ref - 1;
  record.value = record.ref + 2;
  record.initializer = graph_.ops.add_run(pattern_, {scope_id, segment, 0}, wish_.site) + place + 1;
  record.shape = output_.shape;
  record.flags = variable_flags(trainable_, dtype_);
  const VariableId id = graph_.variables.create(record);
  graph_.live.push_back(nullptr);
  graph_.collections.add_variable(Collections::kVariables, id);
  if (trainable_) graph_.collections.add_variable(Collections::kTrainable, id);
  if (graph_.seeded) drawn_ = pattern_ = kNone;
  return variable_handle(context_.graph, id);
}

}  // namespace scopetrie::python
