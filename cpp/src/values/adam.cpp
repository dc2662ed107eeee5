#include "scopetrie/values/adam.hpp"

#include <cmath>

#include "wide_vectors.hpp"

namespace scopetrie {

namespace {

template <typename Real>
SCOPETRIE_INLINED void update(const AdamRates<Real>& rates, Real* __restrict variable, Real* __restrict mean,
                              Real* __restrict square, const Real* __restrict grad, std::size_t count) {
  const Real rate = rates.rate, beta1 = rates.beta1, epsilon = rates.epsilon;
  const Real of_mean = 1 - rates.beta1, of_square = 1 - rates.beta2;
  const Real kept = rates.is_nesterov ? beta1 : 1, added = rates.is_nesterov ? of_mean : 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Real g = grad[i];
    const Real m = mean[i] + (g - mean[i]) * of_mean;
    const Real s = square[i] + (g * g - square[i]) * of_square;
    mean[i] = m;
    square[i] = s;
    variable[i] -= (m * kept + g * added) * rate / (std::sqrt(s) + epsilon);
  }
}

}  // namespace

SCOPETRIE_WIDE_VECTORS
void update_adam(const AdamRates<float>& rates, float* variable, float* mean, float* square, const float* grad,
                 std::size_t count) {
  update(rates, variable, mean, square, grad, count);
}

SCOPETRIE_WIDE_VECTORS
void update_adam(const AdamRates<double>& rates, double* variable, double* mean, double* square, const double* grad,
                 std::size_t count) {
  update(rates, variable, mean, square, grad, count);
}

}  // namespace scopetrie
