"""Gradients of diagonals and bands."""

from __future__ import annotations

from ...graph import Operation, Tensor
from ...ops.array.fill import zeros_like
from ...ops.elementwise.arithmetic import subtract
from ...ops.linalg.diag import matrix_band_part, matrix_diag_part, matrix_set_diag
from ...ops.linalg.tensor_diag import tensor_diag, tensor_diag_part
from ...ops.math.reduce import reduce_sum
from ..declare import attributes, gradient

Grads = list[Tensor | None]


@gradient("Diag")
def _diag(op: Operation, grad: Tensor) -> Tensor:
    return tensor_diag_part(grad)


@gradient("DiagPart")
def _diag_part(op: Operation, grad: Tensor) -> Tensor:
    return tensor_diag(grad)


@gradient("MatrixDiagV3")
def _matrix_diag(op: Operation, grad: Tensor) -> Grads:
    made = matrix_diag_part(grad, k=op.inputs[1], align=_align(op))
    return [made, None, None, None, subtract(reduce_sum(grad), reduce_sum(made), name="sub")]


@gradient("MatrixDiagPartV3")
def _matrix_diag_part(op: Operation, grad: Tensor) -> Grads:
    x, k, _ = op.inputs
    return [matrix_set_diag(zeros_like(x), grad, k=k, align=_align(op)), None, None]


@gradient("MatrixSetDiagV3")
def _matrix_set_diag(op: Operation, grad: Tensor) -> Grads:
    _, diagonal, k = op.inputs
    align = _align(op)
    around = matrix_set_diag(grad, zeros_like(diagonal), k=k, align=align)
    return [around, matrix_diag_part(grad, k=k, align=align), None]


@gradient("MatrixBandPart")
def _band_part(op: Operation, grad: Tensor) -> Grads:
    return [matrix_band_part(grad, op.inputs[1], op.inputs[2]), None, None]


def _align(op: Operation) -> str:
    found: str = attributes(op).get("align", "RIGHT_LEFT")
    return found
