#include "calls/signatures.hpp"

#include "calls/composite.hpp"
#include "support/state.hpp"

namespace scopetrie::python {

namespace {

enum class Answer { kNo, kYes, kNobodyKnows };

bool is_composite(PyObject* callable) { return PyObject_TypeCheck(callable, state().composite_type) != 0; }

// The code of a callable that Python code defines; a new reference, null for others.
Ref code_of(PyObject* callable) {
  if (PyMethod_Check(callable)) callable = PyMethod_GET_FUNCTION(callable);
  Ref call;
  if (!PyFunction_Check(callable) && !PyType_Check(callable) && !is_composite(callable)) {
    // Of an object, what its class defines; of C's own, __call__ is no Python function.
    call = Ref(PyObject_GetAttrString(reinterpret_cast<PyObject*>(Py_TYPE(callable)), "__call__"));
    if (!call) PyErr_Clear();
    callable = call.get();
  }
  // Its parameters are those of its function.
  if (callable != nullptr && is_composite(callable)) callable = as_composite(callable)->function;
  if (callable == nullptr || !PyFunction_Check(callable)) return {};
  return Ref::borrowed(PyFunction_GetCode(callable));
}

Answer has_parameter(PyObject* callable, const char* parameter, bool or_any_keyword) {
  const Ref code = code_of(callable);
  if (!code) return Answer::kNobodyKnows;
  const auto* read = reinterpret_cast<PyCodeObject*>(code.get());
  if (or_any_keyword && (read->co_flags & CO_VARKEYWORDS) != 0) return Answer::kYes;
  const Ref names(PyCode_GetVarnames(reinterpret_cast<PyCodeObject*>(code.get())));
  if (!names) throw_raised();
  const int count = read->co_argcount + read->co_kwonlyargcount;
  for (int i = 0; i < count; ++i)
    if (PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(names.get(), i), parameter) == 0) return Answer::kYes;
  return Answer::kNo;
}

bool ask(PyObject* callable, const char* parameter, bool or_any_keyword) {
  const Ref answer(
      PyObject_CallFunction(state().hooks.takes, "OsO", callable, parameter, or_any_keyword ? Py_True : Py_False));
  if (!answer) throw_raised();
  return answer.get() == Py_True;
}

bool has(PyObject* callable, const char* parameter, bool or_any_keyword) {
  const Answer answer = has_parameter(callable, parameter, or_any_keyword);
  return answer == Answer::kNobodyKnows ? ask(callable, parameter, or_any_keyword) : answer == Answer::kYes;
}

}  // namespace

bool takes(PyObject* callable, const char* parameter) { return has(callable, parameter, false); }
bool takes_keyword(PyObject* callable, const char* parameter) { return has(callable, parameter, true); }

bool needs_nothing(PyObject* callable) {
  // A function without attributes has no other signature than its code's.
  if (PyFunction_Check(callable) && reinterpret_cast<PyFunctionObject*>(callable)->func_dict == nullptr) {
    const auto* code = reinterpret_cast<PyCodeObject*>(PyFunction_GET_CODE(callable));
    if (code->co_argcount == 0 && code->co_kwonlyargcount == 0) return true;
  }
  const Ref answer(PyObject_CallOneArg(state().hooks.needs_nothing, callable));
  if (!answer) throw_raised();
  return answer.get() == Py_True;
}

}  // namespace scopetrie::python
