// Opaque objects of the caller's language.
//
// A callable initializer, a regularizer, an array as attribute: the core stores such an object as a pointer and never
// looks inside; its Host counts references. The host of Python objects uses Py_INCREF and Py_DECREF.
// Thread safety: as the graph that stores the object.
#pragma once

#include <utility>

namespace scopetrie {

/// Reference counting of one language's objects. Outlives all of them.
struct Host {
  void (*retain)(void* object);
  void (*release)(void* object) noexcept;
};

/// An owned reference to such an object; null means "not given".
class HostObject {
 public:
  HostObject() = default;
  /// Takes a new reference.
  HostObject(const Host& host, void* object) : host_(&host), object_(object) {
    if (object != nullptr) host.retain(object);
  }
  /// Adopts the caller's reference.
  static HostObject adopt(const Host& host, void* object) noexcept {
    HostObject made;
    made.host_ = &host;
    made.object_ = object;
    return made;
  }
  HostObject(const HostObject& other) : host_(other.host_), object_(other.object_) {
    if (object_ != nullptr) host_->retain(object_);
  }
  HostObject(HostObject&& other) noexcept : host_(other.host_), object_(std::exchange(other.object_, nullptr)) {}
  HostObject& operator=(HostObject other) noexcept {
    std::swap(host_, other.host_);
    std::swap(object_, other.object_);
    return *this;
  }
  ~HostObject() {
    if (object_ != nullptr) host_->release(object_);
  }

  const Host& host() const noexcept { return *host_; }
  void* get() const noexcept { return object_; }
  /// Returns the reference to the caller.
  void* release() noexcept { return std::exchange(object_, nullptr); }
  explicit operator bool() const noexcept { return object_ != nullptr; }

 private:
  const Host* host_ = nullptr;
  void* object_ = nullptr;
};

}  // namespace scopetrie
