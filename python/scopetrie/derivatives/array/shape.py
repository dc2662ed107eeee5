"""Gradients of changes of shape."""

from __future__ import annotations

from ...graph import Operation, Tensor
from ...ops.array.dims import broadcast_to
from ...ops.array.shape import reshape, shape, transpose
from ...ops.array.unique import invert_permutation
from ..broadcasting import summed_to
from ..declare import gradient, no_derivative

no_derivative("Shape", "ShapeN", "Size", "Rank", "BroadcastArgs", "ReducedShape")


@gradient("Reshape")
def _reshape(op: Operation, grad: Tensor) -> list[Tensor | None]:
    return [reshape(grad, shape(op.inputs[0])), None]


@gradient("ExpandDims")
def _expand_dims(op: Operation, grad: Tensor) -> list[Tensor | None]:
    return [reshape(grad, shape(op.inputs[0])), None]


@gradient("Squeeze")
def _squeeze(op: Operation, grad: Tensor) -> Tensor:
    return reshape(grad, shape(op.inputs[0]))


@gradient("Transpose")
def _transpose(op: Operation, grad: Tensor) -> list[Tensor | None]:
    return [transpose(grad, invert_permutation(op.inputs[1])), None]


@gradient("ConjugateTranspose")
def _conjugate_transpose(op: Operation, grad: Tensor) -> list[Tensor | None]:
    return [transpose(grad, invert_permutation(op.inputs[1]), conjugate=True), None]


@gradient("BroadcastTo")
def _broadcast_to(op: Operation, grad: Tensor) -> list[Tensor | None]:
    return [summed_to(grad, op.inputs[0]), None]


@gradient("SumToShape")
def _sum_to_shape(op: Operation, grad: Tensor) -> list[Tensor | None]:
    return [broadcast_to(grad, shape(op.inputs[0])), None]


@gradient("EnsureShape")
def _ensure_shape(op: Operation, grad: Tensor) -> Tensor:
    return reshape(grad, shape(op.inputs[0]))
