// create_variable(): a variable as v1's constructor makes it, in name scopes, by whatever gives its first value.
#include "scopetrie/variables/new_variable.hpp"
#include "variables/variable_call.hpp"

namespace scopetrie::python {

namespace {

// While the module is loaded: interning may wait for another thread.
PyObject* const kVariables = PyUnicode_InternFromString("variables");
PyObject* const kTrainables = PyUnicode_InternFromString("trainable_variables");
PyObject* const kInitialName = PyUnicode_InternFromString("initial_value");

PythonBlock variable_devices(Context& context) {
  if (!context.listener) return {};
  return PythonBlock(checked(PyObject_CallMethod(object_of(context.graph), "_variable_devices", nullptr)));
}
// An initializer's operations are placed with the variable when it runs, not by the open device blocks.
PythonBlock no_device(Context& context) {
  if (!context.listener) return {};
  return PythonBlock(checked(PyObject_CallMethod(object_of(context.graph), "device", "O", Py_None)));
}

// The keys of the collections that a variable joins.
Ref keys_of(PyObject* collections, bool trainable) {
  if (collections != nullptr && !PyList_Check(collections) && !PyTuple_Check(collections) &&
      !PyObject_TypeCheck(collections, &PySet_Type))
    raise_error(PyExc_ValueError,
                "collections argument to Variable constructor must be a list, tuple, or set. Got %S of type %S",
                collections, reinterpret_cast<PyObject*>(Py_TYPE(collections)));
  Ref keys = checked(collections != nullptr ? PySequence_List(collections) : new_list(0));
  if (collections == nullptr && PyList_Append(keys.get(), kVariables) < 0) throw_raised();
  if (!trainable) return keys;
  const int has = PySequence_Contains(keys.get(), kTrainables);
  if (has < 0 || (has == 0 && PyList_Append(keys.get(), kTrainables) < 0)) throw_raised();
  return keys;
}

// As v1 checks the three: as they are meant, or as the hook says.
Policy policy_of(const NewVariable& wish) {
  State& s = state();
  if (is_usual_policy(wish[kSynchronization], wish[kAggregation]))
    return {Ref::borrowed(s.auto_synchronization), Ref::borrowed(s.no_aggregation), Ref::borrowed(wish[kTrainable])};
  const auto is_mode = [](PyObject* argument, PyObject* usual) {
    return argument != nullptr && Py_IS_TYPE(argument, Py_TYPE(usual));
  };
  if (is_mode(wish[kSynchronization], s.auto_synchronization) && is_mode(wish[kAggregation], s.no_aggregation) &&
      wish[kTrainable] != nullptr && PyBool_Check(wish[kTrainable]))  // checked already, as get_variable's are
    return {Ref::borrowed(wish[kSynchronization]), Ref::borrowed(wish[kAggregation]), Ref::borrowed(wish[kTrainable])};
  const Ref name = wish[kName] != nullptr ? Ref::borrowed(wish[kName]) : checked(PyUnicode_FromString("Variable"));
  return check_policy(s.hooks.check_policy, name.get(), wish[kSynchronization], wish[kAggregation], wish[kTrainable]);
}

// The graph that a value belongs to, as v1 asks for it; null where it says none.
PyGraph* graph_of_value(PyObject* value) {
  if (PyCallable_Check(value)) return nullptr;
  if (is_tensor(value) || is_variable(value)) return handle(value)->graph;
  const Ref graph(PyObject_GetAttrString(value, "graph"));
  if (!graph) PyErr_Clear();
  return graph && PyObject_TypeCheck(graph.get(), state().graph_type) ? reinterpret_cast<PyGraph*>(graph.get())
                                                                      : nullptr;
}

/// The first value as the program gives it: a value, a function, or an initializer that is a rule of the core's.
class AskedValue final : public FirstValue {
 public:
  AskedValue(Context& context, const NewVariable& wish, DType dtype, bool validates, std::uint32_t site)
      : context_(context), graph_(context.graph), wish_(wish), dtype_(dtype), validates_(validates), site_(site) {}

  bool is_computed() const override { return PyCallable_Check(wish_[kInitialValue]) != 0; }

  TensorId make(scopetrie::Context&) override {
    if (!is_computed()) {
      const TensorId value = convert(wish_[kInitialValue]);
      check_branch(value);
      return value;
    }
    const PythonBlock nowhere = no_device(context_);
    if (wish_.rule != nullptr) return add_initial_value(context_, *wish_.rule, {wish_.rule_shape, dtype_}, site_);
    const Ref computed = checked(PyObject_CallNoArgs(wish_[kInitialValue]));
    const TensorId value = convert(computed.get());
    if (validates_ && wish_[kWanted] != nullptr) check_wanted(value, computed.get());
    return value;
  }

