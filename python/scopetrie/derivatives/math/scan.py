"""Gradients of running totals and of sorting."""

from __future__ import annotations

import numpy as np

from ...graph import Operation, Tensor
from ...ops.array.dims import expand_dims
from ...ops.array.fill import zeros_like
from ...ops.array.join import concat
from ...ops.array.scatter import scatter_nd
from ...ops.array.shape import reshape, shape, size
from ...ops.constant import constant
from ...ops.elementwise.arithmetic import add, multiply, subtract
from ...ops.elementwise.cast import cast
from ...ops.elementwise.compare import greater, less, where
from ...ops.elementwise.divide import div_no_nan
from ...ops.elementwise.unary import exp, log, negative
from ...ops.math.scan import cumprod, cumsum, cumulative_logsumexp
from ...ops.math.sequence import range_
from ..declare import attributes, gradient, no_derivative

Grads = list[Tensor | None]


@gradient("Cumsum")
def _cumsum(op: Operation, grad: Tensor) -> Grads:
    found = attributes(op)
    back = not found.get("reverse", False)
    return [cumsum(grad, op.inputs[1], exclusive=found.get("exclusive", False), reverse=back), None]


@gradient("Cumprod")
def _cumprod(op: Operation, grad: Tensor) -> Grads:
    x, axis = op.inputs
    found = attributes(op)
    exclusive, reverse = found.get("exclusive", False), found.get("reverse", False)
    product = cumprod(x, axis, exclusive=exclusive, reverse=reverse)
    total = cumsum(multiply(product, grad, name="mul"), axis, exclusive=exclusive, reverse=not reverse)
    return [div_no_nan(total, x), None]


@gradient("CumulativeLogsumexp")
def _cumulative_logsumexp(op: Operation, grad: Tensor) -> Grads:
    # As v1: positive and negative gradients are added up apart, as logarithms.
    x, axis = op.inputs
    out, found = op.outputs[0], attributes(op)
    how = {"exclusive": found.get("exclusive", False), "reverse": not found.get("reverse", False)}
    lowest = constant(np.asarray(np.finfo(x.dtype.as_numpy_dtype).min, x.dtype.as_numpy_dtype))
    nothing = zeros_like(grad)
    sides = []
    for signed, present in ((grad, greater(grad, 0)), (negative(grad), less(grad, 0))):
        logarithm = log(where(present, signed, nothing + 1))
        each = where(present, logarithm, nothing + lowest)
        sides.append(exp(cumulative_logsumexp(subtract(each, out), axis, **how) + x))
    return [subtract(*sides), None]


@gradient("TopKV2")
def _top_k(op: Operation, grad: Tensor, _: Tensor | None) -> Grads:
    x, places = op.inputs[0], op.outputs[1]
    sizes = shape(x)
    columns = sizes[-1]
    rows = reshape(places, concat([[-1], shape(places)[-1:]], 0))
    firsts = multiply(range_(0, shape(rows)[0]), columns)
    at = reshape(add(cast(rows, "int32"), expand_dims(firsts, 1)), [-1, 1])
    flat = scatter_nd(at, reshape(grad, [-1]), expand_dims(size(x), 0))
    return [reshape(flat, sizes), None]


no_derivative("ArgMax", "ArgMin")
