#include "scopetrie/values/unfolding.hpp"

#include <algorithm>
#include <cstdint>

#include "wide_vectors.hpp"

namespace scopetrie {

namespace {

/// Indices, without the last.
struct Range {
  std::int64_t first, last;
  /// The place of such a range is not computed: it may be outside of any array.
  bool is_empty() const { return first >= last; }
};

/// The windows, of `count`, whose entry at `offset` from the first window's is inside of `size`.
SCOPETRIE_INLINED Range within(std::int64_t size, std::int64_t count, std::int64_t stride, std::int64_t offset) {
  const std::int64_t past = size - offset;
  const std::int64_t first = std::min(offset < 0 ? (stride - 1 - offset) / stride : 0, count);
  return {first, std::clamp(past > 0 ? (past + stride - 1) / stride : 0, first, count)};
}

/// Calls `of_line(from, to, is_inside)` for each line of entries of each window, in order of the rows: `from` is the
/// place of the first entry in the array, which may be outside along the last dimension; `to` that in the row.
template <typename OfLine>
SCOPETRIE_INLINED void for_lines(const Unfolding& u, OfLine&& of_line) {
  const std::int64_t line = u.window[2] * u.channels;
  std::int64_t to = 0;
  for (std::int64_t n = 0; n < u.images; ++n) {
    for (std::int64_t a = 0; a < u.counts[0]; ++a) {
      for (std::int64_t b = 0; b < u.counts[1]; ++b) {
        for (std::int64_t c = 0; c < u.counts[2]; ++c) {
          const std::int64_t start = c * u.strides[2] + u.first[2];
          for (std::int64_t i = 0; i < u.window[0]; ++i) {
            const std::int64_t z = a * u.strides[0] + u.first[0] + i * u.dilations[0];
            for (std::int64_t j = 0; j < u.window[1]; ++j, to += line) {
              const std::int64_t y = b * u.strides[1] + u.first[1] + j * u.dilations[1];
              const bool is_inside = z >= 0 && z < u.sizes[0] && y >= 0 && y < u.sizes[1];
              of_line(((n * u.sizes[0] + z) * u.sizes[1] + y) * u.sizes[2], start, to, is_inside);
            }
          }
        }
      }
    }
  }
}

/// The entries of a line that begins at `start` which are inside.
SCOPETRIE_INLINED Range entries(const Unfolding& u, std::int64_t start) {
  return within(u.sizes[2], u.window[2], u.dilations[2], start);
}

template <typename Real>
SCOPETRIE_INLINED void add_rows(const Unfolding& u, const Real* __restrict rows, Real* __restrict x) {
  const std::int64_t channels = u.channels;
  for_lines(u, [&](std::int64_t line, std::int64_t start, std::int64_t to, bool is_inside) {
    if (!is_inside) return;
    const Range inside = entries(u, start);
    if (inside.is_empty()) return;
    if (u.dilations[2] == 1) {
      const std::int64_t count = (inside.last - inside.first) * channels;
      Real* __restrict const at = x + (line + start + inside.first) * channels;
      const Real* __restrict const row = rows + to + inside.first * channels;
      for (std::int64_t i = 0; i < count; ++i) at[i] += row[i];
      return;
    }
    for (std::int64_t k = inside.first; k < inside.last; ++k)
      for (std::int64_t c = 0; c < channels; ++c)
        x[(line + start + k * u.dilations[2]) * channels + c] += rows[to + k * channels + c];
  });
}

}  // namespace

template <typename Bits>
void unfold(const Unfolding& u, const Bits* x, Bits* rows) {
  const std::int64_t channels = u.channels;
  for_lines(u, [&](std::int64_t line, std::int64_t start, std::int64_t to, bool is_inside) {
    const Range inside = is_inside ? entries(u, start) : Range{0, 0};
    Bits* row = std::fill_n(rows + to, inside.first * channels, Bits(0));
    if (inside.is_empty()) {
      // All is outside.
    } else if (u.dilations[2] == 1) {
      row = std::copy_n(x + (line + start + inside.first) * channels, (inside.last - inside.first) * channels, row);
    } else {
      for (std::int64_t k = inside.first; k < inside.last; ++k)
        row = std::copy_n(x + (line + start + k * u.dilations[2]) * channels, channels, row);
    }
    std::fill_n(row, (u.window[2] - inside.last) * channels, Bits(0));
  });
}

template <typename Bits>
void unfold_transposed(const Unfolding& u, const Bits* x, Bits* columns) {
  const std::int64_t channels = u.channels, step = u.strides[2] * channels;
  for (std::int64_t i = 0; i < u.window[0]; ++i) {
    for (std::int64_t j = 0; j < u.window[1]; ++j) {
      for (std::int64_t k = 0; k < u.window[2]; ++k) {
        const std::int64_t start = u.first[2] + k * u.dilations[2];
        const Range windows = within(u.sizes[2], u.counts[2], u.strides[2], start);
        for (std::int64_t channel = 0; channel < channels; ++channel) {
          for (std::int64_t n = 0; n < u.images; ++n) {
            for (std::int64_t a = 0; a < u.counts[0]; ++a) {
              const std::int64_t z = a * u.strides[0] + u.first[0] + i * u.dilations[0];
              for (std::int64_t b = 0; b < u.counts[1]; ++b) {
                const std::int64_t y = b * u.strides[1] + u.first[1] + j * u.dilations[1];
                if (z < 0 || z >= u.sizes[0] || y < 0 || y >= u.sizes[1] || windows.is_empty()) {
                  columns = std::fill_n(columns, u.counts[2], Bits(0));
                  continue;
                }
                columns = std::fill_n(columns, windows.first, Bits(0));
                const std::int64_t line = ((n * u.sizes[0] + z) * u.sizes[1] + y) * u.sizes[2] + start;
                const Bits* const from = x + line * channels + channel + windows.first * step;
                const std::int64_t count = windows.last - windows.first;
                if (step == 1) {
                  columns = std::copy_n(from, count, columns);
                } else {
                  for (std::int64_t at = 0; at < count; ++at) *columns++ = from[at * step];
                }
                columns = std::fill_n(columns, u.counts[2] - windows.last, Bits(0));
              }
            }
          }
        }
      }
    }
  }
}

template void unfold(const Unfolding&, const std::uint32_t*, std::uint32_t*);
template void unfold(const Unfolding&, const std::uint64_t*, std::uint64_t*);
template void unfold_transposed(const Unfolding&, const std::uint32_t*, std::uint32_t*);
template void unfold_transposed(const Unfolding&, const std::uint64_t*, std::uint64_t*);

SCOPETRIE_WIDE_VECTORS
void fold(const Unfolding& u, const float* rows, float* x) { add_rows(u, rows, x); }

SCOPETRIE_WIDE_VECTORS
void fold(const Unfolding& u, const double* rows, double* x) { add_rows(u, rows, x); }

}  // namespace scopetrie
