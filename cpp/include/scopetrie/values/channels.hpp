// Sums, means and variances of the channels of rows, and the gradients of rows that were normalized by them.
//
// Thread safety: functions without state.
#pragma once

#include <cstdint>

namespace scopetrie {

/// An array `[rows, channels]`, in C order. Neither number is negative.
struct ChannelRows {
  std::int64_t rows, channels;
};

/// Writes each channel's sum. Throws std::bad_alloc before anything is written, as all of these.
void sum_channels(const ChannelRows& shape, const float* x, float* out);

/// Writes each channel's mean and variance, with 0 for no rows.
void channel_moments(const ChannelRows& shape, const float* x, float* mean, float* variance);

/// Writes `(x - mean) * factor + offset`.
void normalize_channels(const ChannelRows& shape, const float* x, const float* mean, const float* factor,
                        const float* offset, float* out);

/// Writes the sums over rows of `grad`, and of `grad * (x - mean)`.
void channel_sums(const ChannelRows& shape, const float* grad, const float* x, const float* mean, float* of_grad,
                  float* of_products);

/// Writes `(grad - level - (x - mean) * slope) * factor`.
void channel_gradient(const ChannelRows& shape, const float* grad, const float* x, const float* mean,
                      const float* level, const float* slope, const float* factor, float* out);

}  // namespace scopetrie
