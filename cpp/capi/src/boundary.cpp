#include "boundary.hpp"

#include <new>
#include <optional>
#include <stdexcept>

namespace scopetrie::capi {

const Host* host = nullptr;

namespace {

/// What last_error() gives, and the texts that it points to.
struct Kept {
  std::optional<Error> error;
  std::string text;
  scopetrie_error shown{};
};

Kept& kept() {
  thread_local Kept only;
  return only;
}

std::int32_t keep(std::int32_t code, Error error) {
  Kept& of = kept();
  of.error = std::move(error);
  const ErrorFacts& facts = of.error->facts();
  of.shown = {
      code, of.error->what(), facts.call.c_str(), facts.full_name.c_str(), facts.asked.c_str(), facts.found.c_str()};
  return code;
}

std::int32_t keep_out_of_memory() noexcept {
  Kept& of = kept();
  of.error.reset();
  of.shown = {SCOPETRIE_MEMORY_ERROR, "out of memory", "", "", "", ""};
  return SCOPETRIE_MEMORY_ERROR;
}

}  // namespace

std::int32_t keep_error(const Error& error) { return keep(static_cast<std::int32_t>(error.kind()) + 1, error); }

const Error* kept_error() { return kept().error ? &*kept().error : nullptr; }

std::int32_t keep_current_error() noexcept {
  try {
    try {
      throw;
    } catch (const Error& error) {
      return keep_error(error);
    } catch (const std::bad_alloc&) {
      return keep_out_of_memory();
    } catch (const std::length_error& error) {
      return keep(SCOPETRIE_OVERFLOW_ERROR, Error(ErrorKind::kRuntime, error.what()));
    } catch (const std::out_of_range& error) {
      return keep(SCOPETRIE_INDEX_ERROR, Error(ErrorKind::kIndex, error.what()));
    } catch (const std::exception& error) {
      return keep(SCOPETRIE_OTHER_ERROR, Error(ErrorKind::kRuntime, error.what()));
    } catch (...) {
      if (host != nullptr) host->stay_if_thread_ends();
      return keep(SCOPETRIE_OTHER_ERROR, Error(ErrorKind::kRuntime, "an unknown exception"));
    }
  } catch (...) {  // while the error was kept
    return keep_out_of_memory();
  }
}

std::string& new_text() {
  std::string& text = kept().text;
  text.clear();
  return text;
}

void refuse_handle(const char* what) {
  throw Error(ErrorKind::kValue, std::string("A ") + what + " was given that is none, or of another graph.");
}

namespace {

// The length of the character that begins a text in UTF-8; 0 where none does.
std::size_t first_character(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (std::size_t at = 1; at < length; ++at)
    if ((byte(at) & 0xc0) != 0x80) return 0;
  // Longer than need be, a surrogate, or beyond the last character.
  const unsigned char second = byte(1);
  const bool is_none = (first == 0xe0 && second < 0xa0) || (first == 0xed && second >= 0xa0) ||
                       (first == 0xf0 && second < 0x90) || (first == 0xf4 && second >= 0x90);
  return is_none ? 0 : length;
}

template <class Value, class Handle>
Value checked_handle(const Handle& handle, const Epochs& epochs, std::size_t count, const char* what) {
  if (handle.id < count) return as<Value>(handle);
  if (!epochs.is_current(handle.id, handle.epoch)) refuse_undone(what);
  refuse_handle(what);
}
template <class Handle>
const Graph& graph_of_handle(const Handle& handle, const char* what) {
  if (handle.graph == nullptr) refuse_handle(what);
  return *static_cast<const Graph*>(handle.graph);
}

}  // namespace

std::string_view given(const char* text, const char* what) {
  if (text == nullptr) refuse_handle(what);
  const std::string_view whole = text;
  for (std::size_t at = 0; at < whole.size();) {
    const std::size_t length = first_character(whole.substr(at));
    if (length == 0)
      throw Error(ErrorKind::kValue,
                  std::string("A ") + what + " was given that is no UTF-8, from byte " + std::to_string(at) + " on.");
    at += length;
  }
  return whole;
}

std::span<const std::int64_t> given_shape(const std::int64_t* sizes, std::int32_t rank) {
  if (rank < 0) refuse_handle("rank");
  const std::span shape = given(sizes, static_cast<std::size_t>(rank), "shape");
  for (const std::int64_t size : shape)
    if (size < -1) throw Error(ErrorKind::kValue, "Dimension " + std::to_string(size) + " must be >= 0");
  return shape;
}

DType given_dtype(std::int32_t number, const scopetrie_context& context) {
  const DType dtype(static_cast<std::uint8_t>(number));
  if (number < 0 || number > 255 || (number != 0 && dtype.name().empty()))
    throw Error(ErrorKind::kType, "There is no dtype of number " + std::to_string(number) + ".");
  if (context.store == nullptr && dtype.base() >= DType::kOwn)
    throw Error(ErrorKind::kType, "Graphs have no dtype " + dtype.name() + ": it is one of stores.");
  return dtype;
}

Tensor given_handle(const scopetrie_tensor& handle) {
  const Graph& graph = graph_of_handle(handle, "tensor");
  return checked_handle<Tensor>(handle, graph.ledger().tensors, graph.ops.tensor_count(), "tensor");
}
Operation given_handle(const scopetrie_operation& handle) {
  const Graph& graph = graph_of_handle(handle, "operation");
  return checked_handle<Operation>(handle, graph.ledger().operations, graph.ops.size(), "operation");
}
Variable given_handle(const scopetrie_variable& handle) {
  const Graph& graph = graph_of_handle(handle, "variable");
  return checked_handle<Variable>(handle, graph.ledger().variables, graph.variables.size(), "variable");
}
StoreVariable given_handle(const scopetrie_store_variable& handle) {
  if (handle.store == nullptr) refuse_handle("variable");
  const Graph& rows = static_cast<const Values*>(handle.store)->graph();
  return checked_handle<StoreVariable>(handle, rows.ledger().variables, rows.variables.size(), "variable");
}

}  // namespace scopetrie::capi

namespace {

const scopetrie_error* last_error() {
  const scopetrie_error& shown = scopetrie::capi::kept().shown;
  return shown.code == SCOPETRIE_OK ? nullptr : &shown;
}

}  // namespace

scopetrie_api scopetrie::capi::make_table() {
  scopetrie_api table{};
  table.size = sizeof table;
  table.version = SCOPETRIE_API_VERSION;
  table.library_version = SCOPETRIE_VERSION;
  table.last_error = last_error;
  add_graphs(table);
  add_contexts(table);
  add_values(table);
  add_stores(table);
  return table;
}

const scopetrie_api* scopetrie_get_api() {
  static const scopetrie_api only = scopetrie::capi::make_table();
  return &only;
}
