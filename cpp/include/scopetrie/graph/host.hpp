// Objects of the language that a program is written in: what the core keeps and never looks into.
//
// A callable initializer, a regularizer, an array that is an attribute: the core keeps such an object as a pointer, and
// lets the Host that it came with count the references. A host of Python objects counts with Py_INCREF and Py_DECREF.
// Thread safety: as the graph that keeps the object.
#pragma once

#include <utility>

namespace scopetrie {

/// How one language counts the references to its objects. Lives as long as any of them.
struct Host {
  void (*retain)(void* object);
  void (*release)(void* object) noexcept;
};

/// One reference to such an object; null means "not given".
class HostObject {
 public:
  HostObject() = default;
  /// Takes a new reference.
  HostObject(const Host& host, void* object) : host_(&host), object_(object) {
    if (object != nullptr) host.retain(object);
  }
  /// Takes over a reference that the caller has.
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
  /// Gives the reference to the caller.
  void* release() noexcept { return std::exchange(object_, nullptr); }
  explicit operator bool() const noexcept { return object_ != nullptr; }

 private:
  const Host* host_ = nullptr;
  void* object_ = nullptr;
};

}  // namespace scopetrie
