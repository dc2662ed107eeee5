"""Gradients of cutting parts out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...graph import Operation, Tensor
from ...ops.array.indices import zeros_beside
from ...ops.array.join import stack
from ...ops.array.pad import pad
from ...ops.array.shape import shape
from ...ops.array.slice import MASKS, dense_key, strided_slice
from ...ops.declare import SHORT_INDICES, tensor
from ...ops.elementwise.arithmetic import subtract
from ...ops.elementwise.cast import cast
from ...ops.folding import constant_value, dims_from
from ...ops.promises import summable
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


def _sum_of_parts(calls: Sequence[tuple[Any, Sequence[Any]]]) -> Any:
    """The sum of arrays of zeros with a part each, which are added where they belong."""
    (_, (sizes, *_, dy)), *_ = calls
    if dy.dtype.char not in "fd" or any(given[0].tolist() != sizes.tolist() for _, given in calls):
        return None
    made = np.zeros(tuple(sizes.tolist()), dy.dtype)
    for function, (_, *place, part) in calls:
        there = made[function.plain_key(made.ndim, *place)]
        np.add(there, np.reshape(part, there.shape), out=there)
    return made


def _strided_kernel(xp: Any, **masks: int) -> Any:
    def key_of(rank: int, begin: Any, end: Any, strides: Any) -> tuple[Any, ...]:
        return tuple(dense_key(rank, begin.tolist(), end.tolist(), strides.tolist(), **masks))

    def plain_key(rank: int, begin: Any, end: Any, strides: Any) -> tuple[Any, ...]:
        # Setting leaves out the dimensions of size 1 that a key adds.
        return tuple(each for each in key_of(rank, begin, end, strides) if each is not None)

    def spread(sizes: Any, begin: Any, end: Any, strides: Any, dy: Any) -> Any:
        whole = tuple(sizes.tolist())
        made = zeros_beside(xp, dy, whole)
        if hasattr(xp, "setitem"):
            return xp.setitem(made, key_of(len(whole), begin, end, strides), dy)
        plain = plain_key(len(whole), begin, end, strides)
        made[plain] = xp.reshape(dy, made[plain].shape)
        return made

    spread.plain_key = plain_key  # type: ignore[attr-defined]
    return summable(spread, _sum_of_parts)


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
