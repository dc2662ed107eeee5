// The end of the interpreter, as threads meet it that still run.
//
// From the interpreter's atexit callbacks on, Python may end a daemon thread where it asks for Python's lock, by
// unwinding its stack (PyThread_exit_thread). The thread's C++ frames would then run without the lock, and a
// `catch (...)` that raises nothing again would end the process. As Python 3.14 does, such a thread waits instead, in
// the first frame that would touch Python.
//
// Invariants: is_ending is set with Python's lock, and stays. Thread safety: any thread may call stay_if_thread_ends().
#pragma once

#include <Python.h>

#include <atomic>

#include "scopetrie/tables/compiler.hpp"

namespace scopetrie::python {

/// Whether the atexit callbacks have been run.
inline std::atomic<bool> is_ending = false;
/// Waits for the process to end, in a thread that is being ended.
SCOPETRIE_COLD void stay_if_ended() noexcept;
/// To be called before a destructor or a handler touches Python.
inline void stay_if_thread_ends() noexcept {
  if (is_ending.load(std::memory_order_relaxed)) [[unlikely]]
    stay_if_ended();
}

}  // namespace scopetrie::python
