// Helpers for the Python C API: an owning reference, keyword parsing for fast calls, type creation.
#pragma once

#include <Python.h>
#include <structmember.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "scopetrie/tables/compiler.hpp"
#include "support/containers.hpp"
#include "support/ending.hpp"

namespace scopetrie::python {

/// An owned reference; null while an exception is set.
class Ref {
 public:
  Ref() = default;
  explicit Ref(PyObject* owned) : object_(owned) {}
  static Ref borrowed(PyObject* object) { return Ref(Py_XNewRef(object)); }
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref& operator=(Ref&& other) noexcept {
    PyObject* old = std::exchange(object_, std::exchange(other.object_, nullptr));
    Py_XDECREF(old);
    return *this;
  }
  Ref(const Ref&) = delete;
  Ref& operator=(const Ref&) = delete;
  ~Ref() {
    stay_if_thread_ends();
    Py_XDECREF(object_);
  }

  PyObject* get() const noexcept { return object_; }
  PyObject* release() noexcept { return std::exchange(object_, nullptr); }
  explicit operator bool() const noexcept { return object_ != nullptr; }

 private:
  PyObject* object_ = nullptr;
};

/// Words the exception that is set because a str has no UTF-8 text; gives null text. `call` is the public one, unless
/// that is a function of the package's.
SCOPETRIE_COLD std::string_view refuse_text(PyObject* str, const char* call);
/// A Python str's UTF-8 text, or null text (data() == nullptr) with an exception set.
inline std::string_view text_of(PyObject* str, const char* call = nullptr) {
  Py_ssize_t size = 0;
  const char* data = PyUnicode_AsUTF8AndSize(str, &size);
  if (data == nullptr) [[unlikely]]
    return refuse_text(str, call);
  return {data, static_cast<std::size_t>(size)};
}

/// Whether a name is a str; false with v1's exception set.
inline bool is_name(PyObject* name) {
  if (PyUnicode_Check(name)) return true;
  PyErr_Format(PyExc_TypeError, "expected string or bytes-like object, got '%s'", Py_TYPE(name)->tp_name);
  return false;
}

/// A str of text in UTF-8. ASCII, as names mostly are, is copied and not decoded. Null with an exception set.
PyObject* to_str(std::string_view text);

/// The same of a text that is known to be ASCII, as plain names are: no decoding is needed.
inline PyObject* ascii_str(std::string_view text) {
  PyObject* str = PyUnicode_New(static_cast<Py_ssize_t>(text.size()), 127);
  if (str != nullptr) std::memcpy(PyUnicode_DATA(str), text.data(), text.size());
  return str;
}

/// Thrown through the core where a Python exception is set.
struct PythonRaised {};
[[noreturn]] SCOPETRIE_COLD inline void throw_raised() { throw PythonRaised(); }

/// Raises a Python exception: PyErr_Format().
template <class... Arguments>
[[noreturn]] SCOPETRIE_COLD void raise_error(PyObject* type, const char* format, Arguments... arguments) {
  PyErr_Format(type, format, arguments...);
  throw PythonRaised();
}
/// Raises an exception that somebody has made.
[[noreturn]] SCOPETRIE_COLD inline void raise_object(PyObject* error) {
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(error)), error);
  throw PythonRaised();
}

/// The exception that is set, if there is one, out of the way until the end of the block. One that is set meanwhile is
/// dropped.
class KeptException {
 public:
  KeptException() { PyErr_Fetch(&type_, &value_, &traceback_); }
  ~KeptException() {
    stay_if_thread_ends();
    if (!is_dropped_) PyErr_Restore(type_, value_, traceback_);
  }
  KeptException(const KeptException&) = delete;
  KeptException& operator=(const KeptException&) = delete;

  /// The exception itself, borrowed; null where there is none.
  PyObject* object() {
    if (type_ != nullptr) PyErr_NormalizeException(&type_, &value_, &traceback_);
    return value_;
  }
  /// Forgets it. What has been set meanwhile stays.
  void drop() {
    Py_CLEAR(type_);
    Py_CLEAR(value_);
    Py_CLEAR(traceback_);
    is_dropped_ = true;
  }

 private:
  PyObject *type_, *value_, *traceback_;
  bool is_dropped_ = false;
};

/// A reference that is not null, or PythonRaised.
inline Ref checked(PyObject* made) {
  if (made == nullptr) throw_raised();
  return Ref(made);
}
/// The text of a name, or PythonRaised.
inline std::string_view checked_text(PyObject* name, const char* call = nullptr) {
  const std::string_view text = is_name(name) ? text_of(name, call) : std::string_view();
  if (text.data() == nullptr) throw_raised();
  return text;
}

