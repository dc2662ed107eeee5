#include "scopetrie/graph/kinds.hpp"

#include <stdexcept>

#include "scopetrie/graph/op_graph.hpp"
#include "scopetrie/names/numbered_texts.hpp"

namespace scopetrie {

namespace {

NumberedTexts& types() {
  static auto* const only = new NumberedTexts;  // never destroyed: other statics may ask while they end
  return *only;
}

}  // namespace

KindId kind_number(std::string_view type) {
  const std::uint32_t number = types().number(type, OpGraph::kMaxKinds);
  if (number == OpGraph::kMaxKinds) throw std::length_error("there are more than 65,535 types of operations");
  return static_cast<KindId>(number);
}

std::optional<KindId> find_kind(std::string_view type) {
  const std::optional<std::uint32_t> number = types().find(type);
  return number ? std::optional(static_cast<KindId>(*number)) : std::nullopt;
}

std::string_view kind_name(KindId kind) { return types().text(kind); }

}  // namespace scopetrie
