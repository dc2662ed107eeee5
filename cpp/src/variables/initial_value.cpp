#include "scopetrie/variables/initial_value.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "scopetrie/graph/kinds.hpp"

namespace scopetrie {

namespace {

using Form = InitialValue::Form;
using AttributeKind = AttributeValue::Kind;

// The standard deviation of a standard normal distribution that is cut off at -2 and 2.
constexpr double kTruncatedDeviation = 0.87962566103423978;

/// The dtypes whose constants are a number that is kept as it is.
bool is_plain(DType dtype) {
  const char kind = dtype.kind();
  return dtype != kBFloat16 && (kind == 'f' || kind == 'i' || kind == 'u' || kind == 'c' || kind == 'b');
}
/// Those that random operations make here; others are for v1's functions to convert or to refuse.
bool is_drawn_float(DType dtype) { return dtype == kFloat32 || dtype == kFloat64 || dtype == kFloat16; }

// Whether a constant of the dtype may be this number, without v1 saying anything about it.
bool fits(const AttributeValue& value, DType dtype) {
  if (value.kind() == AttributeKind::kBool) return dtype == kBool;
  if (value.kind() == AttributeKind::kFloat) return dtype.holds(value.real());
  return value.kind() == AttributeKind::kInt && dtype.holds(value.integer());
}

/// Inputs and outputs of a layer whose weights have this shape.
struct Fans {
  double in = 1, out = 1;
};
Fans fans_of(std::span<const std::int64_t> dims) {
  if (dims.empty()) return {};
  if (dims.size() == 1) return {static_cast<double>(dims[0]), static_cast<double>(dims[0])};
  double positions = 1;
  for (const std::int64_t size : dims.first(dims.size() - 2)) positions *= static_cast<double>(size);
  return {static_cast<double>(dims[dims.size() - 2]) * positions, static_cast<double>(dims.back()) * positions};
}

InitialValue between(double limit, const Initializer& from) {
  return {.form = Form::kUniform, .first = AttributeValue(-limit), .second = AttributeValue(limit), .seed = from.seed};
}

// He et al., ICCV 2015, and Glorot and Bengio, AISTATS 2010, for all fans and distributions.
InitialValue scaled(const Initializer& from, std::span<const std::int64_t> dims) {
  const Fans fans = fans_of(dims);
  const double fan = from.fan == Initializer::Fan::kIn    ? fans.in
                     : from.fan == Initializer::Fan::kOut ? fans.out
                                                          : (fans.in + fans.out) / 2.0;
  const double variance = as_double(from.first) / std::max(1.0, fan);
  if (from.distribution == Initializer::Distribution::kUniform) return between(std::sqrt(3.0 * variance), from);
  const bool is_cut = from.distribution == Initializer::Distribution::kTruncatedNormal;
  const double deviation = std::sqrt(variance);
  return {.form = is_cut ? Form::kTruncatedNormal : Form::kNormal,
          .first = AttributeValue(0.0),
          .second = AttributeValue(is_cut ? deviation / kTruncatedDeviation : deviation),
          .seed = from.seed};
}

InitialValue unit_scaled(const Initializer& from, std::span<const std::int64_t> dims) {
  double inputs = 1;
  for (const std::int64_t size : dims.first(dims.empty() ? 0 : dims.size() - 1)) inputs *= static_cast<double>(size);
  return between(std::sqrt(3 / std::max(inputs, 1.0)) * as_double(from.first), from);
}

// As v1, what would change nothing is left out: but only for ints.
Form uniform_form(const AttributeValue& first, const AttributeValue& second, DType dtype) {
  if (dtype.is_integer()) return Form::kUniformInts;
  const auto is_int = [](const AttributeValue& value, std::int64_t number) {
    return value.kind() == AttributeKind::kInt && value.integer() == number;
  };
  if (!is_int(first, 0)) return Form::kUniform;
  return is_int(second, 1) ? Form::kUniformUnit : Form::kUniformFromZero;
}

bool is_large(std::span<const std::int64_t> dims) {
  double elements = 1;
  for (const std::int64_t size : dims) elements *= static_cast<double>(size);
  return elements >= static_cast<double>(InitialValue::kLargestConstant);
}

InitialValue filled(std::int64_t number, DType dtype, std::span<const std::int64_t> dims) {
  const bool is_many = is_large(dims);
  const Form form =
      number == 0 ? (is_many ? Form::kManyZeros : Form::kZeros) : (is_many ? Form::kManyOnes : Form::kOnes);
  return {.form = form, .first = dtype == kBool ? AttributeValue(number != 0) : AttributeValue(number)};
}

}  // namespace

double as_double(const AttributeValue& number) {
  if (number.kind() == AttributeKind::kBool) return number.boolean() ? 1 : 0;
  return number.kind() == AttributeKind::kInt ? static_cast<double>(number.integer()) : number.real();
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

std::optional<InitialValue> InitialValue::of(const Initializer& initializer, DType dtype,
                                             std::span<const std::int64_t> dims, std::span<const std::int64_t> whole) {
  using Kind = Initializer::Kind;
  if (is_recorded(initializer.kind)) return {};
  if (initializer.kind == Kind::kZeros || initializer.kind == Kind::kOnes) {
    if (!is_plain(dtype)) return {};
    return filled(initializer.kind == Kind::kOnes ? 1 : 0, dtype, dims);
  }
  if (initializer.kind == Kind::kConstant) {
    if (!fits(initializer.first, dtype)) return {};
    return InitialValue{.form = Form::kConstant, .first = initializer.first};
  }
  const bool takes_ints = initializer.kind == Kind::kUniform && (dtype == kInt32 || dtype == kInt64);
  if (!is_drawn_float(dtype) && !takes_ints) return {};
  if (!initializer.first.is_number()) return {};
  if (initializer.kind == Kind::kVarianceScaling) return scaled(initializer, whole.empty() ? dims : whole);
  if (initializer.kind == Kind::kUniformUnitScaling) return unit_scaled(initializer, whole.empty() ? dims : whole);
  AttributeValue second = initializer.second;
  if (second.kind() == AttributeKind::kNone && dtype.is_floating()) second = AttributeValue(std::int64_t{1});
  if (!fits(initializer.first, dtype) || !fits(second, dtype)) return {};
  const Form form = initializer.kind == Kind::kUniform  ? uniform_form(initializer.first, second, dtype)
                    : initializer.kind == Kind::kNormal ? Form::kNormal
                                                        : Form::kTruncatedNormal;
  return InitialValue{.form = form, .first = initializer.first, .second = std::move(second), .seed = initializer.seed};
}

InitialAttributes keep_attributes(Graph& graph, const InitialValue& value) {
  InitialAttributes kept;
  if (value.form != Form::kUniformUnit) kept.push(graph.keep(value.first));
  if (!value.is_random()) return kept;
  if (value.form != Form::kUniformUnit) kept.push(graph.keep(value.second));
  const auto [seed, seed2] = graph.seeds.next(value.seed);
  kept.push(graph.keep(AttributeValue::of_seeds(seed, seed2)));
  return kept;
}

namespace {

/// Steps in the making: operations beneath "<variable>/Initializer", some with attributes that vary.
class Steps {
 public:
  Steps(Graph& graph, Pattern& pattern, const InitialAttributes* attributes)
      : graph_(graph), pattern_(pattern), attributes_(attributes) {}

  TensorId add(KindId kind, std::uint32_t name, std::span<const TensorId> inputs, Output output,
               std::uint32_t attribute = kNone) {
    return pattern_.add(kind, graph_.known_segment(name), inputs, output, attribute);
  }
  // With the next of the attributes.
  TensorId add_own(KindId kind, std::uint32_t name, std::span<const TensorId> inputs, Output output) {
    if (attributes_ == nullptr) return pattern_.add_varying(kind, graph_.known_segment(name), inputs, output);
    return add(kind, name, inputs, output, attributes_->numbers[used_++]);
  }
  // The shape as a constant: int32 as long as all sizes are.
  TensorId add_shape(std::uint32_t name, ShapeId shape) {
    ShapeTable& shapes = graph_.ops.shapes();
    const auto dims = shapes.dims(shape);
    const bool is_short = std::ranges::all_of(dims, [](std::int64_t size) { return kInt32.holds(size); });
    const auto rank = static_cast<std::int64_t>(dims.size());
    const std::uint32_t sizes = graph_.keep(AttributeValue(dims));
    return add(kinds().constant, name, {}, {shapes.intern({&rank, 1}), is_short ? kInt32 : kInt64}, sizes);
  }

 private:
  Graph& graph_;
  Pattern& pattern_;
  const InitialAttributes* attributes_;
  std::size_t used_ = 0;
};

TensorId add_fill(Steps& steps, Form form, Output output) {
  static const std::uint32_t kFew[] = {known_name("Initializer/zeros"), known_name("Initializer/ones")};
  static const std::uint32_t kShapes[] = {known_name("Initializer/zeros/shape_as_tensor"),
                                          known_name("Initializer/ones/shape_as_tensor")};
  static const std::uint32_t kElements[] = {known_name("Initializer/zeros/Const"),
                                            known_name("Initializer/ones/Const")};
  const std::size_t which = form == Form::kOnes || form == Form::kManyOnes ? 1 : 0;
  if (form == Form::kZeros || form == Form::kOnes) return steps.add_own(kinds().constant, kFew[which], {}, output);
  const TensorId shape = steps.add_shape(kShapes[which], output.shape);
  const Output scalar{ShapeTable::kScalar, output.dtype};
  const TensorId pair[] = {shape, steps.add_own(kinds().constant, kElements[which], {}, scalar)};
  return steps.add(kinds().fill, kFew[which], pair, output);
}

TensorId add_uniform(Steps& steps, Form form, Output output) {
  static const std::uint32_t kShape = known_name("Initializer/random_uniform/shape"),
                             kMin = known_name("Initializer/random_uniform/min"),
                             kMax = known_name("Initializer/random_uniform/max"),
                             kDrawn = known_name("Initializer/random_uniform/RandomUniform"),
                             kSub = known_name("Initializer/random_uniform/sub"),
                             kMul = known_name("Initializer/random_uniform/mul"),
                             kTimes = known_name("Initializer/random_uniform/Mul"),
                             kWhole = known_name("Initializer/random_uniform");
  const TensorId shape = steps.add_shape(kShape, output.shape);
  if (form == Form::kUniformUnit) return steps.add_own(kinds().uniform, kDrawn, {&shape, 1}, output);
  const Output scalar{ShapeTable::kScalar, output.dtype};
  const TensorId min = steps.add_own(kinds().constant, kMin, {}, scalar);
  const TensorId max = steps.add_own(kinds().constant, kMax, {}, scalar);
  if (form == Form::kUniformInts) {
    const TensorId inputs[] = {shape, min, max};
    return steps.add_own(kinds().uniform_int, kWhole, inputs, output);
  }
  const TensorId unit = steps.add_own(kinds().uniform, kDrawn, {&shape, 1}, output);
  if (form == Form::kUniformFromZero) {
    const TensorId scaled[] = {unit, max};
    return steps.add(kinds().multiply, kTimes, scaled, output);
  }
  const TensorId range[] = {max, min};
  const TensorId sub = steps.add(kinds().subtract, kSub, range, scalar);
  const TensorId scaled[] = {unit, sub};
  const TensorId mul = steps.add(kinds().multiply, kMul, scaled, output);
  const TensorId moved[] = {mul, min};
  return steps.add(kinds().add, kWhole, moved, output);
}

TensorId add_normal(Steps& steps, bool is_cut, Output output) {
  static const std::uint32_t kNames[2][6] = {
      {known_name("Initializer/random_normal/shape"), known_name("Initializer/random_normal/mean"),
       known_name("Initializer/random_normal/stddev"), known_name("Initializer/random_normal/RandomStandardNormal"),
       known_name("Initializer/random_normal/mul"), known_name("Initializer/random_normal")},
      {known_name("Initializer/truncated_normal/shape"), known_name("Initializer/truncated_normal/mean"),
       known_name("Initializer/truncated_normal/stddev"), known_name("Initializer/truncated_normal/TruncatedNormal"),
       known_name("Initializer/truncated_normal/mul"), known_name("Initializer/truncated_normal")}};
  const std::uint32_t (&names)[6] = kNames[is_cut ? 1 : 0];
  const Output scalar{ShapeTable::kScalar, output.dtype};
  const TensorId shape = steps.add_shape(names[0], output.shape);
  const TensorId mean = steps.add_own(kinds().constant, names[1], {}, scalar);
  const TensorId stddev = steps.add_own(kinds().constant, names[2], {}, scalar);
  const TensorId unit =
      steps.add_own(is_cut ? kinds().truncated_normal : kinds().normal, names[3], {&shape, 1}, output);
  const TensorId scaled[] = {unit, stddev};
  const TensorId mul = steps.add(kinds().multiply, names[4], scaled, output);
  const TensorId moved[] = {mul, mean};
  return steps.add(kinds().add, names[5], moved, output);
}

}  // namespace

TensorId add_steps(Graph& graph, InitialValue::Form form, Output output, Pattern& pattern,
                   const InitialAttributes* attributes) {
  static const std::uint32_t kConstant = known_name("Initializer/Const"), kValue = known_name("initial_value");
  Steps steps(graph, pattern, attributes);
  switch (form) {
    case Form::kZeros:
    case Form::kOnes:
    case Form::kManyZeros:
    case Form::kManyOnes:
      return add_fill(steps, form, output);
    case Form::kConstant:
      return steps.add_own(kinds().constant, kConstant, {}, output);
    case Form::kValue:
      return steps.add_own(kinds().constant, kValue, {}, output);
    case Form::kNormal:
    case Form::kTruncatedNormal:
      return add_normal(steps, form == Form::kTruncatedNormal, output);
    default:
      return add_uniform(steps, form, output);
  }
}

}  // namespace scopetrie
