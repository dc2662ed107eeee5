// DirectFunction: a function of Python's that is also the call of an op function, for the arguments that most calls
// have. Those take neither a Python frame nor the search for the user's line behind it.
//
// Invariants: immutable once made. The op is built only where build_native() decides it; otherwise nothing has changed,
// and the function itself is called with the same arguments.
// Thread safety: the op is built under the lock of locking.hpp; the function is called without it.
#include <cstddef>
#include <limits>
#include <vector>

#include "calls/composite.hpp"
#include "calls/op_native.hpp"
#include "support/bindings.hpp"

namespace scopetrie::python {

namespace {

/// What one parameter of the function is to the op.
struct Parameter {
  enum Role : std::uint8_t {
    kUnused,    // calls that give it are the function's
    kName,      // the node's name
    kInput,     // an input of the op
    kAttribute  // an attribute; the default as well, unless it is `optional`
  } role = kUnused;
  bool is_optional = false;
  // Dims, axes and ints are kept as tuples. A count is an int other than 1, as one output is no list of outputs.
  enum Form : std::uint8_t { kAsGiven, kDims, kAxes, kInts, kCount } form = kAsGiven;
  std::size_t input = 0;
  PyObject* name = nullptr;  // owned, as all below; interned
  PyObject* attribute = nullptr;
  PyObject* fallback = nullptr;  // what it is where it is not given; null: it must be
  PyObject* choices = nullptr;   // a tuple of str: other values are the function's; null: any
};

/// What else must hold for a call to be the op's.
enum class Only : std::uint8_t {
  kAlways,
  kOtherDType,  // the attribute that is a dtype is another than that of the first input
  kSeveral,     // the first input is a list of at least two
  kMatrices     // the first two inputs are tensors of rank 2
};

struct PyDirectFunction : PyComposite {
  PyObject* op_function;  // owned
  std::vector<Parameter>* parameters;
  std::uint32_t default_name;
  Only only;

