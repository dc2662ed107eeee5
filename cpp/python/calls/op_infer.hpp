// What an operation gives: the dtype and shape of its outputs, by a rule of the core or one in Python.
#pragma once

#include <span>

#include "calls/op_function.hpp"

namespace scopetrie::python {

/// The dtype and shape by a rule that is no function; false where the inputs do not fit, without an exception.
inline bool infer_simple(const Definition& definition, OpGraph& ops, std::span<const TensorId> ids, Output& out) {
  const TensorRow first = ops.tensor(ids[0]);
  const std::uint8_t dtype = base_dtype(first.dtype);
  if (!definition.inputs[0].takes(dtype)) return false;
  out = {first.shape, dtype};
  if (definition.rule.is_boolean()) out.dtype = kBool;
  const bool broadcasts = definition.rule.broadcasts();
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
bool infer(const Definition& definition, PyGraph* graph, std::span<TensorId> ids, PyObject* attrs, Outputs& out,
           const Name& name);

}  // namespace scopetrie::python
