// The bytes of a variable: 64-byte aligned memory that the buffer owns, or adopted memory with its deleter.
//
// Invariants: owned memory is 64-byte aligned; a moved-from buffer is empty.
// Thread safety: none.
#pragma once

#include <cstddef>
#include <functional>
#include <utility>

namespace scopetrie {

class Buffer {
 public:
  static constexpr std::size_t kAlignment = 64;

  Buffer() = default;
  /// Owns `bytes` zeroed bytes. Throws std::bad_alloc.
  explicit Buffer(std::size_t bytes);
  /// Adopts memory, e.g. of a device or an array. The destructor calls `release` once, unless it is empty.
  Buffer(void* data, std::size_t bytes, std::function<void()> release)
      : data_(data), bytes_(bytes), release_(release ? std::move(release) : [] {}) {}

  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    Buffer gone(std::move(other));
    swap(gone);
    return *this;
  }
  ~Buffer();

  void* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return bytes_; }
  bool adopted() const noexcept { return static_cast<bool>(release_); }

 private:
  void swap(Buffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    std::swap(release_, other.release_);
  }

  void* data_ = nullptr;
  std::size_t bytes_ = 0;
  std::function<void()> release_;  // empty if the buffer owns the memory
};

}  // namespace scopetrie
