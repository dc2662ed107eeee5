// What get_variable with a partitioner decides: whether a partitioned variable is shared, made or refused; and how its
// parts are made.
//
// Invariants: as for look_up(), a verdict changes nothing. The parts of "w" are "w/part_0", "w/part_1", ..., variables
// like any others.
// Thread safety: that of the graph.
#pragma once

#include <span>
#include <string>

#include "scopetrie/scopes/context.hpp"
#include "scopetrie/variables/get_variable.hpp"
#include "scopetrie/variables/partitions.hpp"

namespace scopetrie {

struct PartitionedRequest {
  ScopeId scope = ScopeTrie::kRoot;  // of the store: the whole name is "scope/segment"
  SegmentId segment = 0;
  Sharing sharing = Sharing::kNo;
  ShapeId shape = ShapeTable::kUnknown;  // of the whole
  DType dtype = kFloat32;                // a base type
  /// The partitioner's answer, checked. Nothing where nobody was asked: then it is shared however it is cut.
  std::span<const std::int64_t> partitions = {};
  bool may_have_parts = false;  // another thread is making it: some parts may be there
  bool joins_parts = false;     // variables that are called as its parts are, whoever made them, are it: in a store
};

struct PartitionedVerdict {
  enum class Kind : std::uint8_t {
    kFound,  // `number`
    kMake,
    // Refused:
    kNotPartitioned,  // `variable` has this name
    kExists,          // `number`
    kOtherShape,      // of `number`
    kOtherDType,
    kOtherPartitions,
    kDoesNotExist,
    kSeveralAxes,
    kMissingPart,  // there are parts already, and not as many
    kExtraPart     // ... and more
  };
  Kind kind = Kind::kMake;
  VariableId variable = kNone;
  std::uint32_t number = kNone;

  bool is_refused() const { return kind > Kind::kMake; }
};

/// The look-up before the partitioner is asked: kMake, or kNotPartitioned.
PartitionedVerdict look_up_whole(const Graph& graph, const PartitionedRequest& request);
/// The look-up after it.
PartitionedVerdict look_up(Graph& graph, const PartitionedRequest& request);
/// The same where the number of the partitioned variable of this name was found, or kNone.
PartitionedVerdict look_up(Graph& graph, const PartitionedRequest& request, std::uint32_t number);

/// The error of a refusal: v1's text and the facts.
Error refusal(const Graph& graph, const PartitionedRequest& request, const PartitionedVerdict& verdict);

/// Whether a name is that of a partitioned variable, which a call without a partitioner may share.
inline bool is_partitioned(const Graph& graph, ScopeId scope, SegmentId segment) {
  return graph.has_parts && graph.partitioned.find(scope, segment) != kNone;
}

/// What one kind of caller does for each part.
class PartMaker {
 public:
  virtual ~PartMaker() = default;
  /// The initial value of the part, where it is cut out of the whole's: in the name scope of these operations.
  virtual void cut(const Slice& part) = 0;
  /// Gets or makes the part, a variable of this whole name.
  virtual VariableId make(const std::string& name, const Slice& part) = 0;
};

/// Makes the parts and notes the whole: kMake with its number. Where another thread was faster, the verdict of sharing
/// what that one has made. The context is in the root name scope. Who calls undoes it where it throws.
PartitionedVerdict make_parts(Context& context, const PartitionedRequest& request, PartMaker& maker);

}  // namespace scopetrie
