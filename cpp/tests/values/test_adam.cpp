#include "scopetrie/values/adam.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

namespace {

template <typename Real>
void compare(bool is_nesterov, Real tolerance) {
  constexpr std::size_t kCount = 37;  // no multiple of a vector's length
  std::vector<Real> variable(kCount), mean(kCount), square(kCount), grad(kCount);
  for (std::size_t i = 0; i < kCount; ++i) {
    variable[i] = static_cast<Real>(i) / 7;
    mean[i] = static_cast<Real>(i % 5) - 2;
    square[i] = static_cast<Real>(i % 3);
    grad[i] = 1 - static_cast<Real>(i % 4);
  }
  const auto before = variable, old_mean = mean, old_square = square;
  const scopetrie::AdamRates<Real> rates{Real(0.01), Real(0.9), Real(0.99), Real(1e-3), is_nesterov};
  scopetrie::update_adam(rates, variable.data(), mean.data(), square.data(), grad.data(), kCount);
  for (std::size_t i = 0; i < kCount; ++i) {
    const double m = 0.9 * static_cast<double>(old_mean[i]) + 0.1 * static_cast<double>(grad[i]);
    const double s = 0.99 * static_cast<double>(old_square[i]) + 0.01 * static_cast<double>(grad[i] * grad[i]);
    const double up = is_nesterov ? 0.9 * m + 0.1 * static_cast<double>(grad[i]) : m;
    CHECK(static_cast<double>(mean[i]) == doctest::Approx(m).epsilon(tolerance));
    CHECK(static_cast<double>(square[i]) == doctest::Approx(s).epsilon(tolerance));
    CHECK(static_cast<double>(variable[i]) ==
          doctest::Approx(static_cast<double>(before[i]) - 0.01 * up / (std::sqrt(s) + 1e-3)).epsilon(tolerance));
  }
}

}  // namespace

TEST_CASE("Adam's update is that of the paper, for all elements") {
  for (const bool is_nesterov : {false, true}) {
    compare<float>(is_nesterov, 1e-5F);
    compare<double>(is_nesterov, 1e-12);
  }
}
