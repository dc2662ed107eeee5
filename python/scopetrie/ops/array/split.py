"""Parts of tensors along a dimension: unstack, split."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import dtypes
from ...graph import Tensor
from ...public import v1
from ..constant import convert_to_tensor, index_array
from ..declare import INDICES, attr, index, tensor
from ..direct import count, direct, given
from ..faults import check_least
from ..registry import define_op, listed


def _unpack_kernel(xp: Any, num: int, axis: int = 0) -> Any:
    def unpack(x: Any) -> Any:
        lead = (slice(None),) * (axis % len(x.shape))
        if x.shape[axis] != num:
            raise ValueError(f"Input shape axis {axis} must equal {num}, got shape {list(x.shape)}")
        return tuple(x[(*lead, i, ...)] for i in range(num))

    return unpack


_unpack = define_op(
    "Unpack", tensor("value"), kernel=_unpack_kernel,
    attributes=(attr("axis", int, 0), attr("num", int)),
)  # fmt: skip


@v1("unstack")
def unstack(value: Any, num: int | None = None, axis: int = 0, name: str | None = "unstack") -> list[Tensor]:
    """Takes a tensor apart along a dimension, which goes away.

    Args:
        value: A tensor.
        num: The size of the dimension; needed where it is not known.
        axis: The dimension.
        name: The operation's name.

    Returns:
        A list of tensors.

    Raises:
        ValueError: If `num` is left out and not known, or the axis is out of range.
    """
    tensor = convert_to_tensor(value)
    if num is None:
        dims = tensor._dims
        if dims is not None and not -len(dims) <= axis < len(dims):
            raise ValueError(f"Argument `axis` = {axis} not in range [{-len(dims)}, {len(dims)})")
        num = None if dims is None else dims[axis]
        if num is None:
            raise ValueError(f"Cannot infer argument `num` from shape {tensor.shape}")
    made = listed(_unpack(tensor, num=num, axis=axis, name=name))
    return made if num else []


def _axis(x: Any, split_dim: Any) -> int:
    at, rank = int(split_dim.item()), len(x.shape)
    if not -rank <= at < rank:
        raise ValueError(f"-input rank({-rank}) <= split_dim < input rank ({rank}), but got {at}")
    return at % rank


def _split_kernel(xp: Any, num_split: int) -> Any:
    def split_evenly(split_dim: Any, x: Any) -> Any:
        axis = _axis(x, split_dim)
        size, rest = divmod(x.shape[axis], num_split)
        if rest:
            raise ValueError(f"Dimension size {x.shape[axis]} is not evenly divisible by {num_split}")
        lead = (slice(None),) * axis
        return tuple(x[(*lead, slice(i * size, (i + 1) * size), ...)] for i in range(num_split))

    return split_evenly


_split = define_op(
    "Split",
    index("split_dim", (dtypes.int32,), None),
    tensor("value"),
    kernel=_split_kernel,
    attributes=(attr("num_split", int),),
)


def _split_v_kernel(xp: Any, num_split: int) -> Any:
    def split_by_sizes(x: Any, size_splits: Any, split_dim: Any) -> Any:
        axis = _axis(x, split_dim)
        sizes = size_splits.tolist()
        if len(sizes) != num_split or sizes.count(-1) > 1 or any(size < -1 for size in sizes):
            raise ValueError(f"size_splits must be {num_split} sizes, of which one may be -1: {sizes}")
        if -1 in sizes:
            sizes[sizes.index(-1)] = x.shape[axis] - sum(sizes) - 1
        if min(sizes, default=0) < 0 or sum(sizes) != x.shape[axis]:
            raise ValueError(f"can't split axis of size {x.shape[axis]} into pieces of size {sizes}")
        lead, parts, at = (slice(None),) * axis, [], 0
        for size in sizes:
            parts.append(x[(*lead, slice(at, at + size), ...)])
            at += size
        return tuple(parts)

    return split_by_sizes


_split_v = define_op(
    "SplitV", tensor("value"), tensor("size_splits", (dtypes.int8, *INDICES), "Tlen", host=True),
    index("split_dim", (dtypes.int32,), None), kernel=_split_v_kernel,
    attributes=(attr("num_split", int),),
)  # fmt: skip


@v1("split")
@direct(_split, value=given(1), num_or_size_splits=count("num_split"), axis=given(0))
def split(
    value: Any, num_or_size_splits: Any, axis: Any = 0, num: int | None = None, name: str | None = "split"
) -> list[Tensor]:
    """Cuts a tensor into pieces along a dimension.

    Args:
        value: A tensor.
        num_or_size_splits: The number of equal pieces, or the size of each; -1 for one that is the rest.
        axis: The dimension.
        num: The number of pieces, where the sizes are a tensor of unknown length.
        name: The operation's name.

    Returns:
        A list of tensors.

    Raises:
        ValueError: If the sizes do not add up.

    >>> import scopetrie as tf
    >>> [part.shape.as_list() for part in tf.split(tf.zeros([5, 4]), [1, -1])]
    [[1, 4], [4, 4]]
    """
    if isinstance(num_or_size_splits, (int, np.integer)) or (
        hasattr(num_or_size_splits, "value") and isinstance(num_or_size_splits.value, int)
    ):
        pieces = check_least(int(num_or_size_splits), 1, "num_split", "Split")
        return listed(_split(axis, value, num_split=pieces, name=name))
    sizes = convert_to_tensor(index_array(num_or_size_splits))
    if sizes._dims == ():
        raise ValueError(
            "Rank-0 tensors are not supported as the num_or_size_splits argument to split. "
            f"Argument provided: {_shown(sizes)}"
        )
    if num is None:
        num = sizes._dims[0] if sizes._dims else None
        if num is None:
            raise ValueError(f"Cannot infer argument `num` from shape {sizes.shape}")
    return listed(_split_v(value, sizes, axis, num_split=num, name=name))


def _shown(tensor: Tensor) -> str:
    return f'Tensor("{tensor.name}", shape={tensor.shape}, dtype={tensor.dtype.name})'
