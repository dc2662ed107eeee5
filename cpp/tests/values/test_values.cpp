#include "scopetrie/values/values.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <new>
#include <string>
#include <vector>

#include "failing_new.hpp"
#include "scopetrie/error.hpp"

namespace st = scopetrie;

namespace {

/// A graph without operations, and the values of its variables.
struct StoreFixture {
  st::Graph graph;
  st::Values values{graph, 1};

  st::VariableId make(const std::string& path, const st::Initializer& initializer = st::zeros(),
                      std::vector<std::int64_t> dims = {2, 3}, st::DType dtype = st::kFloat32) {
    st::SegmentId segment;
    const st::ScopeId scope = graph.ops.scopes().scope_of_name(path, st::ScopeTrie::kRoot, segment);
    const auto origin = values.origin_of(initializer);
    values.check(origin, dtype);
    return values.create(scope, segment, {graph.ops.shapes().intern(dims), dtype}, true, origin);
  }
  template <class T>
  std::vector<T> elements(st::VariableId id) {
    const T* first = static_cast<const T*>(values.look(id)->data());
    return {first, first + values.element_count(id)};
  }
};

}  // namespace

TEST_CASE("elements are made when somebody looks, and depend on the seed and the path alone") {
  StoreFixture a, b;
  const auto w = a.make("s/w", st::random_normal());
  CHECK_FALSE(a.values.is_ready(w));
  a.make("x");
  const auto first = a.elements<float>(w);
  CHECK(a.values.is_ready(w));
  b.make("y");
  b.elements<float>(b.make("z", st::glorot_uniform()));
  CHECK(b.elements<float>(b.make("s/w", st::random_normal())) == first);
  CHECK(b.elements<float>(b.make("s/v", st::random_normal())) != first);
}

TEST_CASE("constants and ints are written in the variable's own type") {
  StoreFixture at;
  CHECK(at.elements<std::int16_t>(at.make("a", st::constant(-5), {2}, st::kInt16)) ==
        std::vector<std::int16_t>{-5, -5});
  CHECK(at.elements<std::uint8_t>(at.make("b", st::ones(), {2}, st::kBool)) == std::vector<std::uint8_t>{1, 1});
  CHECK(at.elements<std::uint16_t>(at.make("h", st::constant(1.5), {1}, st::kFloat16)).front() == 0x3E00);
  CHECK(at.elements<std::uint16_t>(at.make("t", st::constant(5.960464477539063e-08), {1}, st::kFloat16)).front() == 1);
  CHECK(at.elements<std::uint16_t>(at.make("i", st::constant(70000), {1}, st::kFloat16)).front() == 0x7C00);
  CHECK(at.elements<std::uint16_t>(at.make("bf", st::constant(1.5), {1}, st::kBFloat16)).front() == 0x3FC0);
  st::Initializer dice{.kind = st::Initializer::Kind::kUniform,
                       .first = st::AttributeValue(std::int64_t{1}),
                       .second = st::AttributeValue(std::int64_t{7})};
  const auto thrown = at.elements<std::int8_t>(at.make("dice", dice, {1000}, st::kInt8));
  CHECK(*std::ranges::min_element(thrown) == 1);
  CHECK(*std::ranges::max_element(thrown) == 6);
  CHECK_THROWS_AS(at.make("c", st::constant(300), {1}, st::kInt8), st::Error);
  CHECK_THROWS_AS(at.make("c", st::random_normal(), {1}, st::kInt32), st::Error);
}

TEST_CASE("initializers are kept once, whatever their order") {
  StoreFixture at;
  const auto zeros = at.values.origin_of(st::zeros()), normal = at.values.origin_of(st::random_normal(0, 2));
  CHECK(at.values.origin_of(st::zeros()) == zeros);
  CHECK(at.values.origin_of(st::random_normal(0, 2)) == normal);
  CHECK(at.values.origin_of(st::random_normal(0, 3)) != normal);
  CHECK(at.values.origin_of(st::random_normal(0, 2, 1)) != normal);
}

TEST_CASE("an undone variable loses its elements, and its number is given out again without them") {
  StoreFixture at;
  at.make("kept");
  {
    const st::Transaction attempt(at.graph.ledger());
    at.values.look(at.make("lost"));
  }
  CHECK(at.values.size() == 1);
  CHECK(at.values.find("lost") == st::kNone);
  CHECK_FALSE(at.values.is_ready(at.make("again")));
}

// Where entries of erased variables stayed, this took minutes.
TEST_CASE("a name that is made and erased again and again is found as fast as ever") {
  StoreFixture a;
  const st::VariableId other = a.make("t/w");
  const auto make_and_erase = [&](int count) {
    for (int i = 0; i < count; ++i) {
      const st::VariableId made = a.make("s/w");
      if (a.values.find("s/w") != made) return false;
      a.values.erase(made);
      if (a.values.find("s/w") != st::kNone) return false;
    }
    return true;
  };
  CHECK(make_and_erase(100'000));
  const st::VariableId kept = a.make("s/w");
  {
    st::Transaction undone(a.graph.ledger());
    a.values.erase(kept);
    CHECK(make_and_erase(10));
  }
  CHECK(a.values.find("s/w") == kept);
  a.values.erase(a.values.find("s/w"));
  for (int i = 0; i < 10'000; ++i) {
    st::Transaction transaction(a.graph.ledger());
    if (!make_and_erase(1)) FAIL("a name was not found");
    transaction.commit();
  }
  CHECK(a.values.find("s/w") == st::kNone);
  CHECK(a.values.find("t/w") == other);
}

TEST_CASE("a variable that cannot be made for want of memory leaves nothing") {
  for (std::size_t failing = 0;; ++failing) {
    StoreFixture at;
    const auto origin = at.values.origin_of(st::zeros());
    const auto segment = at.graph.ops.segments().intern("w");
    const auto shape = at.graph.ops.shapes().intern(std::vector<std::int64_t>{3});
    bool is_made = false;
    try {
      const st::testing::FailingNew fails(failing);
      at.values.create(st::ScopeTrie::kRoot, segment, {shape, st::kFloat32}, true, origin);
      is_made = true;
    } catch (const std::bad_alloc&) {
      CHECK(at.values.size() == 0);
      CHECK(at.values.find("w") == st::kNone);
    }
    if (is_made) break;
  }
}

TEST_CASE("a shape that no memory holds is refused") {
  StoreFixture at;
  const auto shape = at.graph.ops.shapes().intern(std::vector<std::int64_t>{std::int64_t{1} << 62});
  at.values.check_size(shape, st::kInt8);
  CHECK_THROWS_AS(at.values.check_size(shape, st::kFloat32), st::Error);
}
