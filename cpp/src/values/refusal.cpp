#include "scopetrie/values/refusal.hpp"

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

namespace {

// A name with its control characters as Python writes them.
std::string shown(std::string_view name) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char character : name) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte >= 0x20 && byte != 0x7F)
      text += character;
    else
      (text += "\\x") += {kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return text;
}

bool has_empty_part(std::string_view name) noexcept {
  return name.empty() || name.front() == '/' || name.back() == '/' || name.find("//") != std::string_view::npos;
}

}  // namespace

bool is_store_name(std::string_view name) noexcept {
  // One look at each byte: most names are short.
  bool is_right = !name.empty();
  unsigned char before = '/';
  for (const char character : name) {
    const auto byte = static_cast<unsigned char>(character);
    is_right &= byte >= 0x20 && byte != 0x7F && (byte != '/' || before != '/');
    before = byte;
  }
  return is_right && before != '/';
}

void check_store_name(const char* call, std::string_view name) {
  if (is_store_name(name)) [[likely]]
    return;
  throw Error(ErrorKind::kValue,
              std::string(call) + ": '" + shown(name) +
                  (has_empty_part(name) ? "' is no name: parts of it, between slashes, are empty"
                                        : "' is no name: it has a control character"),
              {.call = call, .asked = std::string(name)});
}

}  // namespace scopetrie
