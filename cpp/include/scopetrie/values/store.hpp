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
// changed.
// Thread safety: one writer or many readers, as of a std::map. What is const here reads, and so does all of a
// StoreVariable: elements that nobody has made yet are made once, whoever looks first, but for a store that was forked
// or is a fork, where data() may write.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scopetrie/names/name_writer.hpp"
#include "scopetrie/scopes/open_scopes.hpp"
#include "scopetrie/values/followed_names.hpp"
#include "scopetrie/values/store_variable.hpp"

namespace scopetrie {

class Store {
 public:
  struct Options {
    std::uint64_t seed = 0;  // of all random elements
  };

  Store() : Store(Options{}) {}
  explicit Store(const Options& options) : values_(graph_, options.seed) {}
  /// A fork: elements are shared until one of both changes them. No scope is open in it.
  Store(const Store& other);
  Store& operator=(const Store&) = delete;

  /// The variable of this name in the current scope, shared or made as the scope's mode says. Throws Error.
  StoreVariable get(std::string_view name, const StoreVariableOptions& options) {
    const Segments::Sought sought = graph_.ops.segments().seek(name);  // no segment has a slash in it
    const VariableId found = options.partitioner ? kNone : plain_hit(sought, options.dtype, options.shape);
    if (found != kNone) [[likely]]
      return {values_, found};
    return get_in(here(), values_, name, options, &sought).variable;
  }
  StoreVariable get(std::string_view name) {
    const Segments::Sought sought = graph_.ops.segments().seek(name);
    const VariableId found = plain_hit(sought, {}, {});
    if (found != kNone) [[likely]]
      return {values_, found};
    return get_in(here(), values_, name, {}, &sought).variable;
  }
  /// The same with whatever the partitioner gives, of the call or of the scope: a variable, or one in parts.
  std::variant<StoreVariable, PartitionedStoreVariable> get_any(std::string_view name,
                                                                const StoreVariableOptions& options) {
    return get_any_in(here(), values_, name, options).value;
  }
  /// A new variable of this name in the current scope, with a copy of these elements (in row-major order). Throws
  /// Error.
  template <std::ranges::contiguous_range Elements>
  StoreVariable put(std::string_view name, const Elements& elements, const AskedShape& shape, bool trainable = true) {
    using Element = std::ranges::range_value_t<Elements>;
    static_assert(dtype_for<Element> != 0, "a store has no dtype of such elements: see adopt()");
    return put_copy(name, std::as_bytes(std::span(elements)), dtype_for<Element>, shape, trainable);
  }
  /// The same in memory of the program's own, without a copy. It must stay valid, and at its place, until `from` says
  /// that it is given back: then the variable is gone.
  StoreVariable adopt(std::string_view name, std::span<std::byte> bytes, DType dtype, const AskedShape& shape,
                      const Memory::Adopted& from = {}, bool trainable = true);
  /// The variable of a whole path; never makes anything.
  std::optional<StoreVariable> find(std::string_view path) const;
  /// The variables of a scope and of those below it, in creation order.
  std::vector<StoreVariable> under(std::string_view path) const;
  std::size_t size() const { return values_.size(); }
  /// Takes the variable of a path away, or all beneath it. Throws Error where there is nothing.
  void erase(std::string_view path) { erase_in(here(), values_, path); }
  /// Gives a variable, or all beneath a path, another path. Throws Error where there is nothing, or something is there
  /// already; nothing is moved then.
  void move(std::string_view path, std::string_view to) { move_in(here(), values_, path, to); }

  /// A name in the current scope that neither a variable nor an earlier call has; the text is valid until the next
  /// call.
  std::string_view unique_name(std::string_view name) {
    OwnNames& own = own_names();
    SegmentId segment;
    const ScopeId scope = own.names.place(name, own.followed.scope(here().current_variable_scope->in(graph_)), segment);
    return own.writer.write({scope, segment, own.names.unique_number(scope, segment)});
  }
  /// All of those names, and the variables'.
  Names& names() { return own_names().names; }
  FollowedNames& followed_names() { return own_names().followed; }

  /// What is made from here on is undone, unless it is committed.
  Transaction transaction() { return Transaction(graph_.ledger(), &here()); }
  /// Where the calling thread stands.
  Context& here() {
    const std::uint64_t thread = this_thread();
    return last_.thread == thread ? *last_.context : place_of(thread);
  }
  Values& values() noexcept { return values_; }

 private:
  struct Place {
    std::uint64_t thread = 0;
    Context* context = nullptr;
  };
  struct OwnNames {
    explicit OwnNames(Values& values) : writer(names), followed(names, values) {}
    OwnNames(const OwnNames& of, Values& values)
        : names(of.names), writer(names), followed(names, values, of.followed) {}
    Names names;
    NameWriter writer;
    FollowedNames followed;
  };

  /// A variable that is there and may be shared as it is asked for, by a name of one part; kNone where get_in()
  /// decides.
  VariableId plain_hit(const Segments::Sought& sought, DType dtype, const AskedShape& shape) {
    const VariableScope& scope = *here().current_variable_scope;
    if (scope.reuse() == Reuse::kNo || scope.settings[Setting::kPartitioner] != nullptr) return kNone;
    const VariableId found = sought.id == kNone ? kNone : graph_.variables.find(scope.in(graph_), sought.id);
    if (found == kNone || values_.dtype(found) != (dtype != 0 ? dtype : scope.dtype())) return kNone;
    if (shape.is_given() && !std::ranges::equal(shape.sizes(), values_.dims(found))) return kNone;
    return values_.resolved(found);
  }
  static std::uint64_t this_thread() noexcept { return number_ != 0 ? number_ : number_this_thread(); }
  SCOPETRIE_COLD static std::uint64_t number_this_thread() noexcept;
  SCOPETRIE_COLD OwnNames& make_names();
  OwnNames& own_names() {
    OwnNames& own = names_ != nullptr ? *names_ : make_names();
    own.followed.update();
    return own;
  }
  SCOPETRIE_COLD Context& place_of(std::uint64_t thread);
  StoreVariable put_copy(std::string_view name, std::span<const std::byte> bytes, DType dtype, const AskedShape& shape,
                         bool trainable);

  static inline constinit thread_local std::uint64_t number_ = 0;  // of the thread; 0: it has none yet

  Graph graph_;
  mutable Values values_;
  Place last_;
  std::vector<std::pair<std::uint64_t, std::unique_ptr<Context>>> places_;
  std::unique_ptr<OwnNames> names_;  // null until somebody asks
  mutable std::mutex subtrees_;      // that under() looks at, and prolongs
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
