#include "scopetrie/values/channels.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "wide_vectors.hpp"

namespace scopetrie {

namespace {

// So many elements are a chunk, which is as many rows as fit in: long loops where there are few channels.
constexpr std::int64_t kWide = 512;
// Floats add up so many chunks, and doubles the rest.
constexpr std::int64_t kChunks = 64;

std::int64_t width_of(const ChannelRows& shape) {
  const std::int64_t channels = std::max<std::int64_t>(shape.channels, 1);
  return std::max<std::int64_t>(kWide / channels, 1) * channels;
}

/// A value for each element of a chunk.
std::vector<float> tiled(const ChannelRows& shape, const float* values) {
  std::vector<float> made(static_cast<std::size_t>(width_of(shape)));
  if (shape.channels != 0)
    for (std::size_t at = 0; at < made.size(); ++at) made[at] = values[at % static_cast<std::size_t>(shape.channels)];
  return made;
}

/// Calls `of_chunk(first element, number of elements)` for each chunk.
template <typename OfChunk>
SCOPETRIE_INLINED void for_chunks(const ChannelRows& shape, OfChunk&& of_chunk) {
  const std::int64_t total = shape.rows * shape.channels, wide = width_of(shape);
  for (std::int64_t first = 0; first < total; first += wide) of_chunk(first, std::min(wide, total - first));
}

/// Sums over rows: floats for the elements of a chunk, which are moved to doubles now and then.
class RowSums {
 public:
  explicit RowSums(const ChannelRows& shape)
      : floats_(static_cast<std::size_t>(width_of(shape))), doubles_(static_cast<std::size_t>(shape.channels)) {}

  float* floats() { return floats_.data(); }
  /// A chunk has been added.
  void count() {
    if (++chunks_ == kChunks) move();
  }
  void write(double divisor, float* out) {
    move();
    for (std::size_t at = 0; at < doubles_.size(); ++at) out[at] = static_cast<float>(doubles_[at] / divisor);
  }

 private:
  void move() {
    chunks_ = 0;
    if (!doubles_.empty())
      for (std::size_t at = 0; at < floats_.size(); ++at) doubles_[at % doubles_.size()] += double{floats_[at]};
    std::ranges::fill(floats_, 0.0F);
  }

  std::vector<float> floats_;
  std::vector<double> doubles_;
  std::int64_t chunks_ = 0;
};

SCOPETRIE_INLINED void add(const float* __restrict x, std::int64_t count, float* __restrict sums) {
  for (std::int64_t i = 0; i < count; ++i) sums[i] += x[i];
}

SCOPETRIE_INLINED void add_squares(const float* __restrict x, const float* __restrict mean, std::int64_t count,
                                   float* __restrict sums) {
  for (std::int64_t i = 0; i < count; ++i) {
    const float apart = x[i] - mean[i];
    sums[i] += apart * apart;
  }
}

SCOPETRIE_INLINED void add_products(const float* __restrict grad, const float* __restrict x,
                                    const float* __restrict mean, std::int64_t count, float* __restrict sums,
                                    float* __restrict products) {
  for (std::int64_t i = 0; i < count; ++i) {
    sums[i] += grad[i];
    products[i] += grad[i] * (x[i] - mean[i]);
  }
}

SCOPETRIE_INLINED void normalize(const float* __restrict x, const float* __restrict mean,
                                 const float* __restrict factor, const float* __restrict offset, std::int64_t count,
                                 float* __restrict out) {
  for (std::int64_t i = 0; i < count; ++i) out[i] = (x[i] - mean[i]) * factor[i] + offset[i];
}

SCOPETRIE_INLINED void differ(const float* __restrict grad, const float* __restrict x, const float* __restrict mean,
                              const float* __restrict level, const float* __restrict slope,
                              const float* __restrict factor, std::int64_t count, float* __restrict out) {
  for (std::int64_t i = 0; i < count; ++i) out[i] = (grad[i] - level[i] - (x[i] - mean[i]) * slope[i]) * factor[i];
}

}  // namespace

SCOPETRIE_WIDE_VECTORS
void sum_channels(const ChannelRows& shape, const float* x, float* out) {
  RowSums sums(shape);
  for_chunks(shape, [&](std::int64_t first, std::int64_t count) {
    add(x + first, count, sums.floats());
    sums.count();
  });
  sums.write(1, out);
}

SCOPETRIE_WIDE_VECTORS
void channel_moments(const ChannelRows& shape, const float* x, float* mean, float* variance) {
  const double rows = static_cast<double>(std::max<std::int64_t>(shape.rows, 1));
  RowSums sums(shape), squares(shape);
  std::vector<float> means(static_cast<std::size_t>(width_of(shape)));
  for_chunks(shape, [&](std::int64_t first, std::int64_t count) {
    add(x + first, count, sums.floats());
    sums.count();
  });
  sums.write(rows, mean);
  if (shape.channels != 0)
    for (std::size_t at = 0; at < means.size(); ++at) means[at] = mean[at % static_cast<std::size_t>(shape.channels)];
  for_chunks(shape, [&](std::int64_t first, std::int64_t count) {
    add_squares(x + first, means.data(), count, squares.floats());
    squares.count();
  });
  squares.write(rows, variance);
}

SCOPETRIE_WIDE_VECTORS
void normalize_channels(const ChannelRows& shape, const float* x, const float* mean, const float* factor,
                        const float* offset, float* out) {
  const auto means = tiled(shape, mean), factors = tiled(shape, factor), offsets = tiled(shape, offset);
  for_chunks(shape, [&](std::int64_t first, std::int64_t count) {
    normalize(x + first, means.data(), factors.data(), offsets.data(), count, out + first);
  });
}

SCOPETRIE_WIDE_VECTORS
void channel_sums(const ChannelRows& shape, const float* grad, const float* x, const float* mean, float* of_grad,
                  float* of_products) {
  const auto means = tiled(shape, mean);
  RowSums sums(shape), products(shape);
  for_chunks(shape, [&](std::int64_t first, std::int64_t count) {
    add_products(grad + first, x + first, means.data(), count, sums.floats(), products.floats());
    sums.count();
    products.count();
  });
  sums.write(1, of_grad);
  products.write(1, of_products);
}

SCOPETRIE_WIDE_VECTORS
void channel_gradient(const ChannelRows& shape, const float* grad, const float* x, const float* mean,
                      const float* level, const float* slope, const float* factor, float* out) {
  const auto means = tiled(shape, mean), levels = tiled(shape, level), slopes = tiled(shape, slope),
             factors = tiled(shape, factor);
  for_chunks(shape, [&](std::int64_t first, std::int64_t count) {
    differ(grad + first, x + first, means.data(), levels.data(), slopes.data(), factors.data(), count, out + first);
  });
}

}  // namespace scopetrie
