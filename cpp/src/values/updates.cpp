#include "scopetrie/values/updates.hpp"

#include <cmath>

#include "wide_vectors.hpp"

namespace scopetrie {

namespace {

template <typename Real>
SCOPETRIE_INLINED void descend(const Descent<Real>& by, Real* __restrict variable, const Real* __restrict grad,
                               std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) variable[i] -= grad[i] * by.rate;
}

template <typename Real>
SCOPETRIE_INLINED void speed_up(const Momentum<Real>& by, Real* __restrict variable, Real* __restrict speed,
                                const Real* __restrict grad, std::size_t count) {
  const Real rate = by.rate, decay = by.decay;
  if (by.is_nesterov) {
    const Real of_speed = decay * rate;
    for (std::size_t i = 0; i < count; ++i) {
      const Real next = speed[i] * decay + grad[i];
      speed[i] = next;
      variable[i] -= grad[i] * rate + next * of_speed;
    }
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const Real next = speed[i] * decay + grad[i];
    speed[i] = next;
    variable[i] -= next * rate;
  }
}

template <typename Real>
SCOPETRIE_INLINED void slow_down(const Adagrad<Real>& by, Real* __restrict variable, Real* __restrict squares,
                                 const Real* __restrict grad, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const Real sum = squares[i] + grad[i] * grad[i];
    squares[i] = sum;
    variable[i] -= grad[i] * by.rate / std::sqrt(sum);
  }
}

template <typename Real>
SCOPETRIE_INLINED void scale(const RmsProp<Real>& by, Real* __restrict variable, Real* __restrict squares,
                             Real* __restrict speed, const Real* __restrict grad, std::size_t count) {
  const Real rate = by.rate, momentum = by.momentum, epsilon = by.epsilon, share = 1 - by.rho;
  for (std::size_t i = 0; i < count; ++i) {
    const Real square = squares[i] + (grad[i] * grad[i] - squares[i]) * share;
    const Real next = speed[i] * momentum + grad[i] * rate / std::sqrt(square + epsilon);
    squares[i] = square;
    speed[i] = next;
    variable[i] -= next;
  }
}

}  // namespace

SCOPETRIE_WIDE_VECTORS
void update(const Descent<float>& by, float* variable, const float* grad, std::size_t count) {
  descend(by, variable, grad, count);
}

SCOPETRIE_WIDE_VECTORS
void update(const Descent<double>& by, double* variable, const double* grad, std::size_t count) {
  descend(by, variable, grad, count);
}

SCOPETRIE_WIDE_VECTORS
void update(const Momentum<float>& by, float* variable, float* speed, const float* grad, std::size_t count) {
  speed_up(by, variable, speed, grad, count);
}

SCOPETRIE_WIDE_VECTORS
void update(const Momentum<double>& by, double* variable, double* speed, const double* grad, std::size_t count) {
  speed_up(by, variable, speed, grad, count);
}

SCOPETRIE_WIDE_VECTORS
void update(const Adagrad<float>& by, float* variable, float* squares, const float* grad, std::size_t count) {
  slow_down(by, variable, squares, grad, count);
}

SCOPETRIE_WIDE_VECTORS
void update(const Adagrad<double>& by, double* variable, double* squares, const double* grad, std::size_t count) {
  slow_down(by, variable, squares, grad, count);
}

SCOPETRIE_WIDE_VECTORS
void update(const RmsProp<float>& by, float* variable, float* squares, float* speed, const float* grad,
            std::size_t count) {
  scale(by, variable, squares, speed, grad, count);
}

SCOPETRIE_WIDE_VECTORS
void update(const RmsProp<double>& by, double* variable, double* squares, double* speed, const double* grad,
            std::size_t count) {
  scale(by, variable, squares, speed, grad, count);
}

}  // namespace scopetrie
