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
