// The op graph: operations as rows of arrays, with the names, scopes and shapes that they refer to.
//
// Invariants: an operation's inputs were made before it, so creation order is a topological order; outputs of one
// operation are consecutive tensors; ids are dense. A row is 32 bytes, a tensor 12, an input 4; a run of operations
// made from a Pattern is one row and one tensor. `attribute` and `site` are the caller's numbers (kNone: nothing). An
// *owned* operation is named after another one made next to it ("mul_7/y" of "mul_7", "w/Assign" of "w") and costs no
// trie node and no name entry until someone opens that scope. A scope is *opened* by the first name that is asked for
// beneath it; then the scopes above it are opened too. Thread safety: none; one writer or many readers, where find()
// counts as writing.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "scopetrie/graph/ledger.hpp"
#include "scopetrie/graph/pattern.hpp"
#include "scopetrie/graph/runs.hpp"
#include "scopetrie/names/scope_trie.hpp"
#include "scopetrie/names/segments.hpp"
#include "scopetrie/names/unique_names.hpp"
#include "scopetrie/shapes/shape_table.hpp"
#include "scopetrie/tables/compiler.hpp"
#include "scopetrie/tables/ids.hpp"
#include "scopetrie/tables/table_allocator.hpp"

namespace scopetrie {

struct OperationRow {
  Name name;
  std::uint32_t first_input;
  TensorId first_output;
  std::uint32_t attribute;
  std::uint32_t site;
  KindId kind;
};

struct TensorRow {
  OpId op;
  ShapeId shape;
  DType dtype;
};

/// A list of tensors: the inputs of an operation.
class TensorIds {
 public:
  class Iterator {
   public:
    using value_type = TensorId;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const TensorId* at, TensorId base) : at_(at), base_(base) {}
    TensorId operator*() const { return *at_ + base_; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) { return {at_++, base_}; }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    const TensorId* at_ = nullptr;
    TensorId base_ = 0;
  };

  /// Each of `from`, counted from `base` on.
  explicit TensorIds(std::span<const TensorId> from, TensorId base = 0) : from_(from), base_(base) {}
  std::size_t size() const noexcept { return from_.size(); }
  bool empty() const noexcept { return from_.empty(); }
  TensorId operator[](std::size_t at) const { return from_[at] + base_; }
  Iterator begin() const { return {from_.data(), base_}; }
  Iterator end() const { return {from_.data() + from_.size(), base_}; }

 private:
  std::span<const TensorId> from_;
  TensorId base_;
};

class OpGraph : private Undoable {
 public:
  static constexpr KindId kMaxKinds = 0xFFFF;  // kinds are below

  OpGraph() { ledger_.join(*this); }
  /// The segments, scopes and shapes of another one, with the same ids, and no operations.
  struct WithoutOperations {};
  OpGraph(const OpGraph& of, WithoutOperations)
      : segments_(of.segments_), scopes_(segments_, of.scopes_), shapes_(of.shapes_) {
    ledger_.join(*this);
  }
  OpGraph(const OpGraph&) = delete;
  OpGraph& operator=(const OpGraph&) = delete;

  /// What a Transaction undoes: operations, patterns, control inputs, shapes, names and which scopes are opened.
  /// Segments, scopes and shapes that were interned stay.
  Ledger& ledger() noexcept { return ledger_; }
  const Ledger& ledger() const noexcept { return ledger_; }

  // Names -----------------------------------------------------------------------------------------------------------

  Segments& segments() noexcept { return segments_; }
  const Segments& segments() const noexcept { return segments_; }
  ScopeTrie& scopes() noexcept { return scopes_; }
  const ScopeTrie& scopes() const noexcept { return scopes_; }
  ShapeTable& shapes() noexcept { return shapes_; }
  const ShapeTable& shapes() const noexcept { return shapes_; }

