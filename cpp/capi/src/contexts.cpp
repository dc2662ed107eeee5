// Functions of contexts: blocks, names, variables, operations, transactions.
#include <vector>

#include "boundary.hpp"

namespace scopetrie::capi {

namespace {

Initial function_of(const scopetrie_initial& given, scopetrie_context* context) {
  if (given.make == nullptr) refuse_handle("function of an initializer");
  return [given, context](const InitialRequest& asked) -> Tensor {
    scopetrie_tensor made{};
    const std::int32_t code =
        given.make(given.data, context, asked.shape.data(), asked.shape.size(), asked.dtype, &made);
    if (code != SCOPETRIE_OK || made.graph == nullptr)
      throw Error(ErrorKind::kRuntime, "get_variable: an initializer's function failed with " + std::to_string(code));
    return given_handle(made);
  };
}

}  // namespace

Initial initial_of(const scopetrie_initial* structure, scopetrie_context* context) {
  if (structure == nullptr) return {};
  const scopetrie_initial asked = read(structure);
  const Seed seed = asked.has_seed != 0 ? Seed(asked.seed) : Seed();
  switch (asked.kind) {
    case SCOPETRIE_INITIAL_DEFAULT:
      return {};
    case SCOPETRIE_INITIAL_ZEROS:
      return zeros();
    case SCOPETRIE_INITIAL_ONES:
      return ones();
    case SCOPETRIE_INITIAL_CONSTANT:
      return constant(asked.first);
    case SCOPETRIE_INITIAL_UNIFORM:
      return random_uniform(asked.first, asked.second, seed);
    case SCOPETRIE_INITIAL_NORMAL:
      return random_normal(asked.first, asked.second, seed);
    case SCOPETRIE_INITIAL_TRUNCATED_NORMAL:
      return truncated_normal(asked.first, asked.second, seed);
    case SCOPETRIE_INITIAL_GLOROT_UNIFORM:
      return glorot_uniform(seed);
    case SCOPETRIE_INITIAL_GLOROT_NORMAL:
      return glorot_normal(seed);
    case SCOPETRIE_INITIAL_HE_UNIFORM:
      return he_uniform(seed);
    case SCOPETRIE_INITIAL_HE_NORMAL:
      return he_normal(seed);
    case SCOPETRIE_INITIAL_LECUN_UNIFORM:
      return lecun_uniform(seed);
    case SCOPETRIE_INITIAL_LECUN_NORMAL:
      return lecun_normal(seed);
    case SCOPETRIE_INITIAL_VALUES: {
      const std::span values = given(asked.values, asked.count, "list of initial values");
      return std::vector<double>(values.begin(), values.end());
    }
    case SCOPETRIE_INITIAL_TENSOR:
      return given_handle(asked.tensor);
    case SCOPETRIE_INITIAL_FUNCTION:
      return function_of(asked, context);
    default:
      throw Error(ErrorKind::kValue, "There is no initializer of kind " + std::to_string(asked.kind) + ".");
  }
}

namespace {

ScopeOptions options_of(const scopetrie_scope_options& given, scopetrie_context* context) {
  ScopeOptions options;
  options.reuse = given.reuse == SCOPETRIE_REUSE        ? Reuse::kYes
                  : given.reuse == SCOPETRIE_AUTO_REUSE ? Reuse::kAuto
                                                        : Reuse::kNo;
  options.dtype = given_dtype(given.dtype, checked(context));
  options.auxiliary_name_scope = given.no_name_scope == 0 && checked(context).store == nullptr;
  if (given.initializer != nullptr)
    if (const Initial initial = initial_of(given.initializer, context); initial.is_given())
      options.initializer = initial;
  return options;
}

}  // namespace

void check_is_graphs(const char* call, const scopetrie_context& context) {
  if (context.store != nullptr)
    throw Error(ErrorKind::kValue, std::string(call) + ": the context is a store's, and this is about graphs.",
                {.call = call});
}

scopetrie_context* new_context(scopetrie_graph* graph, scopetrie_store* store, std::int32_t where) {
  graph_of(graph);
  auto made = std::make_unique<scopetrie_context>(graph, store);
  if (where == SCOPETRIE_AT_PYTHON) {
    if (graph->owner == nullptr)
      throw Error(ErrorKind::kValue, "context_new: the graph is none of Python's, so no thread stands in it.");
    host->stand(made->at, graph->owner);
  }
  graph->references.fetch_add(1, std::memory_order_relaxed);
  return made.release();
}

namespace {

template <class Block, class... Arguments>
void open(scopetrie_context* context, Arguments&&... arguments) {
  checked(context).blocks.emplace_back(std::in_place_type<Block>, checked(context).at,
                                       std::forward<Arguments>(arguments)...);
}

scopetrie_context* context_new(scopetrie_graph* graph, std::int32_t where) {
  return guarded_or<>(static_cast<scopetrie_context*>(nullptr), [&] { return new_context(graph, nullptr, where); });
}

void context_free(scopetrie_context* context) {
  if (context == nullptr) return;
  scopetrie_graph* graph = context->graph;
  guarded([&] { delete context; });
  scopetrie_get_api()->graph_release(graph);
}

scopetrie_graph* context_graph(scopetrie_context* context) {
  return guarded_or<>(static_cast<scopetrie_graph*>(nullptr), [&] {
    check_is_graphs("context_graph", checked(context));
    return checked(context).graph;
  });
}

std::int32_t enter_variable_scope(scopetrie_context* context, const char* name,
                                  const scopetrie_scope_options* structure) {
  return guarded([&] {
    const scopetrie_scope_options options = read(structure);
    const std::string_view text = given(name, "name");
    if (options.is_default_name != 0)
      open<OpenVariableScope>(context, DefaultName(text), options_of(options, context));
    else
      open<OpenVariableScope>(context, text, options_of(options, context));
  });
}

std::int32_t enter_captured_scope(scopetrie_context* context, const scopetrie_scope* scope,
                                  const scopetrie_scope_options* structure) {
  return guarded([&] {
    if (scope == nullptr) refuse_handle("scope");
    open<OpenVariableScope>(context, scope->scope, options_of(read(structure), context));
  });
}

std::int32_t enter_name_scope(scopetrie_context* context, const char* name) {
  return guarded([&] {
    check_is_graphs("enter_name_scope", checked(context));
    open<OpenNameScope>(context, given(name, "name"));
  });
}

std::int32_t enter_control_dependencies(scopetrie_context* context, const scopetrie_operation* operations,
                                        std::size_t count) {
  return guarded([&] {
    check_is_graphs("enter_control_dependencies", checked(context));
    std::vector<OpId> ids;
    for (const scopetrie_operation& each : given(operations, count, "list of operations")) {
      const Operation operation = given_handle(each);
      if (&operation.graph() != &checked(context).at.graph()) refuse_handle("control input");
      ids.push_back(operation.id());
    }
    open<OpenControls>(context, std::move(ids));
  });
}

std::int32_t leave(scopetrie_context* context) {
  return guarded([&] {
    if (checked(context).blocks.empty()) throw Error(ErrorKind::kRuntime, "leave: no block is open.");
    checked(context).blocks.pop_back();
  });
}

scopetrie_scope* capture_scope(scopetrie_context* context) {
  return guarded_or<>(static_cast<scopetrie_scope*>(nullptr), [&] {
    auto made = std::make_unique<scopetrie_scope>(checked(context).graph, checked(context).at.current_variable_scope);
    checked(context).graph->references.fetch_add(1, std::memory_order_relaxed);
    return made.release();
  });
}

void scope_release(scopetrie_scope* scope) {
  if (scope == nullptr) return;
  scopetrie_graph* graph = scope->graph;
  guarded([&] { delete scope; });
  scopetrie_get_api()->graph_release(graph);
}

const char* variable_scope_name(scopetrie_context* context) {
  return text_of([&](std::string& text) { text = checked(context).at.current_variable_scope->name(); });
}
const char* name_scope(scopetrie_context* context) {
  return text_of([&](std::string& text) {
    check_is_graphs("name_scope", checked(context));
    checked(context).at.append_name_scope(text);
  });
}
const char* unique_name(scopetrie_context* context, const char* name, std::int32_t mark) {
  return text_of([&](std::string& text) {
    Context& at = checked(context).at;
    if (scopetrie_store* store = checked(context).store; store != nullptr) {
      FollowedNames& names = store->owner != nullptr ? host->names(store->owner) : store->own_store->followed_names();
      return names.append_unique(at.current_variable_scope->in(at.graph()), given(name, "name"), mark != 0, text);
    }
    at.graph().ops.append_name(at.take_unique(given(name, "name"), mark != 0), text);
  });
}

std::int32_t get_variable(scopetrie_context* context, const char* name, const scopetrie_variable_options* structure,
                          scopetrie_variable* variable, std::int32_t* is_new) {
  return guarded([&] {
    check_is_graphs("get_variable", checked(context));
    const scopetrie_variable_options asked = read(structure);
    VariableOptions options;
    scopetrie_variable& made = place(variable, "place for the variable");
    if (asked.has_shape != 0) options.shape = AskedShape(given_shape(asked.shape, asked.rank));
    options.dtype = given_dtype(asked.dtype, checked(context));
    if (asked.initializer != nullptr) options.initializer = initial_of(asked.initializer, context);
    if (asked.not_trainable != 0) options.trainable = false;
    if (asked.collections != nullptr) {
      options.collections.emplace();
      for (const char* each : given(asked.collections, asked.collection_count, "list of collections"))
        options.collections->emplace_back(given(each, "collection"));
    }
    const GotVariable got = checked(context).at.get_variable(given(name, "name"), options);
    made = as<scopetrie_variable>(got.variable);
    if (is_new != nullptr) *is_new = got.made ? 1 : 0;
  });
}

std::int32_t add_operation(scopetrie_context* context, const char* type, const char* name,
                           const scopetrie_tensor* inputs, std::size_t input_count, const scopetrie_output* outputs,
                           std::size_t output_count, scopetrie_operation* operation) {
  return guarded([&] {
    check_is_graphs("add_operation", checked(context));
    std::vector<Tensor> read;
    for (const scopetrie_tensor& each : given(inputs, input_count, "list of inputs"))
      read.push_back(given_handle(each));
    std::vector<OutputSpec> made;
    for (const scopetrie_output& each : given(outputs, output_count, "list of outputs")) {
      OutputSpec& output = made.emplace_back();
      output.dtype = given_dtype(each.dtype, checked(context));
      if (each.dtype == 0) refuse_handle("dtype of an output");
      if (each.rank < 0) continue;
      const std::span shape = given_shape(each.shape, each.rank);
      output.shape.emplace(shape.begin(), shape.end());
    }
    const Operation op = checked(context).at.add_op(
        given(type, "type"), read, made, {.name = name == nullptr ? std::string_view() : given(name, "name")});
    if (operation != nullptr) *operation = as<scopetrie_operation>(op);
  });
}

scopetrie_transaction* transaction_begin(scopetrie_context* context) {
  return guarded_or<>(static_cast<scopetrie_transaction*>(nullptr), [&] {
    scopetrie_graph* graph = checked(context).graph;
    auto* made = new scopetrie_transaction{graph, checked(context).at.transaction()};
    graph->references.fetch_add(1, std::memory_order_relaxed);
    return made;
  });
}
// Commits where it is to be kept, and undoes else.
void end(scopetrie_transaction* transaction, bool is_kept) {
  if (transaction == nullptr) return;
  scopetrie_graph* graph = transaction->graph;
  guarded([&] {
    if (is_kept) transaction->transaction.commit();
    delete transaction;
  });
  scopetrie_get_api()->graph_release(graph);
}
void transaction_commit(scopetrie_transaction* transaction) { end(transaction, true); }
void transaction_rollback(scopetrie_transaction* transaction) { end(transaction, false); }

}  // namespace

void add_contexts(scopetrie_api& table) {
  table.context_new = context_new;
  table.context_free = context_free;
  table.context_graph = context_graph;
  table.enter_variable_scope = enter_variable_scope;
  table.enter_captured_scope = enter_captured_scope;
  table.enter_name_scope = enter_name_scope;
  table.enter_control_dependencies = enter_control_dependencies;
  table.leave = leave;
  table.capture_scope = capture_scope;
  table.scope_release = scope_release;
  table.variable_scope_name = variable_scope_name;
  table.name_scope = name_scope;
  table.unique_name = unique_name;
  table.get_variable = get_variable;
  table.add_operation = add_operation;
  table.transaction_begin = transaction_begin;
  table.transaction_commit = transaction_commit;
  table.transaction_rollback = transaction_rollback;
}

}  // namespace scopetrie::capi
