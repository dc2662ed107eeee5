// Interned shapes, and v1's broadcasting rule on them.
//
// Invariants: id 0 is the unknown rank, id 1 the scalar; equal shapes have equal ids; a dimension of -1 is unknown.
// Thread safety: none; one writer or many readers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "scopetrie/tables/compiler.hpp"
#include "scopetrie/tables/id_table.hpp"
#include "scopetrie/tables/ids.hpp"

namespace scopetrie {

class ShapeTable {
 public:
  static constexpr ShapeId kUnknown = 0;
  static constexpr ShapeId kScalar = 1;
  static constexpr std::int64_t kUnknownDim = -1;

  ShapeTable();

  ShapeId intern(std::span<const std::int64_t> dims) { return is(last_, dims) ? last_ : last_ = find_or_add(dims); }

  bool known_rank(ShapeId id) const { return id != kUnknown; }
  /// Valid until a new shape is interned; empty if the rank is unknown.
  std::span<const std::int64_t> dims(ShapeId id) const {
    const Record& record = records_[id];
    return {dims_.data() + record.first, record.rank};
  }
  /// The number of elements: -1 if a dimension or the rank is unknown; saturates at 2^63 - 1.
  std::int64_t elements(ShapeId id) const { return records_[id].elements; }

  /// The shape of an elementwise result; nullopt if the shapes do not fit.
  std::optional<ShapeId> broadcast(ShapeId a, ShapeId b) {
    if (a == b || b == kScalar) return a;
    if (a == kScalar) return b;
    return broadcast_slow(a, b);
  }

  /// Whether some array could have both shapes.
  bool compatible(ShapeId a, ShapeId b) const;

 private:
  struct Record {
    std::uint32_t first;
    std::uint32_t rank;
    std::int64_t elements;
  };

  bool is(ShapeId id, std::span<const std::int64_t> dims) const {
    const auto other = this->dims(id);
    if (other.size() != dims.size()) return false;
    for (std::size_t i = 0; i < dims.size(); ++i)  // std::equal() calls memcmp(), for one or two numbers
      if (other[i] != dims[i]) return false;
    return true;
  }
  ShapeId find_or_add(std::span<const std::int64_t> dims);
  SCOPETRIE_COLD ShapeId add(std::span<const std::int64_t> dims, std::uint32_t hash);
  std::optional<ShapeId> broadcast_slow(ShapeId a, ShapeId b);

  std::vector<std::int64_t> dims_;
  std::vector<Record> records_;
  IdTable table_;
  ShapeId last_ = kScalar;  // that intern() gave; of known rank
};

}  // namespace scopetrie