/// The text of an argument that must be a str: `what` it is, "a name" or "a path". Throws.
std::string_view argument_text(const char* call, const char* what, PyObject* given);

/// The tuple or the list of make(0), ..., make(count - 1), each a new reference; null with an exception set where one
/// of them is null.
template <class Make>
PyObject* tuple_of(std::size_t count, Make&& make) {
  Ref tuple(new_tuple(static_cast<Py_ssize_t>(count)));
  for (std::size_t i = 0; tuple && i < count; ++i) {
    PyObject* made = make(static_cast<std::uint32_t>(i));
    if (made == nullptr) return nullptr;
    PyTuple_SET_ITEM(tuple.get(), static_cast<Py_ssize_t>(i), made);
  }
  return tuple.release();
}
template <class Make>
PyObject* list_of(std::size_t count, Make&& make) {
  Ref list(new_list(static_cast<Py_ssize_t>(count)));
  for (std::size_t i = 0; list && i < count; ++i) {
    PyObject* made = make(static_cast<std::uint32_t>(i));
    if (made == nullptr) return nullptr;
    PyList_SET_ITEM(list.get(), static_cast<Py_ssize_t>(i), made);
  }
  return list.release();
}

/// The tuple of what `convert` makes of each item of a list or tuple, which may be changed meanwhile; null as above.
template <class Convert>
PyObject* map_items(PyObject* value, Convert&& convert) {
  const Ref items(PyList_Check(value) ? tuple_of(value) : Py_NewRef(value));
  if (!items) return nullptr;
  return tuple_of(static_cast<std::size_t>(PyTuple_GET_SIZE(items.get())),
                  [&](std::uint32_t i) { return convert(PyTuple_GET_ITEM(items.get(), static_cast<Py_ssize_t>(i))); });
}

/// The value of a key that is a text, borrowed; null where there is none. Throws where there is no memory to look.
PyObject* item_of(PyObject* dict, const char* key);

/// Whether an object is true; `usual` for null. Throws.
inline bool truth_of(PyObject* object, bool usual = false) {
  const int truth = object == nullptr ? int{usual} : PyObject_IsTrue(object);
  if (truth < 0) throw_raised();
  return truth != 0;
}

inline PyObject* object_of(PyObject* object) { return object; }
inline PyObject* object_of(const Ref& object) { return object.get(); }
/// What a function gives for these arguments: references, pointers to objects, and what else object_of() takes. Throws.
template <class... Arguments>
Ref called(PyObject* function, const Arguments&... arguments) {
  PyObject* const given[] = {nullptr, object_of(arguments)...};
  constexpr std::size_t kFlagged = sizeof...(arguments) | PY_VECTORCALL_ARGUMENTS_OFFSET;
  return checked(PyObject_Vectorcall(function, given + 1, kFlagged, nullptr));
}

inline PyObject* or_none(PyObject* object) { return object == nullptr ? Py_None : object; }
/// In v1, None nearly always means "not given".
inline PyObject* none_to_null(PyObject* object) { return object == Py_None ? nullptr : object; }

/// Where the arguments of a call go, by their places in it.
template <std::size_t N>
using Order = std::array<std::uint8_t, N>;
template <std::size_t N>
constexpr Order<N> in_order() {
  Order<N> order{};
  for (std::size_t i = 0; i < N; ++i) order[i] = static_cast<std::uint8_t>(i);
  return order;
}

/// The parameters of a fast call. parse() matches keywords by pointer, since Python interns them, and compares text
/// only if that fails. It gives borrowed references, null for what is not given; a call must give the first `needed`
/// parameters. Throws.
template <std::size_t N, std::size_t M = N, Order<N> order = in_order<N>()>
class Signature {
 public:
  constexpr Signature(const char* function, std::array<const char*, N> names) : function_(function), names_(names) {}

  std::array<PyObject*, M> parse(PyObject* const* args, Py_ssize_t positional, PyObject* keywords,
                                 std::size_t needed = 0) {
    std::array<PyObject*, M> out;
    if (positional > static_cast<Py_ssize_t>(N)) [[unlikely]]
      refuse_count(positional);
    take_positional(args, positional, out, std::make_index_sequence<N>(), std::make_index_sequence<M>());
    const Py_ssize_t count = keywords == nullptr ? 0 : PyTuple_GET_SIZE(keywords);
    std::size_t next = 0;  // where to look first: programs mostly write keywords in the order of the parameters
    for (Py_ssize_t k = 0; k < count; ++k) {
      PyObject* keyword = PyTuple_GET_ITEM(keywords, k);
      std::size_t at = next;
      while (at < N && interned_[at] != keyword) ++at;
      if (at == N) [[unlikely]]
        at = find(keyword);
      next = at + 1;
      PyObject*& place = out[place_of(at)];
      if (place != nullptr) [[unlikely]]
        refuse("%s() got multiple values for argument '%s'", at);
      place = args[positional + k];
    }
    for (std::size_t i = 0; i < needed; ++i)
      if (out[place_of(i)] == nullptr) [[unlikely]]
        refuse("%s() missing 1 required positional argument: '%s'", i);
    return out;
  }

