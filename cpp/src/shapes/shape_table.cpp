#include "scopetrie/shapes/shape_table.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace scopetrie {

namespace {

std::int64_t count(std::span<const std::int64_t> dims) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (std::ranges::any_of(dims, [](std::int64_t dim) { return dim < 0; })) return -1;
  if (std::ranges::find(dims, 0) != dims.end()) return 0;
  std::int64_t total = 1;
  for (const std::int64_t dim : dims) total = total > kMost / dim ? kMost : total * dim;
  return total;
}

}  // namespace

ShapeTable::ShapeTable() {
  records_.push_back({0, 0, -1});
  find_or_add({});
}

ShapeId ShapeTable::find_or_add(std::span<const std::int64_t> dims) {
  std::uint32_t hash = hash_words(static_cast<std::uint32_t>(dims.size()));
  for (const std::int64_t dim : dims)
    hash = hash_words(hash, static_cast<std::uint32_t>(dim), static_cast<std::uint32_t>(dim >> 32));
  const ShapeId found = table_.find(hash, [&](ShapeId id) { return is(id, dims); });
  return found != kNone ? found : add(dims, hash);
}

ShapeId ShapeTable::add(std::span<const std::int64_t> dims, std::uint32_t hash) {
  const auto id = static_cast<ShapeId>(records_.size());
  if (id == kNone || dims_.size() + dims.size() >= kNone)
    throw std::length_error("a graph has at most 2^32 - 1 different shapes, and as many dimensions of them");
  // Copy: `dims` may be a span of this table, which would dangle when the table grows.
  const std::vector<std::int64_t> copy(dims.begin(), dims.end());
  const Record record{static_cast<std::uint32_t>(dims_.size()), static_cast<std::uint32_t>(copy.size()), count(copy)};
  dims_.insert(dims_.end(), copy.begin(), copy.end());
  records_.push_back(record);
  try {
    table_.insert(hash, id);
  } catch (...) {
    records_.pop_back();
    throw;
  }
  return id;
}

std::optional<ShapeId> ShapeTable::broadcast_slow(ShapeId a, ShapeId b) {
  if (!known_rank(a) || !known_rank(b)) return kUnknown;
  const auto x = dims(a);
  const auto y = dims(b);
  std::vector<std::int64_t> out(std::max(x.size(), y.size()));
  for (std::size_t i = 0; i < out.size(); ++i) {  // i counts from the last dimension
    const std::int64_t m = i < x.size() ? x[x.size() - 1 - i] : 1;
    const std::int64_t n = i < y.size() ? y[y.size() - 1 - i] : 1;
    std::int64_t& dim = out[out.size() - 1 - i];
    if (m == n || n == 1) {
      dim = m;
    } else if (m == 1) {
      dim = n;
    } else if (m == kUnknownDim || n == kUnknownDim) {
      // The unknown one must be 1 or equal. (With 0 the result is 0, but TensorFlow does not infer that.)
      dim = std::max(m, n) > 1 ? std::max(m, n) : kUnknownDim;
    } else {
      return std::nullopt;
    }
  }
  return intern(out);
}

bool ShapeTable::compatible(ShapeId a, ShapeId b) const {
  if (a == b || !known_rank(a) || !known_rank(b)) return true;
  const auto x = dims(a);
  const auto y = dims(b);
  return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                    [](std::int64_t m, std::int64_t n) { return m == n || m == kUnknownDim || n == kUnknownDim; });
}

}  // namespace scopetrie
