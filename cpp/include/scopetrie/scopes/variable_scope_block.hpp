// One `with variable_scope(...)`: its arguments, what entering it has made, and the state that it replaced.
//
// Invariants: as in v1, a block that is entered again keeps the suffix of its default name, the copy of a captured
// scope, and original_name_scope. Nested entries of one block are in `outer_`. Texts are borrowed and must outlive the
// block. The graph of an entry is kept alive until it is left.
// Thread safety: a block is entered in one thread, and left there or when that thread has ended.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "scopetrie/scopes/context.hpp"

namespace scopetrie {

class VariableScopeBlock {
 public:
  /// A scope `name` below the current one; with by_default, the first of name, name_1, ... that is not open there.
  VariableScopeBlock(const ScopeHost& host, std::string_view name, bool by_default)
      : host_(&host), name_(name), by_default_(by_default) {}
  /// A captured scope.
  VariableScopeBlock(const ScopeHost& host, VariableScope& captured)
      : host_(&host), captured_(ScopeRef::borrowed(&captured)) {}
  VariableScopeBlock(const VariableScopeBlock&) = delete;
  VariableScopeBlock& operator=(const VariableScopeBlock&) = delete;
  ~VariableScopeBlock();

  void set_reuse(Reuse reuse) { reuse_ = reuse; }
  /// Whether to open a name scope, too.
  void set_auxiliary_name_scope(bool auxiliary) { auxiliary_ = auxiliary; }
  /// Overrides an inherited setting.
  void set(Setting setting, void* object) { options().settings.set(setting, object); }
  void set_dtype(DType dtype) { options().dtype = dtype; }
  void set_trainable(bool is_trainable) { options().is_trainable = is_trainable; }

  /// Enters the scope. `plain` is the segment of its name or default name in the context's graph, if it is plain and
  /// known. Throws v1's errors; then nothing has changed.
  VariableScope& enter(Context& context, SegmentId plain = kNone);
  /// Leaves the scope. Throws if it is not the innermost of its context.
  void leave();

  /// The context of the innermost entry; null if it is not entered.
  Context* context() const { return now_.context.get(); }
  bool is_innermost() const {
    return context() != nullptr && context()->current_variable_scope.get() == now_.scope.get();
  }

  /// Drops what it keeps for later entries; for garbage collectors.
  void clear();
  /// Calls `visit` with each host object, and `visit_scope` with each scope, that it owns. Stops at the first result
  /// other than 0 and returns it.
  template <class Visit, class VisitScope>
  int visit(Visit&& visit, VisitScope&& visit_scope) const {
    for (VariableScope* scope :
         {captured_.get(), jumped_.get(), first_.get(), now_.scope_before.get(), now_.scope.get()})
      if (scope != nullptr)
        if (const int stop = visit_scope(*scope); stop != 0) return stop;
    if (options_ != nullptr)
      for (void* object : options_->settings.all())
        if (object != nullptr)
          if (const int stop = visit(object); stop != 0) return stop;
    return 0;
  }

 private:
  struct Options {
    explicit Options(const Host& host) : settings(host) {}
    Settings settings;
    DType dtype;  // 0: not given
    std::optional<bool> is_trainable;
  };

  /// The state that one entry replaced.
  struct Entered {
    NameScope names_before;
    ScopeRef scope_before;
    ScopeRef scope;            // keeps its graph alive
    ContextRef context;        // null: not entered; goes before the graph, which owns it
    std::size_t counters = 0;  // of a captured scope
    bool nested = false;       // the block was entered again inside; v1 does not restore its state then
  };

  Options& options();
  ScopeRef open(Context& context, SegmentId plain);
  void open_names(Context& context, SegmentId plain);
  void open_last_part(Context& context);
  ScopeRef prolong(Context& context, SegmentId plain);
  ScopeRef jump(Context& context);
  void pick(Context& context);
  void apply_options(VariableScope& scope) const;
  SCOPETRIE_COLD void end_earlier_entry(Context& context);
  SCOPETRIE_COLD void leave_nested();
  /// The scope kept from the first entry for later ones.
  ScopeRef& remembered() { return captured_ ? jumped_ : first_; }

  const ScopeHost* host_;
  std::string_view name_;
  bool by_default_ = false;
  bool auxiliary_ = true;
  bool opens_names_ = false;  // whether entering it opens a name scope, which leaving it ends
  Reuse reuse_ = Reuse::kNo;
  std::uint32_t picked_ = kNone;  // the suffix of the default name; kNone: not chosen yet
  ScopeRef captured_;
  std::unique_ptr<Options> options_;  // null if none was given

  // As in v1, a block that is entered again keeps what its first entry made:
  ScopeRef jumped_;  // the copy of a captured scope
  ScopeRef first_;   // the first scope made by name; later ones get its original_name_scope

  Entered now_;
  std::unique_ptr<std::vector<Entered>> outer_;  // earlier entries, if the block is nested in itself
};

}  // namespace scopetrie
