#include "scopetrie/scopes/variable_scope_block.hpp"

#include "scopetrie/error.hpp"
#include "scopetrie/names/legal_names.hpp"

namespace scopetrie {

namespace {

[[noreturn]] SCOPETRIE_COLD void refuse_nesting() {
  throw Error(ErrorKind::kRuntime, "Improper nesting of variable_scope.", {.call = "variable_scope"});
}

/// Restores the name scope unless the block was entered, and gives its name back.
struct NamesGuard {
  Context& context;
  NameScope before = context.names;
  bool is_entered = false;
  ~NamesGuard() {
    if (is_entered) return;
    const NameScope opened = std::exchange(context.names, before);
    const bool is_same = before.scope == kNone && before.pending == opened.pending;
    if (opened.scope == kNone && !is_same) context.graph().ops.give_back(opened.pending);
  }
};

}  // namespace

VariableScopeBlock::~VariableScopeBlock() = default;

VariableScopeBlock::Options& VariableScopeBlock::options() {
  if (options_ == nullptr) options_ = std::make_unique<Options>(*host_);
  return *options_;
}

void VariableScopeBlock::clear() {
  const ScopeRef jumped = std::move(jumped_), first = std::move(first_);
  if (options_ != nullptr) options_->settings.clear();
}

// Overrides a new scope's inherited settings by those of the block.
void VariableScopeBlock::apply_options(VariableScope& scope) const {
  const Settings& given = options_->settings;
  if (options_->dtype != 0) scope.set_dtype(options_->dtype);
  if (options_->is_trainable) scope.set_trainable(*options_->is_trainable);
  for (std::size_t i = 0; i < kSettings; ++i) {
    const auto setting = static_cast<Setting>(i);
    void* value = given[setting];
    if (value == nullptr) continue;
    if (setting == Setting::kCustomGetter && scope.settings[setting] != nullptr)
      scope.settings.adopt(setting, host_->compose_getters(value, scope.settings[setting]));
    else
      scope.settings.set(setting, value);
  }
}

// Opens the variable scope's name scope.
void VariableScopeBlock::open_names(Context& context, SegmentId plain) {
  // A default name of "" is the root, like any "".
  opens_names_ = auxiliary_ && (plain != kNone || !name_.empty() || by_default_);
  if (!opens_names_) return;
  if (plain != kNone) [[likely]]
    return context.open_name_scope(plain);
  context.open_name_scope(name_);
}

// The same for a captured scope: opens the last part of its name.
void VariableScopeBlock::open_last_part(Context& context) {
  if (!auxiliary_) return;
  Graph& graph = context.graph();
  if (captured_->graph() == &graph) [[likely]] {
    const ScopeTrie& scopes = graph.ops.scopes();
    const ScopeId scope = captured_->in(graph);
    if (scope == ScopeTrie::kRoot) return;
    opens_names_ = true;
    const SegmentId segment = scopes.base(scope);
    const std::string_view base = graph.ops.segments().text(segment);
    if (scopes.suffix(scope) == 0 && is_plain_name(base)) return context.open_name_scope(segment);
  }
  const std::string path = captured_->name();
  const std::size_t slash = path.rfind('/');
  const std::string_view last = std::string_view(path).substr(slash == std::string::npos ? 0 : slash + 1);
  opens_names_ = !last.empty();
  if (opens_names_) context.open_name_scope(last);
}

// Chooses the suffix of the default name, once.
void VariableScopeBlock::pick(Context& context) {
  if (reuse_ != Reuse::kNo)
    throw Error(ErrorKind::kValue, "reuse=True cannot be used without a name_or_scope", {.call = "variable_scope"});
  if (picked_ == kNone) picked_ = context.counters.unused(context.current_variable_scope->in(context.graph()), name_);
}

// A scope given by name (or made from a default name), which extends the current path.
ScopeRef VariableScopeBlock::prolong(Context& context, SegmentId plain) {
  ScopeRef scope = ScopeRef::copy_of(*context.current_variable_scope);
  std::string_view name = name_;
  std::string numbered;
  if (by_default_ && picked_ != 0) {
    numbered = name_;
    append_suffix(picked_, numbered);
    name = numbered;
    if (plain != kNone) plain = context.graph().ops.segments().intern(name);
  }
  scope->prolong(context.graph(), name, plain);
  scope->inherit_reuse(reuse_);
  const bool verbatim = name.empty() || name.back() == '/';
  if (verbatim && auxiliary_)
    name.empty() ? scope->set_origin(NameScope{}) : scope->set_origin(name);
  else if (first_)
    scope->copy_origin(*first_);
  else
    scope->set_origin(context.names);
  return scope;
}

// A captured scope: its path and settings replace the current ones.
ScopeRef VariableScopeBlock::jump(Context& context) {
  if (jumped_ && jumped_->graph() == &context.graph()) return jumped_;
  ScopeRef scope = ScopeRef::copy_of(*captured_);
  scope->move_to(context.graph());
  scope->inherit_reuse(reuse_);
  if (options_ != nullptr) apply_options(*scope);
  return scope;
}

// Makes the scope to enter, or copies the captured one, and opens its name scope.
ScopeRef VariableScopeBlock::open(Context& context, SegmentId plain) {
  if (captured_) {
    open_last_part(context);
    return jump(context);
  }
  // The name scope uses the name as given, the variable scope the unique one.
  if (by_default_) pick(context);
  open_names(context, plain);
  ScopeRef scope = prolong(context, plain);
  if (options_ != nullptr) apply_options(*scope);
  return scope;
}

// As in v1, entering a block inside itself ends the name scope of its earlier entry and returns the same scope.
void VariableScopeBlock::end_earlier_entry(Context& context) {
  if (now_.context.get() == &context) {
    context.names = now_.names_before;
    if (!remembered()) remembered() = now_.scope;
  }
  if (outer_ == nullptr) outer_ = std::make_unique<std::vector<Entered>>();
  outer_->reserve(outer_->size() + 1);
}

VariableScope& VariableScopeBlock::enter(Context& context, SegmentId plain) {
  NamesGuard names{context};
  const bool again = now_.context.get() != nullptr;
  if (again) [[unlikely]]
    end_earlier_entry(context);
  const NameScope names_before = context.names;
  ScopeRef scope = open(context, plain);
  context.counters.open(scope->in(context.graph()));
  // Nothing throws from here on.
  names.is_entered = true;
  if (again) [[unlikely]] {
    outer_->push_back(std::move(now_));
    now_ = {};
  }
  if (captured_) now_.counters = context.counters.save();
  ++context.variable_scopes;
  now_.context = ContextRef(context);
  now_.names_before = names_before;
  now_.scope = scope;
  now_.scope_before = std::exchange(context.current_variable_scope, std::move(scope));
  return *now_.scope;
}

void VariableScopeBlock::leave() {
  if (!is_innermost()) {
    // As in v1, its name scope ends all the same.
    if (context() != nullptr && opens_names_) context()->names = now_.names_before;
    refuse_nesting();
  }
  Context& context = *now_.context.get();
  --context.variable_scopes;
  if (captured_) {
    context.counters.restore(now_.counters);
  } else if (const ScopeId scope = now_.scope->in(context.graph()); scope != ScopeTrie::kRoot) {
    context.counters.close_beneath(scope);  // as in v1, leaving "" clears the paths that start with "/"
  }
  if (opens_names_) context.names = now_.names_before;
  now_.context.reset();
  // What scopes hold may run anything when they go: at the end.
  ScopeRef scope = std::move(now_.scope);
  const ScopeRef left = std::exchange(context.current_variable_scope, std::move(now_.scope_before));
  if (!remembered()) remembered() = std::move(scope);
  if (outer_ != nullptr) [[unlikely]]
    leave_nested();
}

// Goes back to the entry that the block was entered within.
void VariableScopeBlock::leave_nested() {
  const bool nested = std::exchange(now_.nested, false);
  if (!outer_->empty()) {
    now_ = std::move(outer_->back());
    outer_->pop_back();
    now_.nested = !captured_;
  }
  if (nested) refuse_nesting();
}

}  // namespace scopetrie
