#include "scopetrie/values/adam.hpp"

#include <cmath>

// One function for each width of vectors, chosen when the program is loaded. The resolver of sanitized programs would
// run before the sanitizer.
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define SCOPETRIE_WIDE_VECTORS __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define SCOPETRIE_WIDE_VECTORS
#endif

namespace scopetrie {

SCOPETRIE_WIDE_VECTORS
void update_adam(const AdamRates<float>& rates, float* __restrict variable, float* __restrict mean,
                 float* __restrict square, const float* __restrict grad, std::size_t count) {
  const float rate = rates.rate, beta1 = rates.beta1, epsilon = rates.epsilon;
  const float of_mean = 1 - rates.beta1, of_square = 1 - rates.beta2;
  const float kept = rates.is_nesterov ? beta1 : 1, added = rates.is_nesterov ? of_mean : 0;
  for (std::size_t i = 0; i < count; ++i) {
    const float g = grad[i];
    const float m = mean[i] + (g - mean[i]) * of_mean;
    const float s = square[i] + (g * g - square[i]) * of_square;
    mean[i] = m;
    square[i] = s;
    variable[i] -= (m * kept + g * added) * rate / (std::sqrt(s) + epsilon);
  }
}

SCOPETRIE_WIDE_VECTORS
void update_adam(const AdamRates<double>& rates, double* __restrict variable, double* __restrict mean,
                 double* __restrict square, const double* __restrict grad, std::size_t count) {
  const double rate = rates.rate, beta1 = rates.beta1, epsilon = rates.epsilon;
  const double of_mean = 1 - rates.beta1, of_square = 1 - rates.beta2;
  const double kept = rates.is_nesterov ? beta1 : 1, added = rates.is_nesterov ? of_mean : 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double g = grad[i];
    const double m = mean[i] + (g - mean[i]) * of_mean;
    const double s = square[i] + (g * g - square[i]) * of_square;
    mean[i] = m;
    square[i] = s;
    variable[i] -= (m * kept + g * added) * rate / (std::sqrt(s) + epsilon);
  }
}

}  // namespace scopetrie
