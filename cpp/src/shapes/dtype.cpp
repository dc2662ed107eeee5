#include "scopetrie/shapes/dtype.hpp"

#include <array>
#include <cmath>
#include <limits>

namespace scopetrie {

namespace {

struct Facts {
  std::string_view name;
  char kind = 0;
  std::uint8_t size = 0;
};

constexpr std::uint8_t kLong = sizeof(long double);

// By number.
constexpr std::array<Facts, 33> kFacts{{{},
                                        {"float32", 'f', 4},
                                        {"float64", 'f', 8},
                                        {"int32", 'i', 4},
                                        {"uint8", 'u', 1},
                                        {"int16", 'i', 2},
                                        {"int8", 'i', 1},
                                        {"string", 'S', 0},
                                        {"complex64", 'c', 8},
                                        {"int64", 'i', 8},
                                        {"bool", 'b', 1},
                                        {"qint8", 'q', 1},
                                        {"quint8", 'q', 1},
                                        {"qint32", 'q', 4},
                                        {"bfloat16", 'f', 2},
                                        {"qint16", 'q', 2},
                                        {"quint16", 'q', 2},
                                        {"uint16", 'u', 2},
                                        {"complex128", 'c', 16},
                                        {"float16", 'f', 2},
                                        {"resource", 'V', 0},
                                        {"variant", 'V', 0},
                                        {"uint32", 'u', 4},
                                        {"uint64", 'u', 8},
                                        {"float8_e5m2", 'f', 1},
                                        {"float8_e4m3fn", 'f', 1},
                                        {"float8_e4m3fnuz", 'f', 1},
                                        {"float8_e4m3b11fnuz", 'f', 1},
                                        {"float8_e5m2fnuz", 'f', 1},
                                        {"int4", 'i', 1},
                                        {"uint4", 'u', 1},
                                        {"int2", 'i', 1},
                                        {"uint2", 'u', 1}}};
// By number, from DType::kOwn on.
constexpr std::array<Facts, 8> kOwnFacts{{{"longdouble", 'f', kLong},
                                          {"clongdouble", 'c', 2 * kLong},
                                          {"float8_e3m4", 'f', 1},
                                          {"float8_e4m3", 'f', 1},
                                          {"float8_e8m0fnu", 'f', 1},
                                          {"float6_e2m3fn", 'f', 1},
                                          {"float6_e3m2fn", 'f', 1},
                                          {"float4_e2m1fn", 'f', 1}}};
constexpr std::string_view kReferenceEnding = "_ref";

const Facts& facts_of(DType dtype) {
  const std::size_t number = dtype.base().number;
  if (number < kFacts.size()) return kFacts[number];
  return number >= DType::kOwn && number - DType::kOwn < kOwnFacts.size() ? kOwnFacts[number - DType::kOwn] : kFacts[0];
}

/// The largest number of float16, float32 and float64; 0 for other dtypes.
double largest_of(DType dtype) {
  if (dtype == kFloat16) return 65504;
  if (dtype == kFloat32) return 3e38;  // a little less than it has: v1's functions decide about the rest
  return dtype == kFloat64 ? std::numeric_limits<double>::max() : 0;
}

unsigned bits_of(DType dtype) {
  if (dtype == kInt4 || dtype == kUInt4) return 4;
  if (dtype == kInt2 || dtype == kUInt2) return 2;
  return static_cast<unsigned>(dtype.size()) * 8;
}

}  // namespace

char DType::kind() const { return facts_of(*this).kind; }
std::size_t DType::size() const { return facts_of(*this).size; }

bool DType::holds(std::int64_t number) const {
  constexpr std::int64_t kExact = std::int64_t{1} << 53;  // a double holds such an int as it is
  if (const double largest = largest_of(*this); largest != 0) {
    const std::int64_t most = *this == kFloat16 ? static_cast<std::int64_t>(largest) : kExact;
    return number >= -most && number <= most;
  }
  if (*this == kInt32) return int32_holds(number);
  if (!is_integer()) return false;
  const bool is_unsigned = kind() == 'u';
  const auto bits = bits_of(*this);
  if (bits == 64) return !is_unsigned || number >= 0;
  const std::int64_t range = std::int64_t{1} << bits;
  return is_unsigned ? number >= 0 && number < range : number >= -range / 2 && number < range / 2;
}

bool DType::holds(double number) const {
  const double largest = largest_of(*this);
  return largest != 0 && (!std::isfinite(number) || std::fabs(number) <= largest);
}

std::string DType::name() const {
  std::string name(facts_of(*this).name);
  if (is_reference() && !name.empty()) name += kReferenceEnding;
  return name;
}

DType DType::named(std::string_view name) {
  const bool is_reference = name.ends_with(kReferenceEnding);
  if (is_reference) name.remove_suffix(kReferenceEnding.size());
  for (std::size_t number = 1; number < kFacts.size(); ++number) {
    const DType found(static_cast<std::uint8_t>(number));
    if (kFacts[number].name == name) return is_reference ? found.reference() : found;
  }
  for (std::size_t own = 0; own < kOwnFacts.size() && !is_reference; ++own)
    if (kOwnFacts[own].name == name) return {static_cast<std::uint8_t>(DType::kOwn + own)};
  return {};
}

}  // namespace scopetrie
