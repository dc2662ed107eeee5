#include "scopetrie/random/random.hpp"

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include "scopetrie/random/normal_quantile.hpp"

namespace scopetrie {
namespace {

std::uint32_t low(std::uint64_t word) noexcept { return static_cast<std::uint32_t>(word); }
std::uint32_t high(std::uint64_t word) noexcept { return static_cast<std::uint32_t>(word >> 32); }
std::uint64_t join(std::uint32_t low, std::uint32_t high) noexcept { return std::uint64_t{high} << 32 | low; }

// Midpoints of 2^32 or 2^52 equal parts of (0, 1), minus 1/2: symmetric about 0, and never an end point.
double centred(std::uint32_t bits) noexcept { return (bits + 0.5) * 0x1p-32 - 0.5; }
double centred(std::uint64_t bits) noexcept { return (static_cast<double>(bits >> 12) + 0.5) * 0x1p-52 - 0.5; }

double truncated_quantile(double q) noexcept {
  constexpr double kWithinTwoDeviations = 0.95449973610364158560;  // erf(sqrt(2))
  return std::clamp(normal_quantile(q * kWithinTwoDeviations), -2.0, 2.0);
}

/// The 128-bit product of two words, in halves; standard C++ has no 128-bit integer.
struct Product {
  Product(std::uint64_t a, std::uint64_t b) noexcept {
    const std::uint64_t low_low = std::uint64_t{scopetrie::low(a)} * scopetrie::low(b);
    const std::uint64_t high_low = std::uint64_t{scopetrie::high(a)} * scopetrie::low(b) + scopetrie::high(low_low);
    const std::uint64_t low_high = std::uint64_t{scopetrie::low(a)} * scopetrie::high(b) + scopetrie::low(high_low);
    high =
        std::uint64_t{scopetrie::high(a)} * scopetrie::high(b) + scopetrie::high(high_low) + scopetrie::high(low_high);
    low = a * b;
  }
  std::uint64_t low;
  std::uint64_t high;
};

}  // namespace

RandomDrawing::RandomDrawing(std::uint64_t seed, std::uint64_t seed2, std::uint64_t step) noexcept : step_(step) {
  // Step and index leave room for a key of 64 bits only, so Philox first mixes the 128 bits of the seeds.
  const PhiloxCounter mixed = philox4x32({low(seed), high(seed), low(seed2), high(seed2)}, {0, 0});
  key_ = {mixed[0], mixed[1]};
}

PhiloxCounter RandomDrawing::block(std::uint64_t index, std::uint32_t attempt) const noexcept {
  // An index has at most 48 bits, like an address; the upper bits of its word hold the number of the attempt.
  return philox4x32({low(index), high(index) | attempt << 16, low(step_), high(step_)}, key_);
}

template <typename Transform, typename T>
void RandomDrawing::from_words(std::span<T> out, std::uint64_t first, Transform transform) const noexcept {
  const std::uint64_t last = first + out.size();
  for (std::uint64_t i = first; i < last;) {
    const PhiloxCounter words = block(i / 4);
    const std::uint64_t end = std::min(last, (i / 4 + 1) * 4);
    for (; i < end; ++i) out[static_cast<std::size_t>(i - first)] = static_cast<T>(transform(words[i % 4]));
  }
}

template <typename Transform, typename T>
void RandomDrawing::from_double_words(std::span<T> out, std::uint64_t first, Transform transform) const noexcept {
  const std::uint64_t last = first + out.size();
  for (std::uint64_t i = first; i < last;) {
    const PhiloxCounter words = block(i / 2);
    const std::uint64_t end = std::min(last, (i / 2 + 1) * 2);
    for (; i < end; ++i) {
      const std::uint64_t bits = join(words[i % 2 * 2], words[i % 2 * 2 + 1]);
      out[static_cast<std::size_t>(i - first)] = static_cast<T>(transform(bits, i));
    }
  }
}

void RandomDrawing::uniform(std::span<float> out, std::uint64_t first) const noexcept {
  from_words(out, first, [](std::uint32_t bits) { return static_cast<float>(bits >> 8) * 0x1p-24F; });
}

void RandomDrawing::uniform(std::span<double> out, std::uint64_t first) const noexcept {
  from_double_words(out, first,
                    [](std::uint64_t bits, std::uint64_t) { return static_cast<double>(bits >> 11) * 0x1p-53; });
}

void RandomDrawing::normal(std::span<float> out, std::uint64_t first) const noexcept {
  from_words(out, first, [](std::uint32_t bits) { return normal_quantile(centred(bits)); });
}

void RandomDrawing::normal(std::span<double> out, std::uint64_t first) const noexcept {
  from_double_words(out, first, [](std::uint64_t bits, std::uint64_t) { return normal_quantile(centred(bits)); });
}

void RandomDrawing::truncated_normal(std::span<float> out, std::uint64_t first) const noexcept {
  from_words(out, first, [](std::uint32_t bits) { return truncated_quantile(centred(bits)); });
}

void RandomDrawing::truncated_normal(std::span<double> out, std::uint64_t first) const noexcept {
  from_double_words(out, first, [](std::uint64_t bits, std::uint64_t) { return truncated_quantile(centred(bits)); });
}

std::uint64_t RandomDrawing::below(std::uint64_t bound, std::uint64_t bits, std::uint64_t index) const noexcept {
  // Lemire: "Fast random integer generation in an interval", ACM TOMACS 29 (2019): the result is the high word of
  // bits * bound; the few bits that would favour some results are rejected. A rejected element draws again from a
  // block of its own, so no other element depends on it.
  Product product(bits, bound);
  if (product.low < bound) [[unlikely]] {
    const std::uint64_t surplus = (0 - bound) % bound;
    for (std::uint32_t attempt = 1; product.low < surplus; ++attempt) {
      const PhiloxCounter words = block(index, attempt);
      product = Product(join(words[0], words[1]), bound);
    }
  }
  return product.high;
}

template <typename T>
void RandomDrawing::integers_between(std::span<T> out, T lo, T hi, std::uint64_t first) const noexcept {
  using Word = std::make_unsigned_t<T>;
  // Unsigned arithmetic, which wraps around: hi - lo may exceed the largest T.
  const Word bound = static_cast<Word>(static_cast<Word>(hi) - static_cast<Word>(lo));
  from_double_words(out, first, [this, lo, bound](std::uint64_t bits, std::uint64_t index) {
    return static_cast<T>(static_cast<Word>(static_cast<Word>(lo) + static_cast<Word>(below(bound, bits, index))));
  });
}

void RandomDrawing::integers(std::span<std::int32_t> out, std::int32_t lo, std::int32_t hi,
                             std::uint64_t first) const noexcept {
  integers_between(out, lo, hi, first);
}

void RandomDrawing::integers(std::span<std::int64_t> out, std::int64_t lo, std::int64_t hi,
                             std::uint64_t first) const noexcept {
  integers_between(out, lo, hi, first);
}

}  // namespace scopetrie
