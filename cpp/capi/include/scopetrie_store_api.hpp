// The part of the C++ shim over scopetrie.h that is about stores; see scopetrie_api.hpp.
//
//   sa::Store store(/*seed=*/1);                     // or *sa::Store::from_object(object)
//   sa::StoreContext at(store);
//   auto scope = at.variable_scope("layer");
//   sa::StoreVariable kernel = at.get("kernel", {.shape = {{3, 3}}, .initializer = sa::ones()});
//   for (float& element : kernel.view().as<float>()) element *= 2;
//
// Invariants and thread safety: those of scopetrie_api.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "scopetrie_api.hpp"

namespace scopetrie::api {

/// Elements, which stay where they are as long as it lives.
class View {
 public:
  explicit View(scopetrie_store_variable of) : view_(checked(table->store_variable_view(of, &elements_, &bytes_))) {}
  View(View&& other) noexcept
      : elements_(other.elements_), bytes_(other.bytes_), view_(std::exchange(other.view_, nullptr)) {}
  View& operator=(View&&) = delete;
  ~View() { table->view_release(view_); }

  std::span<std::byte> bytes() const { return {static_cast<std::byte*>(elements_), bytes_}; }
  template <class Element>
  std::span<Element> as() const {
    return {static_cast<Element*>(elements_), bytes_ / sizeof(Element)};
  }

 private:
  void* elements_ = nullptr;
  std::size_t bytes_ = 0;
  scopetrie_view* view_;
};

/// Elements that are not written: also a frozen variable has them.
class ConstView {
 public:
  explicit ConstView(scopetrie_store_variable of)
      : view_(checked(table->store_variable_read(of, &elements_, &bytes_))) {}
  ConstView(ConstView&& other) noexcept
      : elements_(other.elements_), bytes_(other.bytes_), view_(std::exchange(other.view_, nullptr)) {}
  ConstView& operator=(ConstView&&) = delete;
  ~ConstView() { table->view_release(view_); }

  std::span<const std::byte> bytes() const { return {static_cast<const std::byte*>(elements_), bytes_}; }
  template <class Element>
  std::span<const Element> as() const {
    return {static_cast<const Element*>(elements_), bytes_ / sizeof(Element)};
  }

 private:
  const void* elements_ = nullptr;
  std::size_t bytes_ = 0;
  scopetrie_view* view_;
};

class StoreVariable {
 public:
  StoreVariable(scopetrie_store_variable value) : value_(value) {}  // NOLINT(google-explicit-constructor)
  const scopetrie_store_variable& value() const { return value_; }
  std::string path() const { return checked(table->store_variable_path(value_)); }
  int dtype() const { return table->store_variable_dtype(value_); }
  std::vector<std::int64_t> shape() const {
    const std::int32_t rank = table->store_variable_shape(value_, nullptr, 0);
    if (rank < 0) fail();
    std::vector<std::int64_t> sizes(static_cast<std::size_t>(rank));
    table->store_variable_shape(value_, sizes.data(), sizes.size());
    return sizes;
  }
  bool is_ready() const { return table->store_variable_is_ready(value_) == 1; }
  View view() const { return View(value_); }
  ConstView read() const { return ConstView(value_); }
  void* to_object() const { return table->store_variable_to_object(value_); }

 private:
  scopetrie_store_variable value_;
};

/// A reference to a store.
class Store {
 public:
  explicit Store(std::uint64_t seed) : store_(checked(table->store_new(seed))) {}
  /// Takes over a reference.
  explicit Store(scopetrie_store* owned) : store_(owned) {}
  Store(const Store& other) : store_(table->store_retain(other.store_)) {}
  Store(Store&& other) noexcept : store_(std::exchange(other.store_, nullptr)) {}
  Store& operator=(Store other) noexcept {
    std::swap(store_, other.store_);
    return *this;
  }
  ~Store() { table->store_release(store_); }

  /// Of a Store of Python's; nothing where the object is none, with a Python exception set.
  static std::optional<Store> from_object(void* object) {
    scopetrie_store* store = table->store_from_object(object);
    return store == nullptr ? std::nullopt : std::optional<Store>(std::in_place, store);
  }
  void* to_object() const { return table->store_to_object(store_); }
  scopetrie_store* get() const { return store_; }

  std::size_t size() const { return static_cast<std::size_t>(table->store_size(store_)); }
  std::optional<StoreVariable> find(const char* path) const {
    scopetrie_store_variable found;
    const std::int32_t count = table->store_find(store_, path, &found);
    if (count < 0) fail();
    return count == 0 ? std::nullopt : std::optional<StoreVariable>(found);
  }
  /// The variables of a scope and of those below it, in creation order.
  std::vector<StoreVariable> under(const char* path) const {
    const std::int64_t count = table->store_under(store_, path, nullptr, 0);
    if (count < 0) fail();
    std::vector<scopetrie_store_variable> found(static_cast<std::size_t>(count));
    table->store_under(store_, path, found.data(), found.size());
    return {found.begin(), found.end()};
  }

 private:
  scopetrie_store* store_;
};

/// A context in a store: its scopes, names and transactions.
class StoreContext {
 public:
  explicit StoreContext(const Store& store, Where where = Where::kRoot)
      : context_(checked(table->store_context_new(store.get(), static_cast<std::int32_t>(where)))) {}
  StoreContext(const StoreContext&) = delete;
  StoreContext& operator=(const StoreContext&) = delete;
  ~StoreContext() { table->context_free(context_); }

  scopetrie_context* get() const { return context_; }

  Block variable_scope(const char* name, const ScopeOptions& options = {}) {
    const scopetrie_scope_options given = options_of(options);
    check(table->enter_variable_scope(context_, name, &given));
    return Block(context_);
  }
  Transaction transaction() { return Transaction(context_); }
  std::string unique_name(const char* name, bool mark = true) {
    return checked(table->unique_name(context_, name, mark ? 1 : 0));
  }

  StoreVariable get(const char* name, const VariableOptions& options = {}) {
    const scopetrie_variable_options given = options_of(options);
    scopetrie_store_variable found;
    check(table->store_get(context_, name, &given, &found, nullptr));
    return found;
  }
  /// A new variable with a copy of these elements.
  StoreVariable put(const char* name, const void* elements, const VariableOptions& options) {
    const scopetrie_variable_options given = options_of(options);
    scopetrie_store_variable made;
    check(table->store_put(context_, name, &given, const_cast<void*>(elements), nullptr, nullptr, &made));
    return made;
  }
  void erase(const char* path) { check(table->store_erase(context_, path)); }
  void move(const char* path, const char* to) { check(table->store_move(context_, path, to)); }

 private:
  scopetrie_context* context_;
};

}  // namespace scopetrie::api
