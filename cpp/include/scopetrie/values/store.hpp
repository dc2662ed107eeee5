// Variables with their values, shared by name in scopes, for C++ programs without a graph.
//
//   st::Store store({.seed = 1});
//   {
//     st::StoreScope tower(store, "tower");
//     st::StoreVariable w = store.get("w", {.shape = {4, 3}});
//     std::span<float> values = w.data<float>();  // made at the first look
//   }
//
// Invariants: a store is a graph without operations, and the values of its variables. Scopes, sharing and inheritance
// are those of Context; each thread has scopes of its own. What is shared with a fork is copied before it can be
// changed. Thread safety: one writer or many readers; data() and find() write where they make elements or an index.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scopetrie/error.hpp"
#include "scopetrie/scopes/open_scopes.hpp"
#include "scopetrie/values/values.hpp"
#include "scopetrie/variables/variable_options.hpp"

namespace scopetrie {

class Store;

/// A variable of a store: a handle, valid while the store is there. One that was undone or deleted throws Error.
class StoreVariable {
 public:
  StoreVariable(Values& values, VariableId id) : values_(&values), id_(id), epoch_(values.graph().ledger().epoch()) {}

  std::string path() const { return values_->path(id()); }
  DType dtype() const { return values_->dtype(id()); }
  std::vector<std::int64_t> shape() const {
    const auto dims = values_->dims(id());
    return {dims.begin(), dims.end()};
  }
  std::size_t size() const { return values_->element_count(id()); }
  bool is_trainable() const { return values_->is_trainable(id()); }
  bool is_ready() const { return values_->is_ready(id()); }
  /// Its elements in row-major order, made at the first look. Valid until the variable is gone, or the store is forked.
  /// Throws Error where they are no Ts by their size.
  template <class T>
  std::span<T> data() const {
    return {static_cast<T*>(elements(sizeof(T))), size()};
  }

  friend bool operator==(const StoreVariable& a, const StoreVariable& b) {
    return a.values_ == b.values_ && a.id_ == b.id_ && a.epoch_ == b.epoch_;
  }

 private:
  VariableId id() const;
  void* elements(std::size_t size) const;

  Values* values_;
  VariableId id_;
  std::uint32_t epoch_;
};

/// The options of Store::get().
struct StoreVariableOptions {
  AskedShape shape = {};
  DType dtype = {};  // the scope's, where it is left out
  std::optional<Initializer> initializer = {};
  std::optional<bool> trainable = {};
};

class Store {
 public:
  struct Options {
    std::uint64_t seed = 0;  // of all random elements
  };

  Store() : Store(Options{}) {}
  explicit Store(const Options& options) : values_(graph_, options.seed) {}
  /// A fork: elements are shared until one of both changes them.
  Store(const Store& other) : graph_(other.graph_, OpGraph::WithoutOperations()), values_(graph_, other.values_) {}
  Store& operator=(const Store&) = delete;

  /// The variable of this name in the current scope, shared or made as the scope's mode says. Throws Error.
  StoreVariable get(std::string_view name, const StoreVariableOptions& options = {});
  /// The variable of a whole path; never makes anything.
  std::optional<StoreVariable> find(std::string_view path) const;
  /// The variables of a scope and of those below it, in creation order.
  std::vector<StoreVariable> under(std::string_view path) const;
  std::size_t size() const { return values_.size(); }
  /// Takes the variable of a path away. Throws Error where there is none.
  void erase(std::string_view path);
  /// Gives a variable another path. Throws Error where there is none, or one there already.
  void move(std::string_view path, std::string_view to);

  /// What is made from here on is undone, unless it is committed.
  Transaction transaction() { return Transaction(graph_.ledger(), &here()); }
  /// Where the calling thread stands.
  Context& here();

 private:
  friend class StoreScope;

  VariableId existing(const char* call, std::string_view path) const;

  Graph graph_;
  mutable Values values_;
  struct Place {
    std::uint64_t thread;
    std::unique_ptr<Context> context;
  };
  std::vector<Place> places_;
};

/// A scope of a store, open as long as the object lives.
class StoreScope : public OpenVariableScope {
 public:
  StoreScope(Store& store, std::string_view name, ScopeOptions options = {})
      : OpenVariableScope(store.here(), name, without_names(options)) {}
  StoreScope(Store& store, DefaultName name, ScopeOptions options = {})
      : OpenVariableScope(store.here(), name, without_names(options)) {}
  StoreScope(Store& store, const ScopeRef& captured, ScopeOptions options = {})
      : OpenVariableScope(store.here(), captured, without_names(options)) {}

 private:
  static ScopeOptions without_names(ScopeOptions& options) {
    options.auxiliary_name_scope = false;
    return std::move(options);
  }
};

}  // namespace scopetrie
