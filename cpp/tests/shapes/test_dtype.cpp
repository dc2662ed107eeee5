#include "scopetrie/shapes/dtype.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace scopetrie;

static_assert(sizeof(DType) == 1);

TEST_CASE("a dtype and its reference type know each other, their name and their size") {
  CHECK(scopetrie::kFloat32.reference().number == 101);
  CHECK(scopetrie::kFloat32.reference().base() == scopetrie::kFloat32);
  CHECK(scopetrie::kFloat32.base() == scopetrie::kFloat32);
  CHECK(scopetrie::kFloat32.reference().name() == "float32_ref");
  CHECK(scopetrie::kComplex128.size() == 16);
  CHECK(scopetrie::kString.size() == 0);
  CHECK((scopetrie::kBFloat16.is_floating() && !scopetrie::kQInt8.is_integer() && scopetrie::kUInt64.is_integer()));
}

TEST_CASE("every type is found by its name, and nothing else is") {
  int found = 0;
  for (int number = 0; number < DType::kCount; ++number) {
    const DType dtype(static_cast<std::uint8_t>(number));
    if (dtype.name().empty()) continue;
    CHECK(DType::named(dtype.name()) == dtype);
    ++found;
  }
  CHECK(found == 67);  // v1's, references that have a number, and a store's own
  CHECK(DType::named("float33").number == 0);
  CHECK(DType::named("").number == 0);
}

TEST_CASE("an integer dtype holds the integers of its bits, floats hold what a double gives them") {
  const auto holds = [](DType dtype, std::int64_t least, std::int64_t most) {
    INFO(dtype.name());
    CHECK(dtype.holds(least));
    CHECK(dtype.holds(most));
    if (least != std::numeric_limits<std::int64_t>::min()) CHECK_FALSE(dtype.holds(least - 1));
    if (most != std::numeric_limits<std::int64_t>::max()) CHECK_FALSE(dtype.holds(most + 1));
  };
  holds(kInt2, -2, 1);
  holds(kUInt4, 0, 15);
  holds(kInt8, -128, 127);
  holds(kUInt16, 0, 65535);
  holds(kInt32, -2147483648LL, 2147483647);
  holds(kInt64, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
  holds(kUInt64, 0, std::numeric_limits<std::int64_t>::max());
  holds(kFloat16, -65504, 65504);
  holds(kFloat32, -(1LL << 53), 1LL << 53);
  for (const DType none : {kBool, kString, kComplex64, kBFloat16, DType()}) CHECK_FALSE(none.holds(std::int64_t{0}));

  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(kFloat16.holds(-65504.0));
  CHECK_FALSE(kFloat16.holds(65505.0));
  CHECK_FALSE(kFloat32.holds(-1e39));
  CHECK(kFloat32.holds(-infinity));
  CHECK(kFloat64.holds(1e308));
  CHECK_FALSE(kInt32.holds(0.0));
}
