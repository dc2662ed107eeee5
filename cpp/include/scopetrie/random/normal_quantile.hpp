// The inverse of the normal distribution function, from IEEE-exact operations only (+ - * / sqrt): the same bits on
// every platform, which no libm's log or erfinv promises. Needs a build without fused multiply-add contraction.
#pragma once

namespace scopetrie {

/// The natural logarithm of a positive, normal number; within 2 ulp.
double exact_log(double x) noexcept;

/// The x at which the standard normal distribution function is 1/2 + q, for -1/2 < q < 1/2; relative error about 1e-16.
///
/// Taking q rather than the probability keeps both tails equally precise. Wichura: "Algorithm AS 241: the percentage
/// points of the normal distribution", Applied Statistics 37 (1988), routine PPND16.
double normal_quantile(double q) noexcept;

}  // namespace scopetrie
