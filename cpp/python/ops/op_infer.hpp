// What an operation gives: the dtype and shape of its outputs, by a rule of the core or one in Python.
#pragma once

#include <span>

#include "ops/op_function.hpp"

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

/// The first input, in v1's order, whose dtype its op does not take.
struct DTypeFault {
  const Input* input = nullptr;  // null: there is none
  std::uint8_t dtype = 0;
  std::uint8_t wanted = 0;  // that of the inputs before it; 0: it is not among those allowed
};
template <class DTypeOf>
DTypeFault find_dtype_fault(const Definition& definition, std::size_t count, DTypeOf&& dtype_of) {
  std::uint8_t groups[kMostInputs] = {};
  for (std::size_t i = 0; i < count; ++i) {
    const Input& input = definition.inputs[definition.input_at(i, count)];
    const std::uint8_t dtype = dtype_of(i);
    if (!input.takes(dtype)) return {&input, dtype, 0};
    std::uint8_t& wanted = groups[input.group];
    if (wanted == 0 || input.kind == Input::kMixedList) wanted = dtype;
    if (wanted != dtype) return {&input, dtype, wanted};
  }
  return {};
}

/// Raises what v1 says of an input whose dtype is not among those allowed.
[[noreturn]] void wrong_dtype(const Definition& definition, const Input& input, std::uint8_t dtype);

/// The same for any rule. `name` is what the operation would be called. Throws.
void infer(const Definition& definition, PyGraph* graph, std::span<TensorId> ids, PyObject* attrs, Outputs& out,
           const Name& name);

}  // namespace scopetrie::python
