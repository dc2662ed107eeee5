#include "support/ending.hpp"

#include <chrono>
#include <thread>

#include "support/bindings.hpp"
#include "support/ensure_gil.hpp"
#include "support/locking.hpp"
#include "support/python.hpp"

namespace scopetrie::python {

namespace {

std::thread::id ending_thread;  // which ran the atexit callbacks

PyObject* note_ending(PyObject*, PyObject*) {
  ending_thread = std::this_thread::get_id();
  is_ending.store(true, std::memory_order_release);
  Py_RETURN_NONE;
}

[[noreturn]] void stay() noexcept {
  for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
}

PyMethodDef note = {"note_ending", unlocked<note_ending>, METH_NOARGS, nullptr};

}  // namespace

void stay_if_ended() noexcept {
  static_cast<void>(is_ending.load(std::memory_order_acquire));  // before ending_thread is read
  if (std::this_thread::get_id() == ending_thread || PyGILState_Check() == 1) return;
  stay();
}

PyGILState_STATE ensure_gil() noexcept {
  // Without an interpreter, PyGILState_Check() says that each thread has the GIL.
  if (is_ending.load(std::memory_order_acquire) && Py_IsInitialized() == 0 &&
      std::this_thread::get_id() != ending_thread)
    stay();
  if (PyGILState_Check() != 0) return PyGILState_LOCKED;
  try {
    return PyGILState_Ensure();
  } catch (...) {  // the thread is being ended
    stay();
  }
}

void bind_ending(PyObject*) {
  const Ref atexit = checked(PyImport_ImportModule("atexit")), function = checked(PyCFunction_New(&note, nullptr));
  checked(PyObject_CallMethod(atexit.get(), "register", "O", function.get()));
}

}  // namespace scopetrie::python
