// What an operation gives: the dtype and shape of its outputs, by a rule of ours or one in Python.
#pragma once

#include <span>
#include <vector>

#include "calls/op_function.hpp"

namespace scopetrie::python {

/// What the rule says of the outputs, beside those that need no vector.
struct Outputs {
  Output one;
  std::vector<Output> many;
  std::size_t count = 1;
  std::span<const Output> span() const { return {count == 1 ? &one : many.data(), count}; }
};

/// The dtype and shape by one of our own rules; false where the inputs do not fit, without an exception.
inline bool infer_simple(const Definition& definition, OpGraph& ops, std::span<const TensorId> ids, Output& out) {
  const TensorRow first = ops.tensor(ids[0]);
  const std::uint8_t dtype = base_dtype(first.dtype);
  if (!definition.inputs[0].takes(dtype)) return false;
  out = {first.shape, dtype};
  if (definition.rule == Rule::kBool || definition.rule == Rule::kCompare) out.dtype = kBool;
  const bool broadcasts = definition.rule != Rule::kSame && definition.rule != Rule::kBool;
  for (std::size_t i = 1; i < ids.size(); ++i) {
    const TensorRow next = ops.tensor(ids[i]);
    if (definition.same_dtype && base_dtype(next.dtype) != dtype) return false;
    if (!broadcasts) continue;
    const auto shape = ops.shapes().broadcast(out.shape, next.shape);
    if (!shape) return false;
    out.shape = *shape;
  }
  return true;
}

/// Raises what v1 says of an input whose dtype is not among those allowed; returns false.
bool wrong_dtype(const Definition& definition, const Input& input, std::uint8_t dtype);

/// The same for any rule, with the exception that says what is wrong. `name` is what the operation would be called.
bool infer(const Definition& definition, PyGraph* graph, std::span<const TensorId> ids, PyObject* attrs, Outputs& out,
           const Name& name);

}  // namespace scopetrie::python
