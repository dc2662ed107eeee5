#include "scopetrie/values/store.hpp"

#include <atomic>
#include <cstring>

namespace scopetrie {

namespace {

void check_bytes(const char* call, std::string_view name, const AskedShape& shape, DType dtype,
                 std::span<const std::byte> given) {
  const std::size_t bytes = byte_count(call, name, shape.sizes(), dtype);
  if (bytes == given.size()) return;
  throw Error(ErrorKind::kValue,
              std::string(call) + ": '" + std::string(name) + "' of shape " + list_text(shape.sizes()) + " and dtype " +
                  dtype.name() + " takes " + std::to_string(bytes) + " bytes, and " + std::to_string(given.size()) +
                  " were given",
              {.call = call, .full_name = std::string(name)});
}

}  // namespace

Store::Store(const Store& other) : graph_(other.graph_, OpGraph::WithoutOperations()), values_(graph_, other.values_) {
  if (other.names_ == nullptr) return;
  other.names_->followed.update();
  names_ = std::make_unique<OwnNames>(*other.names_, values_);
}

std::uint64_t Store::number_this_thread() noexcept {
  static constinit std::atomic<std::uint64_t> threads{0};
  return number_ = ++threads;
}

Context& Store::place_of(std::uint64_t thread) {
  for (const auto& [other, context] : places_)
    if (other == thread) {
      last_ = {thread, context.get()};
      return *context;
    }
  const auto& [made, context] = places_.emplace_back(thread, std::make_unique<Context>(graph_));
  last_ = {made, context.get()};
  return *context;
}

StoreVariable Store::put_copy(std::string_view name, std::span<const std::byte> bytes, DType dtype,
                              const AskedShape& shape, bool trainable) {
  check_bytes("Store.put", name, shape, dtype, bytes);
  Memory* memory = Memory::uninitialised(bytes.size());
  if (!bytes.empty()) std::memcpy(memory->data(), bytes.data(), bytes.size());
  return put_in(here(), values_, name, shape.sizes(), dtype, trainable, memory);
}

StoreVariable Store::adopt(std::string_view name, std::span<std::byte> bytes, DType dtype, const AskedShape& shape,
                           const Memory::Adopted& from, bool trainable) {
  check_bytes("Store.adopt", name, shape, dtype, bytes);
  Memory* memory = Memory::adopt(bytes.data(), bytes.size(), from);
  return put_in(here(), values_, name, shape.sizes(), dtype, trainable, memory);
}

std::optional<StoreVariable> Store::find(std::string_view path) const {
  const VariableId found = values_.find(path);
  if (found == kNone) return {};
  return StoreVariable(values_, found);
}

std::vector<StoreVariable> Store::under(std::string_view path) const {
  const std::lock_guard held(subtrees_);
  return variables_under(values_, path);
}

Store::OwnNames& Store::make_names() { return *(names_ = std::make_unique<OwnNames>(values_)); }

}  // namespace scopetrie
