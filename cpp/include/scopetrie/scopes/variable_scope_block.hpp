// One `with variable_scope(...)`: its arguments, what entering it has made, and the state that it replaced.
//
// Invariants: as in v1, a block that is entered again keeps the number that its default name got, the copy of a
// captured scope, and original_name_scope. Entries within entries of one block are kept in `outer_`. Texts are the
// caller's, who keeps them while the block is there. The graph of an entry is kept alive until that is left. Thread
// safety: a block is entered and left in one thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "scopetrie/scopes/context.hpp"

namespace scopetrie {

class VariableScopeBlock {
 public:
  /// A scope called `name` beneath the current one; or (by_default) the first name like it that is not open there.
  VariableScopeBlock(const ScopeHost& host, std::string_view name, bool by_default)
      : host_(&host), name_(name), by_default_(by_default) {}
  /// A captured scope, jumped to.
  VariableScopeBlock(const ScopeHost& host, VariableScope& captured)
      : host_(&host), captured_(ScopeRef::borrowed(&captured)) {}
  VariableScopeBlock(const VariableScopeBlock&) = delete;
  VariableScopeBlock& operator=(const VariableScopeBlock&) = delete;
  ~VariableScopeBlock();

  void set_reuse(Reuse reuse) { reuse_ = reuse; }
  /// Whether a name scope is opened, too.
  void set_auxiliary_name_scope(bool auxiliary) { auxiliary_ = auxiliary; }
  /// What the scope hands on in place of what it inherits.
  void set(Setting setting, void* object) { options().settings.set(setting, object); }
  void set_dtype(std::uint8_t dtype) { options().dtype = dtype; }

  /// Enters the scope. `plain` is the segment of its name or default name in the context's graph where that is a plain
  /// one, and known. Throws v1's errors, and then nothing has changed.
  VariableScope& enter(Context& context, SegmentId plain = kNone);
  /// Leaves it. Throws where it is not the innermost one of its context.
  void leave();

  /// The context of the innermost entry; null where it is not entered.
  Context* context() const { return now_.context; }
  bool is_innermost() const {
    return now_.context != nullptr && now_.context->variable_scope.get() == now_.scope.get();
  }

  /// Gives up what it keeps for later entries, for a collector of cycles.
  void clear();
  /// Calls `visit` with each object of the caller's language, and `visit_scope` with each scope, that it keeps; ends
  /// early where that is not 0, and gives that.
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
    std::uint8_t dtype = 0;  // 0: not given
  };

  /// What one entry changed, to be put back.
  struct Entered {
    Context* context = nullptr;  // null: not entered
    NameScope names_before;
    ScopeRef scope_before;
    ScopeRef scope;            // which keeps its graph
    std::size_t counters = 0;  // of a captured scope
    bool nested = false;       // the block was entered again within; v1 does not find back then
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
  /// What is kept of the first entry for later ones.
  ScopeRef& remembered() { return captured_ ? jumped_ : first_; }

  const ScopeHost* host_;
  std::string_view name_;
  bool by_default_ = false;
  bool auxiliary_ = true;
  Reuse reuse_ = Reuse::kNo;
  std::uint32_t picked_ = kNone;  // the number that makes a default name a new one; kNone: not picked yet
  ScopeRef captured_;
  std::unique_ptr<Options> options_;  // null where none was given

  // As v1, a block that is entered again keeps what its first entry made:
  ScopeRef jumped_;  // the copy of a captured scope
  ScopeRef first_;   // the first scope made of a name, whose original_name_scope later ones have

  Entered now_;
  std::unique_ptr<std::vector<Entered>> outer_;  // earlier entries, where one object is entered within itself
};

}  // namespace scopetrie
