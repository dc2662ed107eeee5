// Activations and the gradients of activations, in one pass over memory; and rows that are added to rows.
//
// Thread safety: functions without state.
#pragma once

#include <cstddef>
#include <cstdint>

namespace scopetrie {

/// Changes each of `count` numbers to `1 / (1 + exp(number))`, to 3 units in the last place.
void logistic_of_negative(float* values, std::size_t count);

/// Writes `dy * (1 - y * y)`, the gradient of tanh. `out` may be one of the others, as below.
void tanh_gradient(const float* y, const float* dy, float* out, std::size_t count);
void tanh_gradient(const double* y, const double* dy, double* out, std::size_t count);

/// Writes `dy * (y * (1 - y))`, the gradient of the logistic function.
void logistic_gradient(const float* y, const float* dy, float* out, std::size_t count);
void logistic_gradient(const double* y, const double* dy, double* out, std::size_t count);

/// Writes `x`, and 0 where it is negative.
void relu(const float* x, float* out, std::size_t count);
void relu(const double* x, double* out, std::size_t count);

/// Writes `grad` times 1 where `x` is positive, and times 0 elsewhere.
void relu_gradient(const float* grad, const float* x, float* out, std::size_t count);
void relu_gradient(const double* grad, const double* x, double* out, std::size_t count);

/// Writes `grad` where `x` is positive, and `alpha * grad` elsewhere: of leaky ReLU, which `grad` = `x` gives itself.
void leaky_gradient(const float* grad, const float* x, float alpha, float* out, std::size_t count);
void leaky_gradient(const double* grad, const double* x, double alpha, double* out, std::size_t count);

/// Adds `count` rows of `width` elements to the rows of `out` of these positions, in order; they may repeat.
void add_rows(const std::int32_t* at, const float* rows, std::size_t count, std::size_t width, float* out);
void add_rows(const std::int32_t* at, const double* rows, std::size_t count, std::size_t width, double* out);
void add_rows(const std::int64_t* at, const float* rows, std::size_t count, std::size_t width, float* out);
void add_rows(const std::int64_t* at, const double* rows, std::size_t count, std::size_t width, double* out);

}  // namespace scopetrie