  /// A name that is taken now, and whether nothing can stand beneath it yet.
  struct Fresh {
    Name name;
    bool bare;           // no scope of this name exists: names beneath it are free
    bool noted = false;  // note_owner() has nothing to do
  };

  /// Takes `segment` under `scope`, numbered where it is in use (v1's Graph.unique_name).
  Fresh unique(ScopeId scope, SegmentId segment) {
    const ScopeId folded = scopes_.folded(scope);
    const SegmentId folded_segment = segments_.folded(segment);
    if (!scopes_.opened(folded)) open(folded);  // unlikely
    const UniqueNames::Taken taken = names_.take(folded, folded_segment);
    const bool bare = !taken.has_scopes || !has_scope(folded, folded_segment, taken.suffix);
    return {{scope, segment, taken.suffix}, bare, taken.owns};
  }
  /// Takes the name `segment` under `scope` for an operation that will own others (see owned()). False, and nothing is
  /// taken, where the name is in use or something may stand beneath it.
  bool take_owner(ScopeId scope, SegmentId segment) {
    const ScopeId folded = scopes_.folded(scope);
    if (!scopes_.opened(folded)) open(folded);  // unlikely
    return names_.take_as_owner(folded, segments_.folded(segment)) || take_owner_slow(scope, segment);
  }
  /// Gives back the name that was taken last: its operation could not be made. A transaction that is open has noted
  /// what this changes when the name was taken.
  void give_back(const Name& name) noexcept;
  /// Whether take_owner() would take the name.
  bool can_own(ScopeId scope, SegmentId segment);
  /// The same as unique() without taking it.
  Name peek(ScopeId scope, SegmentId segment);

  /// The scope beneath a name.
  ScopeId scope_of(const Name& name) { return scopes_.child(name.scope, name.segment, name.suffix); }

  /// How far an owned operation may stand from its owner, where they are no run: "mul/y", "mul".
  static constexpr OpId kOwnedReach = 8;

  /// The name "owner/segment" for an operation that is made beside `owner` (its id, made or about to be made); the
  /// segment may be a path. The owner's name must be Fresh and bare, and given to note_owner() before names are asked
  /// for again. Until the owner is made, an operation that it owns has no name: neither name() nor find() may be
  /// called.
  static Name owned(OpId owner, SegmentId segment) { return {owner | kOwnedBit, segment, 0}; }
  void note_owner(const Fresh& owner) {
    if (!owner.noted) note_owner_slow(owner.name);
  }
  /// Makes room for that many more names in a scope, each with a new segment.
  void reserve_names(ScopeId scope, std::size_t more) {
    segments_.reserve(more);
    names_.reserve(scopes_.folded(scope), more);
  }

  void append_name(const Name& name, std::string& out) const;
  /// Appends what names in `scope` begin with: its path and a slash, nothing at the root.
  void append_scope(ScopeId scope, std::string& out) const;
  std::string name(OpId op) const;

  // Operations ------------------------------------------------------------------------------------------------------

  /// Throws std::length_error where there are 2^31 operations or tensors, or 2^32 inputs; nothing is added then.
  OpId add(KindId kind, Name name, std::span<const TensorId> inputs, std::span<const Output> outputs,
           std::uint32_t attribute = kNone, std::uint32_t site = kNone) {
    const auto id = static_cast<OpId>(size());
    const auto tensor = static_cast<TensorId>(tensor_count());
    const std::size_t input = inputs_.size();
    try {
      if (input + inputs.size() >= kNone) [[unlikely]]
        refuse_inputs();
      rows_.push_back({name, static_cast<std::uint32_t>(input), tensor, attribute, site, kind});
      operation_rows_.append();
      for (const TensorId each : inputs) inputs_.push_back(each);  // insert() takes longer for one or two
      for (const Output& output : outputs) {
        tensors_.push_back({id, output.shape, output.dtype});
        tensor_rows_.append();
      }
    } catch (...) {
      truncate(id, tensor, input);
      throw;
    }
    return id;
  }

