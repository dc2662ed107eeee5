// The op graph: operations as rows of arrays, with the names, scopes and shapes that they refer to.
//
// Invariants: an operation's inputs were made before it, so creation order is a topological order; outputs of one
// operation are consecutive tensors; a row is 32 bytes, a tensor 12, an input 4. `attribute` and `site` are the
// caller's numbers (kNone: nothing). An *owned* operation is named after another one made next to it ("mul_7/y" of
// "mul_7", "w/Assign" of "w") and costs no trie node and no name entry until someone opens that scope. A scope is
// *opened* by the first name that is asked for beneath it; then the scopes above it are opened too.
// Thread safety: none; one writer or many readers, where find() counts as writing.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "scopetrie/ids.hpp"
#include "scopetrie/scope_trie.hpp"
#include "scopetrie/segments.hpp"
#include "scopetrie/shape_table.hpp"
#include "scopetrie/unique_names.hpp"

namespace scopetrie {

struct Operation {
  Name name;
  std::uint32_t first_input;
  TensorId first_output;
  std::uint32_t attribute;
  std::uint32_t site;
  KindId kind;
  std::uint16_t flags;
};

struct Output {
  ShapeId shape = ShapeTable::kUnknown;
  std::uint8_t dtype = 0;
};

struct Tensor {
  OpId op;
  ShapeId shape;
  std::uint8_t dtype;
};

class OpGraph {
 public:
  OpGraph() = default;
  OpGraph(const OpGraph&) = delete;
  OpGraph& operator=(const OpGraph&) = delete;

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
    bool bare;  // no scope of this name exists: names beneath it are free
  };

  /// Takes `segment` under `scope`, numbered where it is in use (v1's Graph.unique_name).
  Fresh unique(ScopeId scope, SegmentId segment) {
    const ScopeId folded = scopes_.folded(scope);
    const SegmentId folded_segment = segments_.folded(segment);
    if (!scopes_.opened(folded)) open(folded);  // unlikely
    const UniqueNames::Taken taken = names_.take(folded, folded_segment);
    const bool bare = !taken.has_scopes || scopes_.find_child(folded, folded_segment, taken.suffix) == kNone;
    return {{scope, segment, taken.suffix}, bare};
  }
  /// The same without taking it.
  Name peek(ScopeId scope, SegmentId segment);

  /// The scope beneath a name.
  ScopeId scope_of(const Name& name) { return scopes_.child(name.scope, name.segment, name.suffix); }

  /// How far an owned operation may stand from its owner: "w/Initializer/zeros", "w", "w/Assign", "w/read".
  static constexpr OpId kOwnedReach = 8;

  /// The name "owner/segment" for an operation that is made beside `owner` (its id, made or about to be made); the
  /// segment may be a path. The owner's name must be Fresh and bare, and given to note_owner() before names are asked
  /// for again. Until the owner is made, an operation that it owns has no name: neither name() nor find() may be
  /// called.
  static Name owned(OpId owner, SegmentId segment) { return {owner | kOwnedBit, segment, 0}; }
  void note_owner(const Name& owner_name);

  void append_name(const Name& name, std::string& out) const;
  std::string name(OpId op) const;

  // Operations ------------------------------------------------------------------------------------------------------

  OpId add(KindId kind, const Name& name, std::span<const TensorId> inputs, std::span<const Output> outputs,
           std::uint32_t attribute = kNone, std::uint32_t site = kNone) {
    const auto id = static_cast<OpId>(operations_.size());
    operations_.push_back({name, static_cast<std::uint32_t>(inputs_.size()), static_cast<TensorId>(tensors_.size()),
                           attribute, site, kind, 0});
    inputs_.insert(inputs_.end(), inputs.begin(), inputs.end());
    for (const Output& output : outputs) tensors_.push_back({id, output.shape, output.dtype});
    return id;
  }
  /// `inputs` were made before `op`. rollback() undoes this only together with `op`.
  /// Makes room for that many more, growing at least as a vector does by itself.
  void reserve(std::size_t operations, std::size_t inputs, std::size_t tensors);
  void add_control_inputs(OpId op, std::span<const OpId> inputs);

  std::size_t size() const noexcept { return operations_.size(); }
  std::size_t tensor_count() const noexcept { return tensors_.size(); }
  const Operation& operation(OpId id) const { return operations_[id]; }
  const Tensor& tensor(TensorId id) const { return tensors_[id]; }
  void set_shape(TensorId id, ShapeId shape) { tensors_[id].shape = shape; }

  std::span<const TensorId> inputs(OpId id) const {
    const std::uint32_t first = operations_[id].first_input;
    const std::size_t end = id + 1 < operations_.size() ? operations_[id + 1].first_input : inputs_.size();
    return {inputs_.data() + first, end - first};
  }
  std::uint32_t output_count(OpId id) const {
    const std::size_t end = id + 1 < operations_.size() ? operations_[id + 1].first_output : tensors_.size();
    return static_cast<std::uint32_t>(end - operations_[id].first_output);
  }
  std::span<const OpId> control_inputs(OpId id) const;
  bool has_control_inputs() const noexcept { return !control_inputs_.empty(); }

  /// The operation of exactly this name, or kNone. The first call after new operations indexes them.
  OpId find(std::string_view name) const;

  /// The operations that `targets` need, in creation order; nothing is looked for behind a tensor in `feeds`.
  std::vector<OpId> prune(std::span<const OpId> targets, std::span<const TensorId> feeds) const;

  // Undo ------------------------------------------------------------------------------------------------------------

  struct Mark {
    std::size_t operations, inputs, tensors, opened, names;
  };
  /// Starts a span that ends with rollback() or commit(); spans nest.
  Mark begin() { return {operations_.size(), inputs_.size(), tensors_.size(), opened_.size(), names_.begin()}; }
  /// Undoes the names and operations made since. Segments, scopes and shapes stay.
  /// Takes back the operations made since `mark`, and the names taken, unless they are to stay taken.
  void rollback(const Mark& mark, bool keep_names = false);
  void commit() noexcept;

 private:
  void open(ScopeId folded);
  void take_owned_names(ScopeId scope, OpId owner);
  template <class IsWanted>
  OpId find_folded(std::string_view folded, IsWanted&& is_wanted) const;

  Segments segments_;
  ScopeTrie scopes_{segments_};
  ShapeTable shapes_;
  UniqueNames names_{segments_};
  std::vector<Operation> operations_;
  std::vector<TensorId> inputs_;
  std::vector<Tensor> tensors_;
  std::unordered_map<OpId, std::vector<OpId>> control_inputs_;
  std::vector<ScopeId> opened_;  // while spans are open: what rollback() closes
  // The first `indexed_` operations by their folded names.
  mutable IdTable index_;
  mutable std::size_t indexed_ = 0;
};

}  // namespace scopetrie
