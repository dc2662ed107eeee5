#include "scopetrie/values/updates.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <vector>

namespace {

constexpr std::size_t kOfUpdate = 37;  // no multiple of a vector's length

template <typename Real>
struct UpdateArrays {
  std::vector<Real> variable, first, second, grad;
  UpdateArrays() : variable(kOfUpdate), first(kOfUpdate), second(kOfUpdate), grad(kOfUpdate) {
    for (std::size_t i = 0; i < kOfUpdate; ++i) {
      variable[i] = static_cast<Real>(i) / 7;
      first[i] = static_cast<Real>(i % 5) + Real(0.5);
      second[i] = static_cast<Real>(i % 3) - 1;
      grad[i] = 1 - static_cast<Real>(i % 4);
    }
  }
};

/// Checks what an update has made of each element, by `expected(variable, first, second, grad)`.
template <typename Real, typename Expected>
void check_each(const UpdateArrays<Real>& made, Expected&& expected) {
  const UpdateArrays<Real> given;
  for (std::size_t i = 0; i < kOfUpdate; ++i) {
    double variable = given.variable[i], first = given.first[i], second = given.second[i];
    expected(variable, first, second, double{given.grad[i]});
    CHECK(double{made.variable[i]} == doctest::Approx(variable).epsilon(1e-5));
    CHECK(double{made.first[i]} == doctest::Approx(first).epsilon(1e-5));
    CHECK(double{made.second[i]} == doctest::Approx(second).epsilon(1e-5));
  }
}

template <typename Real>
void compare_updates() {
  UpdateArrays<Real> descent;
  scopetrie::update(scopetrie::Descent<Real>{Real(0.1)}, descent.variable.data(), descent.grad.data(), kOfUpdate);
  check_each(descent, [](double& variable, double&, double&, double grad) { variable -= 0.1 * grad; });
  for (const bool is_nesterov : {false, true}) {
    UpdateArrays<Real> fast;
    scopetrie::update(scopetrie::Momentum<Real>{Real(0.1), Real(0.8), is_nesterov}, fast.variable.data(),
                      fast.first.data(), fast.grad.data(), kOfUpdate);
    check_each(fast, [is_nesterov](double& variable, double& speed, double&, double grad) {
      speed = speed * 0.8 + grad;
      variable -= is_nesterov ? 0.1 * (grad + 0.8 * speed) : 0.1 * speed;
    });
  }
  UpdateArrays<Real> slow;
  scopetrie::update(scopetrie::Adagrad<Real>{Real(0.1)}, slow.variable.data(), slow.first.data(), slow.grad.data(),
                    kOfUpdate);
  check_each(slow, [](double& variable, double& squares, double&, double grad) {
    squares += grad * grad;
    variable -= 0.1 * grad / std::sqrt(squares);
  });
  UpdateArrays<Real> scaled;
  scopetrie::update(scopetrie::RmsProp<Real>{Real(0.1), Real(0.9), Real(0.7), Real(1e-3)}, scaled.variable.data(),
                    scaled.first.data(), scaled.second.data(), scaled.grad.data(), kOfUpdate);
  check_each(scaled, [](double& variable, double& squares, double& speed, double grad) {
    squares = 0.9 * squares + 0.1 * grad * grad;
    speed = 0.7 * speed + 0.1 * grad / std::sqrt(squares + 1e-3);
    variable -= speed;
  });
}

}  // namespace

TEST_CASE("Updates follow their rules, for all elements") {
  compare_updates<float>();
  compare_updates<double>();
}
