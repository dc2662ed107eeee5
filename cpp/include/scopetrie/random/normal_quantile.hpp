// The inverse of the normal distribution function. It uses only operations that IEEE 754 defines exactly (+ - * /
// sqrt), so its bits are the same on every platform; libm's log and erfinv do not guarantee that. Build without
// contraction to fused multiply-add.
#pragma once

namespace scopetrie {

/// The natural logarithm of a positive, normal number; within 2 ulp.
double exact_log(double x) noexcept;

/// The x at which the standard normal distribution function is 1/2 + q, for -1/2 < q < 1/2; relative error about 1e-16.
///
/// The argument is q, not the probability, so that both tails are equally precise. Wichura: "Algorithm AS 241: the
/// percentage points of the normal distribution", Applied Statistics 37 (1988), routine PPND16.
double normal_quantile(double q) noexcept;

}  // namespace scopetrie
