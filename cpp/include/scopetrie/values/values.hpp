// The values of variables that have no operations: a store's.
//
// A variable is a row of the graph's VariableStore, whose fields of operations say something else here: `initial` where
// its first elements come from (see Origin), `initializer` the caller's number of the line that made it, `value` of an
// alias the variable that it stands for, and of a part the number of the partitioned variable, `ref` nothing as long as
// it has a name. Its elements are made when somebody looks. Names are changed here alone, so that all of it is undone
// with the graph's ledger; elements are not undone.
//
// Invariants: there is one place for a memory for each row, null as long as the variable is not ready. An alias has no
// memory. An erased row has no scope, and `ref` says which one it had; it stays, as what undoing it needs, and as a
// place in the order. What a memory's end runs (it may be anything) runs when all tables agree. Thread safety: that of
// the graph. look() counts as reading where no store was forked: threads that look at once make the elements once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scopetrie/graph/graph.hpp"
#include "scopetrie/store/memory.hpp"
#include "scopetrie/values/elements.hpp"
#include "scopetrie/values/memories.hpp"
#include "scopetrie/variables/creation.hpp"
#include "scopetrie/variables/partitions.hpp"

namespace scopetrie {

/// Further flags of a store's variable.
inline constexpr std::uint32_t kFrozen = 2, kAlias = 4;

class Values : private Undoable {
 public:
  /// `seed` takes part in all random elements.
  Values(Graph& graph, std::uint64_t seed);
  /// The values of another graph's variables, in a copy of it. Elements that nobody looks at are shared until one of
  /// both changes them, others are copied. Throws std::bad_alloc.
  /// Copies of what is not on the host are given; see Memories.
  Values(Graph& copy, Values& of, std::span<const Memories::Copy> copies = {});
  Values(const Values&) = delete;
  Values& operator=(const Values&) = delete;
  ~Values();

  Graph& graph() const { return graph_; }
  std::uint64_t seed() const noexcept { return seed_; }

  // Where first elements come from ----------------------------------------------------------------------------------

  /// The number of an initializer, or of an object of the caller's language that makes elements.
  using Origin = std::uint32_t;
  static constexpr Origin kGiven = kNone;  // the variable had its elements when it was made

  Origin origin_of(const Initializer& initializer) {
    if (last_ != kNone && same(rules_[last_], initializer)) [[likely]]
      return last_;
    return find_rule(initializer);
  }
  /// That of what v1 takes for a dtype where nothing is said; kNone where that is nothing.
  Origin usual_origin(DType dtype) {
    const Origin known = dtype < usual_.size() ? usual_[dtype] : kNone;
    return known != kNone ? known : find_usual(dtype);
  }
  Origin origin_of(HostObject object) { return graph_.keep(AttributeValue(std::move(object))) | kAsked; }
  /// Throws Error where the initializer has no elements of this dtype.
  void check(Origin origin, DType dtype) {
    if (is_rule(origin) && (dtype >= 64 || (checked_[origin] >> dtype.number & 1U) == 0)) [[unlikely]]
      check_rule(origin, dtype);
  }
  /// Whether check() would pass, as far as that was found before.
  bool is_right(Origin origin, DType dtype) {
    return dtype < 64 && ((checked_[origin] >> dtype.number & 1U) != 0 || is_right_slowly(origin, dtype));
  }
  static bool is_rule(Origin origin) noexcept { return (origin & kAsked) == 0; }

  /// Reserves room for `more` further variables.
  void reserve(std::size_t more) {
    graph_.variables.reserve(more);
    memories_.reserve(more);
  }

  // Making ----------------------------------------------------------------------------------------------------------

  /// Adds a variable; its name must be free, its shape known and checked. Where it throws, nothing is added.
  VariableId create(ScopeId scope, SegmentId segment, Output output, bool trainable, Origin origin,
                    std::uint32_t site = kNone) {
    if (graph_.ledger().is_open()) [[unlikely]]
      make_room(undone_, memories_.size() - first_undoable_ + 1);
    memories_.add();
    VariableRow row;
    row.scope = scope;
    row.segment = segment;
    row.initial = origin;
    row.initializer = site;
    row.shape = output.shape;
    row.flags = variable_flags(trainable, output.dtype);
    return add(row);
  }
  /// The same with its elements, whose owner it becomes: also where it throws.
  VariableId create_ready(ScopeId scope, SegmentId segment, Output output, bool trainable, Memory* memory,
                          std::uint32_t site = kNone);
  /// Throws Error where no memory can hold a shape of this dtype.
  void check_size(ShapeId shape, DType dtype) const {
    const std::int64_t elements = graph_.ops.shapes().elements(shape);
    if (dtype.size() == 0 || elements > (std::int64_t{1} << 56)) [[unlikely]]  // most elements have at most 16 bytes
      check_odd_size(shape, dtype);
  }

