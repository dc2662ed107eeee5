// What a tensor's elements are: v1's DataType numbers, with their names and sizes.
//
// Invariants: one byte. A reference type is its base type's number + kReferences, as in v1's protos; 0 is no type.
// Numbers below kOwn are v1's; those from it on are types that only a Store has, and they have no reference types.
// Thread safety: a value.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace scopetrie {

/// Integers from the least to the most; none by default.
struct IntegerRange {
  std::int64_t least = 0, most = -1;

  constexpr bool has(std::int64_t number) const { return number >= least && number <= most; }
};

struct DType {
  static constexpr std::uint8_t kReferences = 100;
  static constexpr std::uint8_t kCount = 128;  // every number is below
  static constexpr std::uint8_t kOwn = 64;

  std::uint8_t number = 0;

  constexpr DType() = default;
  // Implicit both ways: tables and protos hold the number.
  constexpr DType(std::uint8_t number) : number(number) {}    // NOLINT(google-explicit-constructor)
  constexpr operator std::uint8_t() const { return number; }  // NOLINT(google-explicit-constructor)

  constexpr bool is_reference() const { return number > kReferences; }
  constexpr DType base() const { return is_reference() ? static_cast<std::uint8_t>(number - kReferences) : number; }
  /// Of a base type.
  constexpr DType reference() const { return static_cast<std::uint8_t>(number + kReferences); }

  /// Of the base type: 'f'loat, signed 'i'nt, 'u'nsigned int, 'b'ool, 'c'omplex, 'S'tring, 'q'uantized int; 'V' for
  /// resources and variants, 0 where there is no such type.
  constexpr char kind() const;
  /// Bytes of an element; 0 where they vary.
  constexpr std::size_t size() const;
  /// "float32", "float32_ref"; empty where there is no such type.
  std::string name() const;
  constexpr bool is_floating() const { return kind() == 'f'; }
  constexpr bool is_integer() const { return kind() == 'i' || kind() == 'u'; }
  /// What integers, of those that an int64 is, an element may be without loss: those of an integer dtype, or those that
  /// float16, float32 or float64 takes from a double. None of other dtypes, whose numbers v1's functions convert or
  /// refuse.
  constexpr IntegerRange integers() const;
  constexpr bool holds(std::int64_t number) const { return integers().has(number); }
  /// Whether float16, float32 or float64 rounds this number without overflow; false for other dtypes.
  bool holds(double number) const;
  /// The largest number that float16, float32 or float64 is made of; 0 for other dtypes.
  constexpr double largest() const;
  /// Whether an element is a number of fewer than 8 bits, or a float of at most 8: stored in a byte each.
  constexpr bool is_small() const;

  /// The type of this name; 0 where there is none.
  static DType named(std::string_view name);
};

inline constexpr DType kFloat32{1}, kFloat64{2}, kInt32{3}, kUInt8{4}, kInt16{5}, kInt8{6}, kString{7}, kComplex64{8},
    kInt64{9}, kBool{10}, kQInt8{11}, kQUInt8{12}, kQInt32{13}, kBFloat16{14}, kQInt16{15}, kQUInt16{16}, kUInt16{17},
    kComplex128{18}, kFloat16{19}, kResource{20}, kVariant{21}, kUInt32{22}, kUInt64{23}, kFloat8E5M2{24}, kInt4{29},
    kUInt4{30}, kInt2{31}, kUInt2{32}, kLongDouble{DType::kOwn}, kComplexLongDouble{DType::kOwn + 1},
    kFloat8E3M4{DType::kOwn + 2};

/// The type of a C++ type's values; no type for those of others.
template <class T>
inline constexpr DType dtype_for = {};
template <>
inline constexpr DType dtype_for<float> = kFloat32;
template <>
inline constexpr DType dtype_for<double> = kFloat64;
template <>
inline constexpr DType dtype_for<std::int8_t> = kInt8;
template <>
inline constexpr DType dtype_for<std::int16_t> = kInt16;
template <>
inline constexpr DType dtype_for<std::int32_t> = kInt32;
template <>
inline constexpr DType dtype_for<std::int64_t> = kInt64;
template <>
inline constexpr DType dtype_for<std::uint8_t> = kUInt8;
template <>
inline constexpr DType dtype_for<std::uint16_t> = kUInt16;
template <>
inline constexpr DType dtype_for<std::uint32_t> = kUInt32;
template <>
inline constexpr DType dtype_for<std::uint64_t> = kUInt64;
template <>
inline constexpr DType dtype_for<bool> = kBool;

constexpr bool DType::is_small() const { return (number >= kFloat8E5M2 && number <= kUInt2) || number >= kFloat8E3M4; }

namespace detail {

struct DTypeFacts {
  std::string_view name;
  char kind = 0;
  std::uint8_t size = 0;
};

inline constexpr std::uint8_t kLong = sizeof(long double);

// By number.
inline constexpr std::array<DTypeFacts, 33> kDTypes{{{},
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
inline constexpr std::array<DTypeFacts, 8> kOwnDTypes{{{"longdouble", 'f', kLong},
                                                       {"clongdouble", 'c', 2 * kLong},
                                                       {"float8_e3m4", 'f', 1},
                                                       {"float8_e4m3", 'f', 1},
                                                       {"float8_e8m0fnu", 'f', 1},
                                                       {"float6_e2m3fn", 'f', 1},
                                                       {"float6_e3m2fn", 'f', 1},
                                                       {"float4_e2m1fn", 'f', 1}}};

constexpr const DTypeFacts& facts_of(DType dtype) {
  const std::size_t number = dtype.base().number;
  if (number < kDTypes.size()) return kDTypes[number];
  return number >= DType::kOwn && number - DType::kOwn < kOwnDTypes.size() ? kOwnDTypes[number - DType::kOwn]
                                                                           : kDTypes[0];
}

}  // namespace detail

// Here, so that what is asked of one dtype costs no look-up.
constexpr char DType::kind() const { return detail::facts_of(*this).kind; }
constexpr std::size_t DType::size() const { return detail::facts_of(*this).size; }

constexpr double DType::largest() const {
  if (*this == kFloat16) return 65504;
  if (*this == kFloat32) return 3e38;  // a little less than it has: v1's functions decide about the rest
  return *this == kFloat64 ? std::numeric_limits<double>::max() : 0;
}

constexpr IntegerRange DType::integers() const {
  constexpr std::int64_t kExact = std::int64_t{1} << 53;  // a double holds such an int as it is
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (largest() != 0) {
    const std::int64_t most = *this == kFloat16 ? static_cast<std::int64_t>(largest()) : kExact;
    return {-most, most};
  }
  if (!is_integer()) return {};
  const bool is_unsigned = kind() == 'u';
  const unsigned bits = *this == kInt4 || *this == kUInt4   ? 4
                        : *this == kInt2 || *this == kUInt2 ? 2
                                                            : static_cast<unsigned>(size()) * 8;
  const std::int64_t most = bits == 64 ? kMost : (std::int64_t{1} << (is_unsigned ? bits : bits - 1)) - 1;
  return {is_unsigned ? 0 : -most - 1, most};
}

}  // namespace scopetrie
