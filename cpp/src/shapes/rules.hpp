// What the rules of ops share: checks of ranks and sizes with v1's words, and the files' tables of rules.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "scopetrie/shapes/rule.hpp"

namespace scopetrie::rules {

inline constexpr std::int64_t kUnknownDim = ShapeTable::kUnknownDim;

/// A rule's row in a table: one rule for several types, with spaces between them.
struct Row {
  ShapeRule rule;
  std::string_view types;
};
std::vector<Row> array_rules();
std::vector<Row> state_rules();
void einsum(RuleCall& call);
std::vector<Row> elementwise_rules();
std::vector<Row> index_rules();
std::vector<Row> join_rules();
std::vector<Row> linalg_rules();
std::vector<Row> nn_rules();
std::vector<Row> reduction_rules();
std::vector<Row> window_rules();

/// The rule that is a function, of at least so many inputs.
constexpr ShapeRule by(void (*function)(RuleCall&), std::uint8_t inputs = 1) {
  return {ShapeRule::kFunction, inputs, function};
}

// Text ------------------------------------------------------------------------------------------------------------

/// A shape as v1's messages write it: "[2,?]".
std::string shown(std::span<const std::int64_t> dims);
std::string shown(const ShapeTable& shapes, ShapeId shape);

inline std::string_view piece(std::string_view text) { return text; }
inline std::string piece(std::integral auto number) { return std::to_string(number); }
/// Throws ShapeError with a text of these pieces.
template <class... Pieces>
[[noreturn]] SCOPETRIE_COLD void refuse(const Pieces&... pieces) {
  std::string text;
  (text.append(piece(pieces)), ...);
  throw ShapeError(std::move(text));
}
[[noreturn]] SCOPETRIE_COLD void refuse_unequal(std::int64_t a, std::int64_t b);

// Sizes, where -1 is unknown ----------------------------------------------------------------------------------------

inline bool known(std::int64_t size) { return size >= 0; }
/// Throws ShapeError where the result is too large.
std::int64_t plus(std::int64_t a, std::int64_t b);
std::int64_t times(std::int64_t a, std::int64_t b);
/// Throws ShapeError where that is no whole number.
std::int64_t over(std::int64_t size, std::int64_t by);
/// The size that both are; throws ShapeError where they differ.
std::int64_t merged(std::int64_t a, std::int64_t b);
/// The number of elements; -1 where it is not known, which it is where a size is 0.
std::int64_t product(std::span<const std::int64_t> dims);

/// An axis counted from either end as one counted from the front; false where it is out of range.
bool to_front(std::int64_t& axis, std::size_t rank);

// Ranks and shapes: these throw ShapeError
// -----------------------------------------------------------------------------

void need_rank(const RuleCall& call, std::size_t input, std::size_t rank);
void need_rank_at_least(const RuleCall& call, std::size_t input, std::size_t rank);
/// The dims of an input of this rank, which are unknown where the rank is.
Dims dims_of_rank(const RuleCall& call, std::size_t input, std::size_t rank);

/// Makes `dims` the shape that both are. `end` goes behind the message.
void merge(Dims& dims, std::span<const std::int64_t> other, std::string_view end = {});
/// The shape that both inputs have.
ShapeId merged(RuleCall& call, ShapeId a, ShapeId b);
/// The shapes broadcast.
ShapeId broadcast(RuleCall& call, ShapeId a, ShapeId b);

}  // namespace scopetrie::rules
