#include "scopetrie/shapes/dtype.hpp"

#include <doctest/doctest.h>

using scopetrie::DType;

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
