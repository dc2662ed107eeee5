// What every function of the extension goes through on its way in and out: the lock that stands in for the GIL, and
// the translation of C++ exceptions.
//
// `locked<f>` is f inside of the lock, `unlocked<f>` f without it; both turn a C++ exception that leaves f into a
// Python one (set_python_error()), so that none crosses into the interpreter. Tables of methods, slots and properties
// hold nothing else; tests/test_boundary.py reads them.
//
// With a GIL, a function of the extension has the graphs, scopes and tables to itself until it calls into Python.
// Without one it gets that from a critical section, which `locked<f>` opens around f in the tables of methods and
// slots. All of them lock one object of the package, not the graph at hand: scopes go from graph to graph, operators
// and context managers only learn inside which graph they are about, and names, op types and the default graph belong
// to no graph. So one thread at a time builds, as with the GIL; sessions run in Python and do not wait for each other.
//
// Invariants: a critical section is left while its thread waits for something, that is where a GIL would have been
// given up, so nothing shared may be half changed when Python is called, nor trusted afterwards without another look.
// A list of the caller's is locked by itself and by nobody here: it is read through a Snapshot, OwnTuples or
// items_of(), which may wait. So may interning a string, and all that calls Python: neither belongs into the
// initialization of a static within a function, on which C++ lets other threads wait with the lock in their hands. What
// only reads fields that never change (a handle's graph and number) needs no lock. On builds with a GIL the lock
// is empty.
#pragma once

#include <Python.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "scopetrie/tables/compiler.hpp"
#include "support/ending.hpp"

namespace scopetrie::python {

#ifdef Py_GIL_DISABLED

/// Made before anything is locked, and never destroyed.
extern PyObject* the_lock;

class Lock {
 public:
#if PY_VERSION_HEX >= 0x030E0000
  Lock() { PyCriticalSection_Begin(&section_, the_lock); }
  ~Lock() { PyCriticalSection_End(&section_); }
#else
  // Python 3.13 waits for the lock even where the thread's innermost section has it: it hands it over, and takes it
  // again. That is right, but takes microseconds.
  Lock() : outer_(innermost) {
    if (outer_ != nullptr && PyThreadState_Get()->critical_section == reinterpret_cast<std::uintptr_t>(outer_)) return;
    PyCriticalSection_Begin(&section_, the_lock);
    innermost = &section_;
    is_own_ = true;
  }
  ~Lock() {
    if (!is_own_) return;
    innermost = outer_;
    PyCriticalSection_End(&section_);
  }
#endif
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  PyCriticalSection section_;
#if PY_VERSION_HEX < 0x030E0000
  static inline constinit thread_local PyCriticalSection* innermost = nullptr;  // of those that are a Lock's
  PyCriticalSection* outer_;
  bool is_own_ = false;
#endif
};

/// An argument that may be somebody's list, as a tuple that nobody changes.
class Snapshot {
 public:
  explicit Snapshot(PyObject* object) : object_(object) {
    if (object == nullptr || !PyList_Check(object)) return;
    owned_ = tuple_of(object);
    if (owned_ != nullptr) {
      object_ = owned_;
    } else {
      PyErr_Clear();  // there is no memory, which what comes next will find out, too
    }
  }
  ~Snapshot() { Py_XDECREF(owned_); }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  PyObject* get() const { return object_; }

 private:
  PyObject* object_;
  PyObject* owned_ = nullptr;
};

/// `value` with tuples in place of the lists in it. A new reference; null, without an exception, for lists of a type of
/// the program's, and for more than anybody here reads.
PyObject* in_tuples(PyObject* value);

/// Values that may be lists of lists, as tuples that nobody changes: at most N of them.
template <std::size_t N>
class OwnTuples {
 public:
  OwnTuples() = default;
  ~OwnTuples() {
    while (count_ > 0) Py_DECREF(owned_[--count_]);
  }
  OwnTuples(const OwnTuples&) = delete;
  OwnTuples& operator=(const OwnTuples&) = delete;

  /// Borrowed; where in_tuples() has none, an object that nobody takes for a plain value.
  PyObject* of(PyObject* value) {
    if (!PyList_Check(value) && !PyTuple_CheckExact(value)) return value;
    PyObject* made = in_tuples(value);
    return made == nullptr ? Py_NotImplemented : owned_[count_++] = made;
  }

 private:
  std::size_t count_ = 0;
  PyObject* owned_[N];
};

/// The items of a list or tuple, owned, as long as there are at most N: of more, none.
template <std::size_t N>
class OwnItems {
 public:
  explicit OwnItems(PyObject* list) : list_(list) {}
  std::span<PyObject* const> get() const {
    if (list_.get() == nullptr || !PyTuple_Check(list_.get())) return {};
    const auto count = static_cast<std::size_t>(PyTuple_GET_SIZE(list_.get()));
    return {&PyTuple_GET_ITEM(list_.get(), 0), count <= N ? count : 0};
  }

