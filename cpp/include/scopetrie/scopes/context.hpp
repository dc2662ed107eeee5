// The state of one thread in one graph (name scope, variable scope, control dependencies), and its effect on new
// operations.
//
// Invariants: the scope of `names` is kNone while the current name scope is pending: entered, but still empty, so the
// trie has no node for it. There is always a variable scope, initially the root's.
// Thread safety: a context belongs to one thread; changing the graph needs the graph's lock.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scopetrie/graph/handles.hpp"
#include "scopetrie/scopes/scope_counters.hpp"
#include "scopetrie/scopes/variable_scope.hpp"

namespace scopetrie {

/// One `with graph.control_dependencies(...)`: the inputs it adds, and the operations made inside it.
struct Controls {
  std::vector<OpId> inputs;
  std::vector<OpId> made;  // ascending
};

/// Which of v1's two messages an illegal name gets: that of an op node, or of the name scope that most ops open.
enum class NameStyle { kNode, kScope };

class Initial;
class NoControls;
class OpenControls;
class OpenNameScope;
class OpenVariableScope;
struct GotAny;
struct GotVariable;
struct NewVariableOptions;
struct VariableOptions;

/// An output of a new operation.
struct OutputSpec {
  DType dtype = kFloat32;
  Sizes shape = {};
};

/// The options of Context::add_op().
struct OpOptions {
  std::string_view name = {};  // the type's, where it is empty
  NamedAttributes attributes = {};
};

class Context : private Undoable {
 public:
  explicit Context(Graph& graph, const ScopeHost& host = native_scope_host);
  /// With a root scope made by the caller.
  Context(Graph& graph, ScopeRef root)
      : graph_(&graph), current_variable_scope(std::move(root)), counters(graph.ops.scopes(), &graph.ledger()) {
    graph.ledger().join(*this);
  }
  ~Context() { graph_->ledger().leave(*this); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

 private:
  Graph* graph_;
  const void* builder_ = this;

 public:
  NameScope names;
  ScopeRef current_variable_scope;
  ScopeCounters counters;
  std::vector<Controls> controls;
  std::size_t variable_scopes = 0;  // how many are open
  std::size_t awaited = 0;          // how many blocks will come back to it: see ContextRef
  HostObject creators;              // the open variable creators, outermost first
  HostObject listener;              // called with each new operation (devices, colocation)

  Graph& graph() const { return *graph_; }
  /// Who builds, for transactions, which undo nothing where another one has built since: the context, or one of the
  /// same thread in the same graph.
  const void* builder() const { return builder_; }
  void build_as(const Context& other) { builder_ = other.builder_; }

  // Blocks, which end with the objects that these functions give: see open_scopes.hpp -------------------------------

  /// A variable scope of this name below the current one, of the first free name like a default name, or one that was
  /// captured. Throws v1's errors.
  OpenVariableScope variable_scope(std::string_view name, const ScopeOptions& options = {});
  OpenVariableScope variable_scope(DefaultName name, const ScopeOptions& options = {});
  OpenVariableScope variable_scope(const ScopeRef& captured, const ScopeOptions& options = {});
  /// A name scope, numbered where the name is in use; with a slash at its end the name is taken as it is, "" is the
  /// root.
  OpenNameScope name_scope(std::string_view name);
  /// New operations wait for these.
  OpenControls control_dependencies(const std::vector<Operation>& operations);
  NoControls no_control_dependencies();

  /// Adds an operation of any type, with outputs as given. Throws where the graph is finalized, the name is no
  /// operation's, or an input is of another graph.
  Operation add_op(std::string_view type, std::span<const Tensor> inputs, std::span<const OutputSpec> outputs,
                   const OpOptions& options = {});
  Operation add_op(std::string_view type, std::initializer_list<Tensor> inputs,
                   std::initializer_list<OutputSpec> outputs, const OpOptions& options = {}) {
    return add_op(type, std::span(inputs.begin(), inputs.size()), std::span(outputs.begin(), outputs.size()), options);
  }
  /// The same of a common type, whose rule says what is put out. Throws where the type has none, or the inputs or
  /// attributes do not fit.
  Operation add_op(std::string_view type, std::span<const Tensor> inputs, const OpOptions& options = {});
  Operation add_op(std::string_view type, std::initializer_list<Tensor> inputs, const OpOptions& options = {}) {
    return add_op(type, std::span(inputs.begin(), inputs.size()), options);
  }
  /// A name that no operation has, in the current name scope; `mark` takes it.
  std::string unique_name(std::string_view name, bool mark = true) { return graph_->text(take_unique(name, mark)); }

  // Variables: see variables/variable_options.hpp -------------------------------------------------------------------

  /// The variable of this name in the current variable scope, found or made. Throws v1's errors, and kType where a
  /// partitioner or a custom getter gives something else.
  GotVariable get_variable(std::string_view name, const VariableOptions& options);
  GotVariable get_variable(std::string_view name);
  /// The same with whatever a partitioner or a custom getter gives.
  GotAny get_any(std::string_view name, const VariableOptions& options);
  /// A new variable in the current name scope, shared by nobody: v1's Variable.
  Variable make_variable(const Initial& initial, const NewVariableOptions& options);
  Variable make_variable(const Initial& initial);
  /// What is built from here on is undone, unless it is committed.
  Transaction transaction() { return Transaction(graph_->ledger(), builder_); }

  // What the blocks have opened -------------------------------------------------------------------------------------

  // Name scopes -----------------------------------------------------------------------------------------------------

  /// The current name scope's id; adds it to the trie if it was pending.
  ScopeId scope() { return names.scope != kNone ? names.scope : materialize(); }
  /// Appends the current name scope's path, without a trailing slash.
  void append_name_scope(std::string& out) const;
  std::string name_scope_path() const {
    std::string out;
    append_name_scope(out);
    return out;
  }
  /// Opens the name scope `plain`, with a suffix if the name is in use. The caller restores `names` at its end.
  void open_name_scope(SegmentId plain) {
    graph_->note_builder(builder_);
    names = {kNone, graph_->ops.unique(scope(), plain).name, static_cast<OpId>(graph_->ops.size())};
  }
  /// The same for any text: a path, a name with a trailing slash, which is re-entered verbatim, or "", the root. Throws
  /// if the name is illegal.
  void open_name_scope(std::string_view name);

  // Names of operations ---------------------------------------------------------------------------------------------

  /// Takes `plain` for a new operation in the current name scope, with a suffix if it is in use. Throws if an operation
  /// has this name verbatim.
  OpGraph::Fresh take_name(SegmentId plain) {
    const OpGraph::Fresh fresh = graph_->ops.unique(scope(), plain);
    if (graph_->has_unnoted_names) [[unlikely]]
      graph_->check_unused(fresh.name);
    return fresh;
  }
  /// The same for any text; a name with a trailing slash is taken verbatim. Throws if the name is illegal.
  OpGraph::Fresh take_name(std::string_view name, NameStyle style);
  /// v1's Graph.unique_name: any text, unchecked. `mark`: whether to take the name.
  Name take_unique(std::string_view name, bool mark = true);
  Name take_unique(SegmentId plain, bool mark = true) {
    graph_->note_builder(builder_);
    return mark ? graph_->ops.unique(scope(), plain).name : graph_->ops.peek(scope(), plain);
  }

  // Operations ------------------------------------------------------------------------------------------------------

  /// Adds an operation, with the control inputs of the open blocks.
  OpId add_operation(KindId kind, Name name, std::span<const TensorId> inputs, std::span<const Output> outputs,
                     std::uint32_t attribute = kNone, std::uint32_t site = kNone) {
    graph_->note_builder(builder_);
    const OpId op = graph_->ops.add(kind, name, inputs, outputs, attribute, site);
    if (!controls.empty() || listener) [[unlikely]]
      apply(op);
    return op;
  }
  /// Where memory runs out in a call that makes several operations outside of a transaction: removes those from `first`
  /// on, and gives back their names and `taken`, that of the last one, which may not be there.
  SCOPETRIE_COLD void take_back(OpId first, const Name& taken) noexcept;
  /// Applies the open blocks to a new operation: control inputs, and the listener.
  void apply(OpId op);

  /// Opens a control-dependency block.
  void open_controls(std::vector<OpId> inputs) { controls.push_back({std::move(inputs), {}}); }
  /// Closes the innermost one.
  void close_controls() {
    if (!controls.empty()) controls.pop_back();
  }
  /// The control inputs of new operations, outermost block first.
  std::vector<OpId> control_inputs() const;

  /// Whether the caller's slow path must make a variable: the graph is finalized, or has names that are not recorded as
  /// taken, or there is a listener or a variable creator.
  bool must_ask() const {
    return graph_->finalized || graph_->has_unnoted_names || !controls.empty() || listener || creators;
  }

 private:
  void cut(const Mark& mark) noexcept override;
  SCOPETRIE_COLD ScopeId materialize();
  std::vector<TensorId> ids_of(std::span<const Tensor> inputs) const;
  Operation add_node(std::string_view type, std::span<const TensorId> inputs, std::span<const Output> outputs,
                     const OpOptions& options);
  OpGraph::Fresh take_verbatim(std::string_view name);
  bool is_only_a_scope(ScopeId parent, SegmentId segment) const;
};

/// A block's way back to the context that it was entered in. Whoever owns the context of a thread keeps it, even when
/// the thread has ended, until no block is left that may return to it.
class ContextRef {
 public:
  ContextRef() = default;
  explicit ContextRef(Context& context) : context_(&context) { ++context.awaited; }
  ContextRef(ContextRef&& other) noexcept : context_(std::exchange(other.context_, nullptr)) {}
  ContextRef& operator=(ContextRef&& other) noexcept {
    std::swap(context_, other.context_);
    return *this;
  }
  ContextRef(const ContextRef&) = delete;
  ContextRef& operator=(const ContextRef&) = delete;
  ~ContextRef() { reset(); }

  void reset() {
    if (context_ != nullptr) --std::exchange(context_, nullptr)->awaited;
  }
  Context* get() const { return context_; }

 private:
  Context* context_ = nullptr;
};

/// Restores a context's name scope at the end of a block.
class NamesKept {
 public:
  explicit NamesKept(Context& context) : context_(context), before_(context.names) {}
  NamesKept(const NamesKept&) = delete;
  NamesKept& operator=(const NamesKept&) = delete;
  ~NamesKept() { context_.names = before_; }

 private:
  Context& context_;
  NameScope before_;
};

}  // namespace scopetrie
