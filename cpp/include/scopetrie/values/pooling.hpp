// Poolings of arrays with channels last, and their gradients: the largest element, or the mean, of each window.
//
// The rules are those of TensorFlow's kernels for CPUs. The largest element is the first one that is larger than all
// before it, starting from the lowest finite number: NaN is passed over, and a window of -inf gives that number. Its
// gradient goes to the window's first element, or to the first that is larger than what went before: one place,
// whatever the elements are. Places in the padding are no elements.
//
// Thread safety: functions without state.
#pragma once

#include <array>
#include <cstdint>

namespace scopetrie {

/// How windows lie on an array `[images, sizes..., channels]`; `counts` of them along each dimension give an array
/// `[images, counts..., channels]`. The window of index `i` begins at `i * strides - before`. Images have one entry in
/// the first dimension.
///
/// Invariants: no number is negative, windows and strides are at least 1, and all of these are below 2^31.
struct Pooling {
  using Dims = std::array<std::int64_t, 3>;
  std::int64_t images, channels;
  Dims sizes, counts, window, strides, before;
};

/// Writes the largest element of each window. Throws std::bad_alloc before anything is written, as all of these.
void pool_largest(const Pooling& pooling, const float* x, float* out);
void pool_largest(const Pooling& pooling, const double* x, double* out);

/// Writes the mean of each window.
void pool_mean(const Pooling& pooling, const float* x, float* out);
void pool_mean(const Pooling& pooling, const double* x, double* out);

/// Adds the gradient of each window to that of its largest element in `made`, an array like `x`.
void spread_largest(const Pooling& pooling, const float* x, const float* grad, float* made);
void spread_largest(const Pooling& pooling, const double* x, const double* grad, double* made);

/// Adds to the gradient of each element of a window, in `made`, its share of the window's.
void spread_mean(const Pooling& pooling, const float* grad, float* made);
void spread_mean(const Pooling& pooling, const double* grad, double* made);

}  // namespace scopetrie
