#include "scopetrie/values/unfolding.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace {

using scopetrie::Unfolding;

std::size_t size_of(const Unfolding& u) {
  return static_cast<std::size_t>(u.images * u.sizes[0] * u.sizes[1] * u.sizes[2] * u.channels);
}

/// For each element of the rows, its place in the array, or -1.
std::vector<std::int64_t> places_of(const Unfolding& u) {
  std::vector<std::int64_t> out;
  const auto at = [&](std::int64_t index, std::int64_t entry, std::size_t dim) {
    const std::int64_t place = index * u.strides[dim] + u.first[dim] + entry * u.dilations[dim];
    return place >= 0 && place < u.sizes[dim] ? place : -1;
  };
  for (std::int64_t n = 0; n < u.images; ++n)
    for (std::int64_t a = 0; a < u.counts[0]; ++a)
      for (std::int64_t b = 0; b < u.counts[1]; ++b)
        for (std::int64_t c = 0; c < u.counts[2]; ++c)
          for (std::int64_t i = 0; i < u.window[0]; ++i)
            for (std::int64_t j = 0; j < u.window[1]; ++j)
              for (std::int64_t k = 0; k < u.window[2]; ++k)
                for (std::int64_t channel = 0; channel < u.channels; ++channel) {
                  const std::int64_t z = at(a, i, 0), y = at(b, j, 1), x = at(c, k, 2);
                  const bool is_inside = z >= 0 && y >= 0 && x >= 0;
                  out.push_back(is_inside
                                    ? (((n * u.sizes[0] + z) * u.sizes[1] + y) * u.sizes[2] + x) * u.channels + channel
                                    : -1);
                }
  return out;
}

template <typename Bits>
void compare_unfolded(const Unfolding& u) {
  std::vector<Bits> x(size_of(u));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<Bits>(i + 1);
  const auto places = places_of(u);
  std::vector<Bits> rows(places.size(), 77), columns(places.size(), 77);
  scopetrie::unfold(u, x.data(), rows.data());
  scopetrie::unfold_transposed(u, x.data(), columns.data());
  const auto width = static_cast<std::size_t>(u.columns()), height = static_cast<std::size_t>(u.rows());
  REQUIRE(width * height == places.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Bits expected = static_cast<Bits>(places[i] + 1);
    CHECK(rows[i] == expected);
    CHECK(columns[i % width * height + i / width] == expected);
  }
}

template <typename Real>
void compare_folded(const Unfolding& u) {
  const auto places = places_of(u);
  std::vector<Real> rows(places.size()), x(size_of(u), 1), expected(size_of(u), 1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i] = static_cast<Real>(i % 7);
    if (places[i] >= 0) expected[static_cast<std::size_t>(places[i])] += rows[i];
  }
  scopetrie::fold(u, rows.data(), x.data());
  CHECK(x == expected);
}

}  // namespace

TEST_CASE("windows of all kinds: overlapping, apart, with holes, over the border, outside, of parts") {
  const Unfolding cases[] = {
      {2, 3, {1, 6, 8}, {1, 4, 6}, {1, 3, 3}, {1, 1, 1}, {1, 1, 1}, {0, 0, 0}},
      {1, 1, {1, 5, 7}, {1, 5, 7}, {1, 5, 5}, {1, 1, 1}, {1, 1, 1}, {0, -2, -2}},
      {1, 2, {1, 9, 9}, {1, 3, 3}, {1, 2, 3}, {1, 4, 3}, {1, 1, 1}, {0, 0, -1}},
      {2, 2, {1, 7, 7}, {1, 5, 4}, {1, 3, 3}, {1, 1, 2}, {1, 2, 3}, {0, -1, -3}},
      {1, 1, {1, 7, 8}, {1, 5, 4}, {1, 3, 3}, {1, 1, 2}, {1, 2, 3}, {0, -1, -3}},
      {1, 2, {4, 5, 6}, {3, 2, 3}, {2, 3, 2}, {1, 2, 2}, {2, 1, 1}, {-1, 1, 0}},
      {1, 1, {1, 2, 3}, {1, 3, 9}, {1, 1, 9}, {1, 1, 1}, {1, 1, 1}, {0, 1, -6}},
      {1, 1, {1, 2, 2}, {1, 1, 3}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {0, 0, 7}},
      {0, 1, {1, 2, 2}, {1, 1, 1}, {1, 2, 2}, {1, 1, 1}, {1, 1, 1}, {0, 0, 0}},
      {1, 0, {1, 2, 2}, {1, 1, 1}, {1, 2, 2}, {1, 1, 1}, {1, 1, 1}, {0, 0, 0}},
      {1, 1, {1, 0, 2}, {1, 1, 1}, {1, 2, 2}, {1, 1, 1}, {1, 1, 1}, {0, -1, 0}},
  };
  for (const Unfolding& each : cases) {
    compare_unfolded<std::uint32_t>(each);
    compare_unfolded<std::uint64_t>(each);
    compare_folded<float>(each);
    compare_folded<double>(each);
  }
}
