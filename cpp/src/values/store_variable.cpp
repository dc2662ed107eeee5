#include "scopetrie/values/store_variable.hpp"

#include <limits>
#include <string>
#include <utility>

#include "scopetrie/scopes/context.hpp"
#include "scopetrie/values/refusal.hpp"

namespace scopetrie {

VariableId StoreVariable::id() const {
  const Ledger& ledger = values_->graph().ledger();
  const bool is_current = epoch_ == ledger.epoch() || ledger.variables.is_current(id_, epoch_);
  if (is_current && values_->is_there(id_)) return id_;
  if (!is_current) refuse_undone("variable");
  const std::string path = values_->path(id_);
  throw Error(ErrorKind::kRuntime, "The variable '" + path + "' is gone: it was deleted from its store.",
              {.full_name = path});
}

Memory& StoreVariable::memory() const {
  const VariableId id = this->id();
  Memory* memory = values_->look(id);
  if (memory != nullptr) [[likely]]
    return *memory;
  throw Error(
      ErrorKind::kNotImplemented,
      "StoreVariable::data: the core makes no elements of " + values_->path(id) + ", " + values_->dtype(id).name(),
      {.call = "data", .full_name = values_->path(id)});
}

Memory& StoreVariable::elements(std::size_t size) const {
  const VariableId id = this->id();
  if (values_->dtype(id).size() != size)
    throw Error(ErrorKind::kType,
                "StoreVariable::data: '" + values_->path(id) + "' has elements of " + values_->dtype(id).name() +
                    ", not of " + std::to_string(size) + " bytes",
                {.call = "data", .full_name = values_->path(id)});
  return memory();
}

namespace {

constexpr std::size_t kMostBytes = std::numeric_limits<std::ptrdiff_t>::max();

// What the scope's initializer is; null for none.
const Initializer* rule_of(const VariableScope& scope) {
  const Initial* usual = Initial::of_setting(scope.settings[Setting::kInitializer]);
  if (usual == nullptr || usual->rule() != nullptr) return usual == nullptr ? nullptr : usual->rule();
  throw Error(ErrorKind::kValue,
              "Store.get: the initializer of the scope '" + scope.name() +
                  "' is a value, a tensor or a function: a store takes rules, such as constant(0.5)",
              {.call = "Store.get", .full_name = scope.name()});
}

VariableId existing(const char* call, const Values& values, std::string_view path) {
  const Graph& graph = values.graph();
  SegmentId segment;
  const ScopeId scope = graph.ops.scopes().find_scope_of_name(path, segment);
  const VariableId row = scope == kNone ? kNone : graph.variables.find(scope, segment);
  if (row != kNone) return row;
  throw Error(ErrorKind::kKey, std::string(call) + ": there is no variable '" + std::string(path) + "'",
              {.call = call, .asked = std::string(path)});
}

// Throws where a name is a variable's.
void check_free(const char* call, const Values& values, ScopeId scope, SegmentId segment) {
  const VariableId found = values.graph().variables.find(scope, segment);
  if (found == kNone) return;
  const std::string path = values.path(found);
  throw Error(ErrorKind::kValue,
              std::string(call) + ": " + path + " already exists (" + outline(values, found) +
                  "): another name makes another one",
              {.call = call, .full_name = path, .found = outline(values, found)});
}

}  // namespace

GotStoreVariable get_in(Context& at, Values& values, std::string_view name, const StoreVariableOptions& options) {
  Graph& graph = values.graph();
  const VariableScope& scope = *at.current_variable_scope;
  VariableRequest request{.sharing = sharing_of(scope.reuse()),
                          .has_shape = options.shape.is_given(),
                          .dtype = options.dtype != 0 ? options.dtype : scope.dtype()};
  check_store_name("Store.get", name);
  request.scope = graph.ops.scopes().scope_of_name(name, scope.in(graph), request.segment);
  if (request.has_shape) request.shape = graph.ops.shapes().intern(options.shape.sizes());
  const Initializer* rule = options.initializer ? &*options.initializer : rule_of(scope);
  if (rule != nullptr) request.source = InitialSource::kTold;
  const Verdict verdict = look_up(graph, request);
  if (verdict.kind == Verdict::Kind::kFound) return {{values, values.resolved(verdict.variable)}};
  if (verdict.is_refused()) throw store_refusal(values, request, verdict);
  if (!request.has_shape || graph.ops.shapes().elements(request.shape) < 0)
    throw store_refusal(values, request, {Verdict::Kind::kNoShape});
  std::optional<Initializer> usual;
  if (rule == nullptr) rule = &*(usual = Initializer::of_default(request.dtype));
  values.check_size(request.shape, request.dtype);
  const Values::Origin origin = values.origin_of(*rule);
  values.check(origin, request.dtype);
  graph.note_builder(at.builder());
  const bool trainable = options.trainable.value_or(scope.is_trainable());
  const VariableId made =
      values.create(request.scope, request.segment, {request.shape, request.dtype}, trainable, origin);
  return {{values, made}, true};
}

std::size_t byte_count(const char* call, std::string_view name, std::span<const std::int64_t> shape, DType dtype) {
  std::size_t bytes = dtype.size();
  bool is_right = bytes != 0;
  for (const std::int64_t size : shape) {
    const std::size_t most = size <= 0 ? kMostBytes : kMostBytes / static_cast<std::size_t>(size);
    is_right = is_right && size >= 0 && bytes <= most;
    bytes *= static_cast<std::size_t>(size);
  }
  if (is_right) return bytes;
  throw Error(ErrorKind::kValue,
              std::string(call) + ": '" + std::string(name) + "': there is no array of shape " + list_text(shape) +
                  " and dtype " + dtype.name(),
              {.call = call, .full_name = std::string(name), .asked = list_text(shape)});
}

StoreVariable put_in(Context& at, Values& values, std::string_view name, std::span<const std::int64_t> shape,
                     DType dtype, bool trainable, Memory* memory) {
  Graph& graph = values.graph();
  ScopeId scope;
  SegmentId segment;
  Output output;
  try {
    check_store_name("Store.put", name);
    scope = graph.ops.scopes().scope_of_name(name, at.current_variable_scope->in(graph), segment);
    check_free("Store.put", values, scope, segment);
    output = {graph.ops.shapes().intern(shape), dtype};
    graph.note_builder(at.builder());
  } catch (...) {
    memory->disown();
    throw;
  }
  return {values, values.create_ready(scope, segment, output, trainable, memory)};
}

std::vector<StoreVariable> variables_under(Values& values, std::string_view path) {
  const Graph& graph = values.graph();
  std::vector<StoreVariable> found;
  const ScopeId scope = graph.ops.scopes().find(path);
  if (scope == kNone) return found;
  for (const VariableId row : graph.variables.under(graph.ops.scopes(), scope))
    found.emplace_back(values, values.resolved(row));
  return found;
}

void erase_in(Context& at, Values& values, std::string_view path) {
  const VariableId row = existing("Store.erase", values, path);
  values.graph().note_builder(at.builder());
  values.erase(row);
}

void move_in(Context& at, Values& values, std::string_view path, std::string_view to) {
  check_store_name("Store.move", to);
  const VariableId row = existing("Store.move", values, path);
  SegmentId segment;
  const ScopeId scope = values.graph().ops.scopes().scope_of_name(to, ScopeTrie::kRoot, segment);
  check_free("Store.move", values, scope, segment);
  values.graph().note_builder(at.builder());
  values.rename(row, scope, segment);
}

}  // namespace scopetrie
