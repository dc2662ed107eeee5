// One call of an op function, as the rule of its op sees it: tensors and plain values as inputs, attributes in a dict.
//
// Invariants: as long as it does not ask, it runs no Python code, and what it cannot read makes it unsure. Where it
// asks, Python folds constants and converts attributes.
#pragma once

#include <array>
#include <forward_list>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "graph/handles.hpp"
#include "ops/literal.hpp"
#include "scopetrie/shapes/rule.hpp"

namespace scopetrie::python {

class Facts final : public RuleCall {
 public:
  static constexpr std::size_t kMostValues = 4;
  struct Value {
    std::size_t input;  // which of the flat list of inputs
    bool is_axes;       // all the axes, because none were named: a constant beside the operation
    Output output;
    Literal literal;
  };

  Facts(PyGraph* graph, PyObject* attributes, bool asks)
      : RuleCall(state_of(graph).ops.shapes()), graph_(graph), attributes_(attributes), asks_(asks) {}

  std::span<TensorId> ids;      // kNone for a literal
  std::size_t value_count = 0;  // of literals
  bool has_axes = false;        // one of them is all axes
  Value values[kMostValues];

  /// Makes room for the inputs, of which each must be put before a rule asks.
  void start(std::span<TensorId> inputs_ids) {
    ids = inputs_ids;
    all_ = few_;
    if (ids.size() > kInline) [[unlikely]] {
      many_.resize(ids.size());
      all_ = many_.data();
    }
    inputs = {all_, ids.size()};
  }
  /// The input that is a tensor.
  Output put_tensor(std::size_t i) {
    const TensorRow tensor = state_of(graph_).ops.tensor(ids[i]);
    return all_[i] = {tensor.shape, tensor.dtype};
  }
  /// The one that is the last literal.
  void put_literal(std::size_t i, const Value& value) {
    all_[i] = value.output;
    known_count_ = value_count;
  }
  /// Whether the rule could read all that it looked at.
  bool is_sure() const { return !unsure_; }
  /// What the rule has read of inputs' values, for v1's message: (input, whether as a shape, text).
  std::vector<std::tuple<std::size_t, bool, std::string>> shown();

  bool ints(std::size_t i, std::span<const std::int64_t>& out) override;
  bool number(std::size_t i, Number& out) override;
  bool sizes(std::size_t i, Dims& out) override;

  bool flag(RuleAttribute name, bool fallback) override;
  std::int64_t integer(RuleAttribute name, std::int64_t fallback) override;
  std::string text(RuleAttribute name, std::string_view fallback) override;
  DType dtype(RuleAttribute name, DType fallback) override;
  Dims list(RuleAttribute name) override;
  ShapeId shape(RuleAttribute name) override;
  using RuleCall::dtype;
  using RuleCall::shape;

 private:
  static constexpr std::size_t kInline = 8;

  const Value* plain_value(std::size_t i);
  SCOPETRIE_COLD Ref asked(PyObject* hook, std::size_t i);
  SCOPETRIE_COLD bool ask_ints(std::size_t i, std::span<const std::int64_t>& out);
  void note(std::size_t i, bool is_shape) {
    if (asks_) asked_.emplace_back(i, is_shape);
  }
  PyObject* attribute(RuleAttribute name) const;  // borrowed; null where it is not given
  // What is said of an attribute that cannot be read: unsure, or TypeError.
  SCOPETRIE_COLD void refuse_attribute(RuleAttribute name, PyObject* found);

  PyGraph* graph_;
  PyObject* attributes_;
  bool asks_, unsure_ = false;
  std::size_t known_count_ = 0;  // of `values`: literals, and behind them constants that were read
  Output* all_ = few_;
  Output few_[kInline];
  std::vector<Output> many_;
  std::forward_list<Dims> folded_;
  std::vector<std::pair<std::size_t, bool>> asked_;
};

}  // namespace scopetrie::python
