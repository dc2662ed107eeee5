// What a variable is set to at first, as v1's initializers say it: a rule for the elements, not yet for a shape.
//
// Invariants: `first` and `second` are numbers (kInt, kFloat, or kBool for a constant). Whether one goes with a dtype
// and a shape is found out by InitialValue.
// Thread safety: a value.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <utility>

#include "scopetrie/graph/attribute.hpp"

namespace scopetrie {

struct Initializer {
  enum class Kind : std::uint8_t {
    kZeros,
    kOnes,
    kConstant,            // first
    kUniform,             // within [first, second); second may be left out (kNone): 1 for floats
    kNormal,              // mean first, standard deviation second
    kTruncatedNormal,     // the same before cutting off
    kVarianceScaling,     // scale first, over the fan
    kUniformUnitScaling,  // factor first
    // The core cannot make these: what the caller's language makes for one is recorded, and made again from that.
    kIdentity,  // gain first, as for the others
    kOrthogonal,
    kDeltaOrthogonal,
    kKernelOrthogonal1,
    kKernelOrthogonal2,
    kKernelOrthogonal3
  };
  enum class Fan : std::uint8_t { kIn, kOut, kAverage };
  enum class Distribution : std::uint8_t { kTruncatedNormal, kNormal, kUniform };

  Kind kind = Kind::kZeros;
  Fan fan = Fan::kIn;
  Distribution distribution = Distribution::kTruncatedNormal;
  AttributeValue first = {}, second = {};
  std::optional<std::int64_t> seed = {};

  /// v1's choice where nothing is said: glorot_uniform for floats, zeros for ints, bools and strings; nothing for
  /// others.
  static std::optional<Initializer> of_default(DType dtype);

  /// As the setting of a scope of a C++ program.
  operator HostObject() const;  // NOLINT(google-explicit-constructor): {.initializer = zeros()}
};

inline bool is_recorded(Initializer::Kind kind) { return kind >= Initializer::Kind::kIdentity; }

using Seed = std::optional<std::int64_t>;

inline Initializer zeros() { return {}; }
inline Initializer ones() { return {.kind = Initializer::Kind::kOnes}; }
inline Initializer constant(AttributeValue number) {
  return {.kind = Initializer::Kind::kConstant, .first = std::move(number)};
}
template <std::floating_point Number>
Initializer constant(Number number) {
  return constant(AttributeValue(static_cast<double>(number)));
}
template <std::integral Number>
Initializer constant(Number number) {
  return constant(AttributeValue(static_cast<std::int64_t>(number)));
}
inline Initializer random_uniform(double minval, double maxval, Seed seed = {}) {
  return {.kind = Initializer::Kind::kUniform,
          .first = AttributeValue(minval),
          .second = AttributeValue(maxval),
          .seed = seed};
}
inline Initializer random_normal(double mean = 0, double stddev = 1, Seed seed = {}) {
  return {.kind = Initializer::Kind::kNormal,
          .first = AttributeValue(mean),
          .second = AttributeValue(stddev),
          .seed = seed};
}
inline Initializer truncated_normal(double mean = 0, double stddev = 1, Seed seed = {}) {
  return {.kind = Initializer::Kind::kTruncatedNormal,
          .first = AttributeValue(mean),
          .second = AttributeValue(stddev),
          .seed = seed};
}
inline Initializer variance_scaling(
    double scale, Initializer::Fan fan = Initializer::Fan::kIn,
    Initializer::Distribution distribution = Initializer::Distribution::kTruncatedNormal, Seed seed = {}) {
  return {.kind = Initializer::Kind::kVarianceScaling,
          .fan = fan,
          .distribution = distribution,
          .first = AttributeValue(scale),
          .seed = seed};
}
inline Initializer uniform_unit_scaling(double factor = 1, Seed seed = {}) {
  return {.kind = Initializer::Kind::kUniformUnitScaling, .first = AttributeValue(factor), .seed = seed};
}
inline Initializer glorot_uniform(Seed seed = {}) {
  return variance_scaling(1, Initializer::Fan::kAverage, Initializer::Distribution::kUniform, seed);
}
inline Initializer glorot_normal(Seed seed = {}) {
  return variance_scaling(1, Initializer::Fan::kAverage, Initializer::Distribution::kTruncatedNormal, seed);
}
inline Initializer he_uniform(Seed seed = {}) {
  return variance_scaling(2, Initializer::Fan::kIn, Initializer::Distribution::kUniform, seed);
}
inline Initializer he_normal(Seed seed = {}) {
  return variance_scaling(2, Initializer::Fan::kIn, Initializer::Distribution::kTruncatedNormal, seed);
}
inline Initializer lecun_uniform(Seed seed = {}) {
  return variance_scaling(1, Initializer::Fan::kIn, Initializer::Distribution::kUniform, seed);
}
inline Initializer lecun_normal(Seed seed = {}) {
  return variance_scaling(1, Initializer::Fan::kIn, Initializer::Distribution::kTruncatedNormal, seed);
}

}  // namespace scopetrie
