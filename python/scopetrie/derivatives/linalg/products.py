"""Gradients of products of matrices."""

from __future__ import annotations

from typing import Any

from ...graph import Operation, Tensor
from ...ops.elementwise.cast import cast
from ...ops.linalg.products import matmul
from ...ops.registry import OPS
from ..broadcasting import summed_to
from ..declare import gradient
from ..elementwise.arithmetic import conjugate

Grads = list[Tensor | None]


@gradient("MatMul")
def _matmul(op: Operation, grad: Tensor) -> Grads:
    attrs: Any = op._attrs or {}
    a, b = map(conjugate, op.inputs)
    if attrs.get("transpose_a"):
        if attrs.get("transpose_b"):
            return [
                matmul(b, grad, transpose_a=True, transpose_b=True),
                matmul(grad, a, transpose_a=True, transpose_b=True),
            ]
        return [matmul(b, grad, transpose_b=True), matmul(a, grad)]
    if attrs.get("transpose_b"):
        return [matmul(grad, b), matmul(grad, a, transpose_a=True)]
    return [matmul(grad, b, transpose_b=True), matmul(a, grad, transpose_a=True)]


@gradient("SparseMatMul")
def _sparse_matmul(op: Operation, grad: Tensor) -> Grads:
    return [
        None if made is None else cast(made, given.dtype.base_dtype)
        for made, given in zip(_matmul(op, grad), op.inputs, strict=True)
    ]


@gradient("BatchMatMul", "BatchMatMulV2", "BatchMatMulV3")
def _batch_matmul(op: Operation, grad: Tensor) -> Grads:
    attrs: Any = op._attrs or {}
    x, y = op.inputs
    product: Any = OPS["BatchMatMulV2"].function
    if attrs.get("adj_x"):
        flipped = bool(attrs.get("adj_y"))
        of_x = product(y, grad, adj_x=flipped, adj_y=True)
        of_y = product(grad, x, adj_x=True, adj_y=True) if flipped else product(x, grad)
    elif attrs.get("adj_y"):
        of_x, of_y = product(grad, y), product(grad, x, adj_x=True)
    else:
        of_x, of_y = product(grad, y, adj_y=True), product(x, grad, adj_x=True)
    lead, other = (None if each._dims is None else each._dims[:-2] for each in (x, y))
    if lead is not None and lead == other and None not in lead:
        return [of_x, of_y]
    return [summed_to(of_x, x), summed_to(of_y, y)]
