"""Gradients of tensors that are handed on or filled."""

from __future__ import annotations

from typing import Any

from ...graph import Operation, Tensor
from ...ops.math.reduce import reduce_sum
from ..declare import gradient, no_derivative

no_derivative("Const", "OnesLike", "StopGradient", "ZerosLike", "Placeholder", "VariableV2")


@gradient(
    "CheckNumerics", "Exit", "GuaranteeConst", "Identity", "Merge", "PlaceholderWithDefault", "Print",
    "Snapshot", "TensorArrayGatherV3", sparse=True,
)  # fmt: skip
def _identity(op: Operation, grad: Any) -> Any:
    rest = len(op.inputs) - 1
    return [grad, *([None] * rest)] if rest else grad


@gradient("IdentityN", sparse=True)
def _identity_n(op: Operation, *grads: Any) -> list[Any]:
    return list(grads)


@gradient("Fill")
def _fill(op: Operation, grad: Tensor) -> list[Tensor | None]:
    return [None, reduce_sum(grad)]