  /// Keeps a pattern for add_run(); gives its number.
  std::uint32_t add_pattern(Pattern pattern);
  /// Adds the operations of a pattern, the owner called `name`; gives the first one's id, which the others follow, as
  /// the tensors follow the first one's. `attributes` are those of the steps that vary, in their order.
  OpId add_run(std::uint32_t pattern, Name name, std::uint32_t site = kNone,
               std::span<const std::uint32_t> attributes = {}) {
    const auto id = static_cast<OpId>(size());
    const auto tensor = static_cast<TensorId>(tensor_count());
    const std::uint32_t length = patterns_[pattern].size(), outputs = patterns_[pattern].tensor_count();
    const std::size_t input = inputs_.size();
    try {
      rows_.push_back({name, static_cast<std::uint32_t>(input), tensor, pattern, site, kRun});
      if (!attributes.empty()) inputs_.insert(inputs_.end(), attributes.begin(), attributes.end());
      tensors_.push_back({id, pattern, kRunTensors});
      operation_rows_.append(length);
      tensor_rows_.append(outputs);
    } catch (...) {
      truncate(id, tensor, input);
      throw;
    }
    return id;
  }
  /// Removes the operations from `first` on, which were added last and nobody has looked for, and gives their names
  /// back: what was to stand behind them could not be made.
  void take_back(OpId first) noexcept;
  const Pattern& pattern(std::uint32_t number) const { return patterns_[number]; }
  std::size_t pattern_count() const noexcept { return patterns_.size(); }

  /// Makes room for that many more, growing at least as a vector does by itself.
  void reserve(std::size_t operations, std::size_t inputs, std::size_t tensors);
  /// `inputs` were made before `op`.
  void add_control_inputs(OpId op, std::span<const OpId> inputs);

  std::size_t size() const noexcept { return operation_rows_.size(); }
  std::size_t tensor_count() const noexcept { return tensor_rows_.size(); }

  OperationRow operation(OpId id) const {
    const Runs::Place at = operation_rows_.find(id);
    const OperationRow& row = rows_[at.row];
    return row.kind != kRun ? row : step(row, id, at.at);
  }
  Name name_of(OpId id) const {
    const Runs::Place at = operation_rows_.find(id);
    const OperationRow& row = rows_[at.row];
    return row.kind != kRun ? row.name : step(row, id, at.at).name;
  }
  TensorRow tensor(TensorId id) const {
    const Runs::Place at = tensor_rows_.find(id);
    const TensorRow& row = tensors_[at.row];
    return row.dtype != kRunTensors ? row : step_output(row, id, at.at);
  }
  /// `shape` replaces what is known of a tensor.
  void set_shape(TensorId id, ShapeId shape);

  TensorIds inputs(OpId id) const {
    const Runs::Place at = operation_rows_.find(id);
    const OperationRow& row = rows_[at.row];
    if (row.kind == kRun) return TensorIds(patterns_[row.attribute].inputs(at.at), row.first_output);
    const std::size_t end = at.row + 1 < rows_.size() ? rows_[at.row + 1].first_input : inputs_.size();
    return TensorIds({inputs_.data() + row.first_input, end - row.first_input});
  }
  std::uint32_t output_count(OpId id) const {
    const Runs::Place at = operation_rows_.find(id);
    const OperationRow& row = rows_[at.row];
    if (row.kind == kRun) return patterns_[row.attribute].output_count(at.at);
    const std::size_t end = at.row + 1 < rows_.size() ? rows_[at.row + 1].first_output : tensor_count();
    return static_cast<std::uint32_t>(end - row.first_output);
  }
  /// A run of operations that was made from a pattern.
  struct Run {
    std::uint32_t pattern;
    Name name;  // the owner's
    OpId first;
    TensorId first_output;
    std::span<const std::uint32_t> attributes;  // of the steps that vary
  };
  /// The run that an operation is of, if it is of one.
  std::optional<Run> run_of(OpId id) const {
    const Runs::Place at = operation_rows_.find(id);
    const OperationRow& row = rows_[at.row];
    if (row.kind != kRun) return {};
    return Run{row.attribute,
               row.name,
               id - at.at,
               row.first_output,
               {inputs_.data() + row.first_input, patterns_[row.attribute].varying().size()}};
  }
  /// Whether a tensor of a run has another shape than its pattern says.
  bool has_set_shapes() const noexcept { return !run_shapes_.empty(); }

