#include "scopetrie/values/values.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "scopetrie/error.hpp"
#include "scopetrie/variables/partitions.hpp"

namespace scopetrie {

namespace {

/// What changed: the upper half of Change::what; the lower one is the row.
enum WhatChanged : std::uint64_t { kErased = 1, kRenamed, kRenamedFirst, kFlags, kJoined };
std::uint64_t change_of(WhatChanged kind, VariableId row) { return std::uint64_t{kind} << 32 | row; }

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

Values::Values(Graph& graph, std::uint64_t seed) : graph_(graph), seed_(seed) {
  usual_.fill(kNone);
  graph_.ledger().join(*this);
}

Values::Values(Graph& copy, Values& of, std::span<const Memories::Copy> copies)
    : graph_(copy),
      seed_(of.seed_),
      memories_(of.memories_, copies),
      rules_(of.rules_),
      checked_(of.checked_),
      rule_index_(of.rule_index_),
      last_(of.last_),
      usual_(of.usual_),
      erased_(of.erased_),
      has_aliases_(of.has_aliases_) {
  graph_.ledger().join(*this);
}

Values::~Values() {
  graph_.ledger().leave(*this);
  for (Memory* memory : undone_) memory->disown();
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

Values::Origin Values::find_usual(DType dtype) {
  const std::optional<Initializer> usual = Initializer::of_default(dtype);
  if (!usual) return kNone;
  const Origin found = origin_of(*usual);
  if (dtype < usual_.size()) usual_[dtype] = found;
  return found;
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

void Values::check_odd_size(ShapeId shape, DType dtype) const {
  if (dtype.size() == 0)
    throw Error(ErrorKind::kType, "a store holds no elements of dtype " + dtype.name() + ": they have no fixed size",
                {.call = "get", .asked = dtype.name()});
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
    (void)memories_.exchange(id, memory);  // there was none
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
  const ScopeId scope = row.scope != kNone ? row.scope : row.ref;
  graph_.ops.append_scope(scope, out);
  out += graph_.ops.segments().text(row.segment);
}

Memory* Values::look_slowly(VariableId id) {
  if (memories_.is_ready(id)) return memories_.look(id);
  const VariableRow& row = graph_.variables[id];
  if (!is_rule(row.initial)) return nullptr;
  const Initializer& initializer = rules_[row.initial];
  const DType of = flagged_dtype(row.flags);
  const bool is_zeros = initializer.kind == Initializer::Kind::kZeros;
  if (!is_zeros && computed_as(of) != of) return nullptr;
  Memory* made = is_zeros ? Memory::zeroed(byte_count(id)) : Memory::uninitialised(byte_count(id));
  try {
    if (!is_zeros) write_first(id, made->data());
  } catch (...) {
    made->disown();
    throw;
  }
  return memories_.publish_looked(id, made);
}

void Values::write_first(VariableId id, void* out) const {
  const VariableRow& row = graph_.variables[id];
  const Initializer& initializer = rules_[row.initial];
  const ShapeTable& shapes = graph_.ops.shapes();
  const DType of = flagged_dtype(row.flags);
  const std::size_t count = element_count(id);
  std::string path = this->path(id);
  const std::optional<Place> part = place(id);
  if (!part) return write_elements(initializer, of, shapes.dims(row.shape), {seed_, seed_of_path(path)}, out, count);
  // Those of the whole, which is where its parts are.
  if (const std::size_t slash = path.rfind('/'); slash != std::string::npos) path.resize(slash);
  const auto whole = shapes.dims(part->whole);
  write_part(initializer, of, whole, {seed_, seed_of_path(path)}, runs_of(whole, part->slice), out, count);
}

Memory* Values::flatten(std::span<const VariableId> ids) {
  std::size_t bytes = 0;
  for (const VariableId id : ids) bytes += byte_count(id);
  Memory* whole = Memory::uninitialised(bytes);
  std::byte* to = static_cast<std::byte*>(whole->data());
  for (const VariableId id : ids) {
    const Memory& from = *memories_.peek(id);
    if (from.size() != 0) std::memcpy(to, from.data(), from.size());
    to += from.size();
  }
  try {
    flatten_into(*whole, ids);
  } catch (...) {
    whole->disown();
    throw;
  }
  return whole;
}

void Values::flatten_into(Memory& whole, std::span<const VariableId> ids) {
  std::vector<Memory*> slices;
  slices.reserve(ids.size());
  try {
    std::size_t at = 0;
    for (const VariableId id : ids) {
      const std::size_t bytes = byte_count(id);
      slices.push_back(Memory::slice(whole, at, bytes));
      at += bytes;
    }
  } catch (...) {
    for (Memory* slice : slices) slice->disown();
    throw;
  }
  ++memory_changes_;
  // What the ends of adopted memories run finds all of them in place.
  for (std::size_t i = 0; i < ids.size(); ++i) slices[i] = memories_.exchange(ids[i], slices[i]);
  for (Memory* before : slices)
    if (before != nullptr) before->disown();
}

void Values::give(VariableId id, Memory* memory) {
  if (memories_.is_ready(id)) ++memory_changes_;
  if (Memory* before = memories_.exchange(id, memory); before != nullptr) before->disown();
}

// Changes of names ----------------------------------------------------------------------------------------------------

VariableId Values::find_alias(VariableId of) const {
  for (VariableId row = 0; has_aliases_ && row < graph_.variables.size(); ++row)
    if (is_there(row) && is_alias(row) && graph_.variables[row].value == of) return row;
  return kNone;
}

void Values::unname(VariableId row) {
  VariableRow& record = graph_.variables[row];
  graph_.ledger().note(*this, change_of(kErased, row), record.scope);
  record.ref = record.scope;
  graph_.variables.erase(row);
  if (!graph_.ledger().is_open()) graph_.variables.forget(row, record.ref);
  ++erased_;
  ++name_changes_;
}

void Values::erase(VariableId row) {
  if (is_alias(row)) {
    if (graph_.ledger().is_open()) forgotten_.push_back(row);
    return unname(row);
  }
  if (const VariableId other = find_alias(row); other != kNone) {
    const ScopeId scope = graph_.variables[other].scope;
    const SegmentId segment = graph_.variables[other].segment;
    graph_.variables.prepare_rename(segment);
    unname(other);
    return rename(row, scope, segment);
  }
  if (graph_.ledger().is_open()) {
    forgotten_.push_back(row);
    return unname(row);
  }
  unname(row);
  if (Memory* gone = memories_.exchange(row, nullptr); gone != nullptr) gone->disown();
}

void Values::rename(VariableId row, ScopeId scope, SegmentId segment) {
  const VariableRow& record = graph_.variables[row];
  const bool is_first = graph_.variables.prepare_rename(segment);
  graph_.ledger().note(*this, change_of(is_first ? kRenamedFirst : kRenamed, row),
                       std::uint64_t{record.scope} << 32 | record.segment);
  graph_.variables.rename(row, scope, segment, graph_.ledger().is_open());
  ++name_changes_;
}

VariableId Values::alias(ScopeId scope, SegmentId segment, VariableId of, std::uint32_t site) {
  const VariableRow row = graph_.variables[of];
  const VariableId made = create(scope, segment, {row.shape, flagged_dtype(row.flags)}, is_trainable(of), kGiven, site);
  graph_.variables[made].flags |= kAlias;
  graph_.variables[made].value = of;
  has_aliases_ = true;
  return made;
}

void Values::freeze(VariableId id, bool is_frozen) {
  VariableRow& row = graph_.variables[id];
  const std::uint32_t flags = is_frozen ? row.flags | kFrozen : row.flags & ~kFrozen;
  if (flags == row.flags) return;
  graph_.ledger().note(*this, change_of(kFlags, id), row.flags);
  row.flags = flags;
  ++memory_changes_;
}

// Parts ---------------------------------------------------------------------------------------------------------------

std::uint32_t Values::join(PartitionedRow row) {
  const std::vector<VariableId> parts = row.parts;
  const std::uint32_t number = graph_.partitioned.add(std::move(row));
  for (const VariableId part : parts) {
    graph_.ledger().note(*this, change_of(kJoined, part), graph_.variables[part].value);
    graph_.variables[part].value = number;
  }
  graph_.has_parts = true;
  return number;
}

void Values::join_copies(std::span<const Copied> copies) {
  for (const Copied& first : copies) {
    const std::uint32_t number = graph_.variables[first.of].value;
    if (number == kNone || graph_.partitioned[number].parts.front() != first.of) continue;
    PartitionedRow row = graph_.partitioned[number];
    bool are_all = true;
    for (VariableId& part : row.parts) {
      const auto copy = std::ranges::find(copies, part, &Copied::of);
      are_all = are_all && copy != copies.end();
      if (are_all) part = copy->made;
    }
    if (are_all) join(std::move(row));
  }
}

std::uint32_t Values::find_parts(ScopeId scope, SegmentId segment) const {
  const ScopeId parts = graph_.ops.scopes().find_child(scope, segment);
  if (parts == kNone) return kNone;
  const auto part = [&](std::size_t number) {
    const SegmentId name = graph_.ops.segments().find("part_" + std::to_string(number));
    const VariableId row = name == kNone ? kNone : graph_.variables.find(parts, name);
    return row == kNone ? kNone : resolved(row);
  };
  const VariableId first = part(0);
  const std::uint32_t number = first == kNone ? kNone : graph_.variables[first].value;
  if (number == kNone) return kNone;
  const std::vector<VariableId>& noted = graph_.partitioned[number].parts;
  for (std::size_t i = 0; i < noted.size(); ++i)
    if (part(i) != noted[i]) return kNone;
  return number;
}

std::optional<Values::Place> Values::place(VariableId id) const {
  const VariableRow& row = graph_.variables[id];
  if (row.value == kNone || is_alias(id)) return {};
  const PartitionedRow& whole = graph_.partitioned[row.value];
  const auto at = static_cast<std::size_t>(std::ranges::find(whole.parts, id) - whole.parts.begin());
  return Place{whole.shape, slices(graph_.ops.shapes().dims(whole.shape), whole.partitions).at(at)};
}

// Undo ----------------------------------------------------------------------------------------------------------------

void Values::undo(const Change& change) noexcept {
  const auto row = static_cast<VariableId>(change.what);
  VariableRow& record = graph_.variables[row];
  switch (change.what >> 32) {
    case kErased:
      graph_.variables.restore(row, static_cast<ScopeId>(change.before));
      record.ref = kNone;
      --erased_;
      break;
    case kJoined:
      record.value = static_cast<std::uint32_t>(change.before);
      return;
    case kFlags:
      record.flags = static_cast<std::uint32_t>(change.before);
      ++memory_changes_;
      return;
    default:
      graph_.variables.unname(row, change.what >> 32 == kRenamedFirst, static_cast<ScopeId>(change.before >> 32),
                              static_cast<SegmentId>(change.before));
  }
  ++name_changes_;
}

void Values::cut(const Mark& mark) noexcept {
  if (memories_.size() > mark.variables) ++name_changes_;

  while (memories_.size() > mark.variables)
    if (Memory* gone = memories_.remove_last(); gone != nullptr) undone_.push_back(gone);
}

void Values::settle() noexcept {
  if (!graph_.ledger().is_open()) {
    while (!forgotten_.empty()) {
      const VariableId row = forgotten_.back();
      forgotten_.pop_back();
      if (row >= memories_.size() || is_there(row)) continue;
      graph_.variables.forget(row, graph_.variables[row].ref);
      if (Memory* gone = memories_.exchange(row, nullptr); gone != nullptr) gone->disown();
    }
  }
  while (!undone_.empty()) {
    Memory* gone = undone_.back();
    undone_.pop_back();
    gone->disown();
  }
}

}  // namespace scopetrie
