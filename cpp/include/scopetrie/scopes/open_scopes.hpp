// The blocks of a C++ program: variable scopes, name scopes and control dependencies that end with their object.
//
// Invariants: blocks end in the order of nesting, which is what local variables do. A block that is not the innermost
// when its object ends stays open, as nothing may be thrown then; leave() tells.
// Thread safety: that of their context.
#pragma once

#include <string>
#include <string_view>

#include "scopetrie/scopes/name_scope_block.hpp"
#include "scopetrie/scopes/variable_scope_block.hpp"

namespace scopetrie {

class OpenVariableScope {
 public:
  OpenVariableScope(Context& context, std::string_view name, const ScopeOptions& options = {})
      : name_(name), block_(native_scope_host, name_, false) {
    enter(context, options);
  }
  OpenVariableScope(Context& context, DefaultName name, const ScopeOptions& options = {})
      : name_(name.name), block_(native_scope_host, name_, true) {
    enter(context, options);
  }
  OpenVariableScope(Context& context, const ScopeRef& captured, const ScopeOptions& options = {})
      : block_(native_scope_host, *captured) {
    enter(context, options);
  }
  OpenVariableScope(const OpenVariableScope&) = delete;
  OpenVariableScope& operator=(const OpenVariableScope&) = delete;
  ~OpenVariableScope();

  VariableScope& operator*() const { return *scope_; }
  VariableScope* operator->() const { return scope_; }
  /// The scope, to be entered again later.
  ScopeRef capture() const { return ScopeRef::borrowed(scope_); }
  /// Ends the block now. Throws where it is not the innermost.
  void leave() { block_.leave(); }

 private:
  void enter(Context& context, const ScopeOptions& options);

  std::string name_;
  VariableScopeBlock block_;
  VariableScope* scope_ = nullptr;  // the block keeps it, as long as it is entered
};

class OpenNameScope {
 public:
  OpenNameScope(Context& context, std::string_view name) {
    block_.enter(context, name);
    path_ = context.name_scope_path();
    if (!path_.empty()) path_ += '/';
  }
  OpenNameScope(const OpenNameScope&) = delete;
  OpenNameScope& operator=(const OpenNameScope&) = delete;
  ~OpenNameScope() { block_.leave(); }

  /// The whole name with a slash at its end, by which the scope is entered again; "" is the root.
  const std::string& path() const { return path_; }

 private:
  NameScopeBlock block_;
  std::string path_;
};

class OpenControls {
 public:
  OpenControls(Context& context, std::vector<OpId> inputs) : context_(context) {
    context.open_controls(std::move(inputs));
  }
  OpenControls(const OpenControls&) = delete;
  OpenControls& operator=(const OpenControls&) = delete;
  ~OpenControls() { context_.close_controls(); }

 private:
  Context& context_;
};

/// No control dependencies in a block.
class NoControls {
 public:
  explicit NoControls(Context& context) : context_(context), outer_(std::exchange(context.controls, {})) {}
  NoControls(const NoControls&) = delete;
  NoControls& operator=(const NoControls&) = delete;
  ~NoControls() { context_.controls = std::move(outer_); }

 private:
  Context& context_;
  std::vector<Controls> outer_;
};

inline OpenVariableScope Context::variable_scope(std::string_view name, const ScopeOptions& options) {
  return {*this, name, options};
}
inline OpenVariableScope Context::variable_scope(DefaultName name, const ScopeOptions& options) {
  return {*this, name, options};
}
inline OpenVariableScope Context::variable_scope(const ScopeRef& captured, const ScopeOptions& options) {
  return {*this, captured, options};
}
inline OpenNameScope Context::name_scope(std::string_view name) { return {*this, name}; }
inline OpenControls Context::control_dependencies(const std::vector<Operation>& operations) {
  std::vector<OpId> inputs;
  inputs.reserve(operations.size());
  for (const Operation& op : operations) inputs.push_back(op.id());
  return {*this, std::move(inputs)};
}
// NOLINTNEXTLINE(modernize-return-braced-init-list): its constructor is explicit
inline NoControls Context::no_control_dependencies() { return NoControls(*this); }

}  // namespace scopetrie
