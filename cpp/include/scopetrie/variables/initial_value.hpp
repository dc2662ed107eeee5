// The operations that v1 makes for a variable's first value: which ones, called what, of which attributes.
//
// An initializer says how elements are made; with a dtype and a shape it becomes an InitialValue, which is a form (the
// operations and their names) and the attributes that variables of one form, dtype and shape differ by. So all of them
// share one Pattern.
// Invariants: the operations and names are those that v1's functions make ("zeros", "random_uniform/min", ...), beneath
// "<variable>/Initializer"; that of a plain value is "<variable>/initial_value".
// Thread safety: a value; add_steps() is that of the graph.
#pragma once

#include <cstdint>
#include <optional>

#include "scopetrie/graph/graph.hpp"
#include "scopetrie/variables/initializer.hpp"

namespace scopetrie {

/// The kinds of the operations that variables are made of.
struct VariableKinds {
  KindId constant, fill, variable, assign, identity, uniform, uniform_int, normal, truncated_normal, subtract, multiply,
      add;
};
const VariableKinds& kinds();

/// A number of an initializer: an int, a float or a bool.
double as_double(const AttributeValue& number);

struct InitialValue {
  enum class Form : std::uint8_t {
    kZeros,  // one constant
    kOnes,
    kManyZeros,  // a Fill
    kManyOnes,
    kConstant,
    kUniform,
    kUniformFromZero,  // v1 leaves out what changes nothing
    kUniformUnit,
    kUniformInts,
    kNormal,
    kTruncatedNormal,
    kValue,    // a plain value of the variable's shape
    kRecorded  // what another variable got, with a gain of its own
  };
  /// v1 makes one constant of fewer equal elements than these, and a Fill of more.
  static constexpr std::int64_t kLargestConstant = 1000;

  Form form = Form::kZeros;
  AttributeValue first = {}, second = {};
  std::optional<std::int64_t> seed = {};
  std::uint32_t recording = kNone;  // its number in the graph

  bool is_random() const { return form >= Form::kUniform && form <= Form::kTruncatedNormal; }

  /// What an initializer makes of a dtype and a shape, of which all sizes are known. Nothing where that is for v1's
  /// functions to say: a number does not go with the dtype, or the dtype has none.
  /// `whole`: the shape of the variable that this is a part of, by which v1 scales; empty: `dims`.
  static std::optional<InitialValue> of(const Initializer& initializer, DType dtype, std::span<const std::int64_t> dims,
                                        std::span<const std::int64_t> whole = {});
  /// A plain value; its dtype and shape are the variable's.
  static InitialValue of_value(AttributeValue value) { return {.form = Form::kValue, .first = std::move(value)}; }
};

/// The attributes that one initial value has and others of its form may have not, as numbers of the graph.
struct InitialAttributes {
  std::uint32_t numbers[3] = {};
  std::uint32_t count = 0;

  void push(std::uint32_t number) { numbers[count++] = number; }
  std::span<const std::uint32_t> span() const { return {numbers, count}; }
};

/// Keeps the attributes of an initial value; draws seeds where it is random.
InitialAttributes keep_attributes(Graph& graph, const InitialValue& value);

/// Adds the operations of a form to a pattern, its last step the value itself. With `attributes` these are the same for
/// all runs; without, they vary.
TensorId add_steps(Graph& graph, InitialValue::Form form, Output output, Pattern& pattern,
                   const InitialAttributes* attributes);

}  // namespace scopetrie
