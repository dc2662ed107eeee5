#include "scopetrie/values/refusal.hpp"

#include <cstdint>
#include <string>
#include <utility>

#include "scopetrie/tables/byte_words.hpp"
#include "scopetrie/tables/short_texts.hpp"
#include "scopetrie/variables/partitions.hpp"

namespace scopetrie {

std::string outline(const Values& values, VariableId id) {
  return values.dtype(id).name() + list_text(values.dims(id));
}

std::string exists_text(const std::string& name, const std::string& found) {
  return name + " already exists (" + found +
         "): a scope with reuse=True or reuse=AUTO_REUSE shares it, and another name makes another one";
}

std::string differs_text(const std::string& name, const char* what, const std::string& asked,
                         const std::string& found) {
  return name + " is there, but not as asked: " + what + asked + " was asked for, and it has " + found;
}

std::string missing_text(const std::string& name) {
  return name + " does not exist, and a scope with reuse=True makes no variables: reuse=AUTO_REUSE would";
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
      text = exists_text(name, facts.found);
      break;
    case Kind::kOtherShape:
      facts.asked = shape_text(graph.ops.shapes(), request.shape);
      facts.found = shape_text(graph.ops.shapes(), graph.variables[verdict.variable].shape);
      text = differs_text(name, "shape ", facts.asked, facts.found);
      break;
    case Kind::kOtherDType:
      facts.asked = request.dtype.name();
      facts.found = values.dtype(verdict.variable).name();
      text = differs_text(name, "dtype ", facts.asked, facts.found) + "; without dtype=, the scope's is asked for";
      break;
    case Kind::kDoesNotExist:
      text = missing_text(name);
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

// The high bit of each byte that is below 0x20 or is 0x7F. A borrow may set one more bit, but only above a byte for
// which that is so.
bool has_control(std::string_view name) noexcept {
  return finds_byte(name, [](std::uint64_t bytes) {
    const std::uint64_t deletes = bytes ^ in_each_byte(0x7F);
    return (((bytes - in_each_byte(0x20)) & ~bytes) | ((deletes - in_each_byte(1)) & ~deletes)) & in_each_byte(0x80);
  });
}

bool has_empty_part(std::string_view name) noexcept {
  if (!has_character(name, '/')) return name.empty();
  char before = '/';
  for (const char character : name) {
    if (character == '/' && before == '/') return true;
    before = character;
  }
  return before == '/';
}

}  // namespace

bool is_store_name(std::string_view name) noexcept { return !has_control(name) && !has_empty_part(name); }

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
