#include "scopetrie/variables/variable_options.hpp"

#include <algorithm>

#include "scopetrie/names/legal_names.hpp"
#include "scopetrie/scopes/open_scopes.hpp"
#include "scopetrie/variables/get_partitioned.hpp"
#include "scopetrie/variables/option_objects.hpp"
#include "scopetrie/variables/single_variable.hpp"

namespace scopetrie {

HostObject regularizer(Regularizer function) { return make_object<OptionObject<Regularizer>>(std::move(function)); }
HostObject partitioner(Partitioner function) { return make_object<OptionObject<Partitioner>>(std::move(function)); }
HostObject custom_getter(CustomGetter function) { return make_object<OptionObject<CustomGetter>>(std::move(function)); }

HostObject fixed_size_partitioner(std::int64_t count, std::size_t axis) {
  return partitioner([=](std::span<const std::int64_t> shape, DType) {
    std::vector<std::int64_t> partitions(shape.size(), 1);
    partitions.at(axis) = std::min(count, shape[axis]);
    return partitions;
  });
}

namespace {

void* given_or(const HostObject& given, const VariableScope& scope, Setting setting) {
  return given ? given.get() : scope.settings[setting];
}
HostObject kept(void* object) { return {native_scope_host, object}; }

const Initial& initial_of(const VariableOptions& options, const VariableScope& scope) {
  if (options.initializer.is_given()) return options.initializer;
  const Initial* usual = Initial::of_setting(scope.settings[Setting::kInitializer]);
  return usual == nullptr ? options.initializer : *usual;
}

DType dtype_of(const Initial& value) {
  return value.value() != nullptr ? value.value()->dtype : value.tensor()->dtype().base();
}

// v1 makes a tensor of a value to see its dtype, and that keeps its name.
void check_dtype_of_value(Context& context, const Initial& value, DType asked) {
  static const std::uint32_t kConst = known_name("Const");
  if (value.value() != nullptr) context.take_unique(context.graph().known_segment(kConst));
  const DType found = dtype_of(value);
  if (found == asked) return;
  throw Error(ErrorKind::kValue,
              "Initializer type '<dtype: '" + found.name() + "'>' and explicit dtype '<dtype: '" + asked.name() +
                  "'>' don't match.",
              {.call = "get_variable", .asked = asked.name(), .found = found.name()});
}

/// A variable in parts, each a call of get_single().
class Parts final : public GraphPartMaker {
 public:
  Parts(Context& context, const VariableCall& call, std::span<const std::int64_t> whole)
      : GraphPartMaker(context), context_(context), call_(call), whole_(whole) {}

  bool asks() const override { return static_cast<bool>(call_.partitioner); }
  Partitions ask(ShapeId) override {
    const std::vector<std::int64_t> made = option_function<Partitioner>(call_.partitioner.get())(whole_, call_.dtype);
    return {made, list_text(made)};
  }
  [[noreturn]] void refuse(const PartitionedRequest& request, const PartitionedVerdict& verdict) override {
    throw refusal(context_.graph(), request, verdict);
  }
  void all_or_nothing(const std::function<std::uint32_t()>& make_parts) override {
    undone_if_failed(context_, true, [&] {
      make_parts();
      return true;
    });
  }
  void cut(const Slice& part) override {
    if (call_.initializer.is_value()) value_ = slice(part);
  }
  VariableId make_cut(const std::string& name, const Slice& part) override {
    const bool is_value = call_.initializer.is_value();
    const AskedShape shape = is_value ? AskedShape() : AskedShape(std::span(part.sizes));
    const Initial& initial = is_value ? value_ : call_.initializer;
    SingleCall single{.shape = shape,
                      .dtype = is_value ? dtype_of(value_) : call_.dtype,
                      .initial = initial,
                      .regularizer = call_.regularizer.get(),
                      .sharing = call_.sharing,
                      .trainable = call_.trainable,
                      .collections = call_.collections,
                      .validate_shape = call_.validate_shape,
                      .part = &part,
                      .whole = whole_};
    single.scope = context_.graph().ops.scopes().scope_of_name(name, ScopeTrie::kRoot, single.segment);
    const GotVariable got = get_single(context_, single);
    made_ = made_ || got.made;
    return got.variable.id();
  }
  bool made() const { return made_; }

