#include "scopetrie/scopes/context.hpp"

#include <algorithm>

#include "scopetrie/error.hpp"
#include "scopetrie/graph/inference.hpp"
#include "scopetrie/graph/kinds.hpp"
#include "scopetrie/names/legal_names.hpp"

namespace scopetrie {

Context::Context(Graph& graph, const ScopeHost& host) : Context(graph, ScopeRef::copy_of(VariableScope(host))) {}

void Context::cut(const Mark& mark) noexcept {
  const auto is_cut = [&](OpId op) { return op >= mark.operations; };
  for (Controls& block : controls) {
    std::erase_if(block.inputs, is_cut);
    std::erase_if(block.made, is_cut);
  }
}

// Name scopes
// -------------------------------------------------------------------------------------------------------------

ScopeId Context::materialize() {
  names.scope = graph_->ops.scope_of(names.pending);
  return names.scope;
}

void Context::append_name_scope(std::string& out) const {
  if (names.scope != kNone) {
    graph_->ops.scopes().append_path(names.scope, out);
  } else {
    graph_->ops.append_name(names.pending, out);
  }
}

void Context::open_name_scope(std::string_view name) {
  if (name.empty()) {
    names = {ScopeTrie::kRoot, {}};
    return;
  }
  ScopeTrie& scopes = graph_->ops.scopes();
  const ScopeId here = scope();
  check_scope_name(name, here == ScopeTrie::kRoot);
  if (name.back() == '/') {
    if (!is_scope_name(name, true)) graph_->has_odd_scopes = true;
    names = {scopes.at(name.substr(0, name.size() - 1)), {}};
    return;
  }
  SegmentId segment;
  const ScopeId parent = scopes.scope_of_name(name, here, segment);
  graph_->note_builder(builder_);
  names = {kNone, graph_->ops.unique(parent, segment).name, static_cast<OpId>(graph_->ops.size())};
}

// Names of operations
// -----------------------------------------------------------------------------------------------------

// Whether a name was taken for the current name scope, and no operation that was made since has it: most operations
// with a verbatim name stand at the end of the scope that took it. Graph::check_unused() finds out in all cases, and
// looks at the names of all operations for that.
bool Context::is_only_a_scope(ScopeId parent, SegmentId segment) const {
  constexpr OpId kFew = 64;
  const OpGraph& ops = graph_->ops;
  const auto size = static_cast<OpId>(ops.size());
  // After an undo, ids are given out again, and `since` says nothing.
  if (names.since == kNone || graph_->has_unnoted_names || ops.ledger().epoch() != 0 || size - names.since > kFew)
    return false;
  const Segments& segments = ops.segments();
  const auto has_it = [&](const Name& name) {
    if (name.scope != parent) return false;
    if (name.suffix == 0) return name.segment == segment;
    return name.segment == segments.base(segment) && name.suffix == segments.suffix(segment);
  };
  if (!has_it(names.pending)) return false;
  for (OpId op = names.since; op < size; ++op)
    if (has_it(ops.name_of(op))) return false;
  return true;
}

// A verbatim name ("a/b" of "a/b/"): taken as it is, unless an operation has it.
OpGraph::Fresh Context::take_verbatim(std::string_view name) {
  check_node_name(name);
  SegmentId segment;
  const ScopeId scope = graph_->ops.scopes().scope_of_name(name, ScopeTrie::kRoot, segment);
  if (!is_only_a_scope(scope, segment)) graph_->check_unused({scope, segment, 0});
  // Usually a name scope of this name was entered and took the name. Otherwise v1 does not record it as taken.
  if (graph_->ops.peek(scope, segment).suffix == 0) graph_->has_unnoted_names = true;
  return {{scope, segment, 0}, false};
}

OpGraph::Fresh Context::take_name(std::string_view name, NameStyle style) {
  if (is_plain_name(name)) return take_name(graph_->ops.segments().intern(name));
  // v1's operations with inputs enter a name scope first, and only then find that the name is illegal for an operation.
  if (style == NameStyle::kScope) check_scope_name(name, scope() == ScopeTrie::kRoot);
  if (!name.empty() && name.back() == '/') return take_verbatim(name.substr(0, name.size() - 1));
  SegmentId segment;
  const ScopeId parent = graph_->ops.scopes().scope_of_name(name, scope(), segment);
  const OpGraph::Fresh fresh = graph_->ops.unique(parent, segment);
  if (style == NameStyle::kNode) graph_->check_operation_name(fresh.name);
  if (graph_->has_unnoted_names) graph_->check_unused(fresh.name);
  return fresh;
}

Name Context::take_unique(std::string_view name, bool mark) {
  SegmentId segment;
  const ScopeId parent = graph_->ops.scopes().scope_of_name(name, scope(), segment);
  graph_->note_builder(builder_);
  return mark ? graph_->ops.unique(parent, segment).name : graph_->ops.peek(parent, segment);
}

// Operations
// --------------------------------------------------------------------------------------------------------------

std::vector<TensorId> Context::ids_of(std::span<const Tensor> inputs) const {
  graph_->check_open();
  std::vector<TensorId> ids;
  for (const Tensor& input : inputs) {
    if (&input.graph() != graph_)
      throw Error(ErrorKind::kValue, "Tensor " + input.name() + " must be from the same graph as the new operation.",
                  {.call = "add_op", .asked = input.name()});
    ids.push_back(input.id());
  }
  return ids;
}

Operation Context::add_op(std::string_view type, std::span<const Tensor> inputs, std::span<const OutputSpec> outputs,
                          const OpOptions& options) {
  const std::vector<TensorId> ids = ids_of(inputs);
  std::vector<Output> made;
  for (const OutputSpec& output : outputs)
    made.push_back({output.shape ? graph_->ops.shapes().intern(*output.shape) : ShapeTable::kUnknown, output.dtype});
  return add_node(type, ids, made, options);
}

Operation Context::add_op(std::string_view type, std::span<const Tensor> inputs, const OpOptions& options) {
  const std::vector<TensorId> ids = ids_of(inputs);
  return add_node(type, ids, infer_outputs(*graph_, type, ids, options.attributes).span(), options);
}

Operation Context::add_node(std::string_view type, std::span<const TensorId> inputs, std::span<const Output> outputs,
                            const OpOptions& options) {
  CallTransaction transaction(graph_->ledger(), builder_);
  const Name name = take_name(options.name.empty() ? type : options.name, NameStyle::kNode).name;
  if (graph_->has_odd_scopes) graph_->check_operation_name(name);
  const std::uint32_t attribute = options.attributes.empty() ? kNone : graph_->keep(AttributeValue(options.attributes));
  const OpId op = add_operation(kind_number(type), name, inputs, outputs, attribute);
  transaction.commit();
  return {*graph_, op};
}

void Context::take_back(OpId first, const Name& taken) noexcept {
  OpGraph& ops = graph_->ops;
  const bool is_there = ops.size() > first && ops.name_of(static_cast<OpId>(ops.size() - 1)) == taken;
  if (!is_there && taken.segment != kNone) ops.give_back(taken);
  ops.take_back(first);
  for (Controls& block : controls) std::erase_if(block.made, [&](OpId op) { return op >= first; });
}

void Context::apply(OpId op) {
  OpGraph& ops = graph_->ops;
  const auto inputs = ops.inputs(op);
  std::vector<OpId> waits;
  const auto is_input = [&](OpId other) {
    return std::any_of(inputs.begin(), inputs.end(), [&](TensorId input) { return ops.tensor(input).op == other; });
  };
  for (const Controls& block : controls) {
    // An input made inside this block has the control inputs already.
    const bool dominated = std::any_of(inputs.begin(), inputs.end(), [&](TensorId input) {
      return std::binary_search(block.made.begin(), block.made.end(), ops.tensor(input).op);
    });
    if (dominated) continue;
    for (const OpId wait : block.inputs)
      if (!is_input(wait)) waits.push_back(wait);
  }
  ops.add_control_inputs(op, waits);
  for (Controls& block : controls) block.made.push_back(op);
  if (!listener) return;
  const HostObject hearing = listener;  // which may end the block that it is of
  current_variable_scope->host().tell(*this, hearing.get(), op);
}

std::vector<OpId> Context::control_inputs() const {
  std::vector<OpId> all;
  for (const Controls& block : controls) all.insert(all.end(), block.inputs.begin(), block.inputs.end());
  return all;
}

}  // namespace scopetrie
