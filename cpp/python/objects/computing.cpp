// The state of a run, and updates of variables, for Python.
//
// NumPy takes memory for arrays from the handler of the current context (NEP 49). In a run that is a pool; an array
// keeps its handler, so it gives its memory back to the pool whenever it is freed.
#include "objects/computing.hpp"

#include <cmath>
#include <cstddef>
#include <string_view>

#include "scopetrie/values/adam.hpp"
#include "scopetrie/values/block_pool.hpp"
#include "scopetrie/values/subnormals.hpp"
#include "support/locking.hpp"
#include "support/state.hpp"

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
  PyObject *type, *error, *trace;
  if (made == nullptr) PyErr_Fetch(&type, &error, &trace);
  PyObject* ours = handlers.set(before);
  Py_DECREF(before);
  if (made == nullptr) {
    if (ours == nullptr) PyErr_Clear();
    PyErr_Restore(type, error, trace);
  } else if (ours == nullptr) {
    Py_CLEAR(made);
  }
  Py_XDECREF(ours);
  return made;
}

// outside_run(function, *args)
PyObject* call_outside_run(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (count < 1) {
    PyErr_SetString(PyExc_TypeError, "outside_run() takes a function, and its arguments");
    return nullptr;
  }
  const KeepSubnormals keeping;
  return PyObject_Vectorcall(args[0], args + 1, static_cast<std::size_t>(count) - 1, nullptr);
}

// InRun(function, pooled=False)
PyObject* new_in_run(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  static Signature<2> signature("InRun", {"function", "pooled"});
  PyObject* given[2];
  if (!parse_tuple(signature, args, kwargs, given)) return nullptr;
  if (given[0] == nullptr || PyCallable_Check(given[0]) == 0) {
    PyErr_SetString(PyExc_TypeError, "InRun() takes a function");
    return nullptr;
  }
  const int pooled = given[1] == nullptr ? 0 : PyObject_IsTrue(given[1]);
  if (pooled < 0) return nullptr;
  if (pooled != 0 && handlers.ours == nullptr) find_handlers();
  PyObject* self = type->tp_alloc(type, 0);
  if (self == nullptr) return nullptr;
  in_run(self).function = Py_NewRef(given[0]);
  if (pooled != 0)
    in_run(self).vectorcall = unlocked<call_pooled>;
  else
    in_run(self).vectorcall = unlocked<call_flushing>;
  return self;
}

int traverse_in_run(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(in_run(self).function);
  return 0;
}

int clear_in_run(PyObject* self) {
  Py_CLEAR(in_run(self).function);
  return 0;
}

void dealloc_in_run(PyObject* self) {
  PyObject_GC_UnTrack(self);
  PyTypeObject* type = Py_TYPE(self);
  Py_CLEAR(in_run(self).function);
  type->tp_free(self);
  Py_DECREF(type);
}

PyObject* trim_pool(PyObject*, PyObject*) {
  pool().trim();
  Py_RETURN_NONE;
}

/// The memory of one array of an update, which is held and checked.
class Reals {
 public:
  Reals(PyObject* array, bool is_writable) {
    const int flags = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (is_writable ? PyBUF_WRITABLE : 0);
    if (PyObject_GetBuffer(array, &view_, flags) < 0) throw_raised();
  }
  Reals(const Reals&) = delete;
  Reals& operator=(const Reals&) = delete;
  ~Reals() { PyBuffer_Release(&view_); }

  bool is_like(const Reals& other) const {
    return view_.len == other.view_.len && std::string_view(view_.format) == other.view_.format;
  }
  char kind() const { return view_.format[1] == 0 ? view_.format[0] : '?'; }
  template <typename Real>
  Real* elements() const {
    return static_cast<Real*>(view_.buf);
  }
  template <typename Real>
  std::size_t count() const {
    return static_cast<std::size_t>(view_.len) / sizeof(Real);
  }

 private:
  Py_buffer view_{};
};

template <typename Real>
void apply_adam(const Reals& variable, const Reals& mean, const Reals& square, const Reals& grad, const double* numbers,
                bool is_nesterov) {
  const AdamRates<Real> rates{static_cast<Real>(numbers[0]), static_cast<Real>(numbers[1]),
                              static_cast<Real>(numbers[2]), static_cast<Real>(numbers[3]), is_nesterov};
  Py_BEGIN_ALLOW_THREADS  // NOLINT
      update_adam(rates, variable.elements<Real>(), mean.elements<Real>(), square.elements<Real>(),
                  grad.elements<Real>(), variable.count<Real>());
  Py_END_ALLOW_THREADS  // NOLINT
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
      !of_grad.is_like(of_variable)) {
    PyErr_SetString(PyExc_TypeError, "update_adam: the arrays must be of one size, and all of float32 or of float64");
    return nullptr;
  }
  if (kind == 'f')
    apply_adam<float>(of_variable, of_mean, of_square, of_grad, numbers, is_nesterov != 0);
  else
    apply_adam<double>(of_variable, of_mean, of_square, of_grad, numbers, is_nesterov != 0);
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

bool bind_computing(PyObject* module) {
  static PyMemberDef members[] = {
      {"__vectorcalloffset__", T_PYSSIZET, offsetof(PyInRun, vectorcall), READONLY, nullptr},
      {nullptr, 0, 0, 0, nullptr}};
  PyType_Slot slots[] = {{Py_tp_doc, const_cast<char*>(kInRunDoc)},
                         {Py_tp_new, reinterpret_cast<void*>(unlocked<new_in_run>)},
                         {Py_tp_call, reinterpret_cast<void*>(PyVectorcall_Call)},
                         {Py_tp_members, members},
                         {Py_tp_traverse, reinterpret_cast<void*>(unlocked<traverse_in_run>)},
                         {Py_tp_clear, reinterpret_cast<void*>(unlocked<clear_in_run>)},
                         {Py_tp_dealloc, reinterpret_cast<void*>(unlocked<dealloc_in_run>)},
                         {0, nullptr}};
  PyType_Spec spec = {"scopetrie._core.InRun", sizeof(PyInRun), 0,
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_HAVE_VECTORCALL,
                      slots};
  static PyMethodDef functions[] = {with_arguments("outside_run", unlocked<call_outside_run>, kOutsideDoc),
                                    {"trim_pool", unlocked<trim_pool>, METH_NOARGS, kTrimDoc},
                                    {"update_adam", unlocked<update_adam_arrays>, METH_VARARGS, kAdamDoc},
                                    {nullptr, nullptr, 0, nullptr}};
  return add_type(module, spec) != nullptr && PyModule_AddFunctions(module, functions) == 0;
}

}  // namespace scopetrie::python
