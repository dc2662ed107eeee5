// Updates of a variable and its slots by a gradient, each in one pass over memory. The arrays of a call have `count`
// elements each.
//
// Thread safety: functions without state.
#pragma once

#include <cstddef>

namespace scopetrie {

/// Gradient descent.
template <typename Real>
struct Descent {
  Real rate;
};
/// Gradient descent with momentum.
template <typename Real>
struct Momentum {
  Real rate, decay;
  bool is_nesterov;
};
/// Adagrad.
template <typename Real>
struct Adagrad {
  Real rate;
};
/// RMSProp.
template <typename Real>
struct RmsProp {
  Real rate, rho, momentum, epsilon;
};

void update(const Descent<float>& by, float* variable, const float* grad, std::size_t count);
void update(const Descent<double>& by, double* variable, const double* grad, std::size_t count);
void update(const Momentum<float>& by, float* variable, float* speed, const float* grad, std::size_t count);
void update(const Momentum<double>& by, double* variable, double* speed, const double* grad, std::size_t count);
void update(const Adagrad<float>& by, float* variable, float* squares, const float* grad, std::size_t count);
void update(const Adagrad<double>& by, double* variable, double* squares, const double* grad, std::size_t count);
void update(const RmsProp<float>& by, float* variable, float* squares, float* speed, const float* grad,
            std::size_t count);
void update(const RmsProp<double>& by, double* variable, double* squares, double* speed, const double* grad,
            std::size_t count);

}  // namespace scopetrie
