"""Repeating the entries of a tensor, in v1's nodes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import dtypes
from ..._core import name_scope
from ...graph import Tensor
from ...public import v1
from ..array.dims import broadcast_to, expand_dims
from ..array.fill import ones
from ..array.join import concat, stack
from ..array.pad import tile
from ..array.shape import rank, reshape, shape
from ..constant import constant, convert_to_tensor
from ..elementwise.arithmetic import maximum, multiply
from ..elementwise.cast import cast_node
from .masks import boolean_mask, sequence_mask
from .reduce import reduce_max, reduce_sum


@v1("repeat")
def repeat(input: Any, repeats: Any, axis: int | None = None, name: str | None = None) -> Tensor:
    """Repeats each entry of a tensor.

    Args:
        input: A tensor.
        repeats: How often: a number, or one for each entry along `axis`.
        axis: The dimension; the tensor is flattened if left out.
        name: The operations' scope.

    Returns:
        A tensor with the dtype of `input`.

    Raises:
        ValueError: If the axis is out of range, or the counts are not one for each entry.
        TypeError: If the axis is no int, or the counts are none.
    """
    if axis is None:
        input, axis = reshape(input, [-1]), 0
    if not isinstance(axis, int):
        raise TypeError(
            f"Argument `axis` must be an int. Received `axis` = {axis} of type {type(axis).__name__}"
        )
    with name_scope(name, "Repeat", [input, repeats]):
        data = convert_to_tensor(input, name="data")
        counts = convert_to_tensor(repeats, preferred_dtype=dtypes.int32, name="repeats")
        if not counts.dtype.is_integer:
            raise TypeError(f"repeats must be an integer tensor; dtype={counts.dtype}")
        counts = cast_node(counts, DstT=dtypes.int32)
        counts.shape.with_rank_at_most(1)
        data = _with_rank(data)
        sizes = shape(data)
        at = _from_front(axis, None if data._dims is None else len(data._dims))
        if counts.shape.num_elements() == 1:
            count = reshape(counts, [])
            tiled = _tiled(expand_dims(data, at + 1), at + 1, count)
            along = multiply(count, sizes[at], name="mul")
            return reshape(tiled, concat([sizes[:at], [along], sizes[at + 1 :]], axis=0))
        if counts._dims is not None and len(counts._dims) == 1 and data._dims is not None:
            own, given = data.shape[at], counts.shape[0]
            own.assert_is_compatible_with(given)
        counts = broadcast_to(counts, [sizes[at]])
        return _each(data, counts, sizes, at)


def _each(data: Tensor, each: Tensor, sizes: Tensor, at: int) -> Tensor:
    """Entries repeated by counts of their own: tiled as often as the most, and masked."""
    counts = each
    if counts._dims is None or len(counts._dims) != at + 1:
        lead = sizes[: at + 1 - rank(counts)]
        counts = broadcast_to(counts, concat([lead, shape(counts)], axis=0))
        counts.set_shape([None] * (at + 1))
    most = maximum(constant(np.int32(0), name="zero"), reduce_max(counts))
    mask = sequence_mask(counts, most)
    found = boolean_mask(_tiled(expand_dims(data, at + 1), at + 1, most), mask)
    if at:
        found = reshape(found, concat([sizes[:at], [reduce_sum(each)], sizes[at + 1 :]], axis=0))
    if data._dims is not None:
        along = 0 if each._dims and each._dims[0] == 0 else None
        found.set_shape([*data._dims[:at], along, *data._dims[at + 1 :]])
    return found


def _with_rank(data: Tensor) -> Tensor:
    """A tensor of at least one dimension."""
    if data._dims is not None:
        return data if data._dims else stack([data])
    return reshape(data, concat([[1], shape(data)], axis=0)[-rank(data) :])


def _tiled(data: Tensor, axis: int, count: Tensor) -> Tensor:
    """A tensor repeated as a whole along one dimension."""
    if data._dims is not None:
        counts: list[Any] = [1] * len(data._dims)
        counts[axis] = count
        return tile(data, counts)
    whole = ones([rank(data)], dtypes.int32)
    return tile(data, concat([whole[:axis], [count], whole[axis + 1 :]], axis=0))


def _from_front(axis: int, count: int | None) -> int:
    if count is None:
        if axis < 0:
            raise ValueError(f"axis={axis} may only be negative if rank(data) is statically known.")
        return axis
    if not -count <= axis < count:
        raise ValueError(f"axis={axis} out of bounds: expected {-count}<=axis<{count}")
    return axis % count
