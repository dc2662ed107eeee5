// The state of a run, and updates of variables, for Python.
//
// NumPy takes memory for arrays from the handler of the current context (NEP 49). In a run that is a pool; an array
// keeps its handler, so it gives its memory back to the pool whenever it is freed.
#include "support/bindings.hpp"

#include <cmath>
#include <cstddef>

#include "scopetrie/values/adam.hpp"
#include "scopetrie/values/block_pool.hpp"
#include "scopetrie/values/subnormals.hpp"
#include "support/state.hpp"
#include "support/types.hpp"
#include "values/reals.hpp"

namespace scopetrie::python {
namespace {

/// Never destroyed: arrays may be freed when the process ends.
BlockPool& pool() {
  static auto* const only = new BlockPool;
  return *only;
}

// NumPy's struct PyDataMem_Handler, and what its table of functions has at these places since 1.22.
struct ArrayMemory {
  char name[127];
  std::uint8_t version;
  void* context;
  void* (*allocate)(void*, std::size_t);
  void* (*allocate_zeroed)(void*, std::size_t, std::size_t);
  void* (*reallocate)(void*, void*, std::size_t);
  void (*release)(void*, void*, std::size_t);
};
constexpr std::size_t kSetHandler = 304;
using SetHandler = PyObject* (*)(PyObject*);

ArrayMemory array_memory = {"scopetrie_pool",
                            1,
                            nullptr,
                            [](void*, std::size_t bytes) { return pool().allocate(bytes); },
                            [](void*, std::size_t count, std::size_t size) -> void* {
                              if (size != 0 && count > static_cast<std::size_t>(-1) / size) return nullptr;
                              return pool().allocate_zeroed(count * size);
                            },
                            [](void*, void* block, std::size_t bytes) { return pool().reallocate(block, bytes); },
                            [](void*, void* block, std::size_t) { pool().release(block); }};

/// NumPy's function, and our handler in the capsule that it takes.
struct Handlers {
  SetHandler set = nullptr;
  PyObject* ours = nullptr;
};
Handlers handlers;

void find_handlers() {
  const Ref module = checked(PyImport_ImportModule("numpy._core._multiarray_umath"));
  const Ref table = checked(PyObject_GetAttrString(module.get(), "_ARRAY_API"));
  auto* const functions = static_cast<void**>(PyCapsule_GetPointer(table.get(), nullptr));
  if (functions == nullptr) throw_raised();
  PyObject* ours = PyCapsule_New(&array_memory, "mem_handler", nullptr);
  if (ours == nullptr) throw_raised();
  handlers = {reinterpret_cast<SetHandler>(functions[kSetHandler]), ours};
}

struct PyInRun {
  PyObject_HEAD PyObject* function;
  vectorcallfunc vectorcall;
};
using InRunOwning = Owning<PyInRun, &PyInRun::function>;
PyInRun& in_run(PyObject* self) { return *reinterpret_cast<PyInRun*>(self); }

PyObject* call_flushing(PyObject* self, PyObject* const* args, std::size_t count, PyObject* keywords) {
  const FlushSubnormals flushing;
  return PyObject_Vectorcall(in_run(self).function, args, count, keywords);
}

PyObject* call_pooled(PyObject* self, PyObject* const* args, std::size_t count, PyObject* keywords) {
  const FlushSubnormals flushing;
  PyObject* before = handlers.set(handlers.ours);
  if (before == nullptr) return nullptr;
  PyObject* made = PyObject_Vectorcall(in_run(self).function, args, count, keywords);
  KeptException failed;  // if it did
  const Ref ours(handlers.set(before));
  Py_DECREF(before);
  if (made == nullptr || ours) return made;
  failed.drop();
  Py_DECREF(made);
  return nullptr;
}

// outside_run(function, *args)
PyObject* call_outside_run(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (count < 1) raise_error(PyExc_TypeError, "outside_run() takes a function, and its arguments");
  const KeepSubnormals keeping;
  return PyObject_Vectorcall(args[0], args + 1, static_cast<std::size_t>(count) - 1, nullptr);
}

// InRun(function, pooled=False)
PyObject* new_in_run(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  static Signature<2> signature("InRun", {"function", "pooled"});
  const auto given = parse_tuple(signature, args, kwargs);
  if (given[0] == nullptr || PyCallable_Check(given[0]) == 0) raise_error(PyExc_TypeError, "InRun() takes a function");
  const bool is_pooled = truth_of(given[1]);
  if (is_pooled && handlers.ours == nullptr) find_handlers();
  PyObject* self = allocated(type);
  in_run(self).function = Py_NewRef(given[0]);
  in_run(self).vectorcall = unlocked<call_flushing>;
  if (is_pooled) in_run(self).vectorcall = unlocked<call_pooled>;
  return self;
}

PyObject* trim_pool(PyObject*, PyObject*) {
  pool().trim();
  Py_RETURN_NONE;
}

// update_adam(variable, mean, square, grad, rate, beta1, beta2, epsilon, is_nesterov)
PyObject* update_adam_arrays(PyObject*, PyObject* args) {
  PyObject *variable, *mean, *square, *grad;
  double numbers[4];
  int is_nesterov;
  if (PyArg_ParseTuple(args, "OOOOddddp:update_adam", &variable, &mean, &square, &grad, &numbers[0], &numbers[1],
                       &numbers[2], &numbers[3], &is_nesterov) == 0)
    return nullptr;
  const Reals of_variable(variable, true), of_mean(mean, true), of_square(square, true), of_grad(grad, false);
  const char kind = of_variable.kind();
  if ((kind != 'f' && kind != 'd') || !of_mean.is_like(of_variable) || !of_square.is_like(of_variable) ||
      !of_grad.is_like(of_variable))
    raise_error(PyExc_TypeError, "update_adam: the arrays must be of one size, and all of float32 or of float64");
  of_variable.without_gil([&]<typename Real>(Real) {
    const AdamRates<Real> rates{static_cast<Real>(numbers[0]), static_cast<Real>(numbers[1]),
                                static_cast<Real>(numbers[2]), static_cast<Real>(numbers[3]), is_nesterov != 0};
    update_adam(rates, of_variable.elements<Real>(), of_mean.elements<Real>(), of_square.elements<Real>(),
                of_grad.elements<Real>(), of_variable.count<Real>());
  });
  Py_RETURN_NONE;
}

constexpr char kInRunDoc[] =
    "InRun(function, pooled=False)\n--\n\n"
    "A function that is called in the state of a run: subnormal numbers are zeros, as TensorFlow 1 computes, and with\n"
    "`pooled` NumPy makes arrays in memory that is kept from run to run.";
constexpr char kOutsideDoc[] =
    "outside_run($module, function, /, *args)\n--\n\n"
    "Calls a function in a run as it would be called outside of one: subnormal numbers are numbers.";
constexpr char kTrimDoc[] =
    "trim_pool($module, /)\n--\n\nGives the memory back that is kept for the arrays of later runs.";
constexpr char kAdamDoc[] =
    "update_adam($module, variable, mean, square, grad, rate, beta1, beta2, epsilon, is_nesterov, /)\n--\n\n"
    "Changes a variable and its slots by Adam's rule, in one pass: C-contiguous arrays of one size, all of float32 or\n"
    "of float64, of which none shares memory with another. `rate` is corrected for the number of steps.";

}  // namespace

void bind_computing(PyObject* module) {
  add_type<PyInRun>(module, "InRun", Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_HAVE_VECTORCALL,
                    InRunOwning::slots_and(
                        {slot(kInRunDoc), slot(Py_tp_new, unlocked<new_in_run>), slot(Py_tp_call, PyVectorcall_Call),
                         members({offset_of("__vectorcalloffset__", offsetof(PyInRun, vectorcall))})}));
  add_functions(module, {with_arguments("outside_run", unlocked<call_outside_run>, kOutsideDoc),
                         {"trim_pool", unlocked<trim_pool>, METH_NOARGS, kTrimDoc},
                         {"update_adam", unlocked<update_adam_arrays>, METH_VARARGS, kAdamDoc}});
}

}  // namespace scopetrie::python
