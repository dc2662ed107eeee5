#include "scopetrie/variables/get_variable.hpp"

#include "scopetrie/variables/creation.hpp"
#include "scopetrie/variables/partitions.hpp"

namespace scopetrie {

namespace {

using VerdictKind = Verdict::Kind;

SegmentId part_segment(Graph& graph) {
  static const std::uint32_t kPart = known_name("part_0");
  return graph.known_segment(kPart);
}

// The shape as far as it is known now, which may be more than when the variable was made; a store's is known then.
ShapeId shape_of(const Graph& graph, const VariableRow& variable) {
  return variable.ref == kNone ? variable.shape : graph.ops.tensor(variable.ref).shape;
}
DType dtype_of(const Graph& graph, const VariableRow& variable) {
  return variable.ref == kNone ? flagged_dtype(variable.flags) : graph.ops.tensor(variable.ref).dtype;
}

Verdict share(const Graph& graph, const VariableRequest& request, VariableId id) {
  const VariableRow& found = graph.variables[id];
  if (request.sharing == Sharing::kNo) return {VerdictKind::kExists, id};
  if (request.has_shape && !graph.ops.shapes().compatible(request.shape, shape_of(graph, found)))
    return {VerdictKind::kOtherShape, id};
  if (dtype_of(graph, found).base() != request.dtype) return {VerdictKind::kOtherDType, id};
  return {VerdictKind::kFound, id};
}

}  // namespace

VariableId first_part(Graph& graph, ScopeId scope, SegmentId segment) {
  if (!graph.has_parts) return kNone;
  const ScopeId parts = graph.ops.scopes().find_child(scope, segment);
  return parts == kNone ? kNone : graph.variables.find(parts, part_segment(graph));
}

void note_part(Graph& graph, SegmentId segment) {
  if (segment == part_segment(graph)) graph.has_parts = true;
}

Verdict look_up(Graph& graph, const VariableRequest& request) {
  if (!request.is_part)
    if (const VariableId part = first_part(graph, request.scope, request.segment); part != kNone)
      return {VerdictKind::kHasParts, part};
  if (request.has_shape && request.source == InitialSource::kValue) return {VerdictKind::kValueWithShape};
  const VariableId found = graph.variables.find(request.scope, request.segment);
  if (found != kNone) return share(graph, request, found);
  if (request.sharing == Sharing::kYes) return {VerdictKind::kDoesNotExist};
  if (request.source != InitialSource::kNotGiven) return {VerdictKind::kMake};
  if (!request.has_shape) return {VerdictKind::kNoShape};
  return {Initializer::of_default(request.dtype) ? VerdictKind::kMake : VerdictKind::kNoInitializer};
}

Error refuse_open_shape(const Graph& graph, ScopeId scope, SegmentId segment) {
  return {ErrorKind::kValue,
          "The initializer passed is not valid. It should be a callable with no arguments and the shape should "
          "not be provided or an instance of `tf.keras.initializers.*' and `shape` should be fully defined.",
          {.call = "get_variable", .full_name = full_name(graph, scope, segment)}};
}

std::string full_name(const Graph& graph, ScopeId scope, SegmentId segment) {
  std::string name;
  graph.ops.scopes().append_path(scope, name);
  if (scope != ScopeTrie::kRoot) name += '/';
  name += graph.ops.segments().text(segment);
  return name;
}

Error refusal(const Graph& graph, const VariableRequest& request, const Verdict& verdict) {
  ErrorFacts facts{"get_variable", full_name(graph, request.scope, request.segment)};
  const std::string& name = facts.full_name;
  const auto shares = [&](const char* what) {
    facts.refusal = Refusal::kDiffers;
    return "Trying to share variable " + name + ", but specified " + what + " " + facts.asked + " and found " + what +
           " " + facts.found + ".";
  };
  std::string text;
  switch (verdict.kind) {
    case VerdictKind::kHasParts:
      text = "No partitioner was provided, but a partitioned version of the variable was found: " + name +
             "/part_0. Perhaps a variable of the same name was already created with partitioning?";
      break;
    case VerdictKind::kValueWithShape:
      text =
          "If initializer is a constant, do not specify shape.\nLeave out the shape, or give an initializer that "
          "takes one, such as tf.zeros_initializer() or tf.constant_initializer(value).";
      break;
    case VerdictKind::kExists:
      facts.place = "Originally defined at:\n\n  operation " +
                    graph.ops.name(graph.ops.tensor(graph.variables[verdict.variable].ref).op);
      text = "Variable " + name +
             " already exists, disallowed. Did you mean to set reuse=True or reuse=tf.AUTO_REUSE in VarScope? " +
             facts.place;
      break;
    case VerdictKind::kOtherShape:
      facts.asked = shape_text(graph.ops.shapes(), request.shape);
      facts.found = shape_text(graph.ops.shapes(), shape_of(graph, graph.variables[verdict.variable]));
      text = shares("shape");
      break;
    case VerdictKind::kOtherDType:
      facts.asked = request.dtype.name();
      facts.found = dtype_of(graph, graph.variables[verdict.variable]).name();
      text = shares("dtype");
      break;
    case VerdictKind::kDoesNotExist:
      facts.refusal = Refusal::kMissing;
      text = "Variable " + name +
             " does not exist, or was not created with tf.get_variable(). Did you mean to set reuse=tf.AUTO_REUSE in "
             "VarScope?";
      break;
    case VerdictKind::kNoShape:
      text = "Variable " + name + " did not get an initializer, so its `shape` argument must be specified.";
      break;
    default:
      text = "An initializer for variable " + name + " of <dtype: '" + request.dtype.name() + "'> is required";
  }
  return {ErrorKind::kValue, std::move(text), std::move(facts)};
}

}  // namespace scopetrie