 private:
  Snapshot list_;
};

/// A new reference, unless the last one has just gone and the object is about to be freed. The object must have been
/// given to allow_try_incref() when it was made, and its deallocator must wait for the lock that the caller has.
inline bool try_incref(PyObject* object) {
#if PY_VERSION_HEX >= 0x030E0000
  return PyUnstable_TryIncRef(object) != 0;
#else
  // A thread that owns the object counts for itself; the others count in ob_ref_shared, which says by its flags when
  // the owner's count has been added to it. Without any of its own, and merged or not, the object is on its way out.
  if (_Py_IsOwnedByCurrentThread(object)) {
    if (_Py_atomic_load_uint32_relaxed(&object->ob_ref_local) == 0) return false;
    Py_INCREF(object);
    return true;
  }
  Py_ssize_t shared = _Py_atomic_load_ssize_relaxed(&object->ob_ref_shared);
  do {
    if (shared == 0 || shared == _Py_REF_MERGED) return false;
  } while (!_Py_atomic_compare_exchange_ssize(&object->ob_ref_shared, &shared,
                                              shared + (Py_ssize_t{1} << _Py_REF_SHARED_SHIFT)));
  return true;
#endif
}

inline void allow_try_incref(PyObject* object) {
#if PY_VERSION_HEX >= 0x030E0000
  PyUnstable_EnableTryIncRef(object);
#else
  // Nobody else has it yet. The flag keeps its owner from freeing it without a look at the shared count.
  object->ob_ref_shared = _Py_REF_MAYBE_WEAKREF;
#endif
}

#else

class Lock {
 public:
  Lock() {}   // NOLINT(modernize-use-equals-default): a variable of it counts as used
  ~Lock() {}  // NOLINT(modernize-use-equals-default)
};

class Snapshot {
 public:
  explicit Snapshot(PyObject* object) : object_(object) {}
  PyObject* get() const { return object_; }

 private:
  PyObject* object_;
};

template <std::size_t N>
class OwnTuples {
 public:
  OwnTuples() {}  // NOLINT(modernize-use-equals-default)
  PyObject* of(PyObject* value) { return value; }
};

/// The items of a list or tuple, owned, as long as there are at most N: of more, none.
template <std::size_t N>
class OwnItems {
 public:
  explicit OwnItems(PyObject* list) {
    const Py_ssize_t size = PySequence_Fast_GET_SIZE(list);
    if (size > static_cast<Py_ssize_t>(N)) return;
    for (; count_ < static_cast<std::size_t>(size); ++count_)
      owned_[count_] = Py_NewRef(PySequence_Fast_GET_ITEM(list, static_cast<Py_ssize_t>(count_)));
  }
  ~OwnItems() {
    while (count_ > 0) Py_DECREF(owned_[--count_]);
  }
  OwnItems(const OwnItems&) = delete;
  OwnItems& operator=(const OwnItems&) = delete;

  std::span<PyObject* const> get() const { return {owned_, count_}; }

 private:
  std::size_t count_ = 0;
  PyObject* owned_[N];
};

inline bool try_incref(PyObject* object) {
  Py_INCREF(object);
  return true;
}
inline void allow_try_incref(PyObject*) {}

#endif

/// Without the GIL, for as long as it lives: for long loops over memory that is held.
class Released {
 public:
  Released() : state_(PyEval_SaveThread()) {}
  Released(const Released&) = delete;
  Released& operator=(const Released&) = delete;
  // A thread may end here, by unwinding: see is_ending.
  ~Released() noexcept(false) { PyEval_RestoreThread(state_); }

 private:
  PyThreadState* state_;
};

/// Sets the Python exception for the C++ exception that is being handled: MemoryError for std::bad_alloc,
/// OverflowError for what is too long, too large or out of range, the class of its kind for a core Error, the one that
/// is set for PythonRaised, RuntimeError with its text for any other.
SCOPETRIE_COLD void set_python_error() noexcept;
/// The same where nobody is there to be told, as in a deallocator: sys.unraisablehook gets it.
SCOPETRIE_COLD void report_unraisable() noexcept;

/// Inside of no lock.
struct NoLock {
  NoLock() {}   // NOLINT(modernize-use-equals-default): as Lock's
  ~NoLock() {}  // NOLINT(modernize-use-equals-default)
};

template <class Guard, auto function>
struct Boundary;
template <class Guard, class Result, class... Arguments, Result (*function)(Arguments...)>
struct Boundary<Guard, function> {
  static_assert(std::is_pointer_v<Result> || std::is_integral_v<Result> || std::is_void_v<Result>);
  static_assert(!std::is_same_v<Result, bool>, "false is no sign of an exception to Python");

  static Result call(Arguments... arguments) {
    try {
      const Guard guard;
      return function(arguments...);
    } catch (...) {
      stay_if_thread_ends();
      return failed();
    }
  }

 private:
  SCOPETRIE_COLD static Result failed() noexcept {
    if constexpr (std::is_void_v<Result>) {
      report_unraisable();
    } else {
      set_python_error();
      if constexpr (std::is_pointer_v<Result>)
        return nullptr;
      else
        return -1;
    }
  }
};

template <auto function>
inline constexpr auto locked = &Boundary<Lock, function>::call;
template <auto function>
inline constexpr auto unlocked = &Boundary<NoLock, function>::call;

}  // namespace scopetrie::python
