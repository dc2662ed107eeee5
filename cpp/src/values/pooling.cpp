#include "scopetrie/values/pooling.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

#include "wide_vectors.hpp"

namespace scopetrie {

namespace {

/// A part of a dimension: the entries of a window that are elements, or the windows that have some entry.
struct Span {
  std::int64_t first, last;  // without the last
  std::int64_t count() const { return std::max<std::int64_t>(last - first, 0); }
};

/// The entries of the window of index `index` that lie inside along a dimension, as positions there.
SCOPETRIE_INLINED Span inside(const Pooling& p, std::size_t dim, std::int64_t index) {
  const std::int64_t start = index * p.strides[dim] - p.before[dim];
  return {std::max<std::int64_t>(start, 0), std::min(start + p.window[dim], p.sizes[dim])};
}

/// The windows whose entry `entry` lies inside along the last dimension.
SCOPETRIE_INLINED Span windows_with(const Pooling& p, std::int64_t entry) {
  const std::int64_t stride = p.strides[2], first = p.before[2] - entry, past = p.sizes[2] + first;
  return {first > 0 ? (first + stride - 1) / stride : 0,
          past > 0 ? std::min((past + stride - 1) / stride, p.counts[2]) : 0};
}

/// Calls `of_line(image, z, y, line)` for each line of windows, in order.
template <typename OfLine>
SCOPETRIE_INLINED void for_lines(const Pooling& p, OfLine&& of_line) {
  std::int64_t line = 0;
  for (std::int64_t image = 0; image < p.images; ++image)
    for (std::int64_t z = 0; z < p.counts[0]; ++z)
      for (std::int64_t y = 0; y < p.counts[1]; ++y) of_line(image, inside(p, 0, z), inside(p, 1, y), line++);
}

/// The place of an element, in numbers of elements.
SCOPETRIE_INLINED std::int64_t place(const Pooling& p, std::int64_t image, std::int64_t z, std::int64_t y) {
  return ((image * p.sizes[0] + z) * p.sizes[1] + y) * p.sizes[2] * p.channels;
}

/// Joins the elements of each window: first over the other dimensions, which are long runs of memory, then along lines.
template <typename Real, typename Join, typename Finish>
SCOPETRIE_INLINED void join_windows(const Pooling& p, const Real* __restrict x, Real* __restrict out, Real start,
                                    Join&& join, Finish&& finish) {
  const std::int64_t channels = p.channels, wide = p.sizes[2] * channels, narrow = p.counts[2] * channels;
  std::vector<Real> memory(static_cast<std::size_t>(wide));
  Real* __restrict const joined = memory.data();
  for_lines(p, [&](std::int64_t image, Span depth, Span height, std::int64_t line) {
    std::fill_n(joined, wide, start);
    for (std::int64_t z = depth.first; z < depth.last; ++z) {
      for (std::int64_t y = height.first; y < height.last; ++y) {
        const Real* const from = x + place(p, image, z, y);
        for (std::int64_t i = 0; i < wide; ++i) joined[i] = join(joined[i], from[i]);
      }
    }
    Real* made = out + line * narrow;
    for (std::int64_t at = 0; at < p.counts[2]; ++at, made += channels) {
      const Span width = inside(p, 2, at);
      const Real* from = joined + (width.count() == 0 ? 0 : width.first * channels);
      for (std::int64_t c = 0; c < channels; ++c) {
        Real value = start;
        for (std::int64_t i = 0; i < width.count(); ++i) value = join(value, from[i * channels + c]);
        made[c] = finish(value, depth.count() * height.count() * width.count());
      }
    }
  });
}

template <typename Real>
SCOPETRIE_INLINED void largest(const Pooling& p, const Real* x, Real* out) {
  join_windows(
      p, x, out, std::numeric_limits<Real>::lowest(), [](Real best, Real other) { return other > best ? other : best; },
      [](Real best, std::int64_t) { return best; });
}

template <typename Real>
SCOPETRIE_INLINED void mean(const Pooling& p, const Real* x, Real* out) {
  join_windows(
      p, x, out, Real(0), [](Real sum, Real other) { return sum + other; },
      [](Real sum, std::int64_t count) { return sum / static_cast<Real>(count); });
}

/// Copies the elements at one entry of the windows of a line, so that they follow each other.
template <typename Real>
SCOPETRIE_INLINED void gather(const Real* __restrict from, std::int64_t step, std::int64_t channels, std::int64_t count,
                              Real* __restrict to) {
  for (std::int64_t i = 0; i < count; ++i)
    for (std::int64_t c = 0; c < channels; ++c) to[i * channels + c] = from[i * step + c];
}

/// `Place` numbers the elements of an image; as wide as `Real`, both fill vectors alike.
template <typename Place, typename Real>
SCOPETRIE_INLINED void of_largest(const Pooling& p, const Real* __restrict x, const Real* __restrict grad,
                                  Real* __restrict made) {
  const std::int64_t channels = p.channels, narrow = p.counts[2] * channels;
  std::vector<Real> reals(static_cast<std::size_t>(2 * narrow));
  std::vector<Place> places(static_cast<std::size_t>(narrow));
  Real *const all_best = reals.data(), *__restrict const here = all_best + narrow;
  Place* const all_chosen = places.data();
  for_lines(p, [&](std::int64_t image, Span depth, Span height, std::int64_t line) {
    // For each window the place of its largest element, less that of the window along the line; at first none.
    std::fill_n(all_chosen, narrow, Place(-1));
    const std::int64_t first = place(p, image, 0, 0);
    for (std::int64_t z = depth.first; z < depth.last; ++z) {
      for (std::int64_t y = height.first; y < height.last; ++y) {
        const std::int64_t row = place(p, image, z, y) - first;
        for (std::int64_t entry = 0; entry < p.window[2]; ++entry) {
          const Span windows = windows_with(p, entry);
          if (windows.count() == 0) continue;
          const std::int64_t start = windows.first * p.strides[2] - p.before[2] + entry;
          gather(x + first + row + start * channels, p.strides[2] * channels, channels, windows.count(), here);
          Real* __restrict const best = all_best + windows.first * channels;
          Place* __restrict const chosen = all_chosen + windows.first * channels;
          const auto number = static_cast<Place>(row + entry * channels);
          for (std::int64_t i = 0; i < windows.count() * channels; ++i) {
            const bool is_better = (chosen[i] < 0) | (here[i] > best[i]);
            best[i] = is_better ? here[i] : best[i];
            chosen[i] = is_better ? number : chosen[i];
          }
        }
      }
    }
    const Real* given = grad + line * narrow;
    const Place* chosen = all_chosen;
    for (std::int64_t at = 0; at < p.counts[2]; ++at) {
      const std::int64_t to = first + (at * p.strides[2] - p.before[2]) * channels;
      for (std::int64_t c = 0; c < channels; ++c, ++given, ++chosen)
        if (*chosen >= 0) made[to + *chosen + c] += *given;
    }
  });
}

template <typename Real>
SCOPETRIE_INLINED void by_largest(const Pooling& p, const Real* x, const Real* grad, Real* made) {
  if (place(p, 1, 0, 0) < std::numeric_limits<std::int32_t>::max() && sizeof(Real) == sizeof(std::int32_t))
    of_largest<std::int32_t>(p, x, grad, made);
  else
    of_largest<std::int64_t>(p, x, grad, made);
}

template <typename Real>
SCOPETRIE_INLINED void by_mean(const Pooling& p, const Real* __restrict grad, Real* __restrict made) {
  const std::int64_t channels = p.channels;
  std::vector<Real> memory(static_cast<std::size_t>(channels));
  Real* __restrict const share = memory.data();
  for_lines(p, [&](std::int64_t image, Span depth, Span height, std::int64_t line) {
    for (std::int64_t at = 0; at < p.counts[2]; ++at) {
      const Span width = inside(p, 2, at);
      if (width.count() == 0) continue;
      const auto count = static_cast<Real>(depth.count() * height.count() * width.count());
      const Real* const given = grad + (line * p.counts[2] + at) * channels;
      for (std::int64_t c = 0; c < channels; ++c) share[c] = given[c] / count;
      for (std::int64_t z = depth.first; z < depth.last; ++z) {
        for (std::int64_t y = height.first; y < height.last; ++y) {
          Real* const to = made + place(p, image, z, y) + width.first * channels;
          for (std::int64_t i = 0; i < width.count(); ++i)
            for (std::int64_t c = 0; c < channels; ++c) to[i * channels + c] += share[c];
        }
      }
    }
  });
}

}  // namespace

SCOPETRIE_WIDE_VECTORS
void pool_largest(const Pooling& pooling, const float* x, float* out) { largest(pooling, x, out); }

SCOPETRIE_WIDE_VECTORS
void pool_largest(const Pooling& pooling, const double* x, double* out) { largest(pooling, x, out); }

SCOPETRIE_WIDE_VECTORS
void pool_mean(const Pooling& pooling, const float* x, float* out) { mean(pooling, x, out); }

SCOPETRIE_WIDE_VECTORS
void pool_mean(const Pooling& pooling, const double* x, double* out) { mean(pooling, x, out); }

SCOPETRIE_WIDE_VECTORS
void spread_largest(const Pooling& pooling, const float* x, const float* grad, float* made) {
  by_largest(pooling, x, grad, made);
}

SCOPETRIE_WIDE_VECTORS
void spread_largest(const Pooling& pooling, const double* x, const double* grad, double* made) {
  by_largest(pooling, x, grad, made);
}

SCOPETRIE_WIDE_VECTORS
void spread_mean(const Pooling& pooling, const float* grad, float* made) { by_mean(pooling, grad, made); }

SCOPETRIE_WIDE_VECTORS
void spread_mean(const Pooling& pooling, const double* grad, double* made) { by_mean(pooling, grad, made); }

}  // namespace scopetrie
