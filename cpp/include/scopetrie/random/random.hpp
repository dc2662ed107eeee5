// Random numbers that are functions of their position: (seed, seed2) select a stream, `step` a drawing from it, and the
// index an element of the drawing. Any part of a drawing can be made alone, in any order or in parallel.
//
// Invariants: element i of a drawing does not depend on the span it is made in. Bits are the same on every platform:
// only integer and IEEE-exact floating point operations are used, without contraction to fused multiply-add.
// Thread safety: immutable.
#pragma once

#include <cstdint>
#include <span>

#include "scopetrie/random/philox.hpp"

namespace scopetrie {

class RandomDrawing {
 public:
  RandomDrawing(std::uint64_t seed, std::uint64_t seed2, std::uint64_t step) noexcept;

  // Each of these fills `out` with the elements first, first + 1, ...

  /// Uniform over [0, 1): multiples of 2^-24 or 2^-53.
  void uniform(std::span<float> out, std::uint64_t first = 0) const noexcept;
  void uniform(std::span<double> out, std::uint64_t first = 0) const noexcept;

  /// Standard normal.
  void normal(std::span<float> out, std::uint64_t first = 0) const noexcept;
  void normal(std::span<double> out, std::uint64_t first = 0) const noexcept;

  /// Standard normal, given that it lies within two standard deviations: |x| <= 2.
  void truncated_normal(std::span<float> out, std::uint64_t first = 0) const noexcept;
  void truncated_normal(std::span<double> out, std::uint64_t first = 0) const noexcept;

  /// Uniform over the integers [lo, hi), without bias. Requires lo < hi.
  void integers(std::span<std::int32_t> out, std::int32_t lo, std::int32_t hi, std::uint64_t first = 0) const noexcept;
  void integers(std::span<std::int64_t> out, std::int64_t lo, std::int64_t hi, std::uint64_t first = 0) const noexcept;

 private:
  PhiloxCounter block(std::uint64_t index, std::uint32_t attempt = 0) const noexcept;
  /// A number below `bound`, without bias; `bits` are the element's random bits.
  std::uint64_t below(std::uint64_t bound, std::uint64_t bits, std::uint64_t index) const noexcept;

  template <typename Transform, typename T>
  void from_words(std::span<T> out, std::uint64_t first, Transform transform) const noexcept;
  template <typename Transform, typename T>
  void from_double_words(std::span<T> out, std::uint64_t first, Transform transform) const noexcept;
  template <typename T>
  void integers_between(std::span<T> out, T lo, T hi, std::uint64_t first) const noexcept;

  PhiloxKey key_{};
  std::uint64_t step_;
};

}  // namespace scopetrie
