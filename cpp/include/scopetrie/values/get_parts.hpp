// Variables in parts, in a store: the rules of variables/get_partitioned.hpp over its names.
//
// Invariants: parts that are called as those of one variable and have its shapes are that variable, also where they
// were put, moved or restored one by one. Its first elements are those that it would have in one piece.
//
// Thread safety: that of the graph.
#pragma once

#include <functional>
#include <string>

#include "scopetrie/error.hpp"
#include "scopetrie/values/values.hpp"
#include "scopetrie/variables/get_partitioned.hpp"

namespace scopetrie {

/// Whether a variable in parts is shared, made or refused. Changes nothing.
PartitionedVerdict look_up_parts(Values& values, PartitionedRequest request);
/// The error of a refusal.
Error parts_refusal(const Values& values, const PartitionedRequest& request, const PartitionedVerdict& verdict);
/// Throws Error where there is no variable of this shape in parts, or the partitioner's answer is none; `answer` shows
/// it as the caller's language does.
void check_parts(const Values& values, const PartitionedRequest& request);
void check_parts(const Values& values, const PartitionedRequest& request, const std::string& answer);

/// Gets or makes one part, a variable of this name.
using GetPart = std::function<VariableId(ScopeId scope, SegmentId segment, const Slice& part)>;
/// Gets or makes all parts, and gives the number of the whole. Who calls undoes it where it throws.
std::uint32_t make_parts(Values& values, const PartitionedRequest& request, const GetPart& get);

}  // namespace scopetrie
