// Adam's update of a variable and its slots, in one pass over memory.
//
// Thread safety: functions without state.
#pragma once

#include <cstddef>

namespace scopetrie {

/// The numbers of an update; `rate` is corrected for the number of steps.
template <typename Real>
struct AdamRates {
  Real rate, beta1, beta2, epsilon;
  bool is_nesterov;
};

/// Changes `variable`, `mean` and `square`, of `count` elements each, by a gradient.
void update_adam(const AdamRates<float>& rates, float* variable, float* mean, float* square, const float* grad,
                 std::size_t count);
void update_adam(const AdamRates<double>& rates, double* variable, double* mean, double* square, const double* grad,
                 std::size_t count);

}  // namespace scopetrie
