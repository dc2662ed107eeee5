#include "scopetrie/values/pooling.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <new>
#include <vector>

#include "failing_new.hpp"

namespace {

using scopetrie::Pooling;

std::size_t large(const Pooling& p) {
  return static_cast<std::size_t>(p.images * p.sizes[0] * p.sizes[1] * p.sizes[2] * p.channels);
}
std::size_t small(const Pooling& p) {
  return static_cast<std::size_t>(p.images * p.counts[0] * p.counts[1] * p.counts[2] * p.channels);
}

// Numbers that are often equal.
template <typename Real>
std::vector<Real> numbers(std::size_t count, unsigned seed) {
  std::vector<Real> out(count);
  for (Real& each : out) {
    seed = seed * 1664525U + 1013904223U;
    each = static_cast<Real>(seed >> 29) - 4;
  }
  return out;
}

/// Everything for one window of one channel, an element at a time.
template <typename Real>
void compare(const Pooling& p) {
  const auto x = numbers<Real>(large(p), 1), grad = numbers<Real>(small(p), 2);
  std::vector<Real> largest(small(p)), mean(small(p)), by_largest(large(p)), by_mean(large(p));
  scopetrie::pool_largest(p, x.data(), largest.data());
  scopetrie::pool_mean(p, x.data(), mean.data());
  scopetrie::spread_largest(p, x.data(), grad.data(), by_largest.data());
  scopetrie::spread_mean(p, grad.data(), by_mean.data());
  std::vector<Real> expected_by_largest(large(p)), expected_by_mean(large(p));
  std::size_t at = 0;
  std::vector<std::size_t> places;
  for (std::int64_t n = 0; n < p.images; ++n)
    for (std::int64_t i = 0; i < p.counts[0]; ++i)
      for (std::int64_t j = 0; j < p.counts[1]; ++j)
        for (std::int64_t k = 0; k < p.counts[2]; ++k)
          for (std::int64_t c = 0; c < p.channels; ++c, ++at) {
            places.clear();
            for (std::int64_t z = i * p.strides[0] - p.before[0]; z < i * p.strides[0] - p.before[0] + p.window[0]; ++z)
              for (std::int64_t y = j * p.strides[1] - p.before[1]; y < j * p.strides[1] - p.before[1] + p.window[1];
                   ++y)
                for (std::int64_t w = k * p.strides[2] - p.before[2]; w < k * p.strides[2] - p.before[2] + p.window[2];
                     ++w)
                  if (z >= 0 && y >= 0 && w >= 0 && z < p.sizes[0] && y < p.sizes[1] && w < p.sizes[2])
                    places.push_back(static_cast<std::size_t>(
                        (((n * p.sizes[0] + z) * p.sizes[1] + y) * p.sizes[2] + w) * p.channels + c));
            if (places.empty()) {
              CHECK(largest[at] == std::numeric_limits<Real>::lowest());
              continue;
            }
            Real sum = 0;
            for (const std::size_t each : places) sum += x[each];
            const auto found = *std::max_element(places.begin(), places.end(),
                                                 [&](std::size_t a, std::size_t b) { return x[a] < x[b]; });
            CHECK(largest[at] == x[found]);
            CHECK(mean[at] == doctest::Approx(sum / static_cast<Real>(places.size())));
            expected_by_largest[found] += grad[at];
            for (const std::size_t each : places) expected_by_mean[each] += grad[at] / static_cast<Real>(places.size());
          }
  for (std::size_t i = 0; i < x.size(); ++i) {
    CHECK(by_largest[i] == doctest::Approx(expected_by_largest[i]));
    CHECK(by_mean[i] == doctest::Approx(expected_by_mean[i]));
  }
}

}  // namespace

TEST_CASE("windows of all kinds: apart, overlapping, with gaps, over the border, outside") {
  const Pooling cases[] = {
      {2, 3, {1, 6, 8}, {1, 3, 4}, {1, 2, 2}, {1, 2, 2}, {0, 0, 0}},
      {1, 1, {1, 5, 7}, {1, 5, 7}, {1, 3, 3}, {1, 1, 1}, {0, 1, 1}},
      {1, 17, {1, 5, 5}, {1, 3, 3}, {1, 3, 3}, {1, 2, 2}, {0, 1, 1}},
      {2, 2, {1, 9, 9}, {1, 2, 3}, {1, 1, 2}, {1, 5, 3}, {0, 0, 0}},
      {1, 2, {4, 5, 6}, {2, 3, 3}, {3, 2, 2}, {2, 2, 2}, {1, 1, 0}},
      {1, 4, {1, 3, 3}, {1, 1, 1}, {1, 9, 9}, {1, 1, 1}, {0, 3, 3}},
      {1, 2, {1, 2, 2}, {1, 1, 4}, {1, 2, 1}, {1, 1, 2}, {0, 0, 3}},
      {0, 2, {1, 2, 2}, {1, 1, 1}, {1, 2, 2}, {1, 1, 1}, {0, 0, 0}},
      {2, 0, {1, 2, 2}, {1, 1, 1}, {1, 2, 2}, {1, 1, 1}, {0, 0, 0}},
      {1, 1, {1, 0, 4}, {1, 1, 2}, {1, 2, 2}, {1, 2, 2}, {0, 0, 0}},
  };
  for (const Pooling& each : cases) {
    compare<float>(each);
    compare<double>(each);
  }
}

TEST_CASE("NaN is passed over, and the first of equals has the gradient") {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  const Pooling p{1, 1, {1, 1, 6}, {1, 1, 3}, {1, 1, 2}, {1, 1, 2}, {0, 0, 0}};
  const float x[] = {kNan, 1, 2, 2, kNan, kNan}, grad[] = {1, 2, 4};
  float out[3], made[6] = {};
  scopetrie::pool_largest(p, x, out);
  CHECK(out[0] == 1);
  CHECK(out[1] == 2);
  CHECK(out[2] == std::numeric_limits<float>::lowest());
  scopetrie::spread_largest(p, x, grad, made);
  const float expected[] = {1, 0, 2, 0, 4, 0};
  CHECK(std::equal(made, made + 6, expected));
}

TEST_CASE("without memory nothing is written") {
  const Pooling p{1, 3, {1, 4, 4}, {1, 2, 2}, {1, 2, 2}, {1, 2, 2}, {0, 0, 0}};
  const auto x = numbers<float>(large(p), 1), grad = numbers<float>(small(p), 2);
  std::vector<float> out(small(p)), made(large(p));
  for (std::size_t at = 0; at < 2; ++at) {
    const scopetrie::testing::FailingNew failing(at);
    CHECK_THROWS_AS(scopetrie::spread_largest(p, x.data(), grad.data(), made.data()), std::bad_alloc);
  }
  {
    const scopetrie::testing::FailingNew failing(0);
    CHECK_THROWS_AS(scopetrie::pool_largest(p, x.data(), out.data()), std::bad_alloc);
    CHECK_THROWS_AS(scopetrie::pool_mean(p, x.data(), out.data()), std::bad_alloc);
    CHECK_THROWS_AS(scopetrie::spread_mean(p, grad.data(), made.data()), std::bad_alloc);
  }
  CHECK(std::ranges::count(out, 0.0F) == static_cast<std::ptrdiff_t>(out.size()));
  CHECK(std::ranges::count(made, 0.0F) == static_cast<std::ptrdiff_t>(made.size()));
}
