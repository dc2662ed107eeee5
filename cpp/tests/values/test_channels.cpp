#include "scopetrie/values/channels.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <vector>

namespace {

std::vector<float> numbers(std::int64_t count, int seed) {
  std::vector<float> made(static_cast<std::size_t>(count));
  for (std::size_t at = 0; at < made.size(); ++at)
    made[at] = std::sin(static_cast<float>(at * 7 + static_cast<std::size_t>(seed))) + 0.5F;
  return made;
}

/// Compares with sums of doubles, a channel at a time.
void compare_channels(std::int64_t rows, std::int64_t channels) {
  CAPTURE(rows);
  CAPTURE(channels);
  const scopetrie::ChannelRows shape{rows, channels};
  const auto x = numbers(rows * channels, 1), grad = numbers(rows * channels, 2);
  const auto level = numbers(channels, 3), slope = numbers(channels, 4), factor = numbers(channels, 5);
  const auto width = static_cast<std::size_t>(channels);
  std::vector<float> total(width), mean(width), variance(width), of_grad(width), products(width);
  std::vector<float> normal(x.size()), by_x(x.size());
  scopetrie::sum_channels(shape, x.data(), total.data());
  scopetrie::channel_moments(shape, x.data(), mean.data(), variance.data());
  scopetrie::channel_sums(shape, grad.data(), x.data(), mean.data(), of_grad.data(), products.data());
  scopetrie::normalize_channels(shape, x.data(), mean.data(), factor.data(), level.data(), normal.data());
  scopetrie::channel_gradient(shape, grad.data(), x.data(), mean.data(), level.data(), slope.data(), factor.data(),
                              by_x.data());
  for (std::size_t c = 0; c < width; ++c) {
    double sum = 0, squares = 0, grads = 0, both = 0;
    for (std::size_t at = c; at < x.size(); at += width) {
      const double apart = double{x[at]} - double{mean[c]};
      sum += double{x[at]};
      squares += apart * apart;
      grads += double{grad[at]};
      both += double{grad[at]} * apart;
      CHECK(double{normal[at]} == doctest::Approx(apart * double{factor[c]} + double{level[c]}).epsilon(1e-4));
      CHECK(double{by_x[at]} ==
            doctest::Approx((double{grad[at]} - double{level[c]} - apart * double{slope[c]}) * double{factor[c]})
                .epsilon(1e-4));
    }
    CHECK(double{total[c]} == doctest::Approx(sum).epsilon(1e-5));
    CHECK(double{mean[c]} == doctest::Approx(sum / static_cast<double>(rows)).epsilon(1e-5));
    CHECK(double{variance[c]} == doctest::Approx(squares / static_cast<double>(rows)).epsilon(1e-5));
    CHECK(double{of_grad[c]} == doctest::Approx(grads).epsilon(1e-5));
    CHECK(double{products[c]} == doctest::Approx(both).epsilon(1e-4));
  }
}

}  // namespace

TEST_CASE("Channels are summed and normalized, few and many of them, over few and many rows") {
  compare_channels(1, 1);
  compare_channels(7, 3);
  compare_channels(1000, 3);
  compare_channels(5, 600);
  compare_channels(200, 33);
}

TEST_CASE("No rows have moments of 0, and no channels have none") {
  std::vector<float> mean(2, 9), variance(2, 9);
  scopetrie::channel_moments({0, 2}, nullptr, mean.data(), variance.data());
  CHECK(mean == std::vector<float>(2, 0));
  CHECK(variance == std::vector<float>(2, 0));
  scopetrie::channel_moments({5, 0}, nullptr, nullptr, nullptr);
  scopetrie::normalize_channels({5, 0}, nullptr, nullptr, nullptr, nullptr, nullptr);
}
