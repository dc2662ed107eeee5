"""Gradients of totals of rows that belong together."""

from __future__ import annotations

from ...graph import Operation, Tensor
from ...ops.array.fill import ones, ones_like, zeros_like
from ...ops.array.gather import gather
from ...ops.array.join import concat
from ...ops.array.shape import rank, reshape, shape
from ...ops.elementwise.arithmetic import maximum, multiply, realdiv, subtract
from ...ops.elementwise.cast import cast
from ...ops.elementwise.compare import equal, greater_equal, logical_and, where, where_v2
from ...ops.math.segment import segment_prod, segment_sum, unsorted_segment_prod, unsorted_segment_sum
from ..declare import gradient

Grads = list[Tensor | None]


def _rows(values: Tensor, ids: Tensor, data: Tensor) -> tuple[Tensor, Tensor]:
    """The row of each segment number, zeros for negative ones; and which are not negative."""
    there = greater_equal(ids, 0)
    picked = gather(values, maximum(ids, zeros_like(ids)))
    behind = ones([subtract(rank(data), rank(ids))], "int32")
    there = reshape(there, concat([shape(ids), behind], 0))
    return where_v2(there, picked, zeros_like(picked)), there


@gradient("UnsortedSegmentSum")
def _unsorted_sum(op: Operation, grad: Tensor) -> Grads:
    data, ids, _ = op.inputs
    return [_rows(grad, ids, data)[0], None, None]


@gradient("UnsortedSegmentMax", "UnsortedSegmentMin")
def _unsorted_extreme(op: Operation, grad: Tensor) -> Grads:
    # As v1: rows that are equal to the result share its gradient.
    data, ids, count = op.inputs
    found, there = _rows(op.outputs[0], ids, data)
    chosen = logical_and(equal(data, found), there)
    counts = unsorted_segment_sum(cast(chosen, grad.dtype.base_dtype), ids, count)
    gathered, _ = _rows(realdiv(grad, counts), ids, data)
    return [where_v2(chosen, gathered, zeros_like(gathered)), None, None]


@gradient("UnsortedSegmentProd")
def _unsorted_prod(op: Operation, grad: Tensor) -> Grads:
    # The product of all other rows: where one is 0, of those that are not.
    data, ids, count = op.inputs
    zero = equal(data, 0)
    zeros = unsorted_segment_sum(cast(zero, "int32"), ids, count)
    alive = where(greater_equal(zeros, ones_like(zeros) + 1), zeros_like(grad), grad)
    rest = unsorted_segment_prod(where(zero, ones_like(data), data), ids, count)
    without, _ = _rows(rest, ids, data)
    product, _ = _rows(op.outputs[0], ids, data)
    others = where(zero, without, realdiv(product, where(zero, ones_like(data), data)))
    return [multiply(_rows(alive, ids, data)[0], others), None, None]


@gradient("SegmentSum")
def _sum(op: Operation, grad: Tensor) -> Grads:
    return [gather(grad, op.inputs[1]), None]


@gradient("SegmentMean")
def _mean(op: Operation, grad: Tensor) -> Grads:
    data, ids = op.inputs
    each = ones(concat([shape(ids), ones([subtract(rank(data), 1)], "int32")], 0), grad.dtype.base_dtype)
    return [gather(realdiv(grad, maximum(segment_sum(each, ids), 1)), ids), None]


@gradient("SegmentMax", "SegmentMin")
def _extreme(op: Operation, grad: Tensor) -> Grads:
    data, ids = op.inputs
    chosen = cast(equal(data, gather(op.outputs[0], ids)), grad.dtype.base_dtype)
    shared = realdiv(grad, segment_sum(chosen, ids))
    return [multiply(gather(shared, ids), chosen), None]


@gradient("SegmentProd")
def _prod(op: Operation, grad: Tensor) -> Grads:
    data, ids = op.inputs
    zero = equal(data, 0)
    zeros = segment_sum(cast(zero, "int32"), ids)
    alive = where(greater_equal(zeros, ones_like(zeros) + 1), zeros_like(grad), grad)
    kept = where(zero, ones_like(data), data)
    without = gather(segment_prod(kept, ids), ids)
    others = where(zero, without, realdiv(gather(op.outputs[0], ids), kept))
    return [multiply(gather(alive, ids), others), None]
