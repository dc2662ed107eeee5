#include "scopetrie/variables/single_variable.hpp"

#include "scopetrie/names/legal_names.hpp"
#include "scopetrie/variables/option_objects.hpp"
#include "scopetrie/variables/regularizer_names.hpp"

namespace scopetrie {

namespace {

TensorId in_graph(const Graph& graph, const Tensor& tensor) {
  if (&tensor.graph() != &graph)
    throw Error(ErrorKind::kValue, "Tensor " + tensor.name() + " must be from the same graph as the new variable.",
                {.call = "get_variable", .asked = tensor.name()});
  return tensor.id();
}

/// One call of get_single().
class Single {
 public:
  Single(Context& context, const SingleCall& call) : context_(context), graph_(context.graph()), call_(call) {
    request_ = {.scope = call.scope,
                .segment = call.segment,
                .sharing = call.sharing,
                .source = source_of(call.initial.is_given(), call.initial.is_value()),
                .has_shape = call.shape.is_given(),
                .is_part = call.part != nullptr,
                .dtype = call.dtype};
    if (request_.has_shape) request_.shape = graph_.ops.shapes().intern(call.shape.sizes());
  }

  GotVariable get() {
    const Verdict verdict = look_up(graph_, request_);
    if (verdict.kind == Verdict::Kind::kFound) return {Variable(graph_, verdict.variable), false};
    if (verdict.is_refused()) throw refusal(graph_, request_, verdict);
    return {Variable(graph_, make()), true};
  }

 private:
  VariableId make() {
    const NamesKept kept(context_);
    context_.names = {};
    if (call_.regularizer == nullptr)
      if (const VariableId made = make_plainly(); made != kNone) return made;
    return undone_if_failed(context_, true, [&] {
      VariableId made = call_.regularizer == nullptr ? kNone : make_plainly();
      if (made == kNone) made = make_asking();
      if (call_.regularizer != nullptr) regularize(made);
      return made;
    });
  }

  // A run of a pattern, where the names are the variable's to take; else kNone.
  VariableId make_plainly() {
    if (context_.must_ask() || !call_.validate_shape || call_.part != nullptr || !is_plain()) return kNone;
    Output output{request_.shape, request_.dtype};
    VariableRun run;
    std::optional<InitialValue> initial;
    std::optional<Initializer> rule;
    if (const Initial::Value* value = call_.initial.value(); value != nullptr) {
      output = {graph_.ops.shapes().intern(value->dims), value->dtype};
      initial = InitialValue::of_value(value->elements);
    } else {
      if (!request_.has_shape || graph_.ops.shapes().elements(request_.shape) < 0) return kNone;
      if (call_.initial.rule() != nullptr) rule = *call_.initial.rule();
      if (!call_.initial.is_given()) rule = Initializer::of_default(request_.dtype);
      if (!rule) return kNone;
      run.pattern = known_run(graph_, *rule, output);
      if (run.pattern == kNone) initial = initial_value_of(graph_, *rule, output);
    }
    if (run.pattern == kNone && !initial) return kNone;
    if (!graph_.ops.take_owner(call_.scope, call_.segment)) return kNone;
    note_part(graph_, call_.segment);
    graph_.note_builder(context_.builder());
    if (initial) {
      run = run_of(graph_, *initial, output);
      if (rule) note_run(graph_, *rule, output, run);
    }
    const VariableId id =
        create_variable(graph_, run, {call_.scope, call_.segment, 0}, true, output, call_.trainable, kNone);
    join(id);
    return id;
  }
  bool is_plain() const {
    if (!is_plain_name(graph_.ops.segments().text(call_.segment))) return false;
    if (!context_.current_variable_scope->refuses_variables() && call_.scope == plain_scope()) return true;
    const std::string text = full_name(graph_, call_.scope, call_.segment);
    return is_node_name(text) && text.find("//") == std::string::npos;
  }
  // The current variable scope, if it was entered by plain names from the root on.
  ScopeId plain_scope() const {
    const VariableScope& scope = *context_.current_variable_scope;
    return scope.graph() == &graph_ ? scope.in(graph_) : kNone;
  }
  void join(VariableId id) {
    if (call_.collections)
      collect(graph_, id, call_.trainable, lists_of(graph_, call_.collections));
    else
      collect(graph_, id, call_.trainable);
  }

