// A variable of a store as a C++ program has it, and what it is asked for with.
//
// Invariants: a handle is a value; it keeps nothing, and throws Error once its variable was undone or deleted. One of
// another store is another variable, whatever its path.
// Thread safety: that of the store; see values/store.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "scopetrie/values/values.hpp"
#include "scopetrie/variables/variable_options.hpp"

namespace scopetrie {

class StoreVariable {
 public:
  StoreVariable(Values& values, VariableId id) : values_(&values), id_(id), epoch_(values.graph().ledger().epoch()) {}

  std::string path() const { return values_->path(id()); }
  DType dtype() const { return values_->dtype(id()); }
  std::vector<std::int64_t> shape() const {
    const auto dims = values_->dims(id());
    return {dims.begin(), dims.end()};
  }
  std::size_t size() const { return values_->element_count(id()); }
  bool is_trainable() const { return values_->is_trainable(id()); }
  bool is_ready() const { return values_->is_ready(id()); }
  /// Its elements in row-major order, made at the first look. Valid until the variable is gone, or its store is forked
  /// or a fork. Throws Error where they are no Ts by their size.
  template <class T>
  std::span<T> data() const {
    return {static_cast<T*>(elements(sizeof(T)).data()), size()};
  }
  /// The memory that has them, for who counts as a view of it.
  Memory& memory() const;
  Values& values() const { return *values_; }
  VariableId id() const;

  friend bool operator==(const StoreVariable& a, const StoreVariable& b) {
    return a.values_ == b.values_ && a.id_ == b.id_ && a.epoch_ == b.epoch_;
  }

 private:
  Memory& elements(std::size_t size) const;

  Values* values_;
  VariableId id_;
  std::uint32_t epoch_;
};

/// The options of Store::get().
struct StoreVariableOptions {
  AskedShape shape = {};
  DType dtype = {};                             // the scope's, where it is left out
  std::optional<Initializer> initializer = {};  // the scope's, or glorot_uniform for floats, zeros for ints and bools
  std::optional<bool> trainable = {};           // yes, where neither this nor the scope says no
  HostObject partitioner = {};                  // see partitioner(); the scope's, where it is left out
};

/// A variable of a store in parts, each of them a variable of its own.
struct PartitionedStoreVariable {
  std::string path;  // of the whole
  std::vector<std::int64_t> shape;
  DType dtype;
  std::vector<std::int64_t> partitions;  // the number of parts along each axis
  std::vector<StoreVariable> parts;
};

struct GotStoreVariable {
  StoreVariable variable;
  bool made = false;  // by this call
};
struct GotAnyStoreVariable {
  std::variant<StoreVariable, PartitionedStoreVariable> value;
  bool made = false;
};

// What Store does, in the values of any store (Python's, for example), where a context of its graph stands.
// -------------

/// The variable of this name in the current scope, shared or made as the scope's mode says. Throws Error.
/// `sought`: what the segments of the graph say of the name, where somebody has asked them just now.
GotStoreVariable get_in(Context& at, Values& values, std::string_view name, const StoreVariableOptions& options,
                        const Segments::Sought* sought = nullptr);
/// The same with whatever a partitioner gives.
GotAnyStoreVariable get_any_in(Context& at, Values& values, std::string_view name, const StoreVariableOptions& options);
/// A new variable of this name in the current scope with its elements, whose owner it becomes, also where it throws.
StoreVariable put_in(Context& at, Values& values, std::string_view name, std::span<const std::int64_t> shape,
                     DType dtype, bool trainable, Memory* memory);
/// How many bytes the elements of a shape take. Throws Error where there is no such array: `call` is the public call.
std::size_t byte_count(const char* call, std::string_view name, std::span<const std::int64_t> shape, DType dtype);
/// The variables of a scope and those below it, in creation order; of all for "".
std::vector<StoreVariable> variables_under(Values& values, std::string_view path);
void erase_in(Context& at, Values& values, std::string_view path);
void move_in(Context& at, Values& values, std::string_view path, std::string_view to);

}  // namespace scopetrie
