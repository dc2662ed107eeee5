#include "scopetrie/shapes/dims.hpp"

#include <doctest/doctest.h>

#include <vector>

using scopetrie::Dims;

namespace {

using Vector = std::vector<std::int64_t>;

Vector read(const Dims& dims) { return {dims.begin(), dims.end()}; }

}  // namespace

TEST_CASE("dims are changed as a vector is, also where they outgrow their own room") {
  Dims dims;
  Vector same;
  CHECK(dims.empty());
  for (std::int64_t i = 0; i < 20; ++i) {
    const std::ptrdiff_t at = i % 3;
    dims.insert(dims.begin() + (i < 3 ? i : at), i);
    same.insert(same.begin() + (i < 3 ? i : at), i);
    CHECK(read(dims) == same);
  }
  dims.erase(dims.begin() + 5);
  same.erase(same.begin() + 5);
  dims.insert(dims.begin() + 2, {7, 8, 9});
  same.insert(same.begin() + 2, {7, 8, 9});
  dims.push_back(7);
  same.push_back(7);
  CHECK(read(dims) == same);
  dims.remove(7);
  std::erase(same, 7);
  CHECK(read(dims) == same);
  dims.resize(4);
  same.resize(4);
  dims.resize(6, -1);
  same.resize(6, -1);
  dims.pop_back();
  same.pop_back();
  CHECK((read(dims) == same && dims.back() == -1 && dims[0] == same[0]));
}

TEST_CASE("copies of dims are their own") {
  for (const std::size_t count : {std::size_t{3}, 2 * Dims::kInline}) {
    Dims first(count, 5);
    Dims second = first;
    second[0] = 6;
    CHECK((first[0] == 5 && second[0] == 6));
    first = second;
    second[0] = 7;
    CHECK((first[0] == 6 && first.size() == count));
    const Dims third(first.begin() + 1, first.end());
    CHECK(third.size() == count - 1);
    first = Dims{1, 2};
    CHECK(read(first) == Vector{1, 2});
  }
}
