// A variable scope: where get_variable looks for names, how it shares them, and what it hands on to new variables.
//
// Invariants: a scope that was entered in a graph knows its id there, and keeps the graph's owner alive. One that was
// made by hand (`graph()` is null) has a path only, and is found by it in any graph. Reuse is v1's: None and False
// inherit, True cannot be undone.
// Thread safety: as the graph that it stands in; a scope by hand belongs to who made it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "scopetrie/graph/graph.hpp"
#include "scopetrie/scopes/scope_host.hpp"
#include "scopetrie/shapes/dtype.hpp"

namespace scopetrie {

enum class Reuse : std::uint8_t { kNo, kYes, kAuto };

/// What a scope hands on to variables that bring none: objects of the caller's language.
enum class Setting : std::uint8_t {
  kInitializer,
  kRegularizer,
  kCachingDevice,
  kPartitioner,
  kCustomGetter,
  kUseResource,
  kConstraint
};
inline constexpr std::size_t kSettings = 7;

/// A place among the name scopes: a scope, or a name that was taken for one and has no scope yet (`scope` is kNone).
struct NameScope {
  ScopeId scope = ScopeTrie::kRoot;
  Name pending;
  OpId since = kNone;  // the number of operations when `pending` was taken; kNone: it was taken before
};

/// Settings, each one reference or null.
class Settings {
 public:
  explicit Settings(const Host& host) : host_(&host) {}
  Settings(const Settings& other) : host_(other.host_), given_(other.given_), objects_(other.objects_) {
    if (given_ != 0) retain();
  }
  Settings& operator=(const Settings&) = delete;
  ~Settings() {
    if (given_ != 0) clear();
  }

  bool is_empty() const { return given_ == 0; }
  void* operator[](Setting setting) const { return objects_[static_cast<std::size_t>(setting)]; }
  /// Takes a new reference; what was there goes last.
  void set(Setting setting, void* object) {
    if (object != nullptr) host_->retain(object);
    adopt(setting, object);
  }
  /// The same with the caller's reference.
  void adopt(Setting setting, void* object);
  void clear();
  const std::array<void*, kSettings>& all() const { return objects_; }

 private:
  void retain() const;

  const Host* host_;
  std::uint8_t given_ = 0;  // a bit for each that is not null
  std::array<void*, kSettings> objects_{};
};

class VariableScope {
 public:
  static constexpr DType kDefaultDType = kFloat32;

  /// A scope by hand.
  explicit VariableScope(const ScopeHost& host, Reuse reuse = Reuse::kNo, std::string_view path = {},
                         std::string_view original_name_scope = {});
  VariableScope(const VariableScope& other)
      : settings(other.settings),
        host_(other.host_),
        graph_(other.graph_),
        scope_(other.scope_),
        reuse_(other.reuse_),
        dtype_(other.dtype_),
        is_trainable_(other.is_trainable_),
        refuses_variables_(other.refuses_variables_),
        origin_(other.origin_),
        texts_(other.texts_) {
    keep_graph();
  }
  VariableScope& operator=(const VariableScope&) = delete;
  ~VariableScope() { forget_graph(); }

  const ScopeHost& host() const { return *host_; }
  /// The graph that it was entered in; null for a scope by hand.
  Graph* graph() const { return graph_; }
  /// Its scope in `graph`, made if it is new.
  ScopeId in(Graph& graph) const { return graph_ == &graph ? scope_ : find_in(graph); }

  std::string name() const;
  /// The name scope that it opened first, with a slash at its end; "" is the root.
  std::string original_name_scope() const;

  Reuse reuse() const { return reuse_; }
  void reuse_variables() { reuse_ = Reuse::kYes; }
  DType dtype() const { return dtype_; }
  void set_dtype(DType dtype) { dtype_ = dtype; }
  /// Whether new variables are trainable that do not say it. v1's scopes say nothing of it, a store's may.
  bool is_trainable() const { return is_trainable_; }
  void set_trainable(bool is_trainable) { is_trainable_ = is_trainable; }
  /// Whether the path is not a legal prefix of a variable's name: v1 refuses variables here.
  bool refuses_variables() const { return refuses_variables_; }

  Settings settings;

  // What entering makes of a copy.

