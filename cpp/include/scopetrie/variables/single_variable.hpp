// get_variable for one variable of a C++ program: look-up, creation, the functions that are asked.
//
// Thread safety: that of the context.
#pragma once

#include "scopetrie/scopes/context.hpp"
#include "scopetrie/variables/new_variable.hpp"
#include "scopetrie/variables/variable_options.hpp"

namespace scopetrie {

/// One call, by the number of its name.
struct SingleCall {
  ScopeId scope = ScopeTrie::kRoot;  // of the store: the whole name is "scope/segment"
  SegmentId segment = 0;
  const AskedShape& shape;
  DType dtype = kFloat32;  // a base type
  const Initial& initial;
  void* regularizer = nullptr;  // borrowed
  Sharing sharing = Sharing::kNo;
  bool trainable = true;
  const std::optional<std::vector<std::string>>& collections;
  bool validate_shape = true;
  const Slice* part = nullptr;  // of a partitioned variable, whose shape is `whole`
  std::span<const std::int64_t> whole = {};
};

/// Throws v1's errors. The current name scope does not matter.
GotVariable get_single(Context& context, const SingleCall& call);

/// The collections of these names; those of every variable where there are none.
std::vector<std::size_t> lists_of(Graph& graph, const std::optional<std::vector<std::string>>& names);

/// Adds a constant in the current name scope.
TensorId add_constant(Context& context, const Initial::Value& value, std::string_view name);

/// The first value of a variable, as an initializer gives it.
class GivenValue final : public FirstValue {
 public:
  GivenValue(const Initial& initial, DType dtype, std::span<const std::int64_t> shape, const Slice* part = nullptr,
             std::span<const std::int64_t> whole = {})
      : initial_(initial), dtype_(dtype), shape_(shape), part_(part), whole_(whole) {}
  bool is_computed() const override { return !initial_.is_value(); }
  TensorId make(Context& context) override;

 private:
  const Initial& initial_;
  DType dtype_;  // 0: a value's own
  std::span<const std::int64_t> shape_;
  const Slice* part_;
  std::span<const std::int64_t> whole_;
};

}  // namespace scopetrie