 private:
  // Without loops, of which GCC makes `rep stos` and vectors: a few arguments are given, and many are not.
  template <std::size_t... I, std::size_t... All>
  static void take_positional(PyObject* const* args, Py_ssize_t positional, std::array<PyObject*, M>& out,
                              std::index_sequence<I...>, std::index_sequence<All...>) {
    ((out[All] = nullptr), ...);
    static_cast<void>(((static_cast<Py_ssize_t>(I) < positional && (out[order[I]] = args[I], true)) && ...));
  }
  static constexpr std::size_t place_of(std::size_t at) {
    if constexpr (order == in_order<N>())
      return at;
    else
      return order[at];
  }
  [[noreturn]] SCOPETRIE_COLD void refuse_count(Py_ssize_t given) {
    raise_error(PyExc_TypeError, "%s() takes at most %zu positional arguments but %zd were given", function_, N, given);
  }
  [[noreturn]] SCOPETRIE_COLD void refuse(const char* format, std::size_t at) {
    raise_error(PyExc_TypeError, format, function_, names_[at]);
  }
  std::size_t find(PyObject* keyword) {
    for (std::size_t at = 0; at < N; ++at)
      if (interned_[at] == keyword) return at;
    return match(keyword);
  }
  std::size_t match(PyObject* keyword) {
    if (interned_[0] == nullptr)
      for (std::size_t i = N; i-- > 0;) interned_[i] = PyUnicode_InternFromString(names_[i]);
    for (std::size_t i = 0; i < N; ++i)
      if (PyUnicode_Compare(interned_[i], keyword) == 0) return i;
    if (PyErr_Occurred() != nullptr) throw_raised();
    raise_error(PyExc_TypeError, "%s() got an unexpected keyword argument '%U'", function_, keyword);
  }

  const char* function_;
  std::array<const char*, N> names_;
  PyObject* interned_[N] = {};
};

/// parse() of the arguments of tp_new / tp_init, a tuple and a dict.
template <std::size_t N, std::size_t M, Order<N> order>
std::array<PyObject*, M> parse_tuple(Signature<N, M, order>& signature, PyObject* args, PyObject* kwargs) {
  PyObject* flat[2 * N + 1];
  const Py_ssize_t positional = PyTuple_GET_SIZE(args);
  if (positional > static_cast<Py_ssize_t>(N)) return signature.parse(nullptr, positional, nullptr);
  for (Py_ssize_t i = 0; i < positional; ++i) flat[i] = PyTuple_GET_ITEM(args, i);
  if (kwargs == nullptr || PyDict_GET_SIZE(kwargs) == 0) return signature.parse(flat, positional, nullptr);
  const Py_ssize_t count = std::min(PyDict_GET_SIZE(kwargs), static_cast<Py_ssize_t>(N));
  const Ref names = checked(new_tuple(count));
  Py_ssize_t at = 0, k = 0;
  for (PyObject *key, *value; k < count && PyDict_Next(kwargs, &at, &key, &value); ++k) {
    PyTuple_SET_ITEM(names.get(), k, Py_NewRef(key));
    flat[positional + k] = value;
  }
  return signature.parse(flat, positional, names.get());
}

/// tp_new of a type with a vectorcall: `type.__new__(type, ...)` makes that call.
inline PyObject* new_by_call(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  return PyObject_VectorcallDict(reinterpret_cast<PyObject*>(type), reinterpret_cast<PyTupleObject*>(args)->ob_item,
                                 static_cast<std::size_t>(PyTuple_GET_SIZE(args)), kwargs);
}

/// A METH_FASTCALL | METH_KEYWORDS entry.
inline PyMethodDef fast(const char* name, PyObject* (*function)(PyObject*, PyObject* const*, Py_ssize_t, PyObject*),
                        const char* doc) {
  return {name, reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function)), METH_FASTCALL | METH_KEYWORDS,
          doc};
}

/// A METH_FASTCALL entry.
inline PyMethodDef with_arguments(const char* name, PyObject* (*function)(PyObject*, PyObject* const*, Py_ssize_t),
                                  const char* doc) {
  return {name, reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function)), METH_FASTCALL, doc};
}

/// The end of an object of a heap type, once what it holds is gone.
inline void free_object(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}

}  // namespace scopetrie::python