  /// Adds `name` to the path, as v1 joins them; `plain` is its segment where it is a plain name.
  void prolong(Graph& graph, std::string_view name, SegmentId plain);
  /// Finds the scope in another graph.
  void move_to(Graph& graph);
  /// v1's rule: None and False inherit.
  void inherit_reuse(Reuse asked) {
    if (asked != Reuse::kNo) reuse_ = asked;
  }
  /// original_name_scope is a place among the graph's name scopes, a text, or that of another scope.
  void set_origin(const NameScope& place) {
    origin_ = place;
    if (texts_ != nullptr) [[unlikely]]
      texts_ = nullptr;
  }
  void set_origin(std::string_view text);
  void copy_origin(const VariableScope& other) {
    origin_ = other.origin_;
    texts_ = other.texts_;
  }

  /// Gives up the settings, for a collector of cycles.
  void clear() { settings.clear(); }
  /// Calls `visit` with each object of the caller's language that it keeps, for a collector of cycles; ends early where
  /// that is not 0, and gives that.
  template <class Visit>
  int visit(Visit&& visit) const {
    for (void* object : settings.all())
      if (object != nullptr)
        if (const int stop = visit(object); stop != 0) return stop;
    return graph_ != nullptr && graph_->owner != nullptr ? visit(graph_->owner) : 0;
  }

 private:
  struct Texts {
    std::string path;    // of a scope by hand
    std::string origin;  // original_name_scope
  };

  void keep_graph() const {
    if (graph_ != nullptr && graph_->owner != nullptr) graph_->owner_host->retain(graph_->owner);
  }
  void forget_graph() {
    if (Graph* gone = std::exchange(graph_, nullptr); gone != nullptr && gone->owner != nullptr)
      gone->owner_host->release(gone->owner);
  }
  void enter_graph(Graph& graph) {
    if (graph_ == &graph) return;
    Graph* before = std::exchange(graph_, &graph);
    keep_graph();
    if (before != nullptr && before->owner != nullptr) before->owner_host->release(before->owner);
  }
  ScopeId find_in(Graph& graph) const;

  const ScopeHost* host_;
  Graph* graph_ = nullptr;
  ScopeId scope_ = ScopeTrie::kRoot;  // in graph_
  Reuse reuse_ = Reuse::kNo;
  DType dtype_ = kDefaultDType;
  bool is_trainable_ = true;
  bool refuses_variables_ = false;
  NameScope origin_;                    // in graph_, where `texts_` has none
  std::shared_ptr<const Texts> texts_;  // null for a scope that was entered by name
};

/// The options of v1's variable_scope. Objects are the program's own (see make_object()); null inherits.
struct ScopeOptions {
  HostObject initializer = {};
  HostObject regularizer = {};
  HostObject caching_device = {};
  HostObject partitioner = {};
  HostObject custom_getter = {};
  HostObject constraint = {};
  Reuse reuse = Reuse::kNo;
  DType dtype = {};
  bool auxiliary_name_scope = true;
};

/// A default name: the scope takes the first name like it that is not open where it stands.
struct DefaultName {
  explicit DefaultName(std::string_view name) : name(name) {}
  std::string_view name;
};

/// One reference to a scope.
class ScopeRef {
 public:
  ScopeRef() = default;
  /// Takes over the caller's reference.
  explicit ScopeRef(VariableScope* owned) : scope_(owned) {}
  static ScopeRef borrowed(VariableScope* scope) {
    if (scope != nullptr) scope->host().keep(*scope);
    return ScopeRef(scope);
  }
  static ScopeRef copy_of(const VariableScope& scope) { return ScopeRef(scope.host().copy(scope)); }
  ScopeRef(const ScopeRef& other) : ScopeRef(borrowed(other.scope_)) {}
  ScopeRef(ScopeRef&& other) noexcept : scope_(std::exchange(other.scope_, nullptr)) {}
  ScopeRef& operator=(ScopeRef other) noexcept {
    std::swap(scope_, other.scope_);
    return *this;
  }
  ~ScopeRef() {
    if (scope_ != nullptr) scope_->host().drop(*scope_);
  }

  VariableScope* get() const { return scope_; }
  VariableScope* operator->() const { return scope_; }
  VariableScope& operator*() const { return *scope_; }
  explicit operator bool() const { return scope_ != nullptr; }

 private:
  VariableScope* scope_ = nullptr;
};

}  // namespace scopetrie