  // Changes of names. The caller has checked that new names are free. --------------------------------------------

  /// Takes a name away. A variable with other names (aliases) gets one of those; else its elements go, too.
  void erase(VariableId row);
  void rename(VariableId row, ScopeId scope, SegmentId segment);
  /// Adds a name for a variable that is no alias.
  VariableId alias(ScopeId scope, SegmentId segment, VariableId of, std::uint32_t site = kNone);
  /// Whether elements may be changed: see kFrozen.
  void freeze(VariableId id, bool is_frozen);
  /// Grows with each name that was taken away or changed, also by undoing.
  std::uint64_t name_changes() const noexcept { return name_changes_; }
  /// Grows with each change after which somebody who keeps the elements of variables must look again: of names, and of
  /// the memory that a variable has, but for its first. Changes of the elements themselves do not count.
  std::uint64_t revision() const noexcept { return name_changes_ + memory_changes_; }

  // Looking ---------------------------------------------------------------------------------------------------------

  /// How many names there are.
  std::size_t size() const noexcept { return graph_.variables.size() - erased_; }
  bool is_there(VariableId id) const { return graph_.variables[id].scope != kNone; }
  bool is_alias(VariableId id) const { return (graph_.variables[id].flags & kAlias) != 0; }
  /// The variable of a row: another one for an alias.
  VariableId resolved(VariableId id) const {
    const VariableRow& row = graph_.variables[id];
    return (row.flags & kAlias) != 0 ? row.value : id;
  }
  /// The variable of a whole path, or kNone; makes nothing.
  VariableId find(std::string_view path) const;
  /// The path of a row, also of an erased one.
  void append_path(VariableId id, std::string& out) const;
  std::string path(VariableId id) const {
    std::string out;
    append_path(id, out);
    return out;
  }
  DType dtype(VariableId id) const { return flagged_dtype(graph_.variables[id].flags); }
  std::span<const std::int64_t> dims(VariableId id) const {
    return graph_.ops.shapes().dims(graph_.variables[id].shape);
  }
  std::size_t element_count(VariableId id) const {
    return static_cast<std::size_t>(graph_.ops.shapes().elements(graph_.variables[id].shape));
  }
  std::size_t byte_count(VariableId id) const { return element_count(id) * dtype(id).size(); }
  bool is_trainable(VariableId id) const { return (graph_.variables[id].flags & (kTrainable | kFrozen)) == kTrainable; }
  bool is_frozen(VariableId id) const { return (graph_.variables[id].flags & kFrozen) != 0; }

  // Parts -----------------------------------------------------------------------------------------------------------

  /// Notes that variables are the parts of one, in order: its scope in `row` is kNone. Gives its number in the graph's
  /// partitioned variables. Who calls undoes it where it throws.
  std::uint32_t join(PartitionedRow row);
  /// A variable, and another one with a copy of its elements.
  struct Copied {
    VariableId of, made;
  };
  /// The same for copies of all parts of variables.
  void join_copies(std::span<const Copied> copies);
  /// The number of the partitioned variable of a name: "w", whose parts are called "w/part_0" and so on, wherever they
  /// were moved. kNone where there is none, or one of its parts is gone.
  std::uint32_t find_partitioned(ScopeId scope, SegmentId segment) const {
    return graph_.has_parts ? find_parts(scope, segment) : kNone;
  }
  /// Where a variable lies in the whole that it is a part of, and the shape of that; nothing for one that is no part.
  struct Place {
    ShapeId whole;
    Slice slice;
  };
  std::optional<Place> place(VariableId id) const;

  // Elements --------------------------------------------------------------------------------------------------------

