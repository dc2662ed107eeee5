#include "scopetrie/values/store_variable.hpp"

#include <limits>
#include <string>
#include <utility>

#include "scopetrie/scopes/context.hpp"
#include "scopetrie/tables/short_texts.hpp"
#include "scopetrie/values/get_parts.hpp"
#include "scopetrie/values/refusal.hpp"
#include "scopetrie/values/store_changes.hpp"
#include "scopetrie/variables/option_objects.hpp"

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
  if (memory != nullptr && !memory->is_on_host()) [[unlikely]]
    throw Error(ErrorKind::kNotImplemented,
                "StoreVariable::data: the elements of " + values_->path(id) + " are in the memory of a device",
                {.call = "data", .full_name = values_->path(id)});
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

Error missing(const char* call, std::string_view path) {
  return {ErrorKind::kKey,
          std::string(call) + ": there is no variable '" + std::string(path) + "'",
          {.call = call, .asked = std::string(path)}};
}

}  // namespace

namespace {

/// One call of get().
class Getting {
 public:
  Getting(Context& at, Values& values, std::string_view name, const StoreVariableOptions& options,
          const Segments::Sought* sought = nullptr)
      : at_(at), values_(values), graph_(values.graph()), options_(options), scope_(*at.current_variable_scope) {
    request_ = {.sharing = sharing_of(scope_.reuse()),
                .has_shape = options.shape.is_given(),
                .is_part = true,  // values_ knows better what is in parts
                .dtype = options.dtype != 0 ? options.dtype : scope_.dtype()};
    check_store_name("Store.get", name);
    if (sought != nullptr && !has_character(name, '/')) [[likely]] {
      request_.segment = graph_.ops.segments().intern(name, *sought);  // first: a scope may be new, and add segments
      request_.scope = scope_.in(graph_);
    } else {
      request_.scope = graph_.ops.scopes().scope_of_name(name, scope_.in(graph_), request_.segment);
    }
    if (request_.has_shape) request_.shape = graph_.ops.shapes().intern(options.shape.sizes());
    rule_ = options.initializer ? &*options.initializer : rule_of(scope_);
    if (rule_ != nullptr) request_.source = InitialSource::kTold;
  }

  /// Whether it may be about a variable in parts.
  bool may_be_cut() const { return graph_.has_parts || partitioner() != nullptr; }

  GotAnyStoreVariable get_any() {
    const bool is_scalar = request_.has_shape && options_.shape.sizes().empty();
    const bool is_there = graph_.variables.find(request_.scope, request_.segment) != kNone;
    const bool is_cut = partitioner() != nullptr && request_.has_shape && !is_scalar;
    if (is_cut || (!is_there && values_.find_partitioned(request_.scope, request_.segment) != kNone))
      return get_parts(is_cut ? partitioner() : nullptr);
    const GotStoreVariable got = get();
    return {got.variable, got.made};
  }

  GotStoreVariable get() { return get_single(request_); }

 private:
  void* partitioner() const {
    return options_.partitioner ? options_.partitioner.get() : scope_.settings[Setting::kPartitioner];
  }

  GotStoreVariable get_single(const VariableRequest& request) {
    const Verdict verdict = look_up(graph_, request);
    if (verdict.kind == Verdict::Kind::kFound) return {{values_, values_.resolved(verdict.variable)}};
    if (verdict.is_refused()) throw store_refusal(values_, request, verdict);
    if (!request.has_shape || graph_.ops.shapes().elements(request.shape) < 0)
      throw store_refusal(values_, request, {Verdict::Kind::kNoShape});
    values_.check_size(request.shape, request.dtype);
    const Values::Origin origin =
        rule_ != nullptr ? values_.origin_of(*rule_) : values_.usual_origin(request.dtype);  // there is one
    values_.check(origin, request.dtype);
    graph_.note_builder(at_.builder());
    const bool trainable = options_.trainable.value_or(scope_.is_trainable());
    const VariableId made =
        values_.create(request.scope, request.segment, {request.shape, request.dtype}, trainable, origin);
    return {{values_, made}, true};
  }

