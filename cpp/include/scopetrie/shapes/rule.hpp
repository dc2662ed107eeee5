// The rule of an op type: which dtypes and shapes its operations put out. There is one for each common type.
//
// A rule reads a RuleCall: the inputs' dtypes and shapes, the values of inputs as far as they are known, and
// attributes.
//
// Invariants: a rule looks at nothing else and changes nothing but the table of shapes.
// Thread safety: rules may be looked up from any thread; a call is one thread's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scopetrie/error.hpp"
#include "scopetrie/shapes/dims.hpp"
#include "scopetrie/shapes/dtype.hpp"
#include "scopetrie/shapes/output.hpp"
#include "scopetrie/shapes/shape_table.hpp"
#include "scopetrie/tables/compiler.hpp"

namespace scopetrie {

/// Inputs that do not fit. what() is the first part of v1's message, which goes on with the operation.
class ShapeError : public Error {
 public:
  explicit ShapeError(std::string text) : Error(ErrorKind::kValue, std::move(text)) {}
};

/// A dtype that an op is not for.
class DTypeError : public Error {
 public:
  explicit DTypeError(std::string text) : Error(ErrorKind::kType, std::move(text)) {}
};

/// The attributes that rules read.
enum class RuleAttribute : std::uint8_t {
  kAdjX,
  kAdjY,
  kAxis,
  kBatchDim,
  kBatchDims,
  kBeginMask,
  kBlockSize,
  kComputeUv,
  kComputeV,
  kDataFormat,
  kDilations,
  kDstT,
  kDType,
  kEllipsisMask,
  kEndMask,
  kEquation,
  kExplicitPaddings,
  kFullMatrices,
  kIndexType,
  kIsTraining,
  kKeepDims,
  kKsize,
  kKsizes,
  kNewAxisMask,
  kNum,
  kNumPartitions,
  kNumSplit,
  kOutIdx,
  kOutputDType,
  kOutputType,
  kOutType,
  kPadding,
  kRates,
  kSeqDim,
  kShape,
  kShrinkAxisMask,
  kSqueezeDims,
  kStrides,
  kTargmax,
  kTransposeA,
  kTransposeB,
  kType,
  kValidateShape,
  kCount
};
std::string_view name_of(RuleAttribute attribute);

/// An int or a float.
struct Number {
  bool is_real = false;
  std::int64_t integer = 0;
  double real = 0;
};

/// One call of a rule. Those who make operations derive it, and say where values and attributes come from.
class RuleCall {
 public:
  explicit RuleCall(ShapeTable& shapes) : shapes(shapes) {}
  RuleCall(const RuleCall&) = delete;
  RuleCall& operator=(const RuleCall&) = delete;

  ShapeTable& shapes;
  std::span<const Output> inputs;  // a list's one by one
  Outputs outputs;

  std::size_t size() const { return inputs.size(); }
  /// Never a reference type.
  DType dtype(std::size_t i) const { return inputs[i].dtype.base(); }
  ShapeId shape(std::size_t i) const { return inputs[i].shape; }
  bool known_rank(std::size_t i) const { return shapes.known_rank(shape(i)); }
  std::size_t rank(std::size_t i) const { return dims(i).size(); }
  /// Empty where the rank is not known. Valid until a shape is interned.
  std::span<const std::int64_t> dims(std::size_t i) const { return shapes.dims(shape(i)); }
  /// A copy of the dims; false where the rank is not known.
  bool read(std::size_t i, Dims& out) const {
    const auto found = dims(i);
    out.assign(found.begin(), found.end());
    return known_rank(i);
  }

  // Values of inputs; false where they are not known. Spans are valid until the end of the call.

  /// The elements of a tensor of ints.
  virtual bool ints(std::size_t i, std::span<const std::int64_t>& out) = 0;
  /// The only element of a tensor.
  virtual bool number(std::size_t i, Number& out) = 0;
  bool one_int(std::size_t i, std::int64_t& out) {
    std::span<const std::int64_t> found;
    if (!ints(i, found) || found.size() != 1) return false;
    out = found[0];
    return true;
  }
  /// The shape that a vector of sizes stands for: sizes that are not known are -1. False where not even its length is
  /// known.
  virtual bool sizes(std::size_t i, Dims& out) = 0;

  // Attributes, as given or by default.

  virtual bool flag(RuleAttribute attribute, bool fallback = false) = 0;
  virtual std::int64_t integer(RuleAttribute attribute, std::int64_t fallback = 0) = 0;
  virtual std::string text(RuleAttribute attribute, std::string_view fallback) = 0;
  virtual DType dtype(RuleAttribute attribute, DType fallback = {}) = 0;
  /// Empty where it is not given.
  virtual Dims list(RuleAttribute attribute) = 0;
  virtual ShapeId shape(RuleAttribute attribute) = 0;

  // What is put out, one after the other.

  void give(DType dtype, ShapeId shape) { outputs.push_back({shape, dtype}); }
  void give(DType dtype, std::span<const std::int64_t> dims) { give(dtype, shapes.intern(dims)); }
  void give_unknown(DType dtype) { give(dtype, ShapeTable::kUnknown); }
  /// A shape of which only the rank is known.
  void give_rank(DType dtype, std::size_t rank) { give(dtype, Dims(rank, ShapeTable::kUnknownDim)); }

 protected:
  ~RuleCall() = default;
};

struct ShapeRule {
  enum Kind : std::uint8_t {
    kSame,       // dtype and shape of the first input
    kBool,       // its shape, boolean
    kBroadcast,  // the inputs broadcast, with the dtype of the first
    kCompare,    // the same, boolean
    kFunction
  } kind = kSame;
  std::uint8_t least_inputs = 1;
  void (*function)(RuleCall& call) = nullptr;  // throws Error

  bool is_boolean() const { return kind == kBool || kind == kCompare; }
  bool broadcasts() const { return kind == kBroadcast || kind == kCompare; }
};

/// Throws Error for a call with too few inputs, ShapeError for two shapes that do not broadcast.
[[noreturn]] SCOPETRIE_COLD void refuse_count(const ShapeRule& rule, std::size_t count);
[[noreturn]] SCOPETRIE_COLD void refuse_broadcast(const ShapeTable& shapes, ShapeId a, ShapeId b);

/// Throws Error for what is no size, -1 being one that is not known.
void need_size(std::int64_t size);

/// Adds what the rule says to the outputs. Throws Error, and has then added nothing that counts.
inline void apply(const ShapeRule& rule, RuleCall& call) {
  if (call.size() < rule.least_inputs) [[unlikely]]
    refuse_count(rule, call.size());
  if (rule.kind == ShapeRule::kFunction) return rule.function(call);
  ShapeId shape = call.shape(0);
  for (std::size_t i = 1; rule.broadcasts() && i < call.size(); ++i) {
    const auto both = call.shapes.broadcast(shape, call.shape(i));
    if (!both) [[unlikely]]
      refuse_broadcast(call.shapes, shape, call.shape(i));
    shape = *both;
  }
  call.give(rule.is_boolean() ? kBool : call.dtype(0), shape);
}

/// The rule of an op type; null where there is none.
const ShapeRule* find_rule(std::string_view type);

}  // namespace scopetrie
