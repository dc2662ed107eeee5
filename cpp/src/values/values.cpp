#include "scopetrie/values/values.hpp"

#include <bit>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "scopetrie/error.hpp"
#include "scopetrie/variables/partitions.hpp"

namespace scopetrie {

namespace {

std::uint32_t hash_of(const Initializer& initializer) {
  const auto word = [](const AttributeValue& number) {
    if (!number.is_number()) return std::uint64_t{number.kind() == AttributeValue::Kind::kBool && number.boolean()};
    return number.kind() == AttributeValue::Kind::kInt ? static_cast<std::uint64_t>(number.integer())
                                                       : std::bit_cast<std::uint64_t>(number.real());
  };
  const std::uint64_t numbers = word(initializer.first) * 31 + word(initializer.second) * 7 +
                                static_cast<std::uint64_t>(initializer.seed.value_or(0));
  const auto kinds = static_cast<std::uint32_t>(initializer.kind) << 16 |
                     static_cast<std::uint32_t>(initializer.fan) << 8 |
                     static_cast<std::uint32_t>(initializer.distribution);
  return hash_words(kinds, static_cast<std::uint32_t>(numbers), static_cast<std::uint32_t>(numbers >> 32));
}

}  // namespace

Values::Values(Graph& graph, std::uint64_t seed) : graph_(graph), seed_(seed) { graph_.ledger().join(*this); }

Values::~Values() {
  graph_.ledger().leave(*this);
  for (Memory* memory : undone_) memory->disown();
  for (Memory* memory : memories_)
    if (memory != nullptr) memory->disown();
}

Values::Origin Values::find_rule(const Initializer& initializer) {
  const std::uint32_t hash = hash_of(initializer);
  const std::uint32_t found =
      rule_index_.find(hash, [&](std::uint32_t rule) { return same(rules_[rule], initializer); });
  if (found != kNone) return last_ = found;
  const auto rule = static_cast<Origin>(rules_.size());
  make_room(rules_, 1);
  make_room(checked_, 1);
  rule_index_.insert(hash, rule);
  rules_.push_back(initializer);
  checked_.push_back(0);
  return last_ = rule;
}

bool Values::is_right_slowly(Origin origin, DType dtype) {
  if (!has_elements(rules_[origin], dtype)) return false;
  checked_[origin] |= std::uint64_t{1} << dtype.number;
  return true;
}

void Values::check_rule(Origin origin, DType dtype) {
  if (dtype < 64 ? is_right_slowly(origin, dtype) : has_elements(rules_[origin], dtype)) return;
  throw Error(ErrorKind::kValue, "the initializer has no elements of dtype " + dtype.name(),
              {.call = "get", .asked = dtype.name()});
}

void Values::check_size(ShapeId shape, DType dtype) const {
  const std::int64_t elements = graph_.ops.shapes().elements(shape);
  const auto largest = std::numeric_limits<std::ptrdiff_t>::max() / static_cast<std::ptrdiff_t>(dtype.size());
  if (elements <= largest) return;
  const std::string asked = shape_text(graph_.ops.shapes(), shape);
  throw Error(ErrorKind::kValue, "an array of shape " + asked + " and dtype " + dtype.name() + " has too many bytes",
              {.call = "get", .asked = asked});
}

VariableId Values::create_ready(ScopeId scope, SegmentId segment, Output output, bool trainable, Memory* memory,
                                std::uint32_t site) {
  try {
    const VariableId id = create(scope, segment, output, trainable, kGiven, site);
    memories_[id] = memory;
    return id;
  } catch (...) {
    memory->disown();
    throw;
  }
}

VariableId Values::find(std::string_view path) const {
  SegmentId segment;
  const ScopeId scope = graph_.ops.scopes().find_scope_of_name(path, segment);
  const VariableId found = scope == kNone ? kNone : graph_.variables.find(scope, segment);
  return found == kNone ? kNone : resolved(found);
}

void Values::append_path(VariableId id, std::string& out) const {
  const VariableRow& row = graph_.variables[id];
  const ScopeId scope = row.scope != kNone ? row.scope : row.value;
  graph_.ops.append_scope(scope, out);
  out += graph_.ops.segments().text(row.segment);
}

Memory* Values::look_slowly(VariableId id) {
  if (Memory* shared = memories_[id]; shared != nullptr) {
    Memory* own = Memory::copy(*shared);
    memories_[id] = own;
    shared->disown();
    return own;
  }
  const VariableRow& row = graph_.variables[id];
  if (!is_rule(row.initial)) return nullptr;
  const Initializer& initializer = rules_[row.initial];
  const DType of = flagged_dtype(row.flags);
  if (initializer.kind == Initializer::Kind::kZeros) return memories_[id] = Memory::zeroed(byte_count(id));
  if (computed_as(of) != of) return nullptr;
  Memory* made = Memory::uninitialised(byte_count(id));
  write_elements(initializer, of, graph_.ops.shapes().dims(row.shape), seeds(id), made->data(), element_count(id));
  return memories_[id] = made;
}

void Values::give(VariableId id, Memory* memory) {
  Memory* before = std::exchange(memories_[id], memory);
  if (before != nullptr) before->disown();
}

void Values::cut(const Mark& mark) noexcept {
  for (; memories_.size() > mark.variables; memories_.pop_back())
    if (memories_.back() != nullptr) undone_.push_back(memories_.back());
}

void Values::settle() noexcept {
  while (!undone_.empty()) {
    Memory* gone = undone_.back();
    undone_.pop_back();
    gone->disown();
  }
}

}  // namespace scopetrie