  [[noreturn]] void refuse_shape(const Graph&, const std::string& path, ShapeId, ShapeId) override {
    ask_about(state().hooks.check_initial_shape, wish_[kShape], path);
    throw Error(ErrorKind::kValue, "Variable " + path + ": its initial value has not the shape that was asked for.");
  }

 private:
  TensorId convert(PyObject* value) {
    const bool is_there = is_tensor(value) && handle(value)->graph == graph_;
    if (is_there && (dtype_ == 0 || state_of(graph_).ops.tensor(id_of(value)).dtype.base() == dtype_)) {
      tensor_ = Ref::borrowed(value);
      return id_of(value);
    }
    tensor_ =
        called(state().hooks.convert, value, dtype_ == 0 ? Py_None : state().dtypes[dtype_], kInitialName, Py_None);
    if (!is_tensor(tensor_.get()) || handle(tensor_.get())->graph != graph_)
      raise_error(PyExc_ValueError, "Variable: the initial value %R is not a tensor of the variable's graph", value);
    return id_of(tensor_.get());
  }

  // A tensor that was made in an open branch or loop is nobody else's.
  void check_branch(TensorId value) {
    if (tensor_.get() != wish_[kInitialValue]) return;
    const Ref placement = checked(PyObject_GetAttrString(object_of(graph_), "_placement"));
    const Ref branches = checked(PyObject_GetAttrString(placement.get(), "branches"));
    const Py_ssize_t count = PySequence_Size(branches.get());
    if (count <= 0) return;
    const Ref last = checked(PySequence_GetItem(branches.get(), count - 1));
    if (state_of(graph_).ops.tensor(value).op <= PyLong_AsUnsignedLong(last.get())) return;
    raise_error(PyExc_ValueError,
                "Initializer for variable %s/ is from inside a control-flow construct, such as a loop or conditional. "
                "When creating a variable inside a loop or conditional, use a lambda as the initializer.",
                context_.name_scope_path().c_str());
  }

  // An initializer that gives a plain value decides the shape, as it did in TensorFlow 1; one that gives a tensor of
  // another shape than it was asked for is refused.
  void check_wanted(TensorId value, PyObject* computed) {
    ShapeTable& shapes = state_of(graph_).ops.shapes();
    const ShapeId wanted = parse_dims(shapes, wish_[kWanted]);
    if (shapes.compatible(wanted, state_of(graph_).ops.tensor(value).shape)) return;
    const bool is_plain = !is_tensor(computed) && !is_variable(computed);
    std::string path = context_.name_scope_path();  // ".../Initializer"
    const std::size_t slash = path.rfind('/');
    path.resize(slash == std::string::npos ? 0 : slash);
    ask_about(is_plain ? state().hooks.warn_of_shape : state().hooks.check_initial_shape, wish_[kWanted], path);
  }
  void ask_about(PyObject* hook, PyObject* asked, const std::string& path) {
    const Ref name = checked(to_str(path));
    called(hook, asked, tensor_, name);
  }

