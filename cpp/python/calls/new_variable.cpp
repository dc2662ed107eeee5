// create_variable(): a variable as v1's constructor makes it, in name scopes, by whatever gives its first value.
#include "calls/literal.hpp"
#include "calls/variable_call.hpp"

namespace scopetrie::python {

namespace {

// While the module is loaded: interning may wait for another thread.
PyObject* const kVariables = PyUnicode_InternFromString("variables");
PyObject* const kTrainables = PyUnicode_InternFromString("trainable_variables");
PyObject* const kInitialValue = PyUnicode_InternFromString("initial_value");

/// Takes the open control dependencies away for as long as it lives: a variable waits for nothing.
class WithoutControls {
 public:
  explicit WithoutControls(Context& context) : context_(context), before_(std::move(context.controls)) {
    context_.controls.clear();
  }
  WithoutControls(const WithoutControls&) = delete;
  WithoutControls& operator=(const WithoutControls&) = delete;
  ~WithoutControls() { context_.controls = std::move(before_); }

 private:
  Context& context_;
  std::vector<Controls> before_;
};

/// A `with` block of Python's, entered while it lives. Only graphs in which devices or colocations are open need one.
class PythonBlock {
 public:
  PythonBlock() = default;
  explicit PythonBlock(Ref manager) : manager_(std::move(manager)) {
    const Ref entered(PyObject_CallMethod(manager_.get(), "__enter__", nullptr));
    if (!entered) throw_raised();
  }
  PythonBlock(PythonBlock&&) = default;
  ~PythonBlock() {
    if (!manager_) return;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    const Ref left(PyObject_CallMethod(manager_.get(), "__exit__", "OOO", Py_None, Py_None, Py_None));
    if (!left) PyErr_WriteUnraisable(manager_.get());
    PyErr_Restore(type, value, traceback);
  }