  VariableId make_asking() {
    const bool is_defined = request_.has_shape && graph_.ops.shapes().elements(request_.shape) >= 0;
    const Initial::Function* function = call_.initial.function();
    const bool needs_shape = !call_.initial.is_value() && (function == nullptr || function->needs_shape);
    if (needs_shape && !is_defined) throw refuse_open_shape(graph_, call_.scope, call_.segment);
    const DType told = call_.initial.is_value() ? DType() : request_.dtype;  // as in v1, a value keeps its own
    GivenValue first(call_.initial, told, call_.shape.sizes(), call_.part, call_.whole);
    const std::string name = full_name(graph_, call_.scope, call_.segment);
    const NewVariable wish{.name = name,
                           .scope = call_.scope,
                           .segment = call_.segment,
                           .trainable = call_.trainable,
                           .validate_shape = call_.validate_shape,
                           .shape = request_.has_shape ? request_.shape : kNone,
                           .is_told = needs_shape};
    const VariableId id = new_variable(context_, wish, first);
    join(id);
    return id;
  }

  void regularize(VariableId id) {
    RegularizerNames names(context_, call_.scope, call_.segment);
    const std::optional<Tensor> loss = option_function<Regularizer>(call_.regularizer)(context_, Variable(graph_, id));
    names.finish();
    if (!loss) return;
    const TensorId tensor = in_graph(graph_, *loss);
    graph_.collections.add(graph_.collections.named("regularization_losses"), {Collections::Item::kTensor, tensor});
  }

  Context& context_;
  Graph& graph_;
  const SingleCall& call_;
  VariableRequest request_;
};

}  // namespace

TensorId add_constant(Context& context, const Initial::Value& value, std::string_view name) {
  Graph& graph = context.graph();
  const Output output{graph.ops.shapes().intern(value.dims), value.dtype};
  const Name taken = context.take_name(name, NameStyle::kNode).name;
  const OpId op = context.add_operation(kinds().constant, taken, {}, {&output, 1}, graph.keep(value.elements));
  return graph.ops.operation(op).first_output;
}

TensorId GivenValue::make(Context& context) {
  Graph& graph = context.graph();
  if (const Initial::Value* value = initial_.value(); value != nullptr)
    return add_constant(context, value->as(dtype_), "initial_value");
  if (const Tensor* tensor = initial_.tensor(); tensor != nullptr) return in_graph(graph, *tensor);
  if (const Initial::Function* function = initial_.function(); function != nullptr)
    return in_graph(graph, function->call({context, shape_, dtype_, part_, whole_}));
  std::optional<Initializer> rule = Initializer::of_default(dtype_);
  if (initial_.rule() != nullptr) rule = *initial_.rule();
  const std::optional<InitialValue> value = rule ? InitialValue::of(*rule, dtype_, shape_, whole_) : std::nullopt;
  if (!value) throw refuse_dtype(rule.value_or(Initializer()), dtype_);
  return add_initial_value(context, *value, {graph.ops.shapes().intern(shape_), dtype_});
}

std::vector<std::size_t> lists_of(Graph& graph, const std::optional<std::vector<std::string>>& names) {
  std::vector<std::size_t> lists;
  if (!names) lists.push_back(Collections::kVariables);
  if (names)
    for (const std::string& name : *names) lists.push_back(graph.collections.named(name));
  return lists;
}

GotVariable get_single(Context& context, const SingleCall& call) { return Single(context, call).get(); }

}  // namespace scopetrie