  bool is_ready(VariableId id) const { return memories_.is_ready(id); }
  /// Its elements as they are, perhaps shared with another store's variable; null where it is not ready.
  const Memory* peek(VariableId id) const { return memories_.peek(id); }
  /// Its elements, to be changed and not kept; null where it is not ready, or they are shared.
  Memory* own(VariableId id) const { return memories_.own(id); }
  /// The elements of a variable that is no alias, made if it is not ready. They may be changed: they are not shared.
  /// Null where an object of the caller's makes them: asked(). Throws std::bad_alloc; it is as before then.
  Memory* look(VariableId id) {
    Memory* memory = memories_.looked_at(id);
    return memory != nullptr ? memory : look_slowly(id);
  }
  /// The object that makes a variable's elements.
  void* asked(VariableId id) const { return graph_.attributes[graph_.variables[id].initial & ~kAsked].host_object(); }
  /// The initializer of one whose elements the core makes.
  const Initializer& rule(VariableId id) const { return rules_[graph_.variables[id].initial]; }
  Origin origin(VariableId id) const { return graph_.variables[id].initial; }
  /// Writes the first elements of one whose elements the core makes, as write_elements() does.
  void write_first(VariableId id, void* out) const;
  /// Moves the elements of variables into one memory, one after the other, each of them a slice of it. They must be
  /// ready, of one dtype, each once, and nobody may look at them. One owner; throws std::bad_alloc, and then nothing is
  /// changed.
  Memory* flatten(std::span<const VariableId> ids);
  /// The same in a memory that has the elements already, one after the other.
  void flatten_into(Memory& whole, std::span<const VariableId> ids);
  /// Gives a variable its elements, in place of those that it has; it becomes their owner.
  void give(VariableId id, Memory* memory);
  /// The same for elements of another shape, which becomes the variable's.
  void give(VariableId id, Memory* memory, ShapeId shape) {
    graph_.variables[id].shape = shape;
    give(id, memory);
  }

 private:
  static constexpr Origin kAsked = 0x80000000U;

  void begin() override {
    if (!graph_.ledger().is_open()) first_undoable_ = memories_.size();
  }
  void undo(const Change& change) noexcept override;
  void cut(const Mark& mark) noexcept override;
  void settle() noexcept override;
  VariableId find_alias(VariableId of) const;
  void unname(VariableId row);

  static bool same(const Initializer& a, const Initializer& b) noexcept {
    return a.kind == b.kind && a.fan == b.fan && a.distribution == b.distribution && a.first.same(b.first) &&
           a.second.same(b.second) && a.seed == b.seed;
  }
  VariableId add(const VariableRow& row) {
    try {
      return graph_.variables.create(row);
    } catch (...) {
      (void)memories_.remove_last();
      throw;
    }
  }
  SCOPETRIE_COLD void check_odd_size(ShapeId shape, DType dtype) const;
  SCOPETRIE_COLD Origin find_rule(const Initializer& initializer);
  SCOPETRIE_COLD Origin find_usual(DType dtype);
  SCOPETRIE_COLD void check_rule(Origin origin, DType dtype);
  SCOPETRIE_COLD bool is_right_slowly(Origin origin, DType dtype);
  SCOPETRIE_COLD Memory* look_slowly(VariableId id);
  SCOPETRIE_COLD std::uint32_t find_parts(ScopeId scope, SegmentId segment) const;

  Graph& graph_;
  std::uint64_t seed_;
  Memories memories_;                   // by variable
  std::vector<Initializer> rules_;      // each once
  std::vector<std::uint64_t> checked_;  // by rule: the dtypes that check() has found to be right, a bit each
  IdTable rule_index_;
  Origin last_ = kNone;           // the rule that was asked for last
  std::array<Origin, 32> usual_;  // by dtype: what usual_origin() has found
  std::size_t erased_ = 0;
  std::uint64_t name_changes_ = 0;
  std::uint64_t memory_changes_ = 0;
  bool has_aliases_ = false;           // never too low
  std::vector<VariableId> forgotten_;  // erased while a transaction was open: they may come back
  // Memories of variables that were undone. It has room for those that the outermost transaction may cut.
  std::vector<Memory*> undone_;
  std::size_t first_undoable_ = 0;
};

}  // namespace scopetrie
