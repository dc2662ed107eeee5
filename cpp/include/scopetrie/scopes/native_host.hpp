// The host of C++ programs: objects that count their own references.
//
// Invariants: an object is made by make_object() and ends with its last reference.
// Thread safety: counting is; what an object holds is its own matter.
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

#include "scopetrie/scopes/scope_host.hpp"

namespace scopetrie {

/// What a C++ program lets the core keep: an initializer, a regularizer, an attribute of its own.
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
  return HostObject(native_scope_host, made);
}
/// What a HostObject of a C++ program is.
inline Object* native_object(void* object) { return static_cast<Object*>(object); }

/// Hears of each operation that a context makes.
class OperationListener : public Object {
 public:
  virtual void operation_made(Context& context, OpId op) = 0;
};

/// A scope's getter around the one that it inherited.
class ComposedGetters : public Object {
 public:
  ComposedGetters(HostObject getter, HostObject inherited)
      : getter(std::move(getter)), inherited(std::move(inherited)) {}
  const HostObject getter, inherited;
};

}  // namespace scopetrie
