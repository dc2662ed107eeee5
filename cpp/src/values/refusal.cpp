#include "scopetrie/values/refusal.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "scopetrie/variables/partitions.hpp"

namespace scopetrie {

std::string outline(const Values& values, VariableId id) {
  return values.dtype(id).name() + list_text(values.dims(id));
}

Error store_refusal(const Values& values, const VariableRequest& request, const Verdict& verdict) {
  using Kind = Verdict::Kind;
  const Graph& graph = values.graph();
  ErrorFacts facts{"Store.get", full_name(graph, request.scope, request.segment)};
  const std::string& name = facts.full_name;
  std::string text;
  switch (verdict.kind) {
    case Kind::kExists:
      facts.found = outline(values, verdict.variable);
      text = name + " already exists (" + facts.found +
             "): a scope with reuse=True or reuse=AUTO_REUSE shares it, and another name makes another one";
      break;
    case Kind::kOtherShape:
      facts.asked = shape_text(graph.ops.shapes(), request.shape);
      facts.found = shape_text(graph.ops.shapes(), graph.variables[verdict.variable].shape);
      text = name + " is there, but not as asked: shape " + facts.asked + " was asked for, and it has " + facts.found;
      break;
    case Kind::kOtherDType:
      facts.asked = request.dtype.name();
      facts.found = values.dtype(verdict.variable).name();
      text = name + " is there, but not as asked: dtype " + facts.asked + " was asked for, and it has " + facts.found +
             "; without dtype=, the scope's is asked for";
      break;
    case Kind::kDoesNotExist:
      text = name + " does not exist, and a scope with reuse=True makes no variables: reuse=AUTO_REUSE would";
      break;
    case Kind::kNoShape:
      text = name + " does not exist, and has no shape to be made with: give shape=, or a value as the initializer";
      break;
    case Kind::kNoInitializer:
      facts.asked = request.dtype.name();
      text = name + " of dtype " + facts.asked + " needs an initializer: this dtype has no default";
      break;
    case Kind::kValueWithShape:
      text = name + " was asked for with a value as its initializer, which has a shape of its own: leave shape= out";
      break;
    default:
      text = name + " was made in parts, by a partitioner, and was now asked for without one";
  }
  return {ErrorKind::kValue, "Store.get: " + text, std::move(facts)};
}

void check_store_name(const char* call, std::string_view name) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  const bool has_empty_part =
      name.empty() || name.front() == '/' || name.back() == '/' || name.find("//") != std::string_view::npos;
  if (!has_empty_part && std::ranges::none_of(name, is_control)) return;
  throw Error(ErrorKind::kValue,
              std::string(call) + ": '" + std::string(name) +
                  (has_empty_part ? "' is no name: parts of it, between slashes, are empty"
                                  : "' is no name: it has a control character"),
              {.call = call, .asked = std::string(name)});
}

}  // namespace scopetrie