 private:
  // As v1: the whole as a constant, once for each part, and a Slice of it.
  Tensor slice(const Slice& part) {
    const Initial& initial = call_.initializer;
    const Tensor whole =
        initial.tensor() != nullptr
            ? *initial.tensor()
            : Tensor(context_.graph(), add_constant(context_, initial.value()->as(call_.dtype), "Const"));
    const OpenNameScope scope = context_.name_scope("Slice");
    const auto rank = static_cast<std::int64_t>(part.sizes.size());
    const auto vector = [&](const std::vector<std::int64_t>& numbers, std::string_view name) {
      return Tensor(context_.graph(), add_constant(context_, {AttributeValue(numbers), {rank}, kInt32}, name));
    };
    const Tensor begin = vector(part.offset, "begin");
    const Tensor size = vector(part.sizes, "size");
    if (const Sizes found = whole.shape(); found && found->size() != part.sizes.size())
      refuse_rank(scope, *found, rank);
    return context_.add_op("Slice", {whole, begin, size}, {{whole.dtype().base(), {part.sizes}}},
                           {.name = scope.path()});
  }

  [[noreturn]] static void refuse_rank(const OpenNameScope& scope, const std::vector<std::int64_t>& found,
                                       std::int64_t rank) {
    const std::string name = scope.path().substr(0, scope.path().size() - 1), vector = list_text({&rank, 1});
    throw Error(ErrorKind::kValue,
                "Shape must be rank " + std::to_string(rank) + " but is rank " + std::to_string(found.size()) +
                    " for '{{node " + name + "}} = Slice[Index=DT_INT32]' with input shapes: " + list_text(found) +
                    ", " + vector + ", " + vector + ".",
                {.call = "get_variable", .full_name = name});
  }

  Context& context_;
  const VariableCall& call_;
  std::span<const std::int64_t> whole_;
  Initial value_;
  bool made_ = false;
};

/// What v1's true getter does.
class TrueGetter {
 public:
  explicit TrueGetter(Context& context) : context_(context), graph_(context.graph()) {}

  GotAny get(const VariableCall& call) {
    SegmentId segment;
    const ScopeId scope = graph_.ops.scopes().scope_of_name(call.name, ScopeTrie::kRoot, segment);
    const bool is_scalar = call.shape.is_given() && call.shape.sizes().empty();
    if (gets_parts(graph_, scope, segment, static_cast<bool>(call.partitioner), is_scalar, call.sharing))
      return get_in_parts(scope, segment, call);
    const GotVariable got = get_single(context_, {.scope = scope,
                                                  .segment = segment,
                                                  .shape = call.shape,
                                                  .dtype = call.dtype,
                                                  .initial = call.initializer,
                                                  .regularizer = call.regularizer.get(),
                                                  .sharing = call.sharing,
                                                  .trainable = call.trainable,
                                                  .collections = call.collections,
                                                  .validate_shape = call.validate_shape});
    return {got.variable, got.made};
  }

 private:
  GotAny get_in_parts(ScopeId scope, SegmentId segment, const VariableCall& call) {
    ShapeTable& shapes = graph_.ops.shapes();
    PartitionedRequest request{.scope = scope, .segment = segment, .sharing = call.sharing, .dtype = call.dtype};
    request.shape = call.shape.is_given() ? shapes.intern(call.shape.sizes()) : ShapeTable::kUnknown;
    if (const Tensor* tensor = call.initializer.tensor(); tensor != nullptr && !call.shape.is_given())
      request.shape = graph_.ops.tensor(tensor->id()).shape;
    const auto sizes = shapes.dims(request.shape);
    const std::vector<std::int64_t> whole(sizes.begin(), sizes.end());
    Parts parts(context_, call, whole);
    const std::uint32_t number = get_parts(context_, request, parts);
    return {partitioned(number), parts.made()};
  }

  PartitionedVariable partitioned(std::uint32_t number) const {
    const PartitionedRow& row = graph_.partitioned[number];
    const auto sizes = graph_.ops.shapes().dims(row.shape);
    PartitionedVariable found{
        full_name(graph_, row.scope, row.segment), {sizes.begin(), sizes.end()}, row.dtype, row.partitions, {}};
    for (const VariableId part : row.parts) found.parts.emplace_back(graph_, part);
    return found;
  }

