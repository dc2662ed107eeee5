#include "scopetrie/values/activations.hpp"

#include <bit>

#include "wide_vectors.hpp"

namespace scopetrie {

namespace {

/// `1 / (1 + exp(x))`: the exponential is a power of two times a polynomial on a range around 0.
SCOPETRIE_INLINED float logistic(float x) {
  // Beyond these the result is 0, or 1. NaN stays NaN: each comparison with it is false.
  constexpr float kMost = 88.0F, kLeast = -87.0F;
  constexpr float kOfTwo = 1.44269504088896341F;  // 1 / log 2
  // log 2 in two parts, of which the first has few digits: its multiples are exact.
  constexpr float kLog2 = 0.693359375F, kRest = -2.12194440e-4F;
  // Added to a small number, it leaves the nearest integer in the lowest bits.
  constexpr float kRounds = 12582912.0F;
  const float most = x > kMost ? kMost : x;
  const float inside = most < kLeast ? kLeast : most;
  const float shifted = inside * kOfTwo + kRounds;
  const float power = shifted - kRounds;
  const float rest = inside - power * kLog2 - power * kRest;
  // Its Taylor series, of degree 7, on [-log(2) / 2, log(2) / 2].
  float sum = 1.0F / 5040;
  sum = sum * rest + 1.0F / 720;
  sum = sum * rest + 1.0F / 120;
  sum = sum * rest + 1.0F / 24;
  sum = sum * rest + 1.0F / 6;
  sum = sum * rest + 0.5F;
  sum = sum * rest * rest + rest + 1.0F;
  const float two = std::bit_cast<float>((std::bit_cast<std::uint32_t>(shifted) << 23) + 0x3F800000U);
  return x > kMost ? 0.0F : 1.0F / (1.0F + sum * two);
}

template <typename Real>
SCOPETRIE_INLINED void of_tanh(const Real* y, const Real* dy, Real* out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out[i] = dy[i] * (1 - y[i] * y[i]);
}

template <typename Real>
SCOPETRIE_INLINED void of_logistic(const Real* y, const Real* dy, Real* out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out[i] = dy[i] * (y[i] * (1 - y[i]));
}

template <typename Real>
SCOPETRIE_INLINED void of_positive(const Real* x, Real* out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out[i] = x[i] < 0 ? 0 : x[i];  // NaN stays
}

template <typename Real>
SCOPETRIE_INLINED void by_positive(const Real* grad, const Real* x, Real* out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out[i] = grad[i] * Real(x[i] > 0 ? 1 : 0);
}

template <typename Real>
SCOPETRIE_INLINED void by_sign(const Real* grad, const Real* x, Real alpha, Real* out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out[i] = grad[i] * (x[i] > 0 ? Real(1) : alpha);
}

template <typename Index, typename Real>
SCOPETRIE_INLINED void add(const Index* at, const Real* __restrict rows, std::size_t count, std::size_t width,
                           Real* __restrict out) {
  for (std::size_t row = 0; row < count; ++row) {
    Real* __restrict const to = out + static_cast<std::size_t>(at[row]) * width;
    const Real* __restrict const from = rows + row * width;
    for (std::size_t i = 0; i < width; ++i) to[i] += from[i];
  }
}

}  // namespace

SCOPETRIE_WIDE_VECTORS
void logistic_of_negative(float* values, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) values[i] = logistic(values[i]);
}

SCOPETRIE_WIDE_VECTORS
void tanh_gradient(const float* y, const float* dy, float* out, std::size_t count) { of_tanh(y, dy, out, count); }

SCOPETRIE_WIDE_VECTORS
void tanh_gradient(const double* y, const double* dy, double* out, std::size_t count) { of_tanh(y, dy, out, count); }

SCOPETRIE_WIDE_VECTORS
void logistic_gradient(const float* y, const float* dy, float* out, std::size_t count) {
  of_logistic(y, dy, out, count);
}

SCOPETRIE_WIDE_VECTORS
void logistic_gradient(const double* y, const double* dy, double* out, std::size_t count) {
  of_logistic(y, dy, out, count);
}

SCOPETRIE_WIDE_VECTORS
void relu(const float* x, float* out, std::size_t count) { of_positive(x, out, count); }

SCOPETRIE_WIDE_VECTORS
void relu(const double* x, double* out, std::size_t count) { of_positive(x, out, count); }

SCOPETRIE_WIDE_VECTORS
void relu_gradient(const float* grad, const float* x, float* out, std::size_t count) {
  by_positive(grad, x, out, count);
}

SCOPETRIE_WIDE_VECTORS
void relu_gradient(const double* grad, const double* x, double* out, std::size_t count) {
  by_positive(grad, x, out, count);
}

SCOPETRIE_WIDE_VECTORS
void leaky_gradient(const float* grad, const float* x, float alpha, float* out, std::size_t count) {
  by_sign(grad, x, alpha, out, count);
}

SCOPETRIE_WIDE_VECTORS
void leaky_gradient(const double* grad, const double* x, double alpha, double* out, std::size_t count) {
  by_sign(grad, x, alpha, out, count);
}

SCOPETRIE_WIDE_VECTORS
void add_rows(const std::int32_t* at, const float* rows, std::size_t count, std::size_t width, float* out) {
  add(at, rows, count, width, out);
}

SCOPETRIE_WIDE_VECTORS
void add_rows(const std::int32_t* at, const double* rows, std::size_t count, std::size_t width, double* out) {
  add(at, rows, count, width, out);
}

SCOPETRIE_WIDE_VECTORS
void add_rows(const std::int64_t* at, const float* rows, std::size_t count, std::size_t width, float* out) {
  add(at, rows, count, width, out);
}

SCOPETRIE_WIDE_VECTORS
void add_rows(const std::int64_t* at, const double* rows, std::size_t count, std::size_t width, double* out) {
  add(at, rows, count, width, out);
}

}  // namespace scopetrie
