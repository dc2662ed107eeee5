#include "scopetrie/values/store.hpp"

#include <atomic>

#include "scopetrie/values/refusal.hpp"

namespace scopetrie {

namespace {

std::uint64_t this_thread() {
  static std::atomic<std::uint64_t> threads{0};
  static thread_local const std::uint64_t number = ++threads;
  return number;
}

}  // namespace

VariableId StoreVariable::id() const {
  const Ledger& ledger = values_->graph().ledger();
  const bool is_current = epoch_ == ledger.epoch() || ledger.variables.is_current(id_, epoch_);
  if (is_current && values_->is_there(id_)) return id_;
  if (!is_current) refuse_undone("variable");
  const std::string path = values_->path(id_);
  throw Error(ErrorKind::kRuntime, "The variable '" + path + "' is gone: it was deleted from its store.",
              {.full_name = path});
}

void* StoreVariable::elements(std::size_t size) const {
  const VariableId id = this->id();
  if (values_->dtype(id).size() != size)
    throw Error(ErrorKind::kType,
                "StoreVariable::data: '" + values_->path(id) + "' has elements of " + values_->dtype(id).name() +
                    ", not of " + std::to_string(size) + " bytes",
                {.call = "data", .full_name = values_->path(id)});
  Memory* memory = values_->look(id);
  if (memory == nullptr)
    throw Error(ErrorKind::kNotImplemented,
                "StoreVariable::data: the core makes no elements of " + values_->dtype(id).name(), {.call = "data"});
  return memory->data();
}

Context& Store::here() {
  const std::uint64_t thread = this_thread();
  for (const Place& place : places_)
    if (place.thread == thread) return *place.context;
  return *places_.emplace_back(Place{thread, std::make_unique<Context>(graph_)}).context;
}

StoreVariable Store::get(std::string_view name, const StoreVariableOptions& options) {
  check_store_name("Store.get", name);
  Context& context = here();
  const VariableScope& scope = *context.current_variable_scope;
  VariableRequest request{.sharing = sharing_of(scope.reuse()),
                          .source = options.initializer ? InitialSource::kTold : InitialSource::kNotGiven,
                          .has_shape = options.shape.is_given(),
                          .dtype = options.dtype != 0 ? options.dtype : scope.dtype()};
  request.scope = graph_.ops.scopes().scope_of_name(name, scope.in(graph_), request.segment);
  if (request.has_shape) request.shape = graph_.ops.shapes().intern(options.shape.sizes());
  const Initial* usual = Initial::of_setting(scope.settings[Setting::kInitializer]);
  std::optional<Initializer> rule = options.initializer;
  if (!rule && usual != nullptr && usual->rule() != nullptr) rule = *usual->rule();
  if (rule) request.source = InitialSource::kTold;
  const Verdict verdict = look_up(graph_, request);
  if (verdict.kind == Verdict::Kind::kFound) return {values_, values_.resolved(verdict.variable)};
  if (verdict.is_refused()) throw store_refusal(values_, request, verdict);
  if (!request.has_shape || graph_.ops.shapes().elements(request.shape) < 0)
    throw store_refusal(values_, request, {Verdict::Kind::kNoShape});
  if (!rule) rule = Initializer::of_default(request.dtype);
  values_.check_size(request.shape, request.dtype);
  const Values::Origin origin = values_.origin_of(*rule);
  values_.check(origin, request.dtype);
  graph_.note_builder(context.builder());
  return {values_, values_.create(request.scope, request.segment, {request.shape, request.dtype},
                                  options.trainable.value_or(scope.is_trainable()), origin)};
}

std::optional<StoreVariable> Store::find(std::string_view path) const {
  const VariableId found = values_.find(path);
  if (found == kNone) return {};
  return StoreVariable(values_, found);
}

std::vector<StoreVariable> Store::under(std::string_view path) const {
  std::vector<StoreVariable> found;
  const ScopeId scope = graph_.ops.scopes().find(path);
  if (scope == kNone) return found;
  for (const VariableId row : graph_.variables.under(graph_.ops.scopes(), scope))
    found.emplace_back(values_, values_.resolved(row));
  return found;
}

VariableId Store::existing(const char* call, std::string_view path) const {
  SegmentId segment;
  const ScopeId scope = graph_.ops.scopes().find_scope_of_name(path, segment);
  const VariableId row = scope == kNone ? kNone : graph_.variables.find(scope, segment);
  if (row != kNone) return row;
  throw Error(ErrorKind::kKey, std::string(call) + ": there is no variable '" + std::string(path) + "'",
              {.call = call, .asked = std::string(path)});
}

void Store::erase(std::string_view path) {
  graph_.note_builder(here().builder());
  values_.erase(existing("Store.erase", path));
}

void Store::move(std::string_view path, std::string_view to) {
  check_store_name("Store.move", to);
  const VariableId row = existing("Store.move", path);
  SegmentId segment;
  const ScopeId scope = graph_.ops.scopes().scope_of_name(to, ScopeTrie::kRoot, segment);
  if (graph_.variables.find(scope, segment) != kNone)
    throw Error(ErrorKind::kValue, "Store.move: '" + std::string(to) + "' already exists",
                {.call = "Store.move", .full_name = std::string(to)});
  graph_.note_builder(here().builder());
  values_.rename(row, scope, segment);
}

}  // namespace scopetrie
