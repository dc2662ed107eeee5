// Python's lock for threads that may not have it, also at the interpreter's end.
#pragma once

#include <Python.h>

namespace scopetrie::python {

/// Takes the GIL for a thread that may not have it, as PyGILState_Ensure(). Once the interpreter is gone, or goes
/// meanwhile, a thread other than the one that ended it waits here.
PyGILState_STATE ensure_gil() noexcept;

}  // namespace scopetrie::python
