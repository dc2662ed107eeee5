// get_variable in a scope: its arguments checked in v1's order, its getter called, its partitioner asked.
#include <cstdint>

#include "calls/signatures.hpp"
#include "ops/literal.hpp"
#include "scopetrie/variables/get_partitioned.hpp"
#include "variables/variable_call.hpp"

namespace scopetrie::python {

Sharing sharing_of(PyObject* reuse) {
  if (!given(reuse)) return Sharing::kNotSaid;
  if (reuse == Py_True) return Sharing::kYes;
  return truth_of(reuse) ? Sharing::kAuto : Sharing::kNo;
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
  const Ref dtype = called(state().hooks.dtype_of_value, value);
  return dtype_number(dtype.get());
}

// Whether it is this one; what is none is none.
bool is_dtype(PyObject* object, DType dtype) {
  try {
    return dtype_number(object) == dtype;
  } catch (const PythonRaised&) {
    PyErr_Clear();
    return dtype == 0;
  }
}

void check_dtype_of_value(Context& context, PyObject* value, PyObject* dtype) {
  const DType found = dtype_of_value(context, value);
  if (is_dtype(dtype, found)) return;
  raise_error(PyExc_ValueError, "Initializer type '%S' and explicit dtype '%S' don't match.", state().dtypes[found],
              dtype);
}

bool is_scalar(PyObject* shape) {
  return shape != nullptr && (PyList_Check(shape) || PyTuple_Check(shape)) && PySequence_Size(shape) == 0;
}

// What v1's true getter does.
PyObject* get_one(Context& context, const VariableCall& call) {
  GraphState& graph = state_of(context.graph);
  PyObject* name = call[kName];
  ScopeId scope = ScopeTrie::kRoot;
  SegmentId segment = 0;
  const bool has_name = name != nullptr && PyUnicode_Check(name);
  if (has_name && graph.has_parts)
    scope = graph.ops.scopes().scope_of_name(checked_text(name), ScopeTrie::kRoot, segment);
  if (!gets_parts(graph, scope, segment, call[kPartitioner] != nullptr, is_scalar(call[kShape]), call.sharing))
    return get_single(context, call);
  if (call[kPartitioner] != nullptr && !PyCallable_Check(call[kPartitioner]))
    raise_error(PyExc_ValueError, "Partitioner must be callable, but received: %S", call[kPartitioner]);
  return get_partitioned(context, call);
}

// While the module is loaded: interning may wait for another thread.
PyObject* getter_keywords(bool with_constraint) {
  return tuple_of(kGiven.size() + (with_constraint ? 1 : 0), [](std::uint32_t i) {
    return PyUnicode_InternFromString(i == 0 ? "getter" : kParameterNames[kGiven[i - 1]]);
  });
}
PyObject* const kGetterKeywords = getter_keywords(true);
PyObject* const kOldGetterKeywords = getter_keywords(false);

// The getter's call: all of v1's arguments by keyword, but for `constraint`, the last, where it takes none.
PyObject* call_getter(const VariableCall& call) {
  PyObject* values[kGiven.size() + 1] = {state().true_getter};
  for (std::size_t i = 0; i < kGiven.size(); ++i) values[i + 1] = or_none(call.arguments[kGiven[i]]);
  const bool all = takes_keyword(call[kCustomGetter], "constraint");
  return checked(PyObject_Vectorcall(call[kCustomGetter], values, 0, all ? kGetterKeywords : kOldGetterKeywords))
      .release();
}

// What each of the three is where it is left out.
Policy policy_of(PyObject* full_name, const VariableCall& call) {
  State& s = state();
  if (is_usual_policy(call[kSynchronization], call[kAggregation]))
    return {Ref::borrowed(s.auto_synchronization), Ref::borrowed(s.no_aggregation),
            Ref::borrowed(call[kTrainable] == nullptr ? Py_True : call[kTrainable])};
  return check_policy(s.hooks.check_call_policy, full_name, call[kSynchronization], call[kAggregation],
                      call[kTrainable]);
}

// Whether no argument from the first on is given, not even None; without branches, as this is asked of each creation.
bool are_left_out(const Arguments& arguments, std::size_t first) {
  std::uintptr_t all = 0;
  for (std::size_t i = first; i < kAllParameters; ++i) all |= reinterpret_cast<std::uintptr_t>(arguments[i]);
  return all == 0;
}

}  // namespace

Ref keywords_of(std::span<const std::uint8_t> order, PyObject* const* arguments) {
  Ref keywords = checked(new_dict());
  for (const std::uint8_t each : order)
    if (PyDict_SetItemString(keywords.get(), kParameterNames[each], or_none(arguments[each])) < 0) throw_raised();
  return keywords;
}

VariableCall read_call(const Arguments& given) {
  VariableCall call;
  for (std::size_t i = 0; i < kAllParameters; ++i) call.arguments[i] = given_or_null(given[i]);
  call[kValidateShape] = given[kValidateShape];
  if (call[kDType] == nullptr) call[kDType] = state().dtypes[kFloat32];
  call.dtype = DType(known_dtype_number(call[kDType])).base();
  call.sharing = sharing_of(call[kReuse]);
  return call;
}

