// Partitioned variables by name: (scope, segment) -> what the whole is, and the variables that are its parts.
//
// Invariants: numbers are dense, in creation order; a name has at most one. The parts are older than the row. Those of
// a store, whose names change, have no name here (scope kNone): their parts say the number (see values/values.hpp).
// Thread safety: none; one writer or many readers.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "scopetrie/shapes/dtype.hpp"
#include "scopetrie/tables/ids.hpp"

namespace scopetrie {

struct PartitionedRow {
  ScopeId scope = kNone;
  SegmentId segment = 0;
  ShapeId shape = 0;
  DType dtype;
  std::vector<std::int64_t> partitions;  // the number of parts along each axis
  std::vector<VariableId> parts;
};

class PartitionedVariables {
 public:
  /// The number of the partitioned variable called `segment` in `scope`, or kNone.
  std::uint32_t find(ScopeId scope, SegmentId segment) const {
    if (rows_.empty()) return kNone;
    const auto at = numbers_.find(key(scope, segment));
    return at == numbers_.end() ? kNone : at->second;
  }
  /// Adds one whose name is not there yet, and gives its number; where it throws, nothing is added.
  std::uint32_t add(PartitionedRow row) {
    const auto number = static_cast<std::uint32_t>(rows_.size());
    rows_.push_back(std::move(row));
    if (rows_.back().scope == kNone) return number;
    try {
      numbers_.emplace(key(rows_.back().scope, rows_.back().segment), number);
    } catch (...) {
      rows_.pop_back();
      throw;
    }
    return number;
  }

  std::size_t size() const noexcept { return rows_.size(); }
  const PartitionedRow& operator[](std::uint32_t number) const { return rows_[number]; }

  /// Rolls back to the first `count`.
  void truncate(std::size_t count) noexcept {
    for (; rows_.size() > count; rows_.pop_back()) numbers_.erase(key(rows_.back().scope, rows_.back().segment));
  }

 private:
  static std::uint64_t key(ScopeId scope, SegmentId segment) { return std::uint64_t{scope} << 32 | segment; }

  std::vector<PartitionedRow> rows_;
  std::unordered_map<std::uint64_t, std::uint32_t> numbers_;
};

}  // namespace scopetrie
