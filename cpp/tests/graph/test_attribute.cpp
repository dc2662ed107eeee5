#include "scopetrie/graph/attribute.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

using scopetrie::AttributeValue;
using scopetrie::Host;
using scopetrie::HostObject;
using Kind = scopetrie::AttributeValue::Kind;

namespace {

/// A host that counts in the object itself.
constexpr Host kCounting{[](void* object) { ++*static_cast<int*>(object); },
                         [](void* object) noexcept { --*static_cast<int*>(object); }};

}  // namespace

TEST_CASE("an attribute keeps what it was given, by its kind") {
  CHECK(AttributeValue().kind() == Kind::kNone);
  CHECK((AttributeValue(true).kind() == Kind::kBool && AttributeValue(true).boolean()));
  CHECK((AttributeValue(std::int64_t{-3}).kind() == Kind::kInt && AttributeValue(std::int64_t{-3}).integer() == -3));
  CHECK((AttributeValue(-0.5).kind() == Kind::kFloat && AttributeValue(-0.5).real() == -0.5));
  CHECK((AttributeValue(scopetrie::kInt64).kind() == Kind::kDType &&
         AttributeValue(scopetrie::kInt64).dtype() == scopetrie::kInt64));
  CHECK((AttributeValue::of_shape(7).kind() == Kind::kShape && AttributeValue::of_shape(7).shape() == 7));
  CHECK(AttributeValue(std::string("SAME")).text() == "SAME");
  CHECK(AttributeValue(std::vector<std::int64_t>{1, 2}).ints() == std::vector<std::int64_t>{1, 2});
  CHECK(AttributeValue(std::vector<double>{0.5}).reals() == std::vector<double>{0.5});
  const AttributeValue tensor(scopetrie::TensorValue{scopetrie::kUInt8, {2}, {std::byte{1}, std::byte{2}}});
  CHECK((tensor.kind() == Kind::kTensor && tensor.tensor().dims == std::vector<std::int64_t>{2}));
}

TEST_CASE("ints are the same whether they stand in the value or outside") {
  constexpr std::int64_t kEdges[] = {0,      1,     -1,     16383,     -16384,    16384,
                                     -16385, 65536, -65537, INT64_MAX, INT64_MIN, 0x5555555555555555};
  for (std::size_t length = 0; length <= 6; ++length)
    for (const std::int64_t edge : kEdges)
      for (std::size_t at = 0; at <= length; ++at) {
        std::vector<std::int64_t> ints(length, -3);
        if (at < length) ints[at] = edge;
        const AttributeValue value(ints), copy = value;
        CHECK(copy.kind() == Kind::kInts);
        CHECK(copy.int_count() == length);
        CHECK(copy.ints() == ints);
        CHECK(copy.same(value));
      }
  CHECK_FALSE(AttributeValue(std::vector<std::int64_t>{0}).same(AttributeValue(std::vector<std::int64_t>{0, 0})));
}

TEST_CASE("several attributes are one value, found by name") {
  scopetrie::NamedAttributes attributes;
  attributes.emplace_back("dtype", scopetrie::kFloat32);
  attributes.emplace_back("seed", std::int64_t{7});
  const AttributeValue value(std::move(attributes));
  REQUIRE(value.find("seed") != nullptr);
  CHECK(value.find("seed")->integer() == 7);
  CHECK(value.find("seed2") == nullptr);
  CHECK(AttributeValue(true).find("seed") == nullptr);
}

TEST_CASE("copies share what they keep, and the last one lets it go") {
  int references = 0;
  {
    const HostObject object(kCounting, &references);
    CHECK(references == 1);
    std::vector<AttributeValue> list;
    list.emplace_back(object);
    const AttributeValue value(std::move(list));
    AttributeValue copy = value;
    CHECK(&copy.list() == &value.list());
    CHECK(references == 2);
    copy = AttributeValue(object);
    CHECK(references == 3);
    AttributeValue moved = std::move(copy);
    CHECK(copy.kind() == Kind::kNone);
    CHECK(references == 3);
    moved = value;
    CHECK(references == 2);
    int seen = 0;
    value.for_each_host_object([&](void* each) { seen += each == &references ? 1 : 0; });
    CHECK(seen == 1);
  }
  CHECK(references == 0);
}

TEST_CASE("an object that is not given is no attribute") {
  CHECK(AttributeValue(HostObject(kCounting, nullptr)).kind() == Kind::kNone);
}
