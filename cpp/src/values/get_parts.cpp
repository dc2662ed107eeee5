#include "scopetrie/values/get_parts.hpp"

#include <utility>
#include <vector>

#include "scopetrie/values/refusal.hpp"

namespace scopetrie {

namespace {

using PartitionedKind = PartitionedVerdict::Kind;

// "float32[7, 4] in 3 parts".
std::string outline_of(const Values& values, const PartitionedRow& row) {
  const std::size_t count = row.parts.size();
  return row.dtype.name() + list_text(values.graph().ops.shapes().dims(row.shape)) + " in " + std::to_string(count) +
         (count == 1 ? " part" : " parts");
}

Error parts_refusal(const Values& values, const PartitionedRequest& request, const PartitionedVerdict& verdict) {
  const Graph& graph = values.graph();
  const ShapeTable& shapes = graph.ops.shapes();
  ErrorFacts facts{"Store.get", full_name(graph, request.scope, request.segment)};
  const std::string& name = facts.full_name;
  const PartitionedRow none;
  const PartitionedRow& found = verdict.number == kNone ? none : graph.partitioned[verdict.number];
  const auto differs = [&](const char* what, std::string asked, std::string other) {
    facts.asked = std::move(asked);
    facts.found = std::move(other);
    return differs_text(name, what, facts.asked, facts.found);
  };
  const std::size_t axis = partition_axis(request.partitions);
  const std::int64_t count = axis < request.partitions.size() ? request.partitions[axis] : 0;
  const auto other_count = [&](std::int64_t number, const char* how) {
    return name + " was asked for in " + std::to_string(count) + (count == 1 ? " part" : " parts") + ", and " + name +
           "/part_" + std::to_string(number) + how;
  };
  std::string text;
  switch (verdict.kind) {
    case PartitionedKind::kNotPartitioned:
      facts.found = outline(values, verdict.variable);
      text = name + " is there in one piece (" + facts.found +
             "), and was now asked for in parts: leave the partitioner out, or take another name";
      break;
    case PartitionedKind::kExists:
      facts.found = outline_of(values, found);
      text = exists_text(name, facts.found);
      break;
    case PartitionedKind::kOtherShape:
      text = differs("shape ", shape_text(shapes, request.shape), shape_text(shapes, found.shape));
      break;
    case PartitionedKind::kOtherDType:
      text = differs("dtype ", request.dtype.name(), found.dtype.name()) + "; without dtype=, the scope's is asked for";
      break;
    case PartitionedKind::kOtherPartitions:
      text = differs("the partitioning ", list_text(request.partitions), list_text(found.partitions));
      break;
    case PartitionedKind::kSeveralAxes:
      facts.asked = list_text(request.partitions);
      text = name + " of shape " + shape_text(shapes, request.shape) + " was asked for in the parts " + facts.asked +
             ": a variable is cut along one axis";
      break;
    case PartitionedKind::kMissingPart:
      text = other_count(count - 1, " is missing, while part_0 is there");
      break;
    case PartitionedKind::kExtraPart:
      text = other_count(count, " is there, too");
      break;
    default:
      text = missing_text(name);
  }
  return {ErrorKind::kValue, "Store.get: " + text, std::move(facts)};
}

}  // namespace

void StorePartMaker::all_or_nothing(const std::function<std::uint32_t()>& make_parts) {
  CallTransaction transaction(values_.graph().ledger(), context_.builder());
  make_parts();
  transaction.commit();
}

Error StorePartMaker::worded(const PartitionedRequest& request, const Error& error) const {
  const std::string name = full_name(values_.graph(), request.scope, request.segment);
  return {error.kind(),
          "Store.get: " + name + ": " + error.what(),
          {.call = "Store.get", .full_name = name, .asked = error.facts().asked}};
}

void StorePartMaker::refuse(const PartitionedRequest& request, const PartitionedVerdict& verdict) {
  throw parts_refusal(values_, request, verdict);
}

std::uint32_t StorePartMaker::find(const PartitionedRequest& request) const {
  return values_.find_partitioned(request.scope, request.segment);
}

PartitionedVerdict StorePartMaker::note(const PartitionedRequest& request, PartitionedRow row) {
  const std::uint32_t known = find(request);
  const VariableId first = row.parts.front();
  if (known != kNone) {
    const PartitionedRow& found = values_.graph().partitioned[known];
    if (found.parts == row.parts && found.partitions == row.partitions) return {PartitionedKind::kFound, first, known};
  }
  row.dtype = values_.dtype(first);
  return {PartitionedKind::kMake, first, values_.join(std::move(row))};
}

}  // namespace scopetrie