  void end() const {
    if (parameters != nullptr)
      for (const Parameter& parameter : *parameters)
        for (PyObject* owned : {parameter.name, parameter.attribute, parameter.fallback, parameter.choices})
          Py_XDECREF(owned);
    delete parameters;
  }
};
using DirectOwning =
    Owning<PyDirectFunction, &PyDirectFunction::op_function, &PyDirectFunction::function, &PyDirectFunction::dict>;

PyDirectFunction* as_direct(PyObject* object) { return reinterpret_cast<PyDirectFunction*>(object); }

/// The arguments of one call, by parameter and then by input.
struct Call {
  static constexpr std::size_t kMost = 16;
  PyObject* given[kMost] = {};
  PyObject* inputs[kMost] = {};
  PyObject* name = nullptr;
  Ref attributes;
  [[no_unique_address]] OwnTuples<kMost> own;  // in place of lists among the inputs
};

// False where a keyword is none of the parameters, or is given twice.
bool read_arguments(const std::vector<Parameter>& parameters, PyObject* const* args, std::size_t count,
                    PyObject* keywords, Call& call) {
  if (count > parameters.size()) return false;
  for (std::size_t i = 0; i < count; ++i) call.given[i] = args[i];
  const Py_ssize_t named = keywords == nullptr ? 0 : PyTuple_GET_SIZE(keywords);
  for (Py_ssize_t k = 0; k < named; ++k) {
    std::size_t at = 0;
    while (at < parameters.size() && parameters[at].name != PyTuple_GET_ITEM(keywords, k)) ++at;
    if (at == parameters.size() || call.given[at] != nullptr) return false;
    call.given[at] = args[count + static_cast<std::size_t>(k)];
  }
  return true;
}

// A list or tuple all of whose items will do, as the tuple that a node keeps; null, without an exception, for others.
template <class WillDo>
PyObject* plain_tuple(PyObject* list, WillDo&& will_do) {
  if (!PyList_CheckExact(list) && !PyTuple_CheckExact(list)) return nullptr;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(list); ++i)
    if (!will_do(PySequence_Fast_GET_ITEM(list, i))) return nullptr;
  return PyList_CheckExact(list) ? tuple_of(list) : Py_NewRef(list);
}

// A shape of plain sizes as such a tuple.
PyObject* plain_dims(PyObject* given) {
  const Snapshot shape(given);
  if (shape.get() == Py_None) return Py_NewRef(Py_None);
  return plain_tuple(shape.get(), [](PyObject* size) {
    int overflow = 0;
    return size == Py_None || (PyLong_CheckExact(size) && PyLong_AsLongLongAndOverflow(size, &overflow) >= 0);
  });
}

// An axis or a list of them, likewise; of no axes, None is one.
PyObject* plain_axes(PyObject* given) {
  const Snapshot axes(given);
  if (axes.get() == Py_None) return new_tuple(0);
  if (PyLong_CheckExact(axes.get())) return pack(axes.get());
  return plain_tuple(axes.get(), [](PyObject* axis) { return PyLong_CheckExact(axis); });
}

// A list of ints as a tuple; anything else as it is, which no rule will know.
PyObject* plain_ints(PyObject* ints) { return PyList_CheckExact(ints) ? tuple_of(ints) : Py_NewRef(ints); }

PyObject* kept_value(Parameter::Form form, PyObject* value) {
  switch (form) {
    case Parameter::kDims:
      return plain_dims(value);
    case Parameter::kAxes:
      return plain_axes(value);
    case Parameter::kInts:
      return plain_ints(value);
    default:
      return Py_NewRef(value);
  }
}

bool is_choice(PyObject* choices, PyObject* value) {
  for (Py_ssize_t i = 0; PyUnicode_CheckExact(value) && i < PyTuple_GET_SIZE(choices); ++i) {
    PyObject* choice = PyTuple_GET_ITEM(choices, i);
    if (choice == value || PyUnicode_Compare(choice, value) == 0) return true;
  }
  return false;
}

// Whether a node may keep this value; others are the function's to convert or refuse.
bool may_be(const Parameter& parameter, PyObject* value) {
  if (parameter.choices != nullptr) return is_choice(parameter.choices, value);
  if (parameter.form == Parameter::kCount) return PyLong_CheckExact(value) && PyLong_AsLong(value) != 1;
  if (parameter.form != Parameter::kAsGiven) return true;  // kept_value() looks at it
  if (parameter.fallback == nullptr) return true;          // the rule does, as the attribute must be given
  if (parameter.fallback == Py_None) return PyBool_Check(value) || PyLong_CheckExact(value);
  return Py_TYPE(value) == Py_TYPE(parameter.fallback);
}

bool add_attribute(Call& call, const Parameter& parameter, PyObject* value) {
  if (!may_be(parameter, value)) return false;
  if (!call.attributes) call.attributes = Ref(new_dict());
  const Ref kept(kept_value(parameter.form, value));
  return call.attributes && kept && PyDict_SetItem(call.attributes.get(), parameter.attribute, kept.get()) == 0;
}

// Sorts the arguments by what they are to the op; false where the call is the function's.
bool sort_arguments(const std::vector<Parameter>& parameters, Call& call) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Parameter& parameter = parameters[i];
    PyObject* value = call.given[i];
    if (value == nullptr) value = parameter.fallback;
    switch (parameter.role) {
      case Parameter::kUnused:
        if (value != parameter.fallback) return false;
        break;
      case Parameter::kName:
        // None is not everywhere the same as the default: v1 has functions that call the node after its type then.
        if (value == Py_None && value != parameter.fallback) return false;
        call.name = value == parameter.fallback ? nullptr : value;
        if (call.name != nullptr && (!PyUnicode_CheckExact(call.name) || PyUnicode_GET_LENGTH(call.name) == 0))
          return false;
        break;
      case Parameter::kInput:
        if (value == nullptr) return false;
        call.inputs[parameter.input] = call.own.of(value);
        break;
      case Parameter::kAttribute:
        if (value == nullptr) return false;
        if (value == parameter.fallback && parameter.is_optional) break;
        if (!add_attribute(call, parameter, value)) return false;
        break;
    }
  }
  return true;
}

// Whether an input is a variable, or a tensor that is a variable's own memory.
bool is_memory(PyObject* input) {
  return is_variable(input) || state_of(handle(input)->graph).ops.tensor(id_of(input)).dtype.is_reference();
}

bool is_matrix(PyObject* input) {
  if (!is_tensor(input) && !is_variable(input)) return false;
  const GraphState& graph = state_of(handle(input)->graph);
  const TensorId id = is_tensor(input) ? id_of(input) : graph.variables[id_of(input)].value;
  return graph.ops.shapes().dims(graph.ops.tensor(id).shape).size() == 2;
}

bool is_for_op(Only only, const Call& call) {
  PyObject* first = call.inputs[0];
  switch (only) {
    case Only::kAlways:
      return true;
    case Only::kOtherDType: {
      Inputs inputs;
      Py_ssize_t at = 0;
      PyObject *name, *dtype;
      const TensorId id = read_input(inputs, first, Input::kTensor);
      return id != kNone && PyDict_Next(call.attributes.get(), &at, &name, &dtype) != 0 &&
             known_dtype_number(dtype) != base_dtype(state_of(inputs.graph).ops.tensor(id).dtype);
    }
    case Only::kSeveral:
      return (PyList_CheckExact(first) || PyTuple_CheckExact(first)) && PySequence_Fast_GET_SIZE(first) > 1;
    case Only::kMatrices:
      return is_matrix(first) && is_matrix(call.inputs[1]);
  }
  return false;
}

