// get_variable in a scope: its arguments checked in v1's order, its getter called, its partitioner asked.
#include <cstdint>

#include "ops/literal.hpp"
#include "ops/signatures.hpp"
#include "scopetrie/variables/get_partitioned.hpp"
#include "variables/variable_call.hpp"

namespace scopetrie::python {

Sharing sharing_of(PyObject* reuse) {
  if (!given(reuse)) return Sharing::kNotSaid;
  if (reuse == Py_True) return Sharing::kYes;
  return truth_of(reuse) ? Sharing::kAuto : Sharing::kNo;
}

bool Getter::parse(PyObject* const* args, Py_ssize_t positional, PyObject* keywords, PyObject** given) {
  static Signature<kArguments> signature(
      "getter",
      {"name", "shape", "dtype", "initializer", "regularizer", "reuse", "trainable", "collections", "caching_device",
       "partitioner", "validate_shape", "use_resource", "constraint", "synchronization", "aggregation"});
  return signature.parse(args, positional, keywords, given, 1);
}

namespace {

// The dtype of a value, whose operations v1 makes to see it: only their names are taken.
DType dtype_of_value(Context& context, PyObject* value) {
  static const std::uint32_t kConst = known_name("Const");
  GraphState& graph = state_of(context.graph);
  if (is_tensor(value) && handle(value)->graph == context.graph) return graph.ops.tensor(id_of(value)).dtype.base();
  Literal literal;
  OwnTuples<1> own;
  if (literal.read(own.of(value)))
    if (const DType dtype = literal.dtype(0); dtype != 0) {
      graph.ops.unique(context.scope(), graph.known_segment(kConst));
      return dtype;
    }
  const Ref dtype = checked(PyObject_CallOneArg(state().hooks.dtype_of_value, value));
  return dtype_number(dtype.get());
}

void check_dtype_of_value(Context& context, PyObject* value, PyObject* dtype) {
  const DType found = dtype_of_value(context, value);
  const DType wanted = dtype_number(dtype);
  PyErr_Clear();
  if (found == wanted) return;
  raise_error(PyExc_ValueError, "Initializer type '%S' and explicit dtype '%S' don't match.", state().dtypes[found],
              dtype);
}

bool is_scalar(PyObject* shape) {
  return shape != nullptr && (PyList_Check(shape) || PyTuple_Check(shape)) && PySequence_Size(shape) == 0;
}

// What v1's true getter does.
PyObject* get_one(Context& context, PyObject* name, const VariableCall& call) {
  GraphState& graph = state_of(context.graph);
  ScopeId scope = ScopeTrie::kRoot;
  SegmentId segment = 0;
  const bool has_name = name != nullptr && PyUnicode_Check(name);
  if (has_name && graph.has_parts)
    scope = graph.ops.scopes().scope_of_name(checked_text(name), ScopeTrie::kRoot, segment);
  if (!gets_parts(graph, scope, segment, call.partitioner != nullptr, is_scalar(call.shape), call.sharing))
    return get_single(context, name, call);
  if (call.partitioner != nullptr && !PyCallable_Check(call.partitioner))
    raise_error(PyExc_ValueError, "Partitioner must be callable, but received: %S", call.partitioner);
  return get_partitioned(context, name, call);
}

// The getter's call: all of v1's arguments by keyword, but for `constraint` where it takes none.
PyObject* call_getter(PyObject* getter, PyObject* full_name, PyObject* reuse, const VariableCall& call) {
  constexpr std::size_t kCount = 16, kConstraintAt = 15;
  PyObject* const values[kCount] = {state().true_getter,
                                    full_name,
                                    or_none(call.shape),
                                    call.dtype_object,
                                    or_none(call.initializer),
                                    or_none(call.regularizer),
                                    reuse,
                                    call.trainable,
                                    or_none(call.collections),
                                    or_none(call.caching_device),
                                    or_none(call.partitioner),
                                    call.validate_shape == nullptr ? Py_True : call.validate_shape,
                                    or_none(call.use_resource),
                                    call.synchronization,
                                    call.aggregation,
                                    or_none(call.constraint)};
  const bool all = takes_keyword(getter, "constraint");
  return checked(PyObject_Vectorcall(getter, values, 0, all ? state().getter_keywords : state().old_getter_keywords))
      .release();
  static_assert(kConstraintAt + 1 == kCount);
}

// What each of the three is where it is left out.
Policy policy_of(PyObject* full_name, const VariableCall& call) {
  State& s = state();
  if (is_usual_policy(call.synchronization, call.aggregation))
    return {Ref::borrowed(s.auto_synchronization), Ref::borrowed(s.no_aggregation),
            Ref::borrowed(call.trainable == nullptr ? Py_True : call.trainable)};
  return check_policy(s.hooks.check_call_policy, full_name, call.synchronization, call.aggregation, call.trainable);
}

// Whether none of these arguments is given, not even None; without branches, as this is asked of each creation.
bool are_left_out(PyObject* const* first, PyObject* const* last) {
  std::uintptr_t all = 0;
  for (; first != last; ++first) all |= reinterpret_cast<std::uintptr_t>(*first);
  return all == 0;
}

}  // namespace

VariableCall read_call(PyObject* const* given) {
  VariableCall call;
  call.shape = given_or_null(given[Getter::kShape]);
  call.dtype_object = given_or_null(given[Getter::kDType]);
  if (call.dtype_object == nullptr) {
    call.dtype_object = state().dtypes[kFloat32];
    call.dtype = kFloat32;
  } else {
    call.dtype = DType(known_dtype_number(call.dtype_object)).base();
  }
  call.initializer = given_or_null(given[Getter::kInitializer]);
  call.regularizer = given_or_null(given[Getter::kRegularizer]);
  call.sharing = sharing_of(given[Getter::kReuse]);
  call.trainable = given_or_null(given[Getter::kTrainable]);
  call.collections = given_or_null(given[Getter::kCollections]);
  call.caching_device = given_or_null(given[Getter::kCachingDevice]);
  call.partitioner = given_or_null(given[Getter::kPartitioner]);
  call.validate_shape = given[Getter::kValidateShape];
  call.use_resource = given_or_null(given[Getter::kUseResource]);
  call.constraint = given_or_null(given[Getter::kConstraint]);
  call.synchronization = given_or_null(given[Getter::kSynchronization]);
  call.aggregation = given_or_null(given[Getter::kAggregation]);
  return call;
}

VariableCall call_in(const PyVariableScope& scope, PyObject* const* arguments) {
  VariableCall call;
  call.sharing = sharing_of(scope.reuse());
  call.shape = given_or_null(arguments[kShape]);
  call.dtype = scope.dtype();
  call.dtype_object = state().dtypes[scope.dtype()];
  call.has_dtype = given(arguments[kDType]);
  if (call.has_dtype && arguments[kDType] != call.dtype_object) {
    call.dtype = DType(known_dtype_number(arguments[kDType])).base();
    call.dtype_object = arguments[kDType];
  }
  if (scope.settings.is_empty() && are_left_out(arguments + kRegularizer, arguments + kArguments)) {
    call.initializer = given_or_null(arguments[kInitializer]);
    return call;
  }
  call.initializer = given_or_null(arguments[kInitializer]);
  call.regularizer = given_or_null(arguments[kRegularizer]);
  call.trainable = given_or_null(arguments[kTrainable]);
  call.collections = given_or_null(arguments[kCollections]);
  call.caching_device = given_or_null(arguments[kCachingDevice]);
  call.partitioner = given_or_null(arguments[kPartitioner]);
  call.validate_shape = given_or_null(arguments[kValidateShape]);
  call.use_resource = given_or_null(arguments[kUseResource]);
  call.constraint = given_or_null(arguments[kConstraint]);
  call.synchronization = given_or_null(arguments[kSynchronization]);
  call.aggregation = given_or_null(arguments[kAggregation]);
  if (scope.settings.is_empty()) return call;
  const auto inherit = [&scope](PyObject*& argument, Setting usual) {
    if (argument == nullptr) argument = setting_of(scope, usual);
  };
  inherit(call.initializer, Setting::kInitializer);
  inherit(call.regularizer, Setting::kRegularizer);
  inherit(call.caching_device, Setting::kCachingDevice);
  inherit(call.partitioner, Setting::kPartitioner);
  inherit(call.use_resource, Setting::kUseResource);
  inherit(call.constraint, Setting::kConstraint);
  return call;
}

Policy check_policy(PyObject* hook, PyObject* name, PyObject* synchronization, PyObject* aggregation,
                    PyObject* trainable) {
  const Ref three = checked(PyObject_CallFunctionObjArgs(hook, name, or_none(synchronization), or_none(aggregation),
                                                         or_none(trainable), nullptr));
  if (!PyArg_ParseTuple(three.get(), "OOO", &synchronization, &aggregation, &trainable)) throw_raised();
  return {Ref::borrowed(synchronization), Ref::borrowed(aggregation), Ref::borrowed(trainable)};
}

PyObject* get_in_scope(Context& context, PyVariableScope& scope, PyObject* const* arguments, PyObject* reuse) {
  const Ref keep_scope = Ref::borrowed(&scope), keep_graph = Ref::borrowed(reinterpret_cast<PyObject*>(context.graph));
  VariableCall call = call_in(scope, arguments);
  // A setting of the scope's may be replaced by what is asked.
  const Ref keep[] = {Ref::borrowed(call.initializer),    Ref::borrowed(call.regularizer),
                      Ref::borrowed(call.caching_device), Ref::borrowed(call.partitioner),
                      Ref::borrowed(call.use_resource),   Ref::borrowed(call.constraint)};
  PyObject* getter =
      given(arguments[kCustomGetter]) ? arguments[kCustomGetter] : setting_of(scope, Setting::kCustomGetter);
  const Ref keep_getter = Ref::borrowed(getter);
  // For v1, a string is a value, which comes without a shape; with one, it names an initializer here.
  Ref named;
  if (call.shape != nullptr && call.initializer != nullptr && PyUnicode_Check(call.initializer)) {
    named = checked(PyObject_CallOneArg(state().hooks.named_initializer, call.initializer));
    call.initializer = named.get();
  }
  const NamesKept kept(context);
  context.names = {};
  if (call.has_dtype && given(arguments[kInitializer]) && !PyCallable_Check(call.initializer))
    check_dtype_of_value(context, call.initializer, arguments[kDType]);
  if (getter != nullptr && !PyCallable_Check(getter))
    raise_error(PyExc_ValueError, "Passed a custom_getter which is not callable: %S", getter);
  if (call.dtype == 0) call.dtype = DType(dtype_number(call.dtype_object)).base();
  if (call.dtype == 0) throw_raised();
  PyObject* name = given_or_null(arguments[kName]);
  if (name != nullptr && !is_name(name)) throw_raised();
  const std::string path = scope.name();
  Ref full;
  if (path.empty())
    full = Ref::borrowed(name);
  else
    full = checked(name == nullptr ? PyUnicode_FromFormat("%s/None", path.c_str())
                                   : PyUnicode_FromFormat("%s/%U", path.c_str(), name));
  const Policy policy = policy_of(or_none(full.get()), call);
  call.synchronization = policy.synchronization.get();
  call.aggregation = policy.aggregation.get();
  call.trainable = policy.trainable.get();
  if (given(reuse)) call.sharing = sharing_of(reuse);
  if (getter == nullptr) return get_one(context, full.get(), call);
  Ref dtype = Ref::borrowed(call.dtype_object);
  if (const DType number = known_dtype_number(dtype.get()); number != 0) {
    dtype = Ref::borrowed(state().dtypes[number.base()]);
  }
  call.dtype_object = dtype.get();
  PyObject* mode = given(reuse)                   ? reuse
                   : scope.reuse() == Reuse::kNo  ? Py_False
                   : scope.reuse() == Reuse::kYes ? Py_True
                                                  : state().auto_reuse;
  return call_getter(getter, or_none(full.get()), mode, call);
}

PyObject* scoped_variable(PyObject*, PyObject* const* args, Py_ssize_t positional, PyObject*) {
  if (positional != kArguments + 2 || !is_scope(args[0]))
    raise_error(PyExc_TypeError, "scoped_variable() takes a scope, a mode and get_variable's arguments");
  Context* context = current_context();
  if (context == nullptr) return nullptr;
  return get_in_scope(*context, *as_scope(args[0]), args + 2, args[1]);
}

PyObject* true_getter(PyObject*, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  PyObject* given[Getter::kArguments];
  if (!Getter::parse(args, positional, keywords, given)) return nullptr;
  Context* context = current_context();
  if (context == nullptr) return nullptr;
  return get_one(*context, given_or_null(given[Getter::kName]), read_call(given));
}

PyObject* new_variable(PyObject*, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<14> signature(
      "Variable", {"initial_value", "trainable", "collections", "validate_shape", "caching_device", "name", "dtype",
                   "expected_shape", "constraint", "synchronization", "aggregation", "shape", "key", "wanted"});
  PyObject* given[14];
  if (!signature.parse(args, positional, keywords, given)) return nullptr;
  Context* context = current_context();
  if (context == nullptr) return nullptr;
  NewVariable wish;
  wish.initial_value = given_or_null(given[0]);
  wish.trainable = given_or_null(given[1]);
  wish.collections = given_or_null(given[2]);
  wish.validate_shape = given[3];
  wish.caching_device = given_or_null(given[4]);
  wish.name = given_or_null(given[5]);
  wish.dtype = given_or_null(given[6]);
  wish.constraint = given_or_null(given[8]);
  wish.synchronization = given_or_null(given[9]);
  wish.aggregation = given_or_null(given[10]);
  wish.shape = given_or_null(given[11]);
  wish.wanted = given_or_null(given[13]);
  if (given_or_null(given[12]) != nullptr) {
    const std::string_view key = text_of(given[12]);
    if (key.data() == nullptr) return nullptr;
    wish.key.scope = state_of(context->graph).ops.scopes().scope_of_name(key, ScopeTrie::kRoot, wish.key.segment);
  }
  return create_variable(*context, wish);
}

}  // namespace scopetrie::python
