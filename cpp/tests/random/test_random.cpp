#include "scopetrie/random/random.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "scopetrie/random/normal_quantile.hpp"
#include "scopetrie/random/philox.hpp"

using scopetrie::exact_log;
using scopetrie::normal_quantile;
using scopetrie::philox4x32;
using scopetrie::PhiloxCounter;
using scopetrie::RandomDrawing;

namespace {

/// FNV-1a over the bytes of the values, lowest byte first: one number for a whole drawing.
template <typename T>
std::uint64_t digest(const std::vector<T>& values) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const T value : values) {
    std::uint64_t bits = 0;
    if constexpr (sizeof(T) == 4) {
      bits = std::bit_cast<std::uint32_t>(value);
    } else {
      bits = std::bit_cast<std::uint64_t>(value);
    }
    for (std::size_t byte = 0; byte < sizeof(T); ++byte) {
      hash = (hash ^ (bits >> (8 * byte) & 0xFF)) * 0x100000001B3;
    }
  }
  return hash;
}

}  // namespace

TEST_CASE("Philox gives the known answers of its authors' distribution (Random123, kat_vectors)") {
  CHECK(philox4x32({0, 0, 0, 0}, {0, 0}) == PhiloxCounter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  const std::uint32_t ones = 0xffffffff;
  CHECK(philox4x32({ones, ones, ones, ones}, {ones, ones}) ==
        PhiloxCounter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        PhiloxCounter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("exact_log is the logarithm") {
  const double inf = std::numeric_limits<double>::infinity();
  CHECK(exact_log(1.0) == 0.0);
  for (double x = std::numeric_limits<double>::min(); x < inf; x *= 1.0078125) {
    const double expected = std::log(x);
    CHECK(std::abs(exact_log(x) - expected) <= 2 * std::abs(std::nextafter(expected, inf) - expected));
  }
}

TEST_CASE("normal_quantile inverts the normal distribution function") {
  CHECK(normal_quantile(0.0) == 0.0);
  // From the article.
  CHECK(normal_quantile(0.25 - 0.5) == doctest::Approx(-0.6744897501960817).epsilon(1e-16));
  CHECK(normal_quantile(0.001 - 0.5) == doctest::Approx(-3.090232306167814).epsilon(1e-15));
  for (double q = -0.5 + 0x1p-53; q < 0.5; q += 0x1.23p-12) {
    const double x = normal_quantile(q);
    CHECK(normal_quantile(-q) == -x);
    CHECK(std::erfc(-x / std::sqrt(2.0)) / 2 == doctest::Approx(0.5 + q).epsilon(4e-15));
  }
}

TEST_CASE("an element does not depend on the span it is made in") {
  const RandomDrawing drawing(1, 2, 3);
  const auto check = [](auto whole, auto fill) {
    fill(whole, 0);
    for (std::size_t first = 0; first < whole.size(); ++first) {
      for (std::size_t length = 0; first + length <= whole.size(); ++length) {
        decltype(whole) part(length);
        fill(part, first);
        CHECK(part == decltype(whole)(whole.begin() + static_cast<std::ptrdiff_t>(first),
                                      whole.begin() + static_cast<std::ptrdiff_t>(first + length)));
      }
    }
  };
  check(std::vector<float>(19), [&](auto& out, std::uint64_t first) { drawing.uniform(out, first); });
  check(std::vector<double>(19), [&](auto& out, std::uint64_t first) { drawing.uniform(out, first); });
  check(std::vector<float>(19), [&](auto& out, std::uint64_t first) { drawing.normal(out, first); });
  check(std::vector<double>(19), [&](auto& out, std::uint64_t first) { drawing.truncated_normal(out, first); });
  // A bound just above half of all words rejects nearly every second draw.
  const std::int64_t bound = std::int64_t{1} << 62;
  check(std::vector<std::int64_t>(19),
        [&](auto& out, std::uint64_t first) { drawing.integers(out, -bound - 5, bound + 5, first); });
}

TEST_CASE("seeds, step and index all matter") {
  std::vector<std::vector<double>> drawings;
  for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 32, ~std::uint64_t{0}}) {
    for (const auto& drawing : {RandomDrawing(seed, 7, 0), RandomDrawing(7, seed, 0), RandomDrawing(7, 7, seed)}) {
      std::vector<double> values(4);
      drawing.uniform(values);
      drawings.push_back(values);
    }
  }
  // RandomDrawing(7, 7, 0) equals no other drawing.
  for (std::size_t i = 0; i < drawings.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) CHECK(drawings[i] != drawings[j]);
  }
  std::vector<double> near(2);
  std::vector<double> far(2);
  RandomDrawing(7, 7, 0).uniform(near, 0);
  RandomDrawing(7, 7, 0).uniform(far, std::uint64_t{1} << 40);
  CHECK(near != far);
}

