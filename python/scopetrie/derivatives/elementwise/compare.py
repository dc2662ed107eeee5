"""Gradients of choices between tensors."""

from __future__ import annotations

from ...graph import Operation, Tensor
from ...ops.array.fill import zeros_like
from ...ops.elementwise.compare import greater, less, logical_or, where, where_v2
from ..broadcasting import summed_to
from ..declare import gradient, no_derivative

Grads = list[Tensor | None]

no_derivative(
    "Equal", "Greater", "GreaterEqual", "Less", "LessEqual", "LogicalAnd", "LogicalNot", "LogicalOr",
    "NotEqual",
)  # fmt: skip


@gradient("Select")
def _select(op: Operation, grad: Tensor) -> Grads:
    condition = op.inputs[0]
    nothing = zeros_like(op.inputs[1])
    return [None, where(condition, grad, nothing), where(condition, nothing, grad)]


@gradient("SelectV2")
def _select_v2(op: Operation, grad: Tensor) -> Grads:
    condition, x, y = op.inputs
    nothing = zeros_like(grad)
    made: Grads = [None]
    for given, kept in ((x, where_v2(condition, grad, nothing)), (y, where_v2(condition, nothing, grad))):
        dims = given._dims
        same = dims is not None and None not in dims and dims == op.outputs[0]._dims
        made.append(kept if same else summed_to(kept, given))
    return made


@gradient("ClipByValue")
def _clip(op: Operation, grad: Tensor) -> Grads:
    x, low, high = op.inputs
    nothing = zeros_like(grad)
    below, above = less(x, low), greater(x, high)
    inside = where_v2(logical_or(below, above), nothing, grad)
    return [
        inside if x._dims is not None and x._dims == op.outputs[0]._dims else summed_to(inside, x),
        summed_to(where_v2(below, grad, nothing), low),
        summed_to(where_v2(above, grad, nothing), high),
    ]
