"""Gradients of reductions: what was reduced gets the gradient of its result."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ... import dtypes
from ...graph import Operation, Tensor
from ...ops.array.dims import broadcast_to
from ...ops.array.gather import gather
from ...ops.array.join import concat
from ...ops.array.shape import rank, reshape, shape, size, transpose
from ...ops.array.unique import invert_permutation, setdiff1d
from ...ops.constant import constant
from ...ops.declare import index
from ...ops.elementwise.arithmetic import add, maximum, mod, multiply, realdiv
from ...ops.elementwise.cast import cast
from ...ops.elementwise.compare import equal
from ...ops.elementwise.divide import floordiv
from ...ops.folding import known_elements
from ...ops.math.reduce import axes_of, reduce_prod, reduce_sum
from ...ops.math.scan import cumprod
from ...ops.math.sequence import range_
from ...ops.registry import define_op
from ..declare import gradient, no_derivative
from ..elementwise.arithmetic import conjugate

Grads = list[Tensor | None]

no_derivative("All", "Any")


def _kept_kernel(xp: Any) -> Any:
    def kept(sizes: Any, axes: Any) -> Any:
        made = sizes.copy()
        made[list(axes_of(axes))] = 1
        return made

    return kept


# The shape of a reduction's result if it had kept the dimensions that it reduced.
kept_shape = define_op(
    "ReducedShape", index("input_shape"), index("axes", attr="Taxes"),
    rule=lambda sizes, axes: (sizes.dtype, sizes._dims), kernel=_kept_kernel, host_outputs=True,
)  # fmt: skip


def _axes(op: Operation) -> list[int] | None:
    """The dimensions that an operation reduces, counted from the first, if they are known."""
    dims, listed = op.inputs[0]._dims, known_elements(op.inputs[1])
    if dims is None or listed is None:
        return None
    return sorted({each % len(dims) for each in listed} if dims else ())


def _keeps(op: Operation) -> bool:
    return bool((op._attrs or {}).get("keep_dims"))


def _with_kept(op: Operation, tensor: Tensor) -> Tensor:
    """A result of the reduction, or its gradient, with the reduced dimensions of size 1."""
    if _keeps(op) or tensor._dims == ():
        return tensor
    x, axes = op.inputs[0], _axes(op)
    if axes is None:
        return reshape(tensor, kept_shape(shape(x), op.inputs[1]))
    if axes == list(range(len(axes))):
        return tensor  # broadcasting adds dimensions in front by itself
    dims = tuple(1 if at in axes else each for at, each in enumerate(x._dims or ()))
    unknown = dims.count(None)
    if unknown > 1:
        return reshape(tensor, kept_shape(shape(x), op.inputs[1]))
    return reshape(tensor, np.array([-1 if each is None else each for each in dims], np.int32))


@gradient("Sum")
def _sum(op: Operation, grad: Tensor) -> Grads:
    return [broadcast_to(_with_kept(op, grad), shape(op.inputs[0]), name="Tile"), None]


@gradient("Mean")
def _mean(op: Operation, grad: Tensor) -> Grads:
    x = op.inputs[0]
    each = realdiv(grad, _count(op, grad))
    return [broadcast_to(_with_kept(op, each), shape(x), name="truediv"), None]


def _count(op: Operation, grad: Tensor) -> Tensor:
    """How many elements each element of the result is made of."""
    x, axes, dtype = op.inputs[0], _axes(op), grad.dtype.base_dtype
    if axes is not None:
        sizes = [size for at, size in enumerate(x._dims or ()) if at in axes and size is not None]
        if len(sizes) == len(axes):
            return constant(np.asarray(math.prod(sizes), dtype.as_numpy_dtype))
    count = floordiv(size(x), maximum(size(op.outputs[0]), 1))
    return cast(count, dtype)


@gradient("Max", "Min")
def _extreme(op: Operation, grad: Tensor) -> Grads:
    x, axes = op.inputs
    chosen = cast(equal(_with_kept(op, op.outputs[0]), x), grad.dtype.base_dtype)
    # As v1: elements that are equal share the gradient.
    count = reduce_sum(chosen, axes, keepdims=True)
    share = realdiv(chosen, count, name="truediv")
    return [multiply(share, _with_kept(op, grad), name="mul"), None]


@gradient("Prod")
def _prod(op: Operation, grad: Tensor) -> Grads:
    x, given = op.inputs
    sizes = shape(x)
    ranks = rank(x)
    axes = mod(
        add(reshape(given, [-1]), cast(ranks, given.dtype.base_dtype)), cast(ranks, given.dtype.base_dtype)
    )
    spread = broadcast_to(_with_kept(op, grad), sizes)
    axes = cast(axes, dtypes.int32)
    rest, _ = setdiff1d(range_(ranks), axes)
    order = concat([axes, rest], 0)
    moved = transpose(x, order)
    ordered_sizes = shape(moved)
    rows = reduce_prod(gather(sizes, axes))
    columns = reduce_prod(gather(sizes, rest))
    matrix = reshape(moved, [rows, columns])
    # The product of all others: of those before and of those after.
    others = multiply(
        cumprod(matrix, exclusive=True), cumprod(matrix, exclusive=True, reverse=True), name="mul"
    )
    back = transpose(reshape(conjugate(others), ordered_sizes), invert_permutation(order))
    return [reshape(multiply(spread, back, name="mul"), sizes), None]


@gradient("EuclideanNorm")
def _euclidean_norm(op: Operation, grad: Tensor) -> Grads:
    part = realdiv(_with_kept(op, op.outputs[0]), _with_kept(op, grad), name="truediv")
    return [realdiv(op.inputs[0], part, name="truediv"), None]


@gradient("L2Loss")
def _l2_loss(op: Operation, grad: Tensor) -> Tensor:
    return multiply(op.inputs[0], grad, name="mul")
