"""Gradients of cutting parts out."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...graph import Operation, Tensor
from ...ops.array.indices import zeros_beside
from ...ops.array.join import stack
from ...ops.array.pad import pad
from ...ops.array.shape import shape
from ...ops.array.slice import MASKS, dense_key, strided_slice
from ...ops.declare import SHORT_INDICES, tensor
from ...ops.elementwise.arithmetic import cast, subtract
from ...ops.folding import constant_value, dims_from
from ...ops.registry import define_op
from ..declare import attributes, gradient

Grads = list[Tensor | None]


@gradient("Slice")
def _slice(op: Operation, grad: Tensor) -> Grads:
    x, begin, _ = op.inputs
    out = op.outputs[0]
    first = constant_value(begin)
    if first is not None and None not in (x._dims or (None,)) and None not in (out._dims or (None,)):
        sizes, taken = np.array(x._dims, np.int64), np.array(out._dims, np.int64)
        after = sizes - taken - first
        return [pad(grad, np.stack([first, after], axis=1).astype(np.int32)), None, None]
    before = cast(begin, "int32")
    after = subtract(subtract(shape(x), shape(out)), before)
    return [pad(grad, stack([before, after], axis=1)), None, None]


def _strided_kernel(xp: Any, **masks: int) -> Any:
    def spread(sizes: Any, begin: Any, end: Any, strides: Any, dy: Any) -> Any:
        whole = tuple(sizes.tolist())
        key = tuple(dense_key(len(whole), begin.tolist(), end.tolist(), strides.tolist(), **masks))
        made = zeros_beside(xp, dy, whole)
        if hasattr(xp, "setitem"):
            return xp.setitem(made, key, dy)
        # Setting leaves out the dimensions of size 1 that a key adds.
        plain = tuple(each for each in key if each is not None)
        made[plain] = xp.reshape(dy, made[plain].shape)
        return made

    return spread


_strided_slice_grad = define_op(
    "StridedSliceGrad", tensor("shape", SHORT_INDICES, "Index", host=True),
    tensor("begin", attr="Index", host=True), tensor("end", attr="Index", host=True),
    tensor("strides", attr="Index", host=True), tensor("dy"),
    rule=lambda sizes, begin, end, strides, dy, **masks: (dy.dtype.base_dtype, dims_from(sizes)),
    kernel=_strided_kernel, attributes=MASKS,
)  # fmt: skip


@gradient("StridedSlice")
def _strided_slice(op: Operation, grad: Tensor) -> Grads:
    x, begin, end, strides = op.inputs
    sizes = shape(x, out_type=begin.dtype.base_dtype)
    made = _strided_slice_grad(sizes, begin, end, strides, grad, **_masks(op))
    return [made, None, None, None]


@gradient("StridedSliceGrad")
def _of_strided_slice_grad(op: Operation, grad: Tensor) -> Grads:
    _, begin, end, strides, _ = op.inputs
    return [None, None, None, None, strided_slice(grad, begin, end, strides, **_masks(op))]


def _masks(op: Operation) -> dict[str, Any]:
    found = attributes(op)
    return {each.name: found.get(each.name, 0) for each in MASKS}
