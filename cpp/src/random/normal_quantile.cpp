#include "scopetrie/random/normal_quantile.hpp"

#include <bit>
#include <cfloat>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace scopetrie {
namespace {

static_assert(std::numeric_limits<double>::is_iec559);
// Registers wider than a double (x87) round differently.
static_assert(FLT_EVAL_METHOD == 0);

/// A polynomial by Horner's rule, highest power first.
template <std::size_t N>
double polynomial(const double (&coefficients)[N], double x) noexcept {
  double sum = coefficients[0];
  for (std::size_t i = 1; i < N; ++i) sum = sum * x + coefficients[i];
  return sum;
}

// For |q| <= 0.425, as a function of 0.425^2 - q^2.
constexpr double kCentreP[] = {2.50908092873012267270e+3, 3.34305755835881281050e+4, 6.72657709270087008530e+4,
                               4.59219539315498714570e+4, 1.37316937655094611250e+4, 1.97159095030655144270e+3,
                               1.33141667891784377450e+2, 3.38713287279636660800e+0};
constexpr double kCentreQ[] = {
    5.22649527885285456100e+3, 2.87290857357219426740e+4, 3.93078958000927106100e+4, 2.12137943015865958670e+4,
    5.39419602142475110770e+3, 6.87187007492057908300e+2, 4.23133307016009112520e+1, 1.0};
// For tail probabilities down to e^-25, as a function of sqrt(-log(tail probability)) - 1.6.
constexpr double kTailP[] = {7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
                             1.27045825245236838258e+0, 3.64784832476320460504e+0, 5.76949722146069140550e+0,
                             4.63033784615654529590e+0, 1.42343711074968357734e+0};
constexpr double kTailQ[] = {
    1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
    6.89767334985100004550e-1, 1.67638483018380384940e+0, 2.05319162663775882187e+0, 1.0};
// Beyond that, as a function of sqrt(-log(tail probability)) - 5.
constexpr double kFarP[] = {2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
                            2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e+0,
                            5.46378491116411436990e+0, 6.65790464350110377720e+0};
constexpr double kFarQ[] = {
    2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
    1.48753612908506148525e-2,  1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0};

double tail_quantile(double tail) noexcept {
  const double r = std::sqrt(-exact_log(tail));
  if (r <= 5.0) return polynomial(kTailP, r - 1.6) / polynomial(kTailQ, r - 1.6);
  return polynomial(kFarP, r - 5.0) / polynomial(kFarQ, r - 5.0);
}

}  // namespace

double exact_log(double x) noexcept {
  // x = 2^exponent * m with m in [sqrt(1/2), sqrt(2)), where log m = 2 artanh(s) for s = (m - 1) / (m + 1), and the
  // terms of s + s^3/3 + s^5/5 + ... fall below 1e-17 of the sum after eleven, since s^2 < 0.0295.
  constexpr double kSeries[] = {1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11,
                                1.0 / 9,  1.0 / 7,  1.0 / 5,  1.0 / 3,  1.0};
  // ln 2 in two parts, the first with enough zero bits at its end for `exponent * kLn2High` to be exact.
  constexpr double kLn2High = 0x1.62e42feep-1;
  constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
  constexpr std::uint64_t kSqrtHalf = 0x3FE6A09E667F3BCD;
  constexpr std::uint64_t kMantissa = 0x000FFFFFFFFFFFFF;

  const std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
  const std::uint64_t above = bits - kSqrtHalf;
  const auto exponent = static_cast<double>(static_cast<std::int64_t>(above) >> 52);
  const double m = std::bit_cast<double>((above & kMantissa) + kSqrtHalf);
  const double s = (m - 1.0) / (m + 1.0);
  return exponent * kLn2High + (2.0 * s * polynomial(kSeries, s * s) + exponent * kLn2Low);
}

double normal_quantile(double q) noexcept {
  if (std::abs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(kCentreP, r) / polynomial(kCentreQ, r);
  }
  return q < 0 ? -tail_quantile(0.5 + q) : tail_quantile(0.5 - q);
}

}  // namespace scopetrie
