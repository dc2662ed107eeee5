// One `with name_scope(...)`: the state that it replaced.
//
// Invariants: as in v1, entering a block again first ends its earlier entry, and leaving an entry that was ended so
// does nothing. The graph of an entry is kept alive until it is left.
// Thread safety: a block is entered in one thread, and left there or when that thread has ended.
#pragma once

#include <string_view>

#include "scopetrie/scopes/context.hpp"

namespace scopetrie {

class NameScopeBlock {
 public:
  NameScopeBlock() = default;
  NameScopeBlock(const NameScopeBlock&) = delete;
  NameScopeBlock& operator=(const NameScopeBlock&) = delete;

  /// Enters the scope of this name; see Context::open_name_scope(). If it throws, nothing has changed.
  void enter(Context& context, std::string_view name) {
    enter_by(context, [&] { context.open_name_scope(name); });
  }
  void enter(Context& context, SegmentId plain) {
    enter_by(context, [&] { context.open_name_scope(plain); });
  }
  void leave() {
    if (context() == nullptr) return;
    context()->names = before_;
    context_.reset();
    const HostObject gone = std::move(graph_);
  }
  /// Null if it is not entered.
  Context* context() const { return context_.get(); }
  /// The owner of the graph that it keeps alive, or null.
  void* graph_owner() const { return graph_.get(); }

 private:
  template <class Open>
  void enter_by(Context& context, Open&& open) {
    if (context_.get() == &context) context.names = before_;
    const NameScope before = context.names;
    open();
    before_ = before;
    context_ = ContextRef(context);
    const Graph& graph = context.graph();
    if (graph.owner != nullptr) graph_ = HostObject(*graph.owner_host, graph.owner);
  }

  HostObject graph_;
  ContextRef context_;  // goes before the graph, which owns the context
  NameScope before_;
};

}  // namespace scopetrie