  Context& context_;
  PyGraph* graph_;
  const NewVariable& wish_;
  const DType dtype_;  // 0: the value's own
  const bool validates_;
  const std::uint32_t site_;
  Ref tensor_;
};

// The resource container of the open blocks, which only is one where something listens.
std::uint32_t container(Context& context) {
  if (!context.listener) return kNone;
  const Ref placement = checked(PyObject_GetAttrString(object_of(context.graph), "_placement"));
  const Ref containers = checked(PyObject_GetAttrString(placement.get(), "containers"));
  const Py_ssize_t count = PySequence_Size(containers.get());
  if (count <= 0) return kNone;
  const Ref innermost = checked(PySequence_GetItem(containers.get(), count - 1));
  NamedAttributes named;
  named.emplace_back("container", std::string(checked_text(innermost.get())));
  return state_of(context.graph).keep(AttributeValue(std::move(named)));
}

// The operations and the row, in a name scope of the variable's.
VariableId add_rows(Context& context, const NewVariable& wish, bool trainable) {
  GraphState& graph = state_of(context.graph);
  scopetrie::NewVariable row;
  if (wish[kName] != nullptr) row.name = checked_text(wish[kName], "Variable");
  row.scope = wish.key.scope;
  row.segment = wish.key.segment;
  row.trainable = trainable;
  row.validate_shape = truth_of(wish[kValidateShape], true);
  const bool is_checked = row.validate_shape && wish[kWanted] != nullptr;  // AskedValue does
  if (wish[kShape] != nullptr && !is_checked) row.shape = parse_dims(graph.ops.shapes(), wish[kShape]);
  const DType dtype = wish[kDType] == nullptr ? DType() : DType(dtype_number(wish[kDType])).base();
  const auto maker =
      wish.key.scope == kNone ? graph.makers.end() : graph.makers.find(maker_key(wish.key.scope, wish.key.segment));
  if (maker != graph.makers.end()) row.shared_scope = &maker->second.scope;  // a MakerNote keeps it
  row.attribute = container(context);
  row.site = graph.sites.here();
  AskedValue first(context, wish, dtype, row.validate_shape, row.site);
  const VariableId id = make_variable(context, row, first);
  graph.live.push_back(nullptr);
  return id;
}

void join(Context& context, PyObject* keys, PyObject* variable) {
  GraphState& graph = state_of(context.graph);
  const Ref unique = checked(new_dict());  // in order, each once
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(keys); ++i)
    if (PyDict_SetItem(unique.get(), PyList_GET_ITEM(keys, i), Py_None) < 0) throw_raised();
  Py_ssize_t at = 0;
  for (PyObject *key, *none; PyDict_Next(unique.get(), &at, &key, &none);) {
    graph.collections.add_variable(graph.collection_keys.at(graph.collections, key), id_of(variable));
  }
}

// All that is made in the graph of the value: the variable, its collections, what is noted of it.
Ref make_all(Context& context, const NewVariable& wish, const Policy& policy, PyObject* keys) {
  const PythonBlock lifted = variable_devices(context);
  const DefaultGraph block(context.graph);
  const VariableId id = add_rows(context, wish, truth_of(policy.trainable.get(), true));
  Ref variable = checked(variable_handle(context.graph, id));
  if (wish[kCachingDevice] != nullptr) {
    const Ref read = checked(PyObject_CallMethod(variable.get(), "value", nullptr));
    const Ref operation = checked(PyObject_GetAttrString(read.get(), "op"));
    checked(PyObject_CallMethod(object_of(context.graph), "_place", "OO", operation.get(), wish[kCachingDevice]));
  }
  join(context, keys, variable.get());
  if (wish[kConstraint] != nullptr || !is_usual_policy(wish[kSynchronization], wish[kAggregation]))
    called(state().hooks.take_note, variable, or_none(wish[kConstraint]), policy.synchronization, policy.aggregation);
  return variable;
}

}  // namespace

bool refuses_dtype() {
  KeptException kept;
  return kept.object() != nullptr && Ref(PyObject_GetAttrString(kept.object(), "refuses_dtype")).get() == Py_True;
}

MakerNote::MakerNote(GraphState& graph, StoreName key) : graph_(graph), key_(maker_key(key.scope, key.segment)) {
  ++graph_.makers[key_].count;
}

MakerNote::~MakerNote() {
  const auto at = graph_.makers.find(key_);
  if (--at->second.count == 0) graph_.makers.erase(at);
}

PyObject* create_variable(Context& context, const NewVariable& wish) {
  if (!given(wish[kInitialValue])) throw Error(ErrorKind::kValue, "initial_value must be specified.");
  const Ref early_keys = keys_of(wish[kCollections], false);
  if (wish[kConstraint] != nullptr && !PyCallable_Check(wish[kConstraint]))
    throw Error(ErrorKind::kValue, "The `constraint` argument must be a callable.");
  const Policy policy = policy_of(wish);
  const Ref keys = keys_of(wish[kCollections], truth_of(policy.trainable.get(), true));
  PyGraph* owner = graph_of_value(wish[kInitialValue]);
  Context& inside = owner == nullptr || owner == context.graph ? context : *context_of(owner);
  const Ref keep_graph = Ref::borrowed(object_of(inside.graph));
  CallTransaction transaction(state_of(inside.graph).ledger(), &inside);
  try {
    Ref made = make_all(inside, wish, policy, keys.get());
    transaction.commit();
    return made.release();
  } catch (const PythonRaised&) {
    transaction.rollback(refuses_dtype());
    throw;
  }
}

}  // namespace scopetrie::python
