// get_variable: the hit and the plain creation in C++, everything else in the Python function of the layer above.
#include "building.hpp"
#include "scopes.hpp"

namespace scopetrie::python {

namespace {

enum Argument { kName, kShape, kDType, kInitializer, kRegularizer, kTrainable, kFirstRare, kArguments = 15 };

bool given(PyObject* argument) { return argument != nullptr && argument != Py_None; }

// Whether a shape argument allows the found shape; only plain ints in a list or tuple are looked at.
bool shape_allows(PyObject* shape, std::span<const std::int64_t> found) {
  PyObject** items;
  Py_ssize_t rank;
  if (PyList_CheckExact(shape)) {
    items = reinterpret_cast<PyListObject*>(shape)->ob_item;
    rank = PyList_GET_SIZE(shape);
  } else if (PyTuple_CheckExact(shape)) {
    items = &PyTuple_GET_ITEM(shape, 0);
    rank = PyTuple_GET_SIZE(shape);
  } else {
    return false;
  }
  if (rank != static_cast<Py_ssize_t>(found.size())) return false;
  for (Py_ssize_t i = 0; i < rank; ++i) {
    if (!PyLong_CheckExact(items[i])) return false;
    int overflow = 0;
    if (PyLong_AsLongAndOverflow(items[i], &overflow) != found[static_cast<std::size_t>(i)] || overflow != 0) return false;
  }
  return true;
}

// The variable of this name as it is shared, or null (no exception) where the slow path has to look.
PyObject* shared(GraphState& graph, PyGraph* owner, const PyVariableScope* scope, VariableId id, PyObject* const* args) {
  if (scope->reuse == Reuse::kNo) return nullptr;
  const Tensor& found = graph.ops.tensor(graph.variables[id].ref);
  PyObject* dtype = given(args[kDType]) ? args[kDType] : scope->dtype;
  if (state().dtypes[base_dtype(found.dtype)] != dtype) return nullptr;
  if (given(args[kShape]) && !(graph.ops.shapes().known_rank(found.shape) && shape_allows(args[kShape], graph.ops.shapes().dims(found.shape))))
    return nullptr;
  if (given(args[kInitializer]) && !PyCallable_Check(args[kInitializer])) return nullptr;
  return variable_handle(owner, id);
}

// What an initializer fills with, if it is one of those that fill with 0 or 1; null otherwise.
PyObject* fill_of(PyObject* initializer) {
  const State& s = state();
  PyObject* type = reinterpret_cast<PyObject*>(Py_TYPE(initializer));
  if (type == s.zeros_initializer || initializer == s.zeros_initializer) return s.zero;
  if (type == s.ones_initializer || initializer == s.ones_initializer) return s.one;
  return nullptr;
}

bool is_filled_dtype(std::uint8_t dtype) {
  return dtype == kFloat32 || dtype == kFloat64 || dtype == kFloat16 || dtype == kInt32 || dtype == kInt64;
}

// v1 makes larger fills of three operations.
constexpr std::int64_t kLargestConstant = 1000;

// Creates a small variable of zeros or ones: four rows, with no name entered but the variable's own.
// Returns null without an exception where the slow path has to do it.
PyObject* create_filled(Context& context, PyVariableScope* scope, ScopeId scope_id, SegmentId segment, PyObject* const* args) {
  GraphState& graph = state_of(context.graph);
  PyObject* initializer = given(args[kInitializer]) ? args[kInitializer] : scope->initializer;
  if (initializer == nullptr || scope->reuse == Reuse::kYes || graph.finalized) return nullptr;
  PyObject* fill = fill_of(initializer);
  if (fill == nullptr || !context.controls.empty() || context.on_operation != nullptr || context.creators != nullptr) return nullptr;
  if (scope->regularizer != nullptr || scope->constraint != nullptr || scope->caching_device != nullptr) return nullptr;
  PyObject* dtype_object = given(args[kDType]) ? args[kDType] : scope->dtype;
  const auto dtype_at = state().dtype_numbers.find(dtype_object);
  if (dtype_at == state().dtype_numbers.end() || !is_filled_dtype(dtype_at->second)) return nullptr;
  if (!given(args[kShape]) || !(PyList_CheckExact(args[kShape]) || PyTuple_CheckExact(args[kShape]))) return nullptr;
  Output output{ShapeTable::kUnknown, dtype_at->second};
  if (!parse_dims(graph.ops.shapes(), args[kShape], output.shape)) {
    PyErr_Clear();
    return nullptr;
  }
  const std::int64_t elements = graph.ops.shapes().elements(output.shape);
  if (elements < 0 || elements >= kLargestConstant) return nullptr;
  // The slow path says what is wrong where parts of a partitioned variable have this name.
  static const std::uint32_t kPart = known_name("part_0");
  if (const ScopeId parts = graph.ops.scopes().find_child(scope_id, segment);
      parts != kNone && graph.variables.find(parts, known_segment(graph, kPart)) != kNone)
    return nullptr;

  Transaction transaction(graph);
  const OpGraph::Fresh fresh = graph.ops.unique(scope_id, segment);
  if (!fresh.bare) return nullptr;
  graph.ops.note_owner(fresh.name);
  static const std::uint32_t kZeros = known_name("Initializer/zeros"), kOnes = known_name("Initializer/ones");
  const auto owner = static_cast<OpId>(graph.ops.size() + 1);
  const Name constant = OpGraph::owned(owner, known_segment(graph, fill == state().zero ? kZeros : kOnes));
  const OpId initial = add_operation(context, kinds().constant, constant, {}, {&output, 1}, keep_attribute(graph, fill));
  Variable record;
  record.scope = scope_id;
  record.segment = segment;
  const bool trainable = args[kTrainable] != Py_False;
  record.flags = trainable ? std::uint32_t{kTrainable} : 0u;
  const VariableId id = add_variable(context, fresh.name, true, graph.ops.operation(initial).first_output, output, kNone, kNone, record);
  if (id == kNone || !graph.collections.add_variable(Collections::kVariables, id) ||
      (trainable && !graph.collections.add_variable(Collections::kTrainable, id)))
    return nullptr;
  transaction.commit();
  return variable_handle(context.graph, id);
}

PyObject* call_slow(PyVariableScope* scope, PyObject* const* args) {
  PyObject* all[kArguments + 1];
  all[0] = reinterpret_cast<PyObject*>(scope);
  for (int i = 0; i < kArguments; ++i) all[i + 1] = args[i] != nullptr ? args[i] : Py_None;
  const Ref keep = Ref::borrowed(all[0]);
  return PyObject_Vectorcall(state().hooks.get_variable, all, kArguments + 1, nullptr);
}

PyObject* get_variable(PyObject*, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<kArguments> signature(
      "get_variable", {"name", "shape", "dtype", "initializer", "regularizer", "trainable", "collections", "caching_device",
                       "partitioner", "validate_shape", "use_resource", "custom_getter", "constraint", "synchronization",
                       "aggregation"});
  PyObject* arguments[kArguments];
  if (!signature.parse(args, positional, keywords, arguments)) return nullptr;
  if (arguments[kName] == nullptr) [[unlikely]] {
    PyErr_SetString(PyExc_TypeError, "get_variable() missing 1 required positional argument: 'name'");
    return nullptr;
  }
  Context* context = current_context();
  if (context == nullptr) return nullptr;
  PyVariableScope* scope = context->variable_scope;
  bool plain = scope->custom_getter == nullptr && scope->partitioner == nullptr && !given(arguments[kRegularizer]);
  for (int i = kFirstRare; plain && i < kArguments; ++i) plain = !given(arguments[i]);
  if (!plain) return call_slow(scope, arguments);

  GraphState& graph = state_of(context->graph);
  const SegmentId segment = plain_segment(graph, arguments[kName]);
  if (segment == kNone) return call_slow(scope, arguments);
  const ScopeId scope_id = scope_in(scope, context->graph);
  const VariableId found = graph.variables.find(scope_id, segment);
  PyObject* result = found != kNone ? shared(graph, context->graph, scope, found, arguments)
                                    : create_filled(*context, scope, scope_id, segment, arguments);
  if (result != nullptr) [[likely]] return result;
  return PyErr_Occurred() ? nullptr : call_slow(scope, arguments);
}

constexpr char kDoc[] =
    "get_variable(name, shape=None, dtype=None, initializer=None, regularizer=None, trainable=None, collections=None, "
    "caching_device=None, partitioner=None, validate_shape=True, use_resource=None, custom_getter=None, constraint=None, "
    "synchronization=None, aggregation=None)\n--\n\n"
    "Gets the variable of this name in the current variable scope, or makes it.\n\n"
    "Args:\n"
    "    name: The variable's name in the scope.\n"
    "    shape: Its shape; needed to make it, unless the initializer is a value or needs none.\n"
    "    dtype: Its dtype; the scope's by default (float32).\n"
    "    initializer: What makes its first value: an initializer, a callable, or a value. The scope's by default, and\n"
    "        glorot_uniform_initializer (floats) or zeros (ints, bools) where there is none.\n"
    "    regularizer: A function of the new variable; its result joins GraphKeys.REGULARIZATION_LOSSES.\n"
    "    trainable: Whether the variable joins GraphKeys.TRAINABLE_VARIABLES; True by default.\n"
    "    collections: The keys of collections that it joins; [GraphKeys.GLOBAL_VARIABLES] by default.\n"
    "    caching_device: The device on which reads are cached.\n"
    "    partitioner: A function of shape and dtype that gives the number of parts along each axis.\n"
    "    validate_shape: Whether the shape must be known; False leaves it open.\n"
    "    use_resource: Accepted as in v1; variables are of one kind here.\n"
    "    custom_getter: A function through which the call goes, in place of the scope's.\n"
    "    constraint: A projection of the values, for optimizers.\n"
    "    synchronization: A VariableSynchronization.\n"
    "    aggregation: A VariableAggregation.\n\n"
    "Returns:\n"
    "    The Variable; a PartitionedVariable where a partitioner was given.\n\n"
    "Raises:\n"
    "    ValueError: If the variable exists and the scope does not reuse, does not exist and the scope only reuses, or\n"
    "        shape, dtype or initializer do not fit.\n\n"
    ">>> import scopetrie as tf\n"
    ">>> with tf.Graph().as_default(), tf.variable_scope(\"layer\"):\n"
    "...     tf.get_variable(\"w\", [3, 2], initializer=tf.zeros_initializer())\n"
    "<tf.Variable 'layer/w:0' shape=(3, 2) dtype=float32_ref>\n";

}  // namespace

bool bind_get_variable(PyObject* module) {
  static PyMethodDef functions[] = {fast("get_variable", get_variable, kDoc), {nullptr, nullptr, 0, nullptr}};
  return PyModule_AddFunctions(module, functions) == 0;
}

}  // namespace scopetrie::python
