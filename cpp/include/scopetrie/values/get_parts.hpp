// Variables in parts, in a store: the rules of variables/get_partitioned.hpp over its names.
//
// Invariants: parts that are called as those of one variable and have its shapes are that variable, also where they
// were put, moved or restored one by one. Its first elements are those that it would have in one piece.
//
// Thread safety: that of the graph.
#pragma once

#include <functional>

#include "scopetrie/error.hpp"
#include "scopetrie/values/values.hpp"
#include "scopetrie/variables/get_partitioned.hpp"

namespace scopetrie {

/// What a caller of a store does in a call that gets a variable in parts.
class StorePartMaker : public PartMaker {
 public:
  StorePartMaker(Context& context, Values& values) : context_(context), values_(values) {}

 protected:
  void all_or_nothing(const std::function<std::uint32_t()>& make_parts) override;

 private:
  Error worded(const PartitionedRequest& request, const Error& error) const final;
  [[noreturn]] void refuse(const PartitionedRequest& request, const PartitionedVerdict& verdict) final;
  std::uint32_t find(const PartitionedRequest& request) const final;
  PartitionedVerdict note(const PartitionedRequest& request, PartitionedRow row) final;

  Context& context_;
  Values& values_;
};

}  // namespace scopetrie