  std::span<const OpId> control_inputs(OpId id) const;
  /// The operations that have control inputs, in no order.
  std::vector<OpId> with_control_inputs() const;
  bool has_control_inputs() const noexcept { return !control_inputs_.empty(); }

  /// The operation of exactly this name, or kNone. The first call after new operations indexes them.
  OpId find(std::string_view name) const;

  /// The operations that `targets` need, in creation order; nothing is looked for behind a tensor in `feeds`, and no
  /// control input below `first` is followed: it is outside, and done. Nothing is looked for behind `leaves` either.
  std::vector<OpId> prune(std::span<const OpId> targets, std::span<const TensorId> feeds, OpId first = 0,
                          std::span<const OpId> leaves = {}) const;

 private:
  void measure(Mark& mark) const noexcept override;
  void begin() override { names_.begin(); }
  void undo(const Change& change) noexcept override;
  void cut(const Mark& mark) noexcept override;
  void end() noexcept override;

  SCOPETRIE_COLD void truncate(OpId operations, TensorId tensors, std::size_t inputs) noexcept;
  [[noreturn]] SCOPETRIE_COLD static void refuse_inputs();
  OperationRow step(const OperationRow& row, OpId id, std::uint32_t place) const;
  TensorRow step_output(const TensorRow& row, TensorId id, std::uint32_t place) const;

  SCOPETRIE_COLD bool has_scope(ScopeId folded, SegmentId segment, std::uint32_t suffix) const;
  SCOPETRIE_COLD void note_owner_slow(const Name& name);
  SCOPETRIE_COLD bool take_owner_slow(ScopeId scope, SegmentId segment);
  SCOPETRIE_COLD void open(ScopeId folded);
  OpId last_owner() const;
  bool is_named(OpId op, ScopeId folded) const;
  void take_owned_names(ScopeId scope, OpId owner);
  void take_owned_name(ScopeId scope, SegmentId segment);
  template <class IsWanted>
  OpId find_folded(std::string_view folded, IsWanted&& is_wanted) const;

  Ledger ledger_;
  Segments segments_;
  ScopeTrie scopes_{segments_};
  ShapeTable shapes_;
  UniqueNames names_{segments_};
  // A row of kind kRun stands for a run: its name is the owner's, its attribute the pattern's number, and in place of
  // inputs it has the attributes of the steps that vary. A run's tensors are one of dtype kRunTensors: its op is the
  // run's first, its shape the pattern's number.
  static constexpr KindId kRun = kMaxKinds;
  static constexpr std::uint8_t kRunTensors = 0xFF;
  Table<OperationRow> rows_;
  Table<TensorId> inputs_;
  Table<TensorRow> tensors_;
  Runs operation_rows_;
  Runs tensor_rows_;
  std::vector<Pattern> patterns_;
  std::unordered_map<TensorId, ShapeId> run_shapes_;  // those that set_shape() gave to tensors of runs
  std::unordered_map<OpId, std::vector<OpId>> control_inputs_;
  std::vector<ScopeId> opened_;  // while transactions are open: what cut() closes again
  // The first `indexed_` operations by their folded names.
  mutable IdTable index_;
  mutable std::size_t indexed_ = 0;
  mutable std::string folded_name_;  // has room for the longest name in the index: cut() does not allocate
};

}  // namespace scopetrie