// The node, or null, with or without an exception, where the function must be called. Throws where that is no use.
PyObject* build_direct(const PyDirectFunction* self, Call& call) {
  const Definition& definition = definition_of(self->op_function);
  Inputs inputs;
  // v1 converts a first input that is a value in one way or another; the function knows how.
  for (std::size_t i = 0; i < definition.inputs.size(); ++i) {
    if (definition.inputs[i].is_index()) continue;
    if (definition.inputs[i].kind < Input::kList && !is_tensor(call.inputs[i]) && !is_variable(call.inputs[i]))
      return nullptr;
    if (definition.inputs[i].kind == Input::kReference && !is_memory(call.inputs[i])) return nullptr;
    break;
  }
  if (definition.has_lists) {
    note_graph_of_lists(definition, call.inputs, inputs);
  } else {
    read_inputs(definition, call.inputs, inputs);
    if (inputs.stranger != nullptr) return nullptr;
  }
  Context* context = current_context();
  if (inputs.graph != nullptr && inputs.graph != context->graph) context = context_of(inputs.graph);
  return build_native(*context, definition, call.inputs, inputs, call.name, self->default_name, call.attributes.get());
}

PyObject* try_direct(const PyDirectFunction* self, PyObject* const* args, std::size_t count, PyObject* keywords) {
  Call call;
  if (!read_arguments(*self->parameters, args, count, keywords, call) || !sort_arguments(*self->parameters, call) ||
      !is_for_op(self->only, call))
    return nullptr;
  return build_direct(self, call);
}

PyObject* call_direct(PyObject* self, PyObject* const* args, std::size_t flagged, PyObject* keywords) {
  const auto count = static_cast<std::size_t>(PyVectorcall_NARGS(flagged));
  {
    const Lock lock;
    if (PyObject* made = try_direct(as_direct(self), args, count, keywords)) return made;
    PyErr_Clear();  // the function says what is wrong
  }
  return call_whole(as_direct(self)->function, args, count, keywords);
}

// Reads (name, kind, input, attribute, form, whether its default is left out, whether it has one, default,
// choices); see Role in
// python/scopetrie/ops/direct.py.
bool read_parameter(PyObject* spec, Parameter& parameter) {
  PyObject *name, *kind, *attribute, *form, *fallback, *choices;
  Py_ssize_t input;
  int has_default, omitted;
  if (!PyArg_ParseTuple(spec, "UUnUUppOO!", &name, &kind, &input, &attribute, &form, &omitted, &has_default, &fallback,
                        &PyTuple_Type, &choices))
    return false;
  const std::string_view role = text_of(kind), written = text_of(form);
  parameter.role = role == "name"        ? Parameter::kName
                   : role == "input"     ? Parameter::kInput
                   : role == "attribute" ? Parameter::kAttribute
                                         : Parameter::kUnused;
  parameter.form = written == "sizes"   ? Parameter::kDims
                   : written == "axes"  ? Parameter::kAxes
                   : written == "ints"  ? Parameter::kInts
                   : written == "count" ? Parameter::kCount
                                        : Parameter::kAsGiven;
  parameter.is_optional = omitted != 0;
  parameter.input = static_cast<std::size_t>(input);
  parameter.name = Py_NewRef(name);
  parameter.attribute = Py_NewRef(attribute);
  parameter.fallback = has_default != 0 ? Py_NewRef(fallback) : nullptr;
  parameter.choices = PyTuple_GET_SIZE(choices) != 0 ? Py_NewRef(choices) : nullptr;
  PyUnicode_InternInPlace(&parameter.name);
  PyUnicode_InternInPlace(&parameter.attribute);
  return true;
}

// DirectFunction(function, op function, default name, parameters, only): what each parameter of the function is, and
// the number of an Only.
PyObject* direct_make(PyTypeObject* type, PyObject* args, PyObject*) {
  PyObject *function, *op_function, *name, *parameters;
  unsigned char only;
  if (!PyArg_ParseTuple(args, "OO!UO!b", &function, state().op_function_type, &op_function, &name, &PyTuple_Type,
                        &parameters, &only))
    return nullptr;
  if (PyTuple_GET_SIZE(parameters) > static_cast<Py_ssize_t>(Call::kMost))
    raise_error(PyExc_ValueError, "a direct function has at most 16 parameters");
  Ref self(allocated(type));
  PyDirectFunction* made = as_direct(self.get());
  made->vectorcall = unlocked<call_direct>;
  made->function = Py_NewRef(function);
  made->op_function = Py_NewRef(op_function);
  made->default_name = known_name(text_of(name));
  made->only = static_cast<Only>(only);
  made->parameters = new std::vector<Parameter>;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(parameters); ++i)
    if (!read_parameter(PyTuple_GET_ITEM(parameters, i), made->parameters->emplace_back())) return nullptr;
  return self.release();
}

}  // namespace

void bind_direct(PyObject* module) {
  add_type<PyDirectFunction>(
      module, "DirectFunction", Py_TPFLAGS_HAVE_VECTORCALL,
      DirectOwning::slots_and({slot(Py_tp_new, locked<direct_make>), slot(Py_tp_call, PyVectorcall_Call)}),
      state().composite_type);
}

}  // namespace scopetrie::python
