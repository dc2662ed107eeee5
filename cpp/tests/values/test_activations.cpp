#include "scopetrie/values/activations.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

TEST_CASE("The logistic function is exact to 3 units in the last place, from one end to the other") {
  std::vector<float> values;
  for (int at = -9000; at <= 9000; ++at) values.push_back(static_cast<float>(at) / 101);
  const auto given = values;
  scopetrie::logistic_of_negative(values.data(), values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double expected = 1 / (1 + std::exp(double{given[i]}));
    CAPTURE(given[i]);
    if (expected > double{std::numeric_limits<float>::min()})
      CHECK(std::abs(double{values[i]} - expected) <= 3 * expected * double{std::numeric_limits<float>::epsilon()});
    else
      CHECK(double{values[i]} <= double{std::numeric_limits<float>::min()});
  }
}

TEST_CASE("The logistic function of what is no number, or beyond all") {
  constexpr float kInfinite = std::numeric_limits<float>::infinity();
  std::vector<float> values = {kInfinite, -kInfinite, std::numeric_limits<float>::quiet_NaN(), -0.0F, 1e30F, -1e30F};
  scopetrie::logistic_of_negative(values.data(), values.size());
  CHECK(values[0] == 0);
  CHECK(values[1] == 1);
  CHECK(std::isnan(values[2]));
  CHECK(values[3] == 0.5F);
  CHECK(values[4] == 0);
  CHECK(values[5] == 1);
}

TEST_CASE("Gradients of activations may be written over an argument") {
  std::vector<float> y, dy;
  for (int at = 0; at < 37; ++at) {
    y.push_back(static_cast<float>(at) / 37);
    dy.push_back(static_cast<float>(at % 5) - 2);
  }
  std::vector<float> of_tanh = dy, of_logistic = y;
  scopetrie::tanh_gradient(y.data(), of_tanh.data(), of_tanh.data(), y.size());
  scopetrie::logistic_gradient(of_logistic.data(), dy.data(), of_logistic.data(), y.size());
  for (std::size_t i = 0; i < y.size(); ++i) {
    CHECK(of_tanh[i] == doctest::Approx(dy[i] * (1 - y[i] * y[i])));
    CHECK(of_logistic[i] == doctest::Approx(dy[i] * y[i] * (1 - y[i])));
  }
}

TEST_CASE("ReLU and leaky ReLU with their gradients: what is not positive, and NaN") {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> x = {-2, 0, 3, kNone}, grad = {5, 6, 7, 8};
  std::vector<double> out(4), slope(4), leaky(4);
  scopetrie::relu(x.data(), out.data(), 4);
  scopetrie::relu_gradient(grad.data(), x.data(), slope.data(), 4);
  scopetrie::leaky_gradient(grad.data(), x.data(), 0.5, leaky.data(), 4);
  CHECK(std::isnan(out[3]));
  out[3] = 0;
  CHECK(out == std::vector<double>{0, 0, 3, 0});
  CHECK(slope == std::vector<double>{0, 0, 7, 0});
  CHECK(leaky == std::vector<double>{2.5, 3, 7, 4});
  const std::vector<float> narrow = {-1, 2};
  std::vector<float> of_narrow(2);
  scopetrie::relu(narrow.data(), of_narrow.data(), 2);
  CHECK(of_narrow == std::vector<float>{0, 2});
}

TEST_CASE("Rows are added in order, however often a position is named") {
  std::vector<double> out(6, 1), rows = {1, 2, 3, 4, 5, 6};
  const std::vector<std::int64_t> at = {2, 0, 2};
  scopetrie::add_rows(at.data(), rows.data(), 3, 2, out.data());
  CHECK(out == std::vector<double>{4, 5, 1, 1, 7, 9});
  const std::vector<std::int32_t> short_at = {1};
  scopetrie::add_rows(short_at.data(), rows.data(), 1, 2, out.data());
  CHECK(out == std::vector<double>{4, 5, 2, 3, 7, 9});
}
