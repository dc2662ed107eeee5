#include "scopetrie/variables/initial_value.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

namespace st = scopetrie;
using st::InitialValue;
using Form = InitialValue::Form;

namespace {

std::optional<InitialValue> of(const st::Initializer& initializer, st::DType dtype, std::vector<std::int64_t> dims) {
  return InitialValue::of(initializer, dtype, dims);
}

}  // namespace

TEST_CASE("few zeros and ones are a constant, many are a Fill") {
  CHECK(of(st::zeros(), st::kFloat32, {999})->form == Form::kZeros);
  CHECK(of(st::zeros(), st::kFloat32, {10, 100})->form == Form::kManyZeros);
  CHECK(of(st::zeros(), st::kFloat32, {5000, 0})->form == Form::kZeros);
  CHECK(of(st::ones(), st::kInt32, {1 << 20, 1 << 20, 1 << 30})->form == Form::kManyOnes);
  CHECK(of(st::ones(), st::kBool, {})->first.boolean());
  CHECK_FALSE(of(st::zeros(), st::kString, {2}));
}

TEST_CASE("the standard deviation and the limits go with the fans") {
  const auto he = of(st::he_normal(), st::kFloat32, {3, 3, 4, 5});
  CHECK(he->form == Form::kTruncatedNormal);
  CHECK(he->second.real() == doctest::Approx(std::sqrt(2.0 / 36) / 0.87962566103423978));
  const auto glorot = of(st::glorot_uniform(), st::kFloat64, {7});
  CHECK(glorot->first.real() == -glorot->second.real());
  CHECK(glorot->second.real() == doctest::Approx(std::sqrt(3.0 / 7)));
  CHECK(of(st::glorot_uniform(), st::kFloat32, {0, 0})->second.real() == doctest::Approx(std::sqrt(3.0)));
  CHECK(of(st::uniform_unit_scaling(2), st::kFloat32, {3, 5})->second.real() == doctest::Approx(2.0));
  const auto out = st::variance_scaling(1, st::Initializer::Fan::kOut, st::Initializer::Distribution::kNormal);
  CHECK(of(out, st::kFloat32, {2, 4})->second.real() == doctest::Approx(0.5));
}

TEST_CASE("a number that the dtype does not hold, or a dtype that is not drawn, is for the caller to say") {
  CHECK(of(st::constant(65504), st::kFloat16, {1}));
  CHECK_FALSE(of(st::constant(65505), st::kFloat16, {1}));
  CHECK(of(st::constant(std::numeric_limits<double>::infinity()), st::kFloat16, {1}));
  CHECK_FALSE(of(st::constant(0.5), st::kInt32, {1}));
  CHECK_FALSE(of(st::random_normal(), st::kInt32, {1}));
  CHECK_FALSE(of(st::random_normal(), st::kBFloat16, {1}));
  st::Initializer ints = st::random_uniform(0, 1);
  CHECK_FALSE(of(ints, st::kInt32, {1}));
  ints.first = st::AttributeValue(std::int64_t{0});
  ints.second = st::AttributeValue(std::int64_t{256});
  CHECK(of(ints, st::kInt32, {1})->form == Form::kUniformInts);
  CHECK(of(ints, st::kFloat32, {1})->form == Form::kUniformFromZero);
  ints.second = {};
  CHECK_FALSE(of(ints, st::kInt32, {1}));
  CHECK(of(ints, st::kFloat32, {1})->form == Form::kUniformUnit);
}

TEST_CASE("v1 has a default for floats, ints, bools and strings") {
  CHECK(st::Initializer::of_default(st::kBFloat16)->kind == st::Initializer::Kind::kVarianceScaling);
  CHECK(st::Initializer::of_default(st::kUInt16)->kind == st::Initializer::Kind::kZeros);
  CHECK(st::Initializer::of_default(st::kString)->kind == st::Initializer::Kind::kZeros);
  CHECK_FALSE(st::Initializer::of_default(st::kComplex64));
}
