#include "scopetrie/variables/get_partitioned.hpp"

#include <algorithm>

namespace scopetrie {

namespace {

using PartitionedKind = PartitionedVerdict::Kind;

SegmentId part_segment(Graph& graph, std::int64_t number) { return graph.segment("part_" + std::to_string(number)); }

bool has_part(Graph& graph, const PartitionedRequest& request, std::int64_t number) {
  const ScopeId parts = graph.ops.scopes().find_child(request.scope, request.segment);
  return parts != kNone && graph.variables.find(parts, part_segment(graph, number)) != kNone;
}

// There are parts, made one by one or by a call that failed, which are not those of this variable.
PartitionedKind compare_parts(Graph& graph, const PartitionedRequest& request) {
  if (!has_part(graph, request, 0)) return PartitionedKind::kMake;
  const std::int64_t count = request.partitions[partition_axis(request.partitions)];
  return !has_part(graph, request, count - 1) ? PartitionedKind::kMissingPart
         : has_part(graph, request, count)    ? PartitionedKind::kExtraPart
                                              : PartitionedKind::kMake;
}

// Whether all parts are there, which a scope that only shares needs.
bool has_all_parts(Graph& graph, const PartitionedRequest& request) {
  std::int64_t count = request.partitions[partition_axis(request.partitions)];
  while (count > 0 && has_part(graph, request, count - 1)) --count;
  return count == 0;
}

PartitionedKind share(const Graph& graph, const PartitionedRequest& request, const PartitionedRow& found) {
  if (request.sharing == Sharing::kNo) return PartitionedKind::kExists;
  if (!graph.ops.shapes().compatible(request.shape, found.shape)) return PartitionedKind::kOtherShape;
  if (request.dtype != found.dtype) return PartitionedKind::kOtherDType;
  if (!request.partitions.empty() && !std::ranges::equal(request.partitions, found.partitions))
    return PartitionedKind::kOtherPartitions;
  return PartitionedKind::kFound;
}

// Makes the parts and notes the whole: kMake with its number. Where another thread was faster, the verdict of sharing
// what that one has made.
PartitionedVerdict make_parts(const Graph& graph, const PartitionedRequest& request, PartMaker& maker) {
  const std::vector<Slice> parts = slices(graph.ops.shapes().dims(request.shape), request.partitions);
  const std::string whole = full_name(graph, request.scope, request.segment);
  PartitionedRow row;
  row.shape = request.shape;
  row.partitions.assign(request.partitions.begin(), request.partitions.end());
  for (std::size_t number = 0; number < parts.size(); ++number)
    row.parts.push_back(maker.make(whole + "/part_" + std::to_string(number), parts[number]));
  return maker.note(request, std::move(row));
}

}  // namespace

VariableId GraphPartMaker::make(const std::string& name, const Slice& part) {
  {
    const NamesKept kept(context_);
    context_.open_name_scope(std::string_view(name + "/PartitionedInitializer"));
    cut(part);
  }
  return make_cut(name, part);
}

std::uint32_t GraphPartMaker::find(const PartitionedRequest& request) const {
  return context_.graph().partitioned.find(request.scope, request.segment);
}

PartitionedVerdict GraphPartMaker::note(const PartitionedRequest& request, PartitionedRow row) {
  Graph& graph = context_.graph();
  if (const std::uint32_t known = find(request); known != kNone) {
    PartitionedRequest shared = request;
    shared.sharing = Sharing::kAuto;
    return look_up(graph, shared, known);
  }
  const VariableId first = row.parts.front();
  row.scope = request.scope;
  row.segment = request.segment;
  row.dtype = graph.ops.tensor(graph.variables[first].ref).dtype.base();
  return {PartitionedKind::kMake, first, graph.partitioned.add(std::move(row))};
}

PartitionedVerdict look_up_whole(const Graph& graph, const PartitionedRequest& request) {
  const VariableId whole = graph.variables.find(request.scope, request.segment);
  return whole == kNone ? PartitionedVerdict{} : PartitionedVerdict{PartitionedKind::kNotPartitioned, whole};
}

PartitionedVerdict look_up(Graph& graph, const PartitionedRequest& request, std::uint32_t number) {
  if (number != kNone) {
    const PartitionedRow& found = graph.partitioned[number];
    return {share(graph, request, found), found.parts.front(), number};
  }
  const bool is_shared = request.sharing == Sharing::kYes;
  if (request.partitions.empty() || (is_shared && !request.joins_parts)) return {PartitionedKind::kDoesNotExist};
  if (partition_axis(request.partitions) == request.partitions.size()) return {PartitionedKind::kSeveralAxes};
  if (is_shared && !has_all_parts(graph, request)) return {PartitionedKind::kDoesNotExist};
  const bool may_have_any = request.joins_parts || graph.has_parts;
  return {request.may_have_parts || !may_have_any ? PartitionedKind::kMake : compare_parts(graph, request)};
}

Error refusal(const Graph& graph, const PartitionedRequest& request, const PartitionedVerdict& verdict) {
  ErrorFacts facts{"get_variable", full_name(graph, request.scope, request.segment)};
  const std::string& name = facts.full_name;
  const ShapeTable& shapes = graph.ops.shapes();
  const PartitionedRow none;
  const PartitionedRow& found = verdict.number == kNone ? none : graph.partitioned[verdict.number];
  const auto shares = [&](const char* what, std::string asked, std::string other) {
    facts.refusal = Refusal::kDiffers;
    facts.asked = std::move(asked);
    facts.found = std::move(other);
    return "Trying to reuse partitioned variable " + name + ", but specified " + what + " " + facts.asked +
           " and found " + what + " " + facts.found + ".";
  };
  const auto parts = [&](std::int64_t number, const char* how, const char* end) {
    return "Partitioner returned a different partitioning than what was already found.  Partitioner returned " +
           std::to_string(request.partitions[partition_axis(request.partitions)]) + " shards, and shard " + name +
           "/part_0 was found, but " + how + name + "/part_" + std::to_string(number) + end;
  };
  const auto count = [&] { return request.partitions[partition_axis(request.partitions)]; };
  std::string text;
  switch (verdict.kind) {
    case PartitionedKind::kNotPartitioned:
      text = "A partitioner was provided, but an unpartitioned version of the variable was found: " + name +
             ".  Perhaps a variable of the same name was already created without partitioning?";
      break;
    case PartitionedKind::kExists:
      text = "Partitioned variable with name " + name +
             " already exists. Did you mean to set reuse=True or reuse=tf.AUTO_REUSE in VarScope?";
      break;
    case PartitionedKind::kOtherShape:
      text = shares("shape", shape_text(shapes, request.shape), shape_text(shapes, found.shape));
      break;
    case PartitionedKind::kOtherDType:
      text = shares("dtype", request.dtype.name(), found.dtype.name());
      break;
    case PartitionedKind::kOtherPartitions:
      text = shares("partitions", list_text(request.partitions), list_text(found.partitions));
      break;
    case PartitionedKind::kSeveralAxes:
      text = "Can only slice a variable along one dimension: shape: " + shape_text(shapes, request.shape) +
             ", partitioning: " + list_text(request.partitions);
      break;
    case PartitionedKind::kMissingPart:
      text = parts(count() - 1, "", " was not.");
      break;
    case PartitionedKind::kExtraPart:
      text = parts(count(), "so was the extra shard ", ".");
      break;
    default:
      facts.refusal = Refusal::kMissingWhole;
      text = "PartitionedVariable " + name +
             " does not exist, or was not created with tf.get_variable(). Did you mean to set reuse=False or "
             "reuse=tf.AUTO_REUSE in VarScope?";
  }
  return {ErrorKind::kValue, std::move(text), std::move(facts)};
}

std::uint32_t get_parts(Context& context, PartitionedRequest request, PartMaker& maker) {
  const NamesKept kept(context);
  context.names = {};
  Graph& graph = context.graph();
  const auto accepted = [&](const PartitionedVerdict& verdict) {
    if (verdict.is_refused()) maker.refuse(request, verdict);
    return verdict;
  };
  accepted(look_up_whole(graph, request));
  const auto worded = [&](auto&& check) {
    try {
      check(graph.ops.shapes());
    } catch (const Error& error) {
      throw maker.worded(request, error);
    }
  };
  Partitions answer;
  if (maker.asks()) {
    worded([&](const ShapeTable& shapes) { check_partitionable(shapes, request.shape); });
    answer = maker.ask(request.shape);
    worded([&](const ShapeTable& shapes) { check_partitions(shapes, request.shape, answer.along_axes, answer.text); });
    request.partitions = answer.along_axes;
  }
  request.may_have_parts = maker.is_being_made();
  PartitionedVerdict verdict = accepted(look_up(graph, request, maker.find(request)));
  if (verdict.kind != PartitionedKind::kFound)
    maker.all_or_nothing([&] { return (verdict = accepted(make_parts(graph, request, maker))).number; });
  return verdict.number;
}

}  // namespace scopetrie
