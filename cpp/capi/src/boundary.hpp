// What every function of the C interface goes through: the lock, and C++ exceptions on their way to error codes.
//
// Thread safety: errors and texts are each thread's own.
#pragma once

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "handles.hpp"

namespace scopetrie::capi {

/// The code of the exception that is being handled, which it keeps for last_error().
std::int32_t keep_current_error() noexcept;

/// Runs `body` with the lock; SCOPETRIE_OK, or the error's code.
template <class Body>
std::int32_t guarded(Body&& body) noexcept {
  struct Call {
    Body& body;
    std::int32_t code = SCOPETRIE_OK;
    static void run(void* data) {
      auto* call = static_cast<Call*>(data);
      try {
        call->body();
      } catch (...) {
        call->code = keep_current_error();
      }
    }
  } call{body};
  if (host != nullptr)
    host->run(Call::run, &call);
  else
    Call::run(&call);
  return call.code;
}

/// The same for what gives a pointer or a number; `failed` where it throws.
template <class Body, class Result>
Result guarded_or(Result failed, Body&& body) noexcept {
  Result result = failed;
  guarded([&] { result = body(); });
  return result;
}

/// Where a text is written that is kept until the thread's next one; empty.
std::string& new_text();
/// What `write` writes into a text; null where it throws.
template <class Write>
const char* text_of(Write&& write) noexcept {
  return guarded_or<>(static_cast<const char*>(nullptr), [&] {
    std::string& text = new_text();
    write(text);
    return text.c_str();
  });
}

/// A structure of the caller's, as far as it reaches; the rest is zero.
template <class Structure>
Structure read(const Structure* given) {
  Structure options{};
  if (given != nullptr) std::memcpy(&options, given, std::min(given->size, sizeof options));
  return options;
}
/// A text that a caller gave; throws where there is none, or where it is no UTF-8.
std::string_view given(const char* text, const char* what);
/// What a caller gave as an address and a count; throws where there are some and no address.
template <class T>
std::span<T> given(T* first, std::size_t count, const char* what) {
  if (first == nullptr && count != 0) refuse_handle(what);
  if (count > PTRDIFF_MAX / sizeof(T)) refuse_handle(what);
  return {first, count};
}
/// Where something is written for the caller; throws where that is nowhere.
template <class T>
T& place(T* out, const char* what) {
  if (out == nullptr) refuse_handle(what);
  return *out;
}
/// Sizes of a shape: -1 is an unknown one.
std::span<const std::int64_t> given_shape(const std::int64_t* sizes, std::int32_t rank);
/// A dtype by its number; 0 is none. Throws where there is none of this number, or a graph has none of it: its dtypes
/// are TensorFlow's, a store's are NumPy's, too.
DType given_dtype(std::int32_t number, const scopetrie_context& context);

// Handles by value have the layout of the C structures: a graph, a number, an epoch.
template <class To, class From>
To as(const From& from) {
  static_assert(sizeof(To) == sizeof(From));
  return std::bit_cast<To>(from);
}

/// A handle of the caller's as the face has it; throws where it is none, or its number is of nothing in its graph.
Tensor given_handle(const scopetrie_tensor& handle);
Operation given_handle(const scopetrie_operation& handle);
Variable given_handle(const scopetrie_variable& handle);
StoreVariable given_handle(const scopetrie_store_variable& handle);

}  // namespace scopetrie::capi