VariableCall call_in(const PyVariableScope& scope, const Arguments& arguments) {
  VariableCall call;
  call.sharing = sharing_of(scope.reuse());
  call[kShape] = given_or_null(arguments[kShape]);
  call.dtype = scope.dtype();
  call[kDType] = state().dtypes[scope.dtype()];
  call.has_dtype = given(arguments[kDType]);
  if (call.has_dtype && arguments[kDType] != call[kDType]) {
    call.dtype = DType(known_dtype_number(arguments[kDType])).base();
    call[kDType] = arguments[kDType];
  }
  call[kInitializer] = given_or_null(arguments[kInitializer]);
  if (scope.settings.is_empty() && are_left_out(arguments, kRegularizer)) return call;
  for (std::size_t i = kRegularizer; i < kAllParameters; ++i) call.arguments[i] = given_or_null(arguments[i]);
  if (scope.settings.is_empty()) return call;
  for (const auto& [parameter, setting] : kHandedOn)
    if (call[parameter] == nullptr) call[parameter] = setting_of(scope, setting);
  return call;
}

Policy check_policy(PyObject* hook, PyObject* name, PyObject* synchronization, PyObject* aggregation,
                    PyObject* trainable) {
  const Ref three = called(hook, name, or_none(synchronization), or_none(aggregation), or_none(trainable));
  if (!PyArg_ParseTuple(three.get(), "OOO", &synchronization, &aggregation, &trainable)) throw_raised();
  return {Ref::borrowed(synchronization), Ref::borrowed(aggregation), Ref::borrowed(trainable)};
}

PyObject* get_in_scope(Context& context, PyVariableScope& scope, const Arguments& arguments) {
  const Ref keep_scope = Ref::borrowed(&scope), keep_graph = Ref::borrowed(object_of(context.graph));
  VariableCall call = call_in(scope, arguments);
  Ref keep[std::size(kHandedOn)];  // a setting of the scope's may be replaced by what is asked
  for (std::size_t i = 0; i < std::size(keep); ++i) keep[i] = Ref::borrowed(call[kHandedOn[i].first]);
  // For v1, a string is a value, which comes without a shape; with one, it names an initializer here.
  Ref named;
  if (call[kShape] != nullptr && call[kInitializer] != nullptr && PyUnicode_Check(call[kInitializer])) {
    named = called(state().hooks.named_initializer, call[kInitializer]);
    call[kInitializer] = named.get();
  }
  const NamesKept kept(context);
  context.names = {};
  if (call.has_dtype && given(arguments[kInitializer]) && !PyCallable_Check(call[kInitializer]))
    check_dtype_of_value(context, call[kInitializer], arguments[kDType]);
  PyObject* getter = call[kCustomGetter];
  if (getter != nullptr && !PyCallable_Check(getter))
    raise_error(PyExc_ValueError, "Passed a custom_getter which is not callable: %S", getter);
  if (call.dtype == 0) call.dtype = DType(dtype_number(call[kDType])).base();
  PyObject* name = given_or_null(arguments[kName]);
  if (name != nullptr && !is_name(name)) throw_raised();
  std::string path = scope.name();
  Ref full = Ref::borrowed(name);
  if (!path.empty()) {
    const Ref before = checked(to_str(path += name == nullptr ? "/None" : "/"));
    full = checked(name == nullptr ? Py_NewRef(before.get()) : PyUnicode_Concat(before.get(), name));
  }
  call[kName] = full.get();
  const Policy policy = policy_of(or_none(full.get()), call);
  call[kSynchronization] = policy.synchronization.get();
  call[kAggregation] = policy.aggregation.get();
  call[kTrainable] = policy.trainable.get();
  if (call[kReuse] != nullptr) call.sharing = sharing_of(call[kReuse]);
  if (getter == nullptr) return get_one(context, call);
  if (const DType number = known_dtype_number(call[kDType]); number != 0) call[kDType] = state().dtypes[number.base()];
  const Ref keep_dtype = Ref::borrowed(call[kDType]);
  if (call[kReuse] == nullptr)
    call[kReuse] = scope.reuse() == Reuse::kNo ? Py_False : scope.reuse() == Reuse::kYes ? Py_True : state().auto_reuse;
  if (call[kValidateShape] == nullptr) call[kValidateShape] = Py_True;
  return call_getter(call);
}

PyObject* scope_get_variable(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static VariableSignature<kOfScope> signature("VariableScope.get_variable");
  auto arguments = signature.parse(args, positional, keywords, 2);
  return get_in_scope(*current_context(), *as_scope(self), arguments);
}

PyObject* true_getter(PyObject*, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static VariableSignature<kOfGetter> signature("getter");
  auto given = signature.parse(args, positional, keywords, 1);
  return get_one(*current_context(), read_call(given));
}

PyObject* new_variable(PyObject*, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static VariableSignature<kOfNewVariable, kVariableParameters> signature("Variable");
  NewVariable wish;
  wish.arguments = signature.parse(args, positional, keywords);
  for (const std::uint8_t each : kOfNewVariable)
    if (each != kValidateShape) wish.arguments[each] = given_or_null(wish.arguments[each]);
  Context* context = current_context();
  if (wish[kKey] != nullptr)
    wish.key.scope = state_of(context->graph)
                         .ops.scopes()
                         .scope_of_name(checked_text(wish[kKey]), ScopeTrie::kRoot, wish.key.segment);
  return create_variable(*context, wish);
}

}  // namespace scopetrie::python