 private:
  Ref manager_;
};

PythonBlock variable_devices(Context& context) {
  if (!context.listener) return {};
  return PythonBlock(
      checked(PyObject_CallMethod(reinterpret_cast<PyObject*>(context.graph), "_variable_devices", nullptr)));
}
// An initializer's operations are placed with the variable when it runs, not by the open device blocks.
PythonBlock no_device(Context& context) {
  if (!context.listener) return {};
  return PythonBlock(checked(PyObject_CallMethod(reinterpret_cast<PyObject*>(context.graph), "device", "O", Py_None)));
}

// The keys of the collections that a variable joins.
Ref keys_of(PyObject* collections, bool trainable) {
  if (collections != nullptr && !PyList_Check(collections) && !PyTuple_Check(collections) &&
      !PyObject_TypeCheck(collections, &PySet_Type)) {
    PyErr_Format(PyExc_ValueError,
                 "collections argument to Variable constructor must be a list, tuple, or set. Got %S of type %S",
                 collections, reinterpret_cast<PyObject*>(Py_TYPE(collections)));
    throw_raised();
  }
  Ref keys = checked(collections != nullptr ? PySequence_List(collections) : new_list(0));
  if (collections == nullptr && PyList_Append(keys.get(), kVariables) < 0) throw_raised();
  if (!trainable) return keys;
  const int has = PySequence_Contains(keys.get(), kTrainables);
  if (has < 0 || (has == 0 && PyList_Append(keys.get(), kTrainables) < 0)) throw_raised();
  return keys;
}

/// What v1 checks of three arguments together: as they are meant, or as the hook says.
struct Policy {
  Ref synchronization, aggregation;
  bool trainable = true;
  bool is_usual = true;
};
Policy policy_of(const NewVariable& wish) {
  const State& s = state();
  Policy policy;
  const auto is_usual = [](PyObject* argument, PyObject* usual) { return argument == nullptr || argument == usual; };
  policy.is_usual =
      is_usual(wish.synchronization, s.auto_synchronization) && is_usual(wish.aggregation, s.no_aggregation);
  if (policy.is_usual) {
    const int trainable = wish.trainable == nullptr ? 1 : PyObject_IsTrue(wish.trainable);
    if (trainable < 0) throw_raised();
    policy.trainable = trainable != 0;
    return policy;
  }
  const auto or_none = [](PyObject* argument) { return argument == nullptr ? Py_None : argument; };
  const Ref name = wish.name != nullptr ? Ref::borrowed(wish.name) : checked(PyUnicode_FromString("Variable"));
  const Ref checked_policy =
      checked(PyObject_CallFunctionObjArgs(s.hooks.check_policy, name.get(), or_none(wish.synchronization),
                                           or_none(wish.aggregation), or_none(wish.trainable), nullptr));
  PyObject *synchronization, *aggregation, *trainable;
  if (!PyArg_ParseTuple(checked_policy.get(), "OOO", &synchronization, &aggregation, &trainable)) throw_raised();
  policy.synchronization = Ref::borrowed(synchronization);
  policy.aggregation = Ref::borrowed(aggregation);
  const int is_trainable = PyObject_IsTrue(trainable);
  if (is_trainable < 0) throw_raised();
  policy.trainable = is_trainable != 0;
  return policy;
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

/// The variable in the making: one call's state.
class Making {
 public:
  Making(Context& context, const NewVariable& wish, bool trainable)
      : context_(context), graph_(state_of(context.graph)), wish_(wish), trainable_(trainable) {}

  // The operations and the row, in a name scope of the variable's.
  VariableId add() {
    const NamesKept kept(context_);
    enter_scope();
    find_initial();
    const Output output{find_shape(), graph_.ops.tensor(initial_).dtype.base()};
    return add_rows(output);
  }

 private:
  // The name scope of a new variable: for its first maker a new one, for the others the same one.
  void enter_scope() {
    const auto maker = wish_.key.scope == kNone ? graph_.makers.end()
                                                : graph_.makers.find(maker_key(wish_.key.scope, wish_.key.segment));
    if (maker == graph_.makers.end()) {
      open_new();
      scope_ = opened();
      return;
    }
    if (maker->second.scope.empty()) {
      open_new();
      maker->second.scope = opened();
    }
    scope_ = maker->second.scope;
    context_.open_name_scope(std::string_view(scope_));  // entered by that name, as the others do
  }
  // The text of the scope that open_new() opened. "" leads to the root, which has none.
  std::string opened() const {
    if (wish_.name != nullptr && PyUnicode_GET_LENGTH(wish_.name) == 0) return {};
    return context_.name_scope_path() + '/';
  }
  void open_new() {
    static const std::uint32_t kVariable = known_name("Variable");
    if (wish_.name == nullptr) {
      context_.open_name_scope(graph_.known_segment(kVariable));
      return;
    }
    context_.open_name_scope(checked_text(wish_.name));
  }

  // The tensor of the first value; what a function computed is kept for find_shape().
  void find_initial() {
    static const std::uint32_t kInitializer = known_name("Initializer");
    const DType dtype = wish_.dtype == nullptr ? DType() : DType(dtype_number(wish_.dtype)).base();
    if (wish_.dtype != nullptr && dtype == 0) throw_raised();
    if (!PyCallable_Check(wish_.initial_value)) {
      convert(wish_.initial_value, dtype);
      check_branch();
      return;
    }
    const NamesKept kept(context_);
    const PythonBlock nowhere = no_device(context_);
    context_.open_name_scope(graph_.known_segment(kInitializer));
    computed_ = checked(PyObject_CallNoArgs(wish_.initial_value));
    convert(computed_.get(), dtype);
  }

  void convert(PyObject* value, DType dtype) {
    const bool is_there = is_tensor(value) && handle(value)->graph == context_.graph;
    if (is_there && (dtype == 0 || graph_.ops.tensor(id_of(value)).dtype.base() == dtype)) {
      tensor_ = Ref::borrowed(value);
    } else {
      tensor_ = checked(PyObject_CallFunctionObjArgs(
          state().hooks.convert, value, dtype == 0 ? Py_None : state().dtypes[dtype], kInitialValue, Py_None, nullptr));
      if (!is_tensor(tensor_.get()) || handle(tensor_.get())->graph != context_.graph) {
        PyErr_Format(PyExc_ValueError, "Variable: the initial value %R is not a tensor of the variable's graph", value);
        throw_raised();
      }
    }
    initial_ = id_of(tensor_.get());
  }

  // A tensor that was made in an open branch or loop is nobody else's.
  void check_branch() {
    if (tensor_.get() != wish_.initial_value) return;
    const Ref placement = checked(PyObject_GetAttrString(reinterpret_cast<PyObject*>(context_.graph), "_placement"));
    const Ref branches = checked(PyObject_GetAttrString(placement.get(), "branches"));
    const Py_ssize_t count = PySequence_Size(branches.get());
    if (count <= 0) return;
    const Ref last = checked(PySequence_GetItem(branches.get(), count - 1));
    if (graph_.ops.tensor(initial_).op <= PyLong_AsUnsignedLong(last.get())) return;
    PyErr_Format(PyExc_ValueError,
                 "Initializer for variable %s is from inside a control-flow construct, such as a loop or conditional. "
                 "When creating a variable inside a loop or conditional, use a lambda as the initializer.",
                 scope_.c_str());
    throw_raised();
  }

  ShapeId find_shape() {
    ShapeTable& shapes = graph_.ops.shapes();
    if (!validates()) {
      ShapeId asked = ShapeTable::kUnknown;
      if (wish_.shape != nullptr && !parse_dims(shapes, wish_.shape, asked)) throw_raised();
      return asked;
    }
    if (wish_.wanted != nullptr) check_wanted();
    const ShapeId found = graph_.ops.tensor(initial_).shape;
    if (shapes.elements(found) < 0) {
      PyErr_Format(PyExc_ValueError, "initial_value must have a shape specified: %S", tensor_.get());
      throw_raised();
    }
    if (wish_.wanted != nullptr || wish_.shape == nullptr) return found;
    ShapeId asked;
    if (!parse_dims(shapes, wish_.shape, asked)) throw_raised();
    if (!shapes.compatible(asked, found)) ask_about(state().hooks.check_initial_shape, wish_.shape);
    return asked;
  }
  bool validates() const {
    const int validates = wish_.validate_shape == nullptr ? 1 : PyObject_IsTrue(wish_.validate_shape);
    if (validates < 0) throw_raised();
    return validates != 0;
  }
  // An initializer that gives a plain value decides the shape, as it did in TensorFlow 1; one that gives a tensor of
  // another shape than it was asked for is refused.
  void check_wanted() {
    ShapeId wanted;
    if (!parse_dims(graph_.ops.shapes(), wish_.wanted, wanted)) throw_raised();
    if (graph_.ops.shapes().compatible(wanted, graph_.ops.tensor(initial_).shape)) return;
    const bool is_plain = !is_tensor(computed_.get()) && !is_variable(computed_.get());
    ask_about(is_plain ? state().hooks.warn_of_shape : state().hooks.check_initial_shape, wish_.wanted);
  }
  void ask_about(PyObject* hook, PyObject* asked) {
    const Ref name = checked(to_str(std::string_view(scope_).substr(0, scope_.empty() ? 0 : scope_.size() - 1)));
    const Ref said = checked(PyObject_CallFunctionObjArgs(hook, asked, tensor_.get(), name.get(), nullptr));
  }

  VariableId add_rows(Output output) {
    static const std::uint32_t kUnnamed = known_name("VariableV2");
    graph_.check_open();
    const OpGraph::Fresh fresh = scope_.empty() ? context_.take_name(graph_.known_segment(kUnnamed))
                                                : context_.take_name(std::string_view(scope_), NameStyle::kScope);
    if (graph_.has_odd_scopes) graph_.check_operation_name(fresh.name);
    VariableRow record;
    record.flags = trainable_ ? std::uint32_t{kTrainable} : 0u;
    if (wish_.key.scope != kNone) {
      static const std::uint32_t kPart = known_name("part_0");
      record.scope = wish_.key.scope;
      record.segment = wish_.key.segment;
      if (record.segment == graph_.known_segment(kPart)) graph_.has_parts = true;
      if (graph_.variables.find(record.scope, record.segment) != kNone)
        throw Error(ErrorKind::kValue,
                    "Variable " + full_name(graph_, record.scope, record.segment) + " already exists, disallowed.");
    }
    const std::uint32_t attribute = container();
    std::uint32_t assign = kNone;
    if (!validates()) {
      NamedAttributes open;
      open.emplace_back("validate_shape", false);
      open.emplace_back("use_locking", true);
      assign = graph_.keep(AttributeValue(std::move(open)));
    }
    const VariableId id =
        add_variable(context_, fresh.name, false, initial_, output, attribute, assign, record, graph_.sites.here());
    graph_.live.push_back(nullptr);
    return id;
  }
  // The resource container of the open blocks, which only is one where something listens.
  std::uint32_t container() {
    if (!context_.listener) return kNone;
    const Ref placement = checked(PyObject_GetAttrString(reinterpret_cast<PyObject*>(context_.graph), "_placement"));
    const Ref containers = checked(PyObject_GetAttrString(placement.get(), "containers"));
    const Py_ssize_t count = PySequence_Size(containers.get());
    if (count <= 0) return kNone;
    const Ref innermost = checked(PySequence_GetItem(containers.get(), count - 1));
    const std::string_view text = text_of(innermost.get());
    if (text.data() == nullptr) throw_raised();
    NamedAttributes named;
    named.emplace_back("container", std::string(text));
    return graph_.keep(AttributeValue(std::move(named)));
  }

  Context& context_;
  GraphState& graph_;
  const NewVariable& wish_;
  const bool trainable_;
  std::string scope_;  // the name scope, with a slash at its end; "" is the root
  Ref computed_;       // what a function gave as initial value
  Ref tensor_;
  TensorId initial_ = kNone;
};

void join(Context& context, PyObject* keys, PyObject* variable) {
  GraphState& graph = state_of(context.graph);
  const Ref unique = checked(new_dict());  // in order, each once
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(keys); ++i)
    if (PyDict_SetItem(unique.get(), PyList_GET_ITEM(keys, i), Py_None) < 0) throw_raised();
  Py_ssize_t at = 0;
  for (PyObject *key, *none; PyDict_Next(unique.get(), &at, &key, &none);) {
    const Py_ssize_t list = graph.collection_keys.at(graph.collections, key);
    if (list < 0) throw_raised();
    graph.collections.add_variable(static_cast<std::size_t>(list), id_of(variable));
  }
}

// All that is made in the graph of the value: the variable, its collections, what is noted of it.
Ref make_all(Context& context, const NewVariable& wish, const Policy& policy, PyObject* keys) {
  const PythonBlock lifted = variable_devices(context);
  const DefaultGraph block(context.graph);
  const WithoutControls apart(context);
  const NamesKept kept(context);
  // As v1 leaves the blocks around a variable: a name scope "a/" (from "a//") is entered by that name, as "a".
  if (const std::string outer = context.name_scope_path(); outer.ends_with('/'))
    context.open_name_scope(std::string_view(outer));
  const VariableId id = Making(context, wish, policy.trainable).add();
  Ref variable = checked(variable_handle(context.graph, id));
  if (wish.caching_device != nullptr) {
    const Ref read = checked(PyObject_CallMethod(variable.get(), "value", nullptr));
    const Ref operation = checked(PyObject_GetAttrString(read.get(), "op"));
    checked(PyObject_CallMethod(reinterpret_cast<PyObject*>(context.graph), "_place", "OO", operation.get(),
                                wish.caching_device));
  }
  join(context, keys, variable.get());
  if (wish.constraint != nullptr || !policy.is_usual) {
    const State& s = state();
    checked(PyObject_CallFunctionObjArgs(s.hooks.take_note, variable.get(),
                                         wish.constraint == nullptr ? Py_None : wish.constraint,
                                         policy.is_usual ? s.auto_synchronization : policy.synchronization.get(),
                                         policy.is_usual ? s.no_aggregation : policy.aggregation.get(), nullptr));
  }
  return variable;
}

}  // namespace

bool refuses_dtype() {
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  bool refuses = false;
  if (type != nullptr) {
    PyErr_NormalizeException(&type, &value, &traceback);
    const Ref mark(PyObject_GetAttrString(value, "refuses_dtype"));
    refuses = mark.get() == Py_True;
    PyErr_Clear();
  }
  PyErr_Restore(type, value, traceback);
  return refuses;
}

MakerNote::MakerNote(GraphState& graph, StoreName key) : graph_(graph), key_(maker_key(key.scope, key.segment)) {
  ++graph_.makers[key_].count;
}

MakerNote::~MakerNote() {
  const auto at = graph_.makers.find(key_);
  if (--at->second.count == 0) graph_.makers.erase(at);
}

PyObject* create_variable(Context& context, const NewVariable& wish) {
  if (!given(wish.initial_value)) throw Error(ErrorKind::kValue, "initial_value must be specified.");
  const Ref early_keys = keys_of(wish.collections, false);
  if (wish.constraint != nullptr && !PyCallable_Check(wish.constraint))
    throw Error(ErrorKind::kValue, "The `constraint` argument must be a callable.");
  const Policy policy = policy_of(wish);
  const Ref keys = keys_of(wish.collections, policy.trainable);
  PyGraph* owner = graph_of_value(wish.initial_value);
  Context& inside = owner == nullptr || owner == context.graph ? context : *context_of(owner);
  const Ref keep_graph = Ref::borrowed(reinterpret_cast<PyObject*>(inside.graph));
  Transaction transaction(state_of(inside.graph).ledger(), &inside);
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