  GotAnyStoreVariable get_parts(void* partitioner) {
    const ScopeRef keep_scope = at_.current_variable_scope;  // the partitioner may leave it
    Parts parts(*this, partitioner);
    const std::uint32_t number = scopetrie::get_parts(at_,
                                                      {.scope = request_.scope,
                                                       .segment = request_.segment,
                                                       .sharing = request_.sharing,
                                                       .shape = request_.shape,
                                                       .dtype = request_.dtype,
                                                       .joins_parts = true},
                                                      parts);
    return {partitioned(number), parts.is_made};
  }

  /// A variable in parts, each a call of get_single().
  struct Parts final : StorePartMaker {
    Parts(Getting& of, void* partitioner) : StorePartMaker(of.at_, of.values_), of(of), partitioner(partitioner) {}

    bool asks() const override { return partitioner != nullptr; }
    Partitions ask(ShapeId) override {
      const std::vector<std::int64_t> made =
          option_function<Partitioner>(partitioner)(of.options_.shape.sizes(), of.request_.dtype);
      return {made, list_text(made)};
    }
    VariableId make(const std::string& name, const Slice& part) override {
      VariableRequest single = of.request_;
      single.scope = of.graph_.ops.scopes().scope_of_name(name, ScopeTrie::kRoot, single.segment);
      single.shape = of.graph_.ops.shapes().intern(part.sizes);
      const GotStoreVariable got = of.get_single(single);
      is_made = is_made || got.made;
      return got.variable.id();
    }

    Getting& of;
    void* partitioner;
    bool is_made = false;
  };

  PartitionedStoreVariable partitioned(std::uint32_t number) const {
    const PartitionedRow& row = graph_.partitioned[number];
    const auto sizes = graph_.ops.shapes().dims(row.shape);
    PartitionedStoreVariable found{full_name(graph_, request_.scope, request_.segment),
                                   {sizes.begin(), sizes.end()},
                                   row.dtype,
                                   row.partitions,
                                   {}};
    for (const VariableId part : row.parts) found.parts.emplace_back(values_, part);
    return found;
  }

  Context& at_;
  Values& values_;
  Graph& graph_;
  const StoreVariableOptions& options_;
  const VariableScope& scope_;
  VariableRequest request_;
  const Initializer* rule_;
};

}  // namespace

GotStoreVariable get_in(Context& at, Values& values, std::string_view name, const StoreVariableOptions& options,
                        const Segments::Sought* sought) {
  Getting getting(at, values, name, options, sought);
  if (!getting.may_be_cut()) [[likely]]
    return getting.get();
  const GotAnyStoreVariable got = getting.get_any();
  if (const auto* variable = std::get_if<StoreVariable>(&got.value); variable != nullptr) return {*variable, got.made};
  const std::string path = std::get<PartitionedStoreVariable>(got.value).path;
  throw Error(ErrorKind::kType, "Store.get: " + path + " is a variable in parts. Call get_any() for it.",
              {.call = "Store.get", .full_name = path});
}

GotAnyStoreVariable get_any_in(Context& at, Values& values, std::string_view name,
                               const StoreVariableOptions& options) {
  return Getting(at, values, name, options).get_any();
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
    check_free("Store.put", values, scope, segment, "another name makes another one");
    output = {graph.ops.shapes().intern(shape), dtype};
    graph.note_builder(at.builder());
  } catch (...) {
    memory->disown();
    throw;
  }
  return {values, values.create_ready(scope, segment, output, trainable, memory)};
}

std::vector<StoreVariable> variables_under(Values& values, std::string_view path) {
  std::vector<StoreVariable> found;
  for (const VariableId row : rows_under(values, path)) found.emplace_back(values, values.resolved(row));
  return found;
}

void erase_in(Context& at, Values& values, std::string_view path) {
  const std::vector<VariableId> rows = rows_at(values, path);
  if (rows.empty()) throw missing("Store.erase", path);
  CallTransaction transaction(values.graph().ledger(), at.builder());
  erase_all(values, rows);
  transaction.commit();
}

void move_in(Context& at, Values& values, std::string_view path, std::string_view to) {
  const std::vector<Target> found = targets("Store.move", values, path, to);
  if (found.empty()) throw missing("Store.move", path);
  CallTransaction transaction(values.graph().ledger(), at.builder());
  for (const Target& target : found) values.rename(target.row, target.scope, target.segment);
  transaction.commit();
}

}  // namespace scopetrie
