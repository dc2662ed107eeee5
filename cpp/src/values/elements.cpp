#include "scopetrie/values/elements.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <complex>
#include <limits>
#include <type_traits>

#include "scopetrie/random/random.hpp"
#include "scopetrie/variables/initial_value.hpp"

namespace scopetrie {

namespace {

using InitializerKind = Initializer::Kind;
using AttributeKind = AttributeValue::Kind;

/// IEEE's half and bfloat16 by their bits.
struct Half {
  std::uint16_t bits;
};
struct BFloat16 {
  std::uint16_t bits;
};

// Rounds to nearest, ties to even.
Half to_half(float value) {
  const auto word = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>(word >> 16 & 0x8000U);
  const std::uint32_t magnitude = word & 0x7FFF'FFFFU;
  if (magnitude > 0x7F80'0000U) return {static_cast<std::uint16_t>(sign | 0x7E00U)};   // nan
  if (magnitude >= 0x4780'0000U) return {static_cast<std::uint16_t>(sign | 0x7C00U)};  // 2^16 and more
  if (magnitude < 0x3880'0000U) {  // below 2^-14: the unit is 2^-24, and adding 1/2 rounds to it
    const float rounded = std::bit_cast<float>(magnitude) + 0.5F;
    return {static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(rounded) - 0x3F00'0000U))};
  }
  const std::uint32_t rounded = magnitude - 0x3800'0000U + 0xFFFU + (magnitude >> 13 & 1U);
  return {static_cast<std::uint16_t>(sign | rounded >> 13)};
}
BFloat16 to_bfloat16(float value) {
  const auto word = std::bit_cast<std::uint32_t>(value);
  if ((word & 0x7FFF'FFFFU) > 0x7F80'0000U) return {static_cast<std::uint16_t>(word >> 16 | 0x40U)};
  return {static_cast<std::uint16_t>((word + 0x7FFFU + (word >> 16 & 1U)) >> 16)};
}

template <class To, class From>
To convert(From value) {
  if constexpr (std::is_same_v<To, Half>)
    return to_half(static_cast<float>(value));
  else if constexpr (std::is_same_v<To, BFloat16>)
    return to_bfloat16(static_cast<float>(value));
  else
    return static_cast<To>(value);
}

// Calls `with` with a number of the type that an element of the dtype has.
template <class With>
void dispatch(DType dtype, With&& with) {
  switch (dtype) {
    case kBool:
    case kUInt8:
      return with(std::uint8_t{});
    case kInt8:
      return with(std::int8_t{});
    case kInt16:
      return with(std::int16_t{});
    case kUInt16:
      return with(std::uint16_t{});
    case kInt32:
      return with(std::int32_t{});
    case kUInt32:
      return with(std::uint32_t{});
    case kInt64:
      return with(std::int64_t{});
    case kUInt64:
      return with(std::uint64_t{});
    case kFloat16:
      return with(Half{});
    case kBFloat16:
      return with(BFloat16{});
    case kFloat64:
      return with(double{});
    case kLongDouble:
      return with(static_cast<long double>(0));
    case kComplex64:
      return with(std::complex<float>());
    case kComplex128:
      return with(std::complex<double>());
    case kComplexLongDouble:
      return with(std::complex<long double>());
    default:
      return with(float{});
  }
}

/// The dtype whose distributions an element is drawn from.
DType drawn_as(DType dtype) {
  if (dtype == kFloat64 || dtype == kLongDouble) return kFloat64;
  if (dtype == kInt32) return kInt32;
  return dtype.is_integer() ? kInt64 : kFloat32;
}

bool is_random(InitializerKind kind) { return kind >= InitializerKind::kUniform; }

bool has_constant(const AttributeValue& number, DType dtype) {
  const char kind = dtype.kind();
  if (kind == 'f' || kind == 'c') return number.is_number();
  if (kind == 'b') return number.kind() == AttributeKind::kBool;
  return number.kind() == AttributeKind::kInt && dtype.holds(number.integer());
}

template <class T>
void fill(T* out, std::size_t count, const AttributeValue& number) {
  if (number.kind() == AttributeKind::kInt)
    std::fill_n(out, count, convert<T>(number.integer()));
  else
    std::fill_n(out, count, convert<T>(as_double(number)));
}

// Draws a block at a time, in the type that it is drawn as, and converts it.
template <class Drawn, class To, class Draw>
void draw_converted(To* out, std::size_t count, Draw&& draw) {
  if constexpr (std::is_same_v<Drawn, To>) {
    draw(std::span<Drawn>(out, count), 0);
  } else if constexpr (!std::is_same_v<To, std::complex<float>> && !std::is_same_v<To, std::complex<double>> &&
                       !std::is_same_v<To, std::complex<long double>>) {
    std::array<Drawn, 256> block;
    for (std::size_t at = 0; at < count; at += block.size()) {
      const std::size_t size = std::min(block.size(), count - at);
      draw(std::span<Drawn>(block.data(), size), at);
      for (std::size_t i = 0; i < size; ++i) out[at + i] = convert<To>(block[i]);
    }
  }
}

// scale * x + shift, in the type that is drawn, as v1's operations calculate it.
template <class T>
void scale(std::span<T> out, T factor, T shift) {
  for (T& x : out) x = x * factor + shift;
}

/// One drawing for a dtype.
class Drawing {
 public:
  Drawing(const InitialValue& value, const ElementSeeds& seeds)
      : value_(value),
        // The last number keeps the streams of initializers' own seeds apart from those of paths.
        drawing_(seeds.store, value.seed ? static_cast<std::uint64_t>(*value.seed) : seeds.path, value.seed ? 1 : 0) {}

  template <class T>
    requires std::is_floating_point_v<T>
  void operator()(std::span<T> out, std::uint64_t first) const {
    using Form = InitialValue::Form;
    const T a = static_cast<T>(as_double(value_.first)), b = static_cast<T>(as_double(value_.second));
    switch (value_.form) {
      case Form::kUniformUnit:
        return drawing_.uniform(out, first);
      case Form::kUniformFromZero:
        drawing_.uniform(out, first);
        return scale(out, b, T{0});
      case Form::kNormal:
        drawing_.normal(out, first);
        return scale(out, b, a);
      case Form::kTruncatedNormal:
        drawing_.truncated_normal(out, first);
        return scale(out, b, a);
      default:
        drawing_.uniform(out, first);
        return scale(out, b - a, a);
    }
  }
  template <class T>
    requires std::is_integral_v<T>
  void operator()(std::span<T> out, std::uint64_t first) const {
    drawing_.integers(out, static_cast<T>(value_.first.integer()), static_cast<T>(value_.second.integer()), first);
  }

 private:
  const InitialValue& value_;
  RandomDrawing drawing_;
};

std::optional<InitialValue> drawn_value(const Initializer& initializer, DType dtype,
                                        std::span<const std::int64_t> dims) {
  return InitialValue::of(initializer, drawn_as(dtype), dims);
}

}  // namespace

std::uint64_t seed_of_path(std::string_view path) noexcept {
  std::uint64_t hash = 0xCBF2'9CE4'8422'2325U;  // FNV-1a
  for (const char each : path) hash = (hash ^ static_cast<unsigned char>(each)) * 0x100'0000'01B3U;
  return hash;
}

bool has_elements(const Initializer& initializer, DType dtype) {
  const char kind = dtype.kind();
  if (kind == 0 || kind == 'S' || kind == 'V' || kind == 'q') return false;
  if (initializer.kind == InitializerKind::kZeros || initializer.kind == InitializerKind::kOnes) return true;
  if (initializer.kind == InitializerKind::kConstant) return has_constant(initializer.first, dtype);
  if (kind == 'f') return drawn_value(initializer, dtype, {}).has_value();
  if (initializer.kind != InitializerKind::kUniform || !dtype.is_integer()) return false;
  const AttributeValue &least = initializer.first, &end = initializer.second;
  return least.kind() == AttributeKind::kInt && end.kind() == AttributeKind::kInt && dtype.holds(least.integer()) &&
         least.integer() < end.integer() && dtype.holds(end.integer() - 1) &&
         drawn_value(initializer, dtype, {}).has_value();
}

DType computed_as(DType dtype) noexcept {
  const bool is_small = dtype.is_small();
  if (!is_small) return dtype;
  return dtype.is_integer() ? kInt8 : kFloat32;
}

ElementRuns runs_of(std::span<const std::int64_t> whole, const Slice& slice) {
  std::size_t axis = 0;
  while (axis < whole.size() && slice.sizes[axis] == whole[axis]) ++axis;
  std::uint64_t inner = 1;
  for (std::size_t i = axis + 1; i < whole.size(); ++i) inner *= static_cast<std::uint64_t>(whole[i]);
  if (axis == whole.size()) {
    for (const std::int64_t size : whole) inner *= static_cast<std::uint64_t>(size);
    return {0, static_cast<std::size_t>(inner), 0};
  }
  const auto along = [&](std::int64_t count) { return static_cast<std::uint64_t>(count) * inner; };
  return {along(slice.offset[axis]), static_cast<std::size_t>(along(slice.sizes[axis])), along(whole[axis])};
}

void write_elements(const Initializer& initializer, DType dtype, std::span<const std::int64_t> dims,
                    const ElementSeeds& seeds, void* out, std::size_t count) {
  write_part(initializer, dtype, dims, seeds, {0, count, 0}, out, count);
}

void write_part(const Initializer& initializer, DType dtype, std::span<const std::int64_t> dims,
                const ElementSeeds& seeds, const ElementRuns& runs, void* out, std::size_t count) {
  const DType written = computed_as(dtype);
  if (!is_random(initializer.kind)) {
    const AttributeValue number =
        initializer.kind == InitializerKind::kConstant
            ? initializer.first
            : AttributeValue(std::int64_t{initializer.kind == InitializerKind::kOnes ? 1 : 0});
    return dispatch(written, [&]<class T>(T) { fill(static_cast<T*>(out), count, number); });
  }
  const std::optional<InitialValue> value = drawn_value(initializer, written, dims);
  if (!value) return;  // has_elements() says so before
  const Drawing drawing(*value, seeds);
  dispatch(written, [&]<class T>(T) {
    std::uint64_t first = runs.first;
    const auto draw = [&](auto block, std::uint64_t at) { drawing(block, first + at); };
    for (std::size_t done = 0; done < count; done += runs.size, first += runs.stride) {
      T* const to = static_cast<T*>(out) + done;
      switch (drawn_as(written)) {
        case kFloat64:
          draw_converted<double>(to, runs.size, draw);
          break;
        case kInt32:
          draw_converted<std::int32_t>(to, runs.size, draw);
          break;
        case kInt64:
          draw_converted<std::int64_t>(to, runs.size, draw);
          break;
        default:
          draw_converted<float>(to, runs.size, draw);
      }
    }
  });
}

}  // namespace scopetrie
