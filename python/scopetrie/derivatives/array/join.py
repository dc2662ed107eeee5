"""Gradients of joining and taking apart."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...graph import Operation, Tensor
from ...ops.array.join import concat, stack
from ...ops.array.shape import shape
from ...ops.array.slice import slice_
from ...ops.array.split import unstack
from ...ops.declare import INDICES, tensor, tensors
from ...ops.folding import constant_value
from ...ops.registry import define_op, listed
from ..declare import attributes, gradient

Grads = list[Tensor | None]


def _offset_kernel(xp: Any) -> Any:
    def offsets(axis: Any, *sizes: Any) -> Any:
        along, at, made = int(axis), 0, []
        for each in sizes:
            begin = np.zeros_like(each)
            begin[along] = at
            made.append(begin)
            at += each[along]
        return made if len(made) > 1 else made[0]

    return offsets


# Where each part of a concatenation begins.
_concat_offset = define_op(
    "ConcatOffset", tensor("concat_dim", INDICES, None, host=True), tensors("shape", INDICES, "shape_type"),
    rule=lambda axis, sizes: [(each.dtype.base_dtype, each._dims) for each in sizes],
    kernel=_offset_kernel, host_outputs=True,
)  # fmt: skip


@gradient("ConcatV2")
def _concat(op: Operation, grad: Tensor) -> Grads:
    *parts, axis = op.inputs
    if len(parts) == 1:
        return [grad, None]
    along = constant_value(axis)
    dims = [each._dims for each in parts]
    if along is not None and None not in dims:
        at = int(along) % len(dims[0]) if dims[0] else 0
        sizes = [each[at] for each in dims if each is not None]
        if None not in sizes:
            return [*_cut(grad, at, [each for each in sizes if each is not None], len(dims[0] or ())), None]
    shapes = [shape(each) for each in parts]
    begins = listed(_concat_offset(axis, shapes))
    return [*(slice_(grad, begin, size) for begin, size in zip(begins, shapes, strict=True)), None]


def _cut(grad: Tensor, axis: int, sizes: list[int], rank: int) -> list[Tensor]:
    """Parts of known sizes along a dimension."""
    made, at = [], 0
    for each in sizes:
        begin, size = np.zeros(rank, np.int32), np.full(rank, -1, np.int32)
        begin[axis], size[axis] = at, each
        made.append(slice_(grad, begin, size))
        at += each
    return made


@gradient("Pack")
def _pack(op: Operation, grad: Tensor) -> list[Tensor]:
    return unstack(grad, num=len(op.inputs), axis=attributes(op).get("axis", 0))


@gradient("Unpack")
def _unpack(op: Operation, *grads: Tensor) -> Tensor:
    return stack(grads, axis=attributes(op).get("axis", 0))


@gradient("Split")
def _split(op: Operation, *grads: Tensor) -> Grads:
    return [None, concat(list(grads), op.inputs[0])]


@gradient("SplitV")
def _split_v(op: Operation, *grads: Tensor) -> Grads:
    return [concat(list(grads), op.inputs[2]), None, None]
