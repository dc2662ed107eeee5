// The sizes of a shape while a rule works on them.
//
// Invariants: up to kInline sizes need no memory of their own. Interface and iterators are those of a vector.
// Thread safety: a value.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <memory>

#include "scopetrie/tables/compiler.hpp"

namespace scopetrie {

class Dims {
 public:
  using value_type = std::int64_t;
  using iterator = std::int64_t*;
  using const_iterator = const std::int64_t*;
  static constexpr std::size_t kInline = 8;

  Dims() noexcept {}  // NOLINT(modernize-use-equals-default): sizes are written before they are read
  explicit Dims(std::size_t count, std::int64_t size = 0) : Dims() { assign(count, size); }
  Dims(std::initializer_list<std::int64_t> sizes) : Dims() { assign(sizes.begin(), sizes.end()); }
  template <std::forward_iterator Iterator>
  Dims(Iterator first, Iterator last) : Dims() {
    assign(first, last);
  }
  Dims(const Dims& other) : Dims() { assign(other.begin(), other.end()); }
  Dims& operator=(const Dims& other) {
    if (this != &other) assign(other.begin(), other.end());
    return *this;
  }
  ~Dims() = default;

  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  std::int64_t* data() noexcept { return data_; }
  const std::int64_t* data() const noexcept { return data_; }
  iterator begin() noexcept { return data_; }
  iterator end() noexcept { return data_ + size_; }
  const_iterator begin() const noexcept { return data_; }
  const_iterator end() const noexcept { return data_ + size_; }
  std::int64_t& operator[](std::size_t i) { return data_[i]; }
  std::int64_t operator[](std::size_t i) const { return data_[i]; }
  std::int64_t& back() { return data_[size_ - 1]; }
  std::int64_t back() const { return data_[size_ - 1]; }

  void assign(std::size_t count, std::int64_t size) {
    size_ = 0;
    resize(count, size);
  }
  template <std::forward_iterator Iterator>
  void assign(Iterator first, Iterator last) {
    const auto count = static_cast<std::size_t>(std::distance(first, last));
    size_ = 0;
    make_room(count);
    size_ = count;
    std::copy(first, last, data_);
  }
  void resize(std::size_t count, std::int64_t size = 0) {
    make_room(count);
    if (count > size_) std::fill(data_ + size_, data_ + count, size);
    size_ = count;
  }
  void push_back(std::int64_t size) {
    make_room(size_ + 1);
    data_[size_++] = size;
  }
  void pop_back() { --size_; }
  void insert(const_iterator at, std::int64_t size) { insert(at, &size, &size + 1); }
  void insert(const_iterator at, std::initializer_list<std::int64_t> sizes) { insert(at, sizes.begin(), sizes.end()); }
  /// Of sizes that are not its own.
  template <std::forward_iterator Iterator>
  void insert(const_iterator at, Iterator first, Iterator last) {
    const auto place = static_cast<std::size_t>(at - data_);
    const auto count = static_cast<std::size_t>(std::distance(first, last));
    make_room(size_ + count);
    std::copy_backward(data_ + place, data_ + size_, data_ + size_ + count);
    std::copy(first, last, data_ + place);
    size_ += count;
  }
  void erase(const_iterator at) {
    std::copy(data_ + (at - data_) + 1, data_ + size_, data_ + (at - data_));
    --size_;
  }
  /// Erases each size that is this one.
  void remove(std::int64_t size) { size_ = static_cast<std::size_t>(std::remove(begin(), end(), size) - data_); }

 private:
  void make_room(std::size_t count) {
    if (count > capacity_) [[unlikely]]
      grow(count);
  }
  SCOPETRIE_COLD void grow(std::size_t count) {
    const std::size_t room = std::max(count, 2 * capacity_);
    auto more = std::make_unique<std::int64_t[]>(room);
    std::copy(data_, data_ + size_, more.get());
    more_ = std::move(more);
    data_ = more_.get();
    capacity_ = room;
  }

  std::int64_t* data_ = few_;
  std::size_t size_ = 0, capacity_ = kInline;
  std::unique_ptr<std::int64_t[]> more_;
  std::int64_t few_[kInline];
};

}  // namespace scopetrie
