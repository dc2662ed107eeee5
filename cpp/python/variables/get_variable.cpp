// get_variable: fast paths for the hit and for the creation that asks nobody; get_in_scope() does the rest.
#include "support/bindings.hpp"
#include "variables/creation.hpp"
#include "variables/names_and_shapes.hpp"

namespace scopetrie::python {

namespace {

// The variable's handle if it can be shared, or null without an exception: take the slow path.
PyObject* shared(GraphState& graph, PyGraph* owner, const PyVariableScope* scope, VariableId id, const Arguments& args,
                 PyObject* shape) {
  if (scope->reuse() == Reuse::kNo) return nullptr;
  const VariableRow& found = graph.variables[id];
  const std::uint32_t dtype = found.flags >> kDTypeShift;
  if (given(args[kDType]) ? state().dtypes[dtype] != args[kDType] : dtype != scope->dtype()) return nullptr;
  if (given(shape) &&
      !(graph.ops.shapes().known_rank(found.shape) && is_plain_shape(shape, graph.ops.shapes().dims(found.shape))))
    return nullptr;
  if (given(args[kInitializer]) && !PyCallable_Check(args[kInitializer])) return nullptr;
  return variable_handle(owner, id);
}

// Whether nobody is to be asked before the variable is looked up: how it is to be made is of no concern yet.
// `is_short`: no argument from the partitioner on is given.
bool is_plain(const PyVariableScope* scope, const Arguments& arguments, bool is_short = false) {
  const State& s = state();
  const Settings& settings = scope->settings;
  if (settings[Setting::kCustomGetter] != nullptr || settings[Setting::kPartitioner] != nullptr) return false;
  const auto is_default = [](PyObject* argument, PyObject* usual) { return !given(argument) || argument == usual; };
  return is_short || (!given(arguments[kPartitioner]) && !given(arguments[kCustomGetter]) &&
                      is_default(arguments[kSynchronization], s.auto_synchronization) &&
                      is_default(arguments[kAggregation], s.no_aggregation));
}

/// What the table of variables says of a name that is plain: the variable's handle, or that it is to be made.
struct Found {
  PyObject* variable;  // a new reference, or null
  SegmentId segment;   // of a variable to be made; kNone: take the slow path
};

Found find_plain(Context& context, const PyVariableScope* scope, ScopeId scope_id, const Arguments& arguments,
                 PyObject* sizes) {
  GraphState& graph = state_of(context.graph);
  const std::size_t segments = graph.ops.segments().size();
  const SegmentId segment = plain_segment(graph, arguments[kName]);
  if (segment == kNone) return {nullptr, kNone};
  // A segment that is new cannot be a variable's name: skip the look-up, which costs a cache miss in a large graph.
  const VariableId found = segment < segments ? graph.variables.find(scope_id, segment) : kNone;
  if (found == kNone) return {nullptr, segment};
  return {shared(graph, context.graph, scope, found, arguments, sizes), kNone};
}

// A creation that asks nobody. Null: take the slow path, unless an exception is set.
PyObject* create_one(Context& context, const PyVariableScope* scope, ScopeId scope_id, SegmentId segment,
                     const Arguments& arguments, PyObject* sizes) {
  const VariableCall call = call_in(*scope, arguments);
  if (call[kRegularizer] != nullptr || scope->refuses_variables()) return nullptr;
  Creation creation(context, call, kUnknownSite);
  return creation.make(scope_id, segment, arguments[kShape], sizes);
}

// Makes a variable, or asks; apart, to be out of the way of hits. Reading an argument may run anything, so the graph
// and the scope are owned here.
SCOPETRIE_COLD PyObject* create_or_ask(Context& context, PyVariableScope* scope, ScopeId scope_id, SegmentId segment,
                                       const Arguments& arguments, PyObject* sizes) {
  const Ref keep_graph = Ref::borrowed(object_of(context.graph)), keep_scope = Ref::borrowed(scope);
  if (segment != kNone) {
    PyObject* made = create_one(context, scope, scope_id, segment, arguments, sizes);
    if (made != nullptr || PyErr_Occurred()) return made;
  }
  return get_in_scope(context, *scope, arguments);
}

PyObject* get_variable(PyObject*, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static VariableSignature<kOfGetVariable> signature("get_variable");
  auto arguments = signature.parse(args, positional, keywords, 1);
  const Snapshot shape(arguments[kShape]);  // first, before any shared state is read: it may block
  Context* context = current_context();
  PyVariableScope* scope = current_scope(*context);
  if (!is_plain(scope, arguments, keywords == nullptr && positional <= kPartitioner)) [[unlikely]]
    return get_in_scope(*context, *scope, arguments);
  const ScopeId scope_id = scope->in(state_of(context->graph));
  const Found found = find_plain(*context, scope, scope_id, arguments, shape.get());
  if (found.variable != nullptr) [[likely]]
    return found.variable;
  return create_or_ask(*context, scope, scope_id, found.segment, arguments, shape.get());
}

// Makes room for that many new variables in a scope, so that tables grow once.
void reserve_variables(GraphState& graph, ScopeId scope, std::size_t count) {
  graph.ops.reserve_names(scope, count);
  graph.ops.reserve(count, 0, count);
  graph.variables.reserve(count);
}

// get_variables(names, shapes, dtype, initializer, trainable): the same for many names, in one call.
PyObject* get_variables(PyObject*, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static BulkSignature signature("get_variables", kOfBulk);
  NamesAndShapes many("get_variables", signature.parse(args, positional, keywords, 1));
  const Arguments& arguments = many.arguments;
  Context* context = current_context();
  GraphState& graph = state_of(context->graph);
  const Ref keep_graph = Ref::borrowed(object_of(context->graph));
  CallTransaction transaction(graph.ledger(), context);
  PyVariableScope* scope = current_scope(*context);
  const Ref keep_scope = Ref::borrowed(scope);
  const ScopeId scope_id = scope->in(graph);
  reserve_variables(graph, scope_id, static_cast<std::size_t>(many.count()));
  VariableCall call = call_in(*scope, arguments);
  Creation creation(*context, call, graph.sites.here());
  bool asks_nobody = is_plain(scope, arguments);
  const auto fast = [&](PyObject* shape) -> PyObject* {
    if (shape != arguments[kShape]) creation.restart();
    if (!asks_nobody) return nullptr;
    const Found found = find_plain(*context, scope, scope_id, arguments, shape);
    if (found.segment == kNone || call[kRegularizer] != nullptr || scope->refuses_variables()) return found.variable;
    return creation.make(scope_id, found.segment, arguments[kShape], shape);
  };
  return many.get_each(transaction, fast, [&] {
    PyObject* made = get_in_scope(*context, *scope, arguments);
    call = call_in(*scope, arguments);  // that may have run anything
    asks_nobody = is_plain(scope, arguments);
    creation.restart();
    return made;
  });
}

constexpr char kBulkDoc[] =
    "get_variables(names, shapes=None, dtype=None, initializer=None, trainable=None)\n--\n\n"
    "Gets or makes many variables: `get_variable` for each name, all of them or none.\n\n"
    "Args:\n"
    "    names: The variables' names in the current scope.\n"
    "    shapes: A shape for each name, or None.\n"
    "    dtype: The dtype of all; the scope's by default.\n"
    "    initializer: The initializer of all; as in `get_variable` by default.\n"
    "    trainable: Whether they join GraphKeys.TRAINABLE_VARIABLES; True by default.\n\n"
    "Returns:\n"
    "    A list of variables.\n\n"
    "Raises:\n"
    "    ValueError: As `get_variable` for the first name that fails; all others are rolled back.\n\n"
    ">>> import scopetrie as tf\n"
    ">>> with tf.Graph().as_default(), tf.variable_scope(\"layer\"):\n"
    "...     [v.name for v in tf.get_variables([\"w\", \"b\"], [[3, 2], [2]])]\n"
    "['layer/w:0', 'layer/b:0']\n";

const std::string kDoc =
    VariableSignature<kOfGetVariable>::text("get_variable") +
    "Gets the variable of this name in the current variable scope, or makes it.\n\n"
    "Args:\n"
    "    name: The variable's name in the scope.\n"
    "    shape: Its shape; needed to make it, unless the initializer is a value or needs none.\n"
    "    dtype: Its dtype; the scope's by default (float32).\n"
    "    initializer: An initializer, a callable, or a value. The scope's by default; without one,\n"
    "        glorot_uniform_initializer (floats) or zeros (ints, bools). An array is copied, unless it is\n"
    "        read-only.\n"
    "    regularizer: A function of the new variable; its result joins GraphKeys.REGULARIZATION_LOSSES.\n"
    "    trainable: Whether the variable joins GraphKeys.TRAINABLE_VARIABLES; True by default.\n"
    "    collections: The keys of collections that it joins; [GraphKeys.GLOBAL_VARIABLES] by default.\n"
    "    caching_device: The device on which reads are cached.\n"
    "    partitioner: A function of shape and dtype that returns the number of parts along each axis.\n"
    "    validate_shape: Whether the shape must be known; False leaves it open.\n"
    "    use_resource: Accepted without effect; there is one kind of variable.\n"
    "    custom_getter: A function through which the call is passed, instead of the scope's.\n"
    "    constraint: A projection of the values, for optimizers.\n"
    "    synchronization: A VariableSynchronization.\n"
    "    aggregation: A VariableAggregation.\n\n"
    "Returns:\n"
    "    The Variable; a PartitionedVariable if there is a partitioner.\n\n"
    "Raises:\n"
    "    ValueError: If the variable exists and the scope does not reuse, does not exist and the scope only reuses, "
    "or\n"
    "        shape, dtype or initializer do not fit.\n\n"
    ">>> import scopetrie as tf\n"
    ">>> with tf.Graph().as_default(), tf.variable_scope(\"layer\"):\n"
    "...     tf.get_variable(\"w\", [3, 2], initializer=tf.zeros_initializer())\n"
    "<tf.Variable 'layer/w:0' shape=(3, 2) dtype=float32_ref>\n";

}  // namespace

void bind_get_variable(PyObject* module) {
  add_functions(module, {fast("get_variable", locked<get_variable>, kDoc.c_str()),
                         fast("get_variables", locked<get_variables>, kBulkDoc),
                         fast("true_getter", locked<true_getter>,
                              "Gets or makes the variable of a whole name: what custom getters are given."),
                         fast("create_variable", locked<new_variable>, "Makes a variable as v1's constructor does.")});
}

}  // namespace scopetrie::python
