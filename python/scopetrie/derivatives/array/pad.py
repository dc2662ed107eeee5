"""Gradients of borders, repetitions and other moves of elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...graph import Operation, Tensor
from ...ops.array.join import stack
from ...ops.array.pad import pad
from ...ops.array.reverse import reverse, reverse_sequence, roll
from ...ops.array.shape import reshape, shape, size, transpose
from ...ops.array.slice import slice_
from ...ops.array.space import batch_to_space_nd, depth_to_space, space_to_batch_nd, space_to_depth
from ...ops.declare import attr, index, tensor
from ...ops.elementwise.cast import cast
from ...ops.elementwise.unary import negative
from ...ops.folding import constant_value
from ...ops.math.reduce import reduce_sum
from ...ops.math.sequence import range_
from ...ops.registry import define_op
from ..declare import attributes, gradient

Grads = list[Tensor | None]


@gradient("Tile")
def _tile(op: Operation, grad: Tensor) -> Grads:
    x, multiples = op.inputs
    sizes = shape(x, out_type=multiples.dtype.base_dtype)
    # Each dimension is taken apart into repetitions and what was repeated.
    split = reshape(transpose(stack([multiples, sizes])), [-1])
    made = reduce_sum(reshape(grad, split), range_(0, size(split), 2))
    return [made, None]


@gradient("Pad")
def _pad(op: Operation, grad: Tensor) -> Grads:
    return [_inside(op, grad), None]


@gradient("PadV2")
def _pad_v2(op: Operation, grad: Tensor) -> Grads:
    return [_inside(op, grad), None, None]


def _inside(op: Operation, grad: Tensor) -> Tensor:
    x, paddings = op.inputs[:2]
    known = constant_value(paddings)
    if known is not None:
        return slice_(grad, np.asarray(known[:, 0], np.int32), shape(x))
    return slice_(grad, cast(paddings[:, 0], "int32"), shape(x))


def _mirror_kernel(xp: Any, mode: str) -> Any:
    skip = 1 if mode == "REFLECT" else 0

    def fold(grad: Any, paddings: Any) -> Any:
        for axis, (low, high) in reversed(list(enumerate(paddings.tolist()))):
            lead = (slice(None),) * axis
            size = grad.shape[axis] - low - high
            middle = grad[(*lead, slice(low, low + size), ...)]
            front = xp.flip(grad[(*lead, slice(0, low), ...)], axis=axis)
            back = xp.flip(grad[(*lead, slice(low + size, low + size + high), ...)], axis=axis)
            for part, first in ((front, skip), (back, size - skip - high)):
                width = part.shape[axis]
                ends = [xp.zeros_like(middle[(*lead, slice(0, count), ...)])
                        for count in (first, size - first - width)]  # fmt: skip
                middle = middle + xp.concat([ends[0], part, ends[1]], axis=axis)
            grad = middle
        return grad

    return fold


_mirror_pad_grad = define_op(
    "MirrorPadGrad", tensor("input"), index("paddings", attr="Tpaddings"), kernel=_mirror_kernel,
    rule=lambda x, paddings, mode: (x.dtype.base_dtype, None if x._dims is None else (None,) * len(x._dims)),
    attributes=(attr("mode", str),),
)  # fmt: skip


@gradient("MirrorPad")
def _mirror_pad(op: Operation, grad: Tensor) -> Grads:
    return [_mirror_pad_grad(grad, op.inputs[1], mode=attributes(op)["mode"]), None]


@gradient("MirrorPadGrad")
def _of_mirror_pad_grad(op: Operation, grad: Tensor) -> Grads:
    return [pad(grad, op.inputs[1], mode=attributes(op)["mode"]), None]


@gradient("ReverseV2")
def _reverse(op: Operation, grad: Tensor) -> Grads:
    return [reverse(grad, op.inputs[1]), None]


@gradient("ReverseSequence")
def _reverse_sequence(op: Operation, grad: Tensor) -> Grads:
    found = attributes(op)
    made = reverse_sequence(
        grad, op.inputs[1], seq_axis=found["seq_dim"], batch_axis=found.get("batch_dim", 0)
    )
    return [made, None]


@gradient("Roll")
def _roll(op: Operation, grad: Tensor) -> Grads:
    return [roll(grad, negative(op.inputs[1]), op.inputs[2]), None, None]


@gradient("SpaceToDepth")
def _space_to_depth(op: Operation, grad: Tensor) -> Tensor:
    found = attributes(op)
    return depth_to_space(grad, found["block_size"], data_format=found.get("data_format", "NHWC"))


@gradient("DepthToSpace")
def _depth_to_space(op: Operation, grad: Tensor) -> Tensor:
    found = attributes(op)
    return space_to_depth(grad, found["block_size"], data_format=found.get("data_format", "NHWC"))


@gradient("SpaceToBatchND")
def _space_to_batch(op: Operation, grad: Tensor) -> Grads:
    return [batch_to_space_nd(grad, op.inputs[1], op.inputs[2]), None, None]


@gradient("BatchToSpaceND")
def _batch_to_space(op: Operation, grad: Tensor) -> Grads:
    return [space_to_batch_nd(grad, op.inputs[1], op.inputs[2]), None, None]