  Context& context_;
  Graph& graph_;
};

// Calls a scope's getter, which may be several wrapped around each other.
GotAny call_getter(void* getter, const NextGetter& next, const VariableCall& call) {
  if (const auto* composed = dynamic_cast<const ComposedGetters*>(native_object(getter)); composed != nullptr)
    return call_getter(
        composed->getter.get(),
        [&](const VariableCall& passed) { return call_getter(composed->inherited.get(), next, passed); }, call);
  return option_function<CustomGetter>(getter)(next, call);
}

Variable only_variable(const GotAny& got, std::string_view name) {
  if (const auto* variable = std::get_if<Variable>(&got.value); variable != nullptr) return *variable;
  throw Error(ErrorKind::kType,
              "get_variable: " + std::string(name) + " is " +
                  (got.value.index() == 1 ? "a variable in parts" : "a tensor that a custom getter gave") +
                  ". Call get_any() for it.",
              {.call = "get_variable", .asked = std::string(name)});
}

}  // namespace

GotAny Context::get_any(std::string_view name, const VariableOptions& options) {
  const ScopeRef keep_scope = current_variable_scope;
  const VariableScope& scope = *keep_scope;
  const NamesKept kept_names(*this);
  names = {};
  const DType asked = options.dtype.base();
  if (asked != 0 && options.initializer.is_value()) check_dtype_of_value(*this, options.initializer, asked);
  const std::string path = scope.name();
  const VariableCall call{.name = path.empty() ? std::string(name) : path + '/' + std::string(name),
                          .shape = options.shape,
                          .dtype = asked != 0 ? asked : scope.dtype(),
                          .initializer = initial_of(options, scope),
                          .regularizer = kept(given_or(options.regularizer, scope, Setting::kRegularizer)),
                          .sharing = sharing_of(scope.reuse()),
                          .trainable = options.trainable.value_or(true),
                          .collections = options.collections,
                          .partitioner = kept(given_or(options.partitioner, scope, Setting::kPartitioner)),
                          .validate_shape = options.validate_shape};
  const HostObject getter = kept(given_or(options.custom_getter, scope, Setting::kCustomGetter));
  TrueGetter last(*this);
  if (!getter) return last.get(call);
  return call_getter(getter.get(), [&](const VariableCall& passed) { return last.get(passed); }, call);
}

GotVariable Context::get_variable(std::string_view name, const VariableOptions& options) {
  const VariableScope& scope = *current_variable_scope;
  const Settings& settings = scope.settings;
  const auto is_nobody = [&](const HostObject& given, Setting setting) {
    return !given && settings[setting] == nullptr;
  };
  const bool asks_nobody = is_nobody(options.partitioner, Setting::kPartitioner) &&
                           is_nobody(options.custom_getter, Setting::kCustomGetter) &&
                           (options.dtype == 0 || !options.initializer.is_value());
  if (asks_nobody && is_plain_name(name)) [[likely]] {
    const SingleCall call{.scope = scope.in(*graph_),
                          .segment = graph_->ops.segments().intern(name),
                          .shape = options.shape,
                          .dtype = options.dtype != 0 ? options.dtype.base() : scope.dtype(),
                          .initial = initial_of(options, scope),
                          .regularizer = given_or(options.regularizer, scope, Setting::kRegularizer),
                          .sharing = sharing_of(scope.reuse()),
                          .trainable = options.trainable.value_or(true),
                          .collections = options.collections,
                          .validate_shape = options.validate_shape};
    if (call.sharing != Sharing::kYes || !is_partitioned(*graph_, call.scope, call.segment)) [[likely]]
      return get_single(*this, call);
  }
  const GotAny got = get_any(name, options);
  return {only_variable(got, name), got.made};
}

GotVariable Context::get_variable(std::string_view name) { return get_variable(name, {}); }

Variable Context::make_variable(const Initial& initial) { return make_variable(initial, {}); }

Variable Context::make_variable(const Initial& initial, const NewVariableOptions& options) {
  if (!initial.is_given()) throw Error(ErrorKind::kValue, "initial_value must be specified.", {.call = "Variable"});
  if (initial.rule() != nullptr)
    throw Error(ErrorKind::kValue,
                "make_variable: a rule makes no value without a shape; give a value, a tensor or a "
                "function, or call get_variable().",
                {.call = "Variable"});
  return undone_if_failed(*this, false, [&] {
    GivenValue first(initial, options.dtype.base(), {});
    const NewVariable wish{
        .name = options.name, .trainable = options.trainable, .validate_shape = options.validate_shape};
    const VariableId id = new_variable(*this, wish, first);
    collect(*graph_, id, options.trainable, lists_of(*graph_, options.collections));
    return Variable(*graph_, id);
  });
}

}  // namespace scopetrie
