// What get_variable and tf.Variable are asked for, and the ways to answer: by a creation that asks nobody, or one that
// runs what the program gave: an initializer, a regularizer, a getter, a creator.
//
// Thread safety: that of locking.hpp. What the program gave may run anything and let other threads in, so nothing that
// was looked up before it is trusted after it.
#pragma once

#include "ops/building.hpp"
#include "scopes/parameters.hpp"
#include "scopes/scopes.hpp"
#include "scopetrie/variables/get_partitioned.hpp"
#include "scopetrie/variables/get_variable.hpp"

namespace scopetrie::python {

inline bool given(PyObject* argument) { return argument != nullptr && argument != Py_None; }
/// Null for None as well as for what is not given.
inline PyObject* given_or_null(PyObject* argument) { return given(argument) ? argument : nullptr; }

/// Whether a shape argument is the found shape: only for plain ints in a list or tuple.
inline bool is_plain_shape(PyObject* shape, std::span<const std::int64_t> found) {
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
    if (PyLong_AsLongAndOverflow(items[i], &overflow) != found[static_cast<std::size_t>(i)] || overflow != 0)
      return false;
  }
  return true;
}

/// What a reuse argument says. Throws where it has no truth value.
Sharing sharing_of(PyObject* reuse);

/// The arguments of one call of get_variable or Store.get, those that were left out taken from the scope.
struct VariableCall {
  Arguments arguments{};               // kName is the whole name
  PyObject* partition_info = nullptr;  // of a part of a partitioned variable, whose shape is `whole`
  std::span<const std::int64_t> whole = {};
  DType dtype;             // a base type, 0 where only the argument says
  bool has_dtype = false;  // the call says it, not the scope
  Sharing sharing = Sharing::kNo;

  PyObject*& operator[](VariableParameter parameter) { return arguments[parameter]; }
  PyObject* operator[](VariableParameter parameter) const { return arguments[parameter]; }
  bool validates_shape() const { return arguments[kValidateShape] == nullptr || arguments[kValidateShape] == Py_True; }
};

/// The name of a variable that is being made in a graph's store.
struct StoreName {
  ScopeId scope = kNone;  // kNone: it has none there
  SegmentId segment = 0;
};

/// What a new variable is made of: the arguments of v1's Variable. Borrowed; null where not given.
struct NewVariable {
  NewVariableArguments arguments{};
  StoreName key;
  /// What the initializer makes of the dtype and this shape, where the core knows: then the initial value is not
  /// called.
  const InitialValue* rule = nullptr;
  ShapeId rule_shape = kNone;

  PyObject*& operator[](VariableParameter parameter) { return arguments[parameter]; }
  PyObject* operator[](VariableParameter parameter) const { return arguments[parameter]; }
};

/// What v1 asks for, and checks, together. `trainable` may be null: yes.
struct Policy {
  Ref synchronization, aggregation, trainable;
};
/// Whether the first two are what they are where they are left out.
inline bool is_usual_policy(PyObject* synchronization, PyObject* aggregation) {
  const State& s = state();
  return (synchronization == nullptr || synchronization == s.auto_synchronization) &&
         (aggregation == nullptr || aggregation == s.no_aggregation);
}
/// The three as a hook says that they are meant, which checks them. Throws.
Policy check_policy(PyObject* hook, PyObject* name, PyObject* synchronization, PyObject* aggregation,
                    PyObject* trainable);

/// Makes a variable as v1's constructor does, in name scopes of its own, and runs its initial value where that is a
/// function. All of it or nothing; see keep_as_v1(). Throws.
PyObject* create_variable(Context& context, const NewVariable& wish);

/// Gets or makes a variable that is in one piece; without a name it is "Variable". Throws.
PyObject* get_single(Context& context, const VariableCall& call);

/// The same for a variable that the partitioner cuts into parts, or that was cut before. Throws.
PyObject* get_partitioned(Context& context, const VariableCall& call);

/// Asks a partitioner for the parts of a variable of these sizes (a tuple) and dtype. Throws.
Partitions ask_partitioner(PyObject* partitioner, PyObject* sizes, PyObject* dtype);

/// Raises what the core refuses, with what Python knows: where the variable that is in the way (or kNone) was made, or
/// names nearby.
[[noreturn]] void raise_refusal(Context& context, const Error& refusal, VariableId variable);

/// What a call is about in a scope: its own arguments, by VariableParameter, and the scope's where they are left out.
VariableCall call_in(const PyVariableScope& scope, const Arguments& arguments);

/// The arguments of these parameters by keyword, None for what is null. Throws.
Ref keywords_of(std::span<const std::uint8_t> order, PyObject* const* arguments);

/// The arguments of a getter.
VariableCall read_call(const Arguments& given);

/// get_variable in a scope, whatever has to be asked: custom getters, partitioners, initializers. Throws.
PyObject* get_in_scope(Context& context, PyVariableScope& scope, const Arguments& arguments);

// Functions of the module.
PyObject* true_getter(PyObject*, PyObject* const* args, Py_ssize_t positional, PyObject* keywords);
PyObject* new_variable(PyObject*, PyObject* const* args, Py_ssize_t positional, PyObject* keywords);

/// A `with` block of Python's, entered while it lives. Only graphs in which devices or colocations are open need one.
class PythonBlock {
 public:
  PythonBlock() = default;
  explicit PythonBlock(Ref manager) : manager_(std::move(manager)) {
    checked(PyObject_CallMethod(manager_.get(), "__enter__", nullptr));
  }
  PythonBlock(PythonBlock&&) = default;
  ~PythonBlock() {
    if (!manager_) return;
    stay_if_thread_ends();
    const KeptException kept;
    const Ref left(PyObject_CallMethod(manager_.get(), "__exit__", "OOO", Py_None, Py_None, Py_None));
    if (!left) PyErr_WriteUnraisable(manager_.get());
  }

 private:
  Ref manager_;
};

/// Runs the regularizer of a new variable, in the name scope "<name>/Regularizer", and collects its loss. Throws.
void regularize(Context& context, PyObject* variable, PyObject* regularizer, StoreName name);

/// Whether the Python exception that is set is the one after which v1's names stay taken: a value or an operation did
/// not take the dtype. v1 undoes nothing; programs go on after this error, and what they build is to have v1's names.
bool refuses_dtype();

/// Runs `make` in a transaction: all of it or nothing, but for the error after which v1's names and variables stay.
template <class Make>
PyObject* keep_as_v1(Context& context, Make&& make) {
  CallTransaction transaction(state_of(context.graph).ledger(), &context);
  try {
    PyObject* made = make();
    transaction.commit();
    return made;
  } catch (const PythonRaised&) {
    if (refuses_dtype()) transaction.commit();
    throw;
  }
}

/// Notes a variable that a thread is making by name, for as long as it does. What the program gave may wait for another
/// thread that asks for the same one; so each makes it, in one name scope, and the store takes the first.
class MakerNote {
 public:
  MakerNote(GraphState& graph, StoreName key);
  MakerNote(const MakerNote&) = delete;
  MakerNote& operator=(const MakerNote&) = delete;
  ~MakerNote();

 private:
  GraphState& graph_;
  std::uint64_t key_;
};

}  // namespace scopetrie::python