TEST_CASE("values stay in their ranges") {
  const RandomDrawing drawing(5, 6, 7);
  std::vector<float> floats(100000);
  std::vector<double> doubles(100000);
  drawing.uniform(floats);
  drawing.uniform(doubles);
  for (std::size_t i = 0; i < floats.size(); ++i) {
    CHECK((floats[i] >= 0 && floats[i] < 1 && doubles[i] >= 0 && doubles[i] < 1));
  }
  drawing.truncated_normal(floats);
  drawing.truncated_normal(doubles);
  for (std::size_t i = 0; i < floats.size(); ++i) CHECK((std::abs(floats[i]) <= 2 && std::abs(doubles[i]) <= 2));

  constexpr std::int32_t kLeast = std::numeric_limits<std::int32_t>::min();
  constexpr std::int32_t kGreatest = std::numeric_limits<std::int32_t>::max();
  std::vector<std::int32_t> integers(20000);
  bool negative = false;
  bool positive = false;
  drawing.integers(integers, kLeast, kGreatest);
  for (const std::int32_t value : integers) {
    CHECK(value < kGreatest);
    negative |= value < kLeast / 2;
    positive |= value > kGreatest / 2;
  }
  CHECK((negative && positive));
  std::vector<int> seen(6);
  drawing.integers(integers, -3, 3);
  for (const std::int32_t value : integers) ++seen.at(static_cast<std::size_t>(value + 3));
  for (const int count : seen) CHECK(std::abs(count - 20000 / 6) < 300);
  drawing.integers(integers, kGreatest - 1, kGreatest);
  for (const std::int32_t value : integers) CHECK(value == kGreatest - 1);
}

TEST_CASE("the values are the recorded ones") {
  // Changing these changes every user's initial values: that needs a new major version.
  const RandomDrawing drawing(87654321, 12, 1);
  std::vector<float> floats(10001);
  std::vector<double> doubles(10001);
  std::vector<std::int32_t> integers(10001);
  std::vector<std::int64_t> longs(10001);
  drawing.uniform(floats);
  CHECK(digest(floats) == 0x6F3649B61D1883C5);
  drawing.uniform(doubles);
  CHECK(digest(doubles) == 0x0D95D67E6986E09D);
  drawing.normal(floats);
  CHECK(digest(floats) == 0xADB6DE3F8249CBE6);
  drawing.normal(doubles);
  CHECK(digest(doubles) == 0x8800CC0243B53949);
  drawing.truncated_normal(floats);
  CHECK(digest(floats) == 0x8E2C1D2706D8FA92);
  drawing.truncated_normal(doubles);
  CHECK(digest(doubles) == 0xE7F2462197767091);
  drawing.integers(integers, -1000, 1000000);
  CHECK(digest(integers) == 0xACBA5CEB1A64B035);
  drawing.integers(longs, -(std::int64_t{1} << 62) - 5, (std::int64_t{1} << 62) + 5);
  CHECK(digest(longs) == 0x41E1ED526AFB9E04);
}
