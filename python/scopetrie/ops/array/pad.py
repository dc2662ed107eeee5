"""Larger tensors: tile, pad."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._core import Variable, own_items
from ...graph import Tensor
from ...public import v1
from ..declare import attr, index, tensor
from ..direct import direct
from ..registry import define_op
from .indices import zeros_beside


def _tile_kernel(xp: Any) -> Any:
    def tiled(x: Any, multiples: Any) -> Any:
        counts = tuple(multiples.tolist())
        for at, count in enumerate(counts):
            if count < 0:
                raise ValueError(f"Expected multiples[{at}] >= 0, but got {count}")
        return xp.tile(x, counts)

    return tiled


tile = define_op(
    "Tile", tensor("input"), index("multiples", attr="Tmultiples"), kernel=_tile_kernel,
    doc="""Repeats a tensor along each of its dimensions.

    Args:
        input: A tensor.
        multiples: How often, for each dimension.
        name: The operation's name.

    Returns:
        A tensor with the dtype of `input`.

    Raises:
        ValueError: If there is not one number for each dimension.
    """,
)  # fmt: skip
tile = v1("tile")(tile)


def pad_constant(xp: Any, x: Any, amounts: Any, value: Any = 0) -> Any:
    """`x` with a border of `value`; `amounts` has a pair (before, after) for each dimension."""
    out = x
    if len(amounts) != len(x.shape):
        raise ValueError(f"paddings must have as many rows as the tensor has dimensions: {len(amounts)}")
    if any(size < 0 for pair in amounts for size in pair):
        raise ValueError(f"Paddings must be non-negative: {amounts}")
    for axis, (low, high) in enumerate(amounts):
        parts = []
        shape = list(out.shape)
        for count in (low, high):
            shape[axis] = count
            parts.append(
                xp.broadcast_to(xp.astype(xp.asarray(value), x.dtype), tuple(shape)) if count else None
            )
        pieces = [each for each in (parts[0], out, parts[1]) if each is not None]
        out = xp.concat(pieces, axis=axis) if len(pieces) > 1 else out
    return out


def _pad_kernel(xp: Any) -> Any:
    return lambda x, paddings: pad_constant(xp, x, paddings.tolist(), zeros_beside(xp, x, ()))


_pad = define_op(
    "Pad", tensor("input"), index("paddings", attr="Tpaddings"),
    kernel=_pad_kernel,
)  # fmt: skip
_pad_v2 = define_op(
    "PadV2", tensor("input"), index("paddings", attr="Tpaddings"), tensor("constant_values"),
    kernel=lambda xp: lambda x, paddings, value: pad_constant(xp, x, paddings.tolist(), value),
)  # fmt: skip


def _mirror_kernel(xp: Any, mode: str) -> Any:
    skip = 1 if mode == "REFLECT" else 0

    def mirror(x: Any, paddings: Any) -> Any:
        if len(paddings) != len(x.shape) or (paddings < 0).any():
            raise ValueError(f"paddings must be non-negative, a row for each dimension: {paddings.tolist()}")
        for axis, (low, high) in enumerate(paddings.tolist()):
            size = x.shape[axis]
            if max(low, high) > size - skip:
                raise ValueError(
                    f"paddings must be no greater than the dimension size: {low}, {high} greater than {size}"
                )
            lead = (slice(None),) * axis
            front = xp.flip(x[(*lead, slice(skip, skip + low), ...)], axis=axis)
            back = xp.flip(x[(*lead, slice(size - skip - high, size - skip), ...)], axis=axis)
            x = xp.concat([front, x, back], axis=axis)
        return x

    return mirror


_mirror_pad = define_op(
    "MirrorPad", tensor("input"), index("paddings", attr="Tpaddings"),
    kernel=_mirror_kernel, attributes=(attr("mode", str),),
)  # fmt: skip


@v1("pad")
@direct(_pad)
def pad(
    tensor: Any, paddings: Any, mode: str = "CONSTANT", name: str | None = None, constant_values: Any = 0
) -> Tensor:
    """Puts a border around a tensor.

    Args:
        tensor: A tensor.
        paddings: Sizes of the border `[rank, 2]`, before and after, for each dimension.
        mode: "CONSTANT", "REFLECT" (mirrored, without the edge) or "SYMMETRIC" (with the edge).
        name: The operation's name.
        constant_values: What a constant border is made of.

    Returns:
        A tensor with the dtype of `tensor`.

    Raises:
        ValueError: If the mode is none of these, or `paddings` has another shape.
    """
    kind = mode.upper()
    if kind == "CONSTANT":
        if constant_values.__class__ in (int, float) and constant_values == 0:
            return _pad(tensor, paddings, name=name)
        if isinstance(constant_values, Tensor) or np.any(np.asarray(own_items(constant_values)) != 0):
            dtype = tensor.dtype.base_dtype if isinstance(tensor, (Tensor, Variable)) else None
            if not isinstance(constant_values, Tensor) and dtype is not None:
                constant_values = np.asarray(own_items(constant_values), dtype=dtype.as_numpy_dtype)
            return _pad_v2(tensor, paddings, constant_values, name=name)
        return _pad(tensor, paddings, name=name)
    if kind not in ("REFLECT", "SYMMETRIC"):
        raise ValueError(
            f'Value of argument `mode` expected to be one of "CONSTANT", "REFLECT", or "SYMMETRIC". '
            f"Received `mode` = {mode}"
        )
    return _mirror_pad(tensor, paddings, mode=kind, name=name)
