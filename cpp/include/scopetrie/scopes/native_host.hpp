// The host of C++ programs: reference-counted objects.
//
// Invariants: an object is made by make_object() and destroyed with its last reference.
// Thread safety: reference counts are thread-safe; objects must protect their own state.
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

#include "scopetrie/scopes/scope_host.hpp"

namespace scopetrie {

/// The base class of objects that a C++ program passes to the core: initializers, regularizers, attributes.
class Object {
 public:
  Object() = default;
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  virtual ~Object() = default;

 private:
  friend struct NativeObjects;
  std::atomic<std::size_t> references_{0};
};

/// A new object of class T, which derives from Object.
template <class T, class... Arguments>
HostObject make_object(Arguments&&... arguments) {
  Object* made = new T(std::forward<Arguments>(arguments)...);
  return {native_scope_host, made};
}
/// The object in a HostObject of a C++ program.
inline Object* native_object(void* object) { return static_cast<Object*>(object); }

/// Called with each operation that a context makes.
class OperationListener : public Object {
 public:
  virtual void operation_made(Context& context, OpId op) = 0;
};

/// A scope's getter wrapped around the inherited one.
class ComposedGetters : public Object {
 public:
  ComposedGetters(HostObject getter, HostObject inherited)
      : getter(std::move(getter)), inherited(std::move(inherited)) {}
  const HostObject getter, inherited;
};

}  // namespace scopetrie
