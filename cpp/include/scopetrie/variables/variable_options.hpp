// get_variable as a C++ program calls it: its arguments, what it gives, and the functions that it asks.
//
// The functions are the program's: an initializer (see initial.hpp), a regularizer, a partitioner, a custom getter.
// They are called as v1 calls them, with the name scopes open that v1 opens, and may build in the graph. Thread safety:
// that of the context.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "scopetrie/variables/get_variable.hpp"
#include "scopetrie/variables/initial.hpp"

namespace scopetrie {

/// The shape that a variable is asked for with: the sizes of its axes, -1 where one is unknown. Nothing is given where
/// it is left out or {}; a scalar is `scalar_shape`.
class AskedShape {
 public:
  AskedShape() = default;
  AskedShape(std::initializer_list<std::int64_t> sizes)  // NOLINT(google-explicit-constructor): {.shape = {3, 2}}
      : AskedShape(std::span(sizes.begin(), sizes.size())) {}
  AskedShape(const std::vector<std::int64_t>& sizes) : AskedShape(std::span(sizes)) {}  // NOLINT
  AskedShape(const Sizes& sizes) {                                                      // NOLINT
    if (sizes) *this = AskedShape(std::span(*sizes));
  }
  explicit AskedShape(std::span<const std::int64_t> sizes) : rank_(static_cast<std::int32_t>(sizes.size())) {
    if (sizes.size() <= kFew)
      std::copy(sizes.begin(), sizes.end(), few_.begin());
    else
      many_.assign(sizes.begin(), sizes.end());
  }

  bool is_given() const { return rank_ >= 0; }
  std::span<const std::int64_t> sizes() const {
    if (!many_.empty()) return many_;
    return {few_.data(), is_given() ? static_cast<std::size_t>(rank_) : 0};
  }

 private:
  static constexpr std::size_t kFew = 5;
  std::int32_t rank_ = -1;
  std::array<std::int64_t, kFew> few_{};
  std::vector<std::int64_t> many_;
};
inline const AskedShape scalar_shape{std::span<const std::int64_t>()};

/// The options of Context::get_variable(): v1's, where they mean something without TensorFlow.
struct VariableOptions {
  AskedShape shape = {};
  DType dtype = {};  // the scope's, where it is left out
  Initial initializer = {};
  HostObject regularizer = {};                               // see regularizer()
  std::optional<bool> trainable = {};                        // yes, where it is left out
  std::optional<std::vector<std::string>> collections = {};  // "variables", where they are left out
  HostObject partitioner = {};                               // see partitioner()
  bool validate_shape = true;
  HostObject custom_getter = {};  // see custom_getter()
};

/// What get_variable() gives.
struct GotVariable {
  Variable variable;
  bool made = false;  // by this call
};

/// A variable in parts, of a name that is nobody's else.
struct PartitionedVariable {
  std::string name;  // of the whole
  std::vector<std::int64_t> shape;
  DType dtype;
  std::vector<std::int64_t> partitions;  // the number of parts along each axis
  std::vector<Variable> parts;
};

/// What get_any() gives: a variable; one in parts, where there is a partitioner; or the tensor that a custom getter
/// made.
struct GotAny {
  std::variant<Variable, PartitionedVariable, Tensor> value;
  bool made = false;
};

/// A call as custom getters see it, which may change it before they pass it on.
struct VariableCall {
  std::string name;  // the whole name
  AskedShape shape = {};
  DType dtype = kFloat32;
  Initial initializer = {};
  HostObject regularizer = {};
  Sharing sharing = Sharing::kNo;
  bool trainable = true;
  std::optional<std::vector<std::string>> collections = {};
  HostObject partitioner = {};
  bool validate_shape = true;
};

/// A function of a new variable; the tensor that it gives is a loss.
using Regularizer = std::function<std::optional<Tensor>(Context&, const Variable&)>;
/// A function of a shape that gives the number of parts along each axis.
using Partitioner = std::function<std::vector<std::int64_t>(std::span<const std::int64_t>, DType)>;
/// A function that a call passes through. `next` is the getter within it, at last get_variable() itself.
using NextGetter = std::function<GotAny(const VariableCall&)>;
using CustomGetter = std::function<GotAny(const NextGetter& next, const VariableCall&)>;

/// These functions as options of a scope or a call.
HostObject regularizer(Regularizer function);
HostObject partitioner(Partitioner function);
HostObject custom_getter(CustomGetter function);
/// v1's partitioner that cuts each variable into as many parts along an axis, or into parts of size 1.
HostObject fixed_size_partitioner(std::int64_t count, std::size_t axis = 0);

/// The options of Context::make_variable().
struct NewVariableOptions {
  std::optional<std::string_view> name = {};  // "Variable", where it is left out
  DType dtype = {};                           // the value's
  bool trainable = true;
  std::optional<std::vector<std::string>> collections = {};
  bool validate_shape = true;
};

}  // namespace scopetrie
