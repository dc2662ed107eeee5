"""Another order along a dimension: reverse, reverse_sequence, roll."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import dtypes
from ...backends import host_view
from ...graph import Tensor
from ...public import v1
from ..constant import index_array
from ..declare import INEXACT, attr, index, tensor
from ..direct import direct
from ..registry import define_op
from .indices import count_up

_reverse = define_op(
    "ReverseV2",
    tensor(
        "tensor",
        (
            dtypes.uint8,
            dtypes.int8,
            dtypes.uint16,
            dtypes.int16,
            dtypes.int32,
            dtypes.uint32,
            dtypes.int64,
            dtypes.uint64,
            dtypes.bool,
            *INEXACT,
            dtypes.string,
        ),
    ),
    index("axis"),
    # As v1, a scalar is its own reverse, along whatever.
    kernel=lambda xp: lambda x, axis: xp.flip(x, axis=tuple(axis.tolist())) if axis.size and x.shape else x,
)


@v1("reverse", "reverse_v2")
@direct(_reverse)
def reverse(tensor: Any, axis: Any, name: str | None = None) -> Tensor:
    """Reverses a tensor along dimensions.

    Args:
        tensor: A tensor.
        axis: A list of dimensions.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `tensor`.

    Raises:
        ValueError: If a dimension is out of range.
    """
    return _reverse(tensor, axis, name=name)


def _reverse_sequence_kernel(xp: Any, seq_dim: int, batch_dim: int = 0) -> Any:
    def reverse_parts(x: Any, lengths: Any) -> Any:
        x = xp.moveaxis(x, (batch_dim, seq_dim), (0, 1))
        if tuple(lengths.shape) != tuple(x.shape[:1]):
            raise ValueError(f"len(seq_lens) != input.dims({batch_dim}): {list(lengths.shape)}, {x.shape[0]}")
        values = host_view(lengths)
        if values is not None and values.size:
            if values.min() < 0:
                raise ValueError(f"seq_lens({int(np.argmax(values < 0))}) < 0")
            if values.max() > x.shape[1]:
                raise ValueError(f"seq_lens({int(np.argmax(values > x.shape[1]))}) > input.dims({seq_dim})")
        if 0 in x.shape:
            return xp.moveaxis(x, (0, 1), (batch_dim, seq_dim))
        steps = count_up(xp, lengths, x.shape[1])[None, :]
        ends = lengths[:, None]
        at = xp.where(steps < ends, ends - 1 - steps, steps)
        rows = xp.stack([xp.take(x[i, ...], at[i, ...], axis=0) for i in range(x.shape[0])], axis=0)
        return xp.moveaxis(rows, (0, 1), (batch_dim, seq_dim))

    return reverse_parts


_reverse_sequence = define_op(
    "ReverseSequence", tensor("input"), tensor("seq_lengths", attr="Tlen"),
    kernel=_reverse_sequence_kernel,
    attributes=(attr("batch_dim", int), attr("seq_dim", int)),
)  # fmt: skip


@v1("reverse_sequence")
def reverse_sequence(
    input: Any, seq_lengths: Any, seq_axis: int | None = None, batch_axis: int | None = None,
    name: str | None = None, seq_dim: int | None = None, batch_dim: int | None = None,
) -> Tensor:  # fmt: skip
    """Reverses the first `seq_lengths[i]` steps of each sequence `i`.

    Args:
        input: A tensor.
        seq_lengths: A vector, one length for each entry along `batch_axis`.
        seq_axis: The dimension of the steps.
        batch_axis: The dimension of the sequences, 0 by default.
        name: The operation's name.
        seq_dim: Deprecated name of `seq_axis`.
        batch_dim: Deprecated name of `batch_axis`.

    Returns:
        A tensor with the dtype and shape of `input`.
    """
    from .dims import renamed

    along = renamed(seq_axis, "seq_axis", seq_dim, "seq_dim")
    batch = renamed(batch_axis, "batch_axis", batch_dim, "batch_dim")
    return _reverse_sequence(input, index_array(seq_lengths), seq_dim=along, batch_dim=batch or 0, name=name)


def _roll_kernel(xp: Any) -> Any:
    def shifted(x: Any, shift: Any, axis: Any) -> Any:
        if not x.shape:
            raise ValueError("input must be 1-D or higher")
        if shift.shape != axis.shape:
            raise ValueError(f"shift and axis must have the same size: {shift.shape}, {axis.shape}")
        steps, axes = np.atleast_1d(shift).tolist(), np.atleast_1d(axis).tolist()
        for at in axes:
            if not -len(x.shape) <= at < len(x.shape):
                raise ValueError(f"axis {at} is out of range")
        return xp.roll(x, tuple(steps), axis=tuple(axes)) if axes else x

    return shifted


_roll = define_op(
    "Roll", tensor("input"), index("shift", attr="Tshift"), index("axis", attr="Taxis"),
    kernel=_roll_kernel,
)  # fmt: skip


@v1("roll")
@direct(_roll)
def roll(input: Any, shift: Any, axis: Any, name: str | None = None) -> Tensor:
    """Shifts the elements of a tensor around in a circle.

    Args:
        input: A tensor.
        shift: By how many places, for each dimension of `axis`.
        axis: A dimension, or a list of them.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `input`.
    """
    return _roll(input, shift, axis, name=name)
