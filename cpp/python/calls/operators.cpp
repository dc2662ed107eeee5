// Python's operators on tensors and variables: x + y, -x, x[...].
#include <cstring>

#include "calls/subscript.hpp"
#include "ops/op_function.hpp"

namespace scopetrie::python {

namespace {

enum Slot {
  kAdd,
  kSubtract,
  kMultiply,
  kTrueDivide,
  kFloorDivide,
  kRemainder,
  kPower,
  kMatMul,
  kAnd,
  kOr,
  kXor,
  kNegative,
  kAbsolute,
  kInvert,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kSubscript,
  kSlotCount
};
constexpr const char* kSlotNames[kSlotCount] = {"add",    "sub", "mul", "truediv", "floordiv", "mod", "pow",
                                                "matmul", "and", "or",  "xor",     "neg",      "abs", "invert",
                                                "lt",     "le",  "gt",  "ge",      "getitem"};

/// The implementation of an operator: an op function and the default name of its nodes, or a Python function.
struct Operator {
  const Definition* definition = nullptr;
  std::uint32_t name = 0;
  PyObject* function = nullptr;  // owned; keeps `definition` alive, too
  PyObject* on_bools = nullptr;  // owned; called instead if the left operand is a bool; may be null
};
Operator operators[kSlotCount];

bool is_operand(PyObject* object) { return is_tensor(object) || is_variable(object); }

bool is_bool(PyObject* object) {
  if (!is_operand(object)) return false;
  const GraphState& graph = state_of(handle(object)->graph);
  const TensorId tensor = is_tensor(object) ? id_of(object) : graph.variables[id_of(object)].ref;
  return base_dtype(graph.ops.tensor(tensor).dtype) == kBool;
}

// The operators' functions are imported at the first use of one that the extension does not do by itself. Throws.
SCOPETRIE_COLD void load_operators() {
  load("ops.operators");
  if (operators[kAdd].function != nullptr) return;
  raise_error(PyExc_ImportError, "tensors have no operators while those are imported");
}

// Whether `object` implements the reflected operator, so that ours may return NotImplemented.
bool has_reflected(PyObject* object, Slot slot) {
  const std::string name = std::string("__r") + kSlotNames[slot] + "__";
  return PyObject_HasAttrString(object, name.c_str()) == 1;
}

template <Slot slot>
PyObject* binary(PyObject* x, PyObject* y) {
  const Operator& op = operators[slot];
  if (op.definition != nullptr) [[likely]] {
    PyObject* const args[] = {x, y};
    try {
      PyObject* made = build(*op.definition, args, nullptr, op.name, nullptr, Conversion::kPreferred);
      if (made != nullptr) [[likely]]
        return made;
    } catch (const PythonRaised&) {  // NOLINT(bugprone-empty-catch): others may know what to do
      stay_if_thread_ends();
    }
    if (op.on_bools != nullptr && PyErr_ExceptionMatches(PyExc_TypeError) && is_bool(x)) {
      PyErr_Clear();
      return PyObject_CallFunctionObjArgs(op.on_bools, x, y, nullptr);
    }
  } else if (op.function != nullptr) {
    PyObject* made = PyObject_CallFunctionObjArgs(op.function, x, y, nullptr);
    if (made != nullptr) return made;
  } else {
    load_operators();
    return binary<slot>(x, y);
  }
  // As in v1, a right operand of a foreign type gets its turn if it implements the operator.
  if (!PyErr_ExceptionMatches(PyExc_TypeError) && !PyErr_ExceptionMatches(PyExc_ValueError)) return nullptr;
  KeptException kept;
  if (is_operand(y) || PyNumber_Check(y) || PySequence_Check(y) || !has_reflected(y, slot)) return nullptr;
  kept.drop();
  Py_RETURN_NOTIMPLEMENTED;
}

template <Slot slot>
PyObject* unary(PyObject* x) {
  const Operator& op = operators[slot];
  if (op.definition != nullptr) return build(*op.definition, &x, nullptr, op.name, nullptr, Conversion::kPreferred);
  if (op.function == nullptr) {
    load_operators();
    return unary<slot>(x);
  }
  return PyObject_CallOneArg(op.function, x);
}

PyObject* power(PyObject* x, PyObject* y, PyObject* modulo) {
  if (modulo != Py_None) Py_RETURN_NOTIMPLEMENTED;
  return binary<kPower>(x, y);
}

PyObject* subscript(PyObject* x, PyObject* key) {
  {
    const Lock lock;
    if (PyObject* made = subscript_plain(x, key)) return made;
  }
  if (operators[kSubscript].function == nullptr) load_operators();
  return PyObject_CallFunctionObjArgs(operators[kSubscript].function, x, key, nullptr);
}

const PyType_Slot kOperators[] = {slot(Py_nb_add, locked<binary<kAdd>>),
                                  slot(Py_nb_subtract, locked<binary<kSubtract>>),
                                  slot(Py_nb_multiply, locked<binary<kMultiply>>),
                                  slot(Py_nb_true_divide, locked<binary<kTrueDivide>>),
                                  slot(Py_nb_floor_divide, locked<binary<kFloorDivide>>),
                                  slot(Py_nb_remainder, locked<binary<kRemainder>>),
                                  slot(Py_nb_power, locked<power>),
                                  slot(Py_nb_matrix_multiply, locked<binary<kMatMul>>),
                                  slot(Py_nb_and, locked<binary<kAnd>>),
                                  slot(Py_nb_or, locked<binary<kOr>>),
                                  slot(Py_nb_xor, locked<binary<kXor>>),
                                  slot(Py_nb_negative, locked<unary<kNegative>>),
                                  slot(Py_nb_absolute, locked<unary<kAbsolute>>),
                                  slot(Py_nb_invert, locked<unary<kInvert>>),
                                  slot(Py_mp_subscript, unlocked<subscript>)};

}  // namespace

std::vector<PyType_Slot> operators_and(std::vector<PyType_Slot> slots) {
  slots.insert(slots.end(), std::begin(kOperators), std::end(kOperators));
  return slots;
}

PyObject* compare_order(PyObject* x, PyObject* y, int how) {
  switch (how) {
    case Py_LT:
      return locked<binary<kLess>>(x, y);
    case Py_LE:
      return locked<binary<kLessEqual>>(x, y);
    case Py_GT:
      return locked<binary<kGreater>>(x, y);
    default:
      return locked<binary<kGreaterEqual>>(x, y);
  }
}

void keep_operators(PyObject* table) {
  if (!PyDict_Check(table)) raise_error(PyExc_TypeError, "operators: a dict is needed");
  Py_ssize_t at = 0;
  for (PyObject *key, *value; PyDict_Next(table, &at, &key, &value);) {
    const char* text = PyUnicode_AsUTF8(key);
    if (text == nullptr) throw_raised();
    int slot = 0;
    while (slot < kSlotCount && std::strcmp(kSlotNames[slot], text) != 0) ++slot;
    if (slot == kSlotCount) raise_error(PyExc_ValueError, "there is no operator %R", key);
    Operator& op = operators[slot];
    if (PyTuple_Check(value)) {
      PyObject *function, *name, *on_bools = nullptr;
      if (!PyArg_ParseTuple(value, "O!U|O", state().op_function_type, &function, &name, &on_bools)) throw_raised();
      Py_XSETREF(op.on_bools, Py_XNewRef(on_bools));
      op.definition = reinterpret_cast<PyOpFunction*>(function)->definition;
      op.name = known_name(text_of(name));
      Py_XSETREF(op.function, Py_NewRef(function));
    } else {
      op.definition = nullptr;
      Py_XSETREF(op.function, Py_NewRef(value));
    }
  }
  for (int slot = 0; slot < kSlotCount; ++slot)
    if (operators[slot].function == nullptr)
      raise_error(PyExc_ValueError, "operators: there is none for %s", kSlotNames[slot]);
}

}  // namespace scopetrie::python
