// The windows of an array with channels last as the rows of a matrix, and the sum of such rows where they came from:
// what turns convolutions, and their gradients, into products of matrices.
//
// Thread safety: functions without state.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace scopetrie {

/// How windows lie on an array `[images, sizes..., channels]`; there are `counts` of them along each dimension. The
/// window of index `i` begins at `i * strides + first`, which may be outside, and has every `dilations`-th element.
///
/// Invariants: numbers are below 2^31, sizes and counts not negative, windows, strides and dilations at least 1.
struct Unfolding {
  using Dims = std::array<std::int64_t, 3>;
  std::int64_t images, channels;
  Dims sizes, counts, window, strides, dilations, first;

  /// The number of windows, and of elements of each.
  std::int64_t rows() const { return images * counts[0] * counts[1] * counts[2]; }
  std::int64_t columns() const { return window[0] * window[1] * window[2] * channels; }
};

/// Writes the windows as the rows of a matrix, zeros where they are outside. `Bits` is an unsigned type of the size of
/// the elements.
template <typename Bits>
void unfold(const Unfolding& unfolding, const Bits* x, Bits* rows);
/// Writes them as its columns: long runs where there are few channels.
template <typename Bits>
void unfold_transposed(const Unfolding& unfolding, const Bits* x, Bits* columns);

/// Adds each row to the elements of `x` that unfold() takes it from.
void fold(const Unfolding& unfolding, const float* rows, float* x);
void fold(const Unfolding& unfolding, const double* rows, double* x);

}  // namespace scopetrie
