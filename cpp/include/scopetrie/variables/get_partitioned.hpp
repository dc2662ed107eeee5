// What get_variable with a partitioner decides: whether a partitioned variable is shared, made or refused; and how its
// parts are made.
//
// Invariants: as for look_up(), a verdict changes nothing. The parts of "w" are "w/part_0", "w/part_1", ..., variables
// like any others.
// Thread safety: that of the graph.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

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
/// The look-up after it, where the number of the partitioned variable of this name was found, or kNone.
PartitionedVerdict look_up(Graph& graph, const PartitionedRequest& request, std::uint32_t number);

/// The error of a refusal: v1's text and the facts.
Error refusal(const Graph& graph, const PartitionedRequest& request, const PartitionedVerdict& verdict);

/// Whether a name is that of a partitioned variable, which a call without a partitioner may share.
inline bool is_partitioned(const Graph& graph, ScopeId scope, SegmentId segment) {
  return graph.has_parts && graph.partitioned.find(scope, segment) != kNone;
}

/// Whether a call gets a variable in parts: it has a partitioner, which cuts all but scalars, or shares one.
inline bool gets_parts(const Graph& graph, ScopeId scope, SegmentId segment, bool has_partitioner, bool is_scalar,
                       Sharing sharing) {
  if (has_partitioner) return !is_scalar;
  return sharing == Sharing::kYes && is_partitioned(graph, scope, segment);
}

/// What a partitioner answers: the number of parts along each axis, and how messages show it.
struct Partitions {
  std::vector<std::int64_t> along_axes;
  std::string text;
};

/// What one kind of caller does in a call that gets a variable in parts.
class PartMaker {
 public:
  virtual ~PartMaker() = default;
  /// Whether there is a partitioner; and asks it.
  virtual bool asks() const = 0;
  virtual Partitions ask(ShapeId shape) = 0;
  /// The error about a shape or the partitioner's answer in the caller's words.
  virtual Error worded(const PartitionedRequest&, const Error& error) const { return error; }
  /// Whether another thread is making the variable: some parts may be there.
  virtual bool is_being_made() const { return false; }
  /// Throws the error of a refusal.
  [[noreturn]] virtual void refuse(const PartitionedRequest& request, const PartitionedVerdict& verdict) = 0;
  /// Runs a function that makes the parts and gives the variable's number: where one throws, all of it is undone.
  virtual void all_or_nothing(const std::function<std::uint32_t()>& make_parts) = 0;
  /// Gets or makes the part, a variable of this whole name.
  virtual VariableId make(const std::string& name, const Slice& part) = 0;
  /// The number of the variable in parts that has the request's name, kNone where there is none.
  virtual std::uint32_t find(const PartitionedRequest& request) const = 0;
  /// Notes the parts as one variable: kMake with its number. Where another thread was faster, the verdict of sharing
  /// what that one has made. The row has parts, shape and partitions.
  virtual PartitionedVerdict note(const PartitionedRequest& request, PartitionedRow row) = 0;
};

/// The same in a graph, where parts get operations.
class GraphPartMaker : public PartMaker {
 public:
  explicit GraphPartMaker(Context& context) : context_(context) {}

 private:
  /// The initial value of the part, where it is cut out of the whole's: in the name scope of these operations.
  virtual void cut(const Slice& part) = 0;
  virtual VariableId make_cut(const std::string& name, const Slice& part) = 0;

  VariableId make(const std::string& name, const Slice& part) final;
  std::uint32_t find(const PartitionedRequest& request) const final;
  PartitionedVerdict note(const PartitionedRequest& request, PartitionedRow row) final;

  Context& context_;
};

/// Gets the variable or makes it, in v1's order of checks; gives its number. The current name scope does not matter.
std::uint32_t get_parts(Context& context, PartitionedRequest request, PartMaker& maker);

}  // namespace scopetrie
