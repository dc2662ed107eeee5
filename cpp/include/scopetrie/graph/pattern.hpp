// A run of operations that is made again and again with only another name: a variable's initial value, itself, its
// Assign and its read. The graph keeps one row for each run, and what the runs share here, once.
//
// A step may vary: its attribute is then each run's own, and stands with the run's row.
//
// Invariants: one operation is the owner, the others are owned (see OpGraph::owned); inputs are outputs of earlier
// steps. Thread safety: none; one writer or many readers.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include "scopetrie/graph/runs.hpp"
#include "scopetrie/shapes/output.hpp"
#include "scopetrie/tables/ids.hpp"

namespace scopetrie {

class Pattern {
 public:
  struct Step {
    KindId kind;
    std::uint16_t first_input;
    std::uint16_t first_output;
    SegmentId segment;  // kNone: the owner itself
    std::uint32_t attribute;
  };
  struct Tensor {
    Output output;
    std::uint32_t step;
  };

  /// Adds an operation named "owner/segment", or (kNone) the owner. Its inputs, and what is returned, its first output,
  /// are places among the run's tensors.
  TensorId add_several(KindId kind, SegmentId segment, std::span<const TensorId> inputs,
                       std::span<const Output> outputs, std::uint32_t attribute = kNone) {
    const std::uint32_t place = size(), first = tensor_count();
    if (place == Runs::kLongest || first + outputs.size() > Runs::kLongest || inputs_.size() + inputs.size() > 0xFFFF)
      throw std::length_error("a pattern has at most 8,192 operations, as many outputs, and 65,535 inputs of them");
    if (segment == kNone) owner_ = place;
    steps_.push_back(
        {kind, static_cast<std::uint16_t>(inputs_.size()), static_cast<std::uint16_t>(first), segment, attribute});
    inputs_.insert(inputs_.end(), inputs.begin(), inputs.end());
    for (const Output& output : outputs) tensors_.push_back({output, place});
    return first;
  }
  /// The same with one output.
  TensorId add(KindId kind, SegmentId segment, std::span<const TensorId> inputs, Output output,
               std::uint32_t attribute = kNone) {
    return add_several(kind, segment, inputs, {&output, 1}, attribute);
  }

  /// The same for a step that varies.
  TensorId add_varying(KindId kind, SegmentId segment, std::span<const TensorId> inputs, Output output) {
    varying_.push_back(size());
    return add(kind, segment, inputs, output);
  }
  /// Makes the step at a place vary. No other does.
  void vary(std::uint32_t place) { varying_ = {place}; }
  /// Gives the steps that vary these attributes, in order. None does any more.
  void fix(std::span<const std::uint32_t> attributes) {
    for (std::size_t i = 0; i < varying_.size(); ++i) steps_[varying_[i]].attribute = attributes[i];
    varying_.clear();
  }
  /// The places of the steps that vary, in order.
  std::span<const std::uint32_t> varying() const noexcept { return varying_; }

  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(steps_.size()); }
  std::uint32_t owner() const noexcept { return owner_; }
  const Step& operator[](std::uint32_t place) const { return steps_[place]; }
  std::uint32_t tensor_count() const noexcept { return static_cast<std::uint32_t>(tensors_.size()); }
  const Tensor& tensor(std::uint32_t place) const { return tensors_[place]; }
  std::uint32_t output_count(std::uint32_t place) const {
    return (place + 1 < steps_.size() ? steps_[place + 1].first_output : tensor_count()) - steps_[place].first_output;
  }
  std::span<const TensorId> inputs(std::uint32_t place) const {
    const std::size_t first = steps_[place].first_input;
    const std::size_t end = place + 1 < steps_.size() ? steps_[place + 1].first_input : inputs_.size();
    return {inputs_.data() + first, end - first};
  }

 private:
  std::vector<Step> steps_;
  std::vector<Tensor> tensors_;
  std::vector<TensorId> inputs_;
  std::vector<std::uint32_t> varying_;
  std::uint32_t owner_ = 0;
};

}  // namespace scopetrie
