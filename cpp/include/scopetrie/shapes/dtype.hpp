// What a tensor's elements are: v1's DataType numbers, with their names and sizes.
//
// Invariants: one byte. A reference type is its base type's number + kReferences, as in v1's protos; 0 is no type.
// Numbers below kOwn are v1's; those from it on are types that only a Store has, and they have no reference types.
// Thread safety: a value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace scopetrie {

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
  char kind() const;
  /// Bytes of an element; 0 where they vary.
  std::size_t size() const;
  /// "float32", "float32_ref"; empty where there is no such type.
  std::string name() const;
  bool is_floating() const { return kind() == 'f'; }
  bool is_integer() const { return kind() == 'i' || kind() == 'u'; }
  /// Whether an element may be this number without loss: an integer dtype has it, or float16, float32 or float64 takes
  /// it from a double. False for other dtypes, whose numbers v1's functions convert or refuse.
  bool holds(std::int64_t number) const;
  /// The same of an int32, without a look-up: what shapes and positions are made of.
  static constexpr bool int32_holds(std::int64_t number) { return number == static_cast<std::int32_t>(number); }
  /// Whether float16, float32 or float64 rounds this number without overflow; false for other dtypes.
  bool holds(double number) const;
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

}  // namespace scopetrie
