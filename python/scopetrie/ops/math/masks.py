"""One-hot vectors and masks."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import dtypes
from ..._core import name_scope
from ...dtypes import DTypeLike, as_dtype
from ...graph import Tensor
from ...public import v1
from ..array.dims import expand_dims, squeeze
from ..array.gather import gather
from ..array.indices import count_up
from ..array.join import concat
from ..array.shape import reshape, shape
from ..constant import constant, convert_to_tensor
from ..declare import INDICES, attr, index, tensor
from ..elementwise.arithmetic import maximum
from ..elementwise.cast import cast, cast_node
from ..elementwise.compare import less, where
from ..registry import define_op
from .reduce import reduce_max, reduce_prod
from .sequence import range_


def _one_hot_kernel(xp: Any, axis: int = -1) -> Any:
    def spread(indices: Any, depth: Any, on: Any, off: Any) -> Any:
        at = len(indices.shape) if axis == -1 else axis
        if not 0 <= at <= len(indices.shape):
            raise ValueError(
                f"Expected axis to be -1 or between [0, {len(indices.shape) + 1}).  But received: {axis}"
            )
        count = int(depth.item())
        if count < 0:
            raise ValueError(f"depth must be non-negative, got: {count}")
        levels = count_up(xp, indices, count)
        levels = xp.reshape(levels, (-1, *(1,) * (len(indices.shape) - at)))
        return xp.where(xp.expand_dims(indices, axis=at) == levels, on, off)

    return spread


_one_hot = define_op(
    "OneHot",
    index("indices", (dtypes.uint8, dtypes.int8, *INDICES), "TI", host=False),
    index("depth", (dtypes.int32,), None),
    tensor("on_value"),
    tensor("off_value"),
    name="one_hot",
    kernel=_one_hot_kernel,
    attributes=(attr("axis", int, -1),),
)


@v1("one_hot")
def one_hot(
    indices: Any, depth: Any, on_value: Any = None, off_value: Any = None, axis: int | None = None,
    dtype: DTypeLike = None, name: str | None = None,
) -> Tensor:  # fmt: skip
    """Makes of each index a vector with one entry on.

    Args:
        indices: A tensor of ints; an index out of range gives a vector with no entry on.
        depth: The length of the vectors.
        on_value: What "on" is, 1 by default.
        off_value: What "off" is, 0 by default.
        axis: Where the new dimension goes; last by default.
        dtype: The dtype; by default that of the values, or float32.
        name: The operation's name.

    Returns:
        A tensor of one rank more than `indices`.

    Raises:
        TypeError: If the values are of different dtypes.
    """
    with name_scope(name, "one_hot", [indices, depth, on_value, off_value, axis, dtype]) as scope:
        made = None if dtype is None else as_dtype(dtype)
        on = None if on_value is None else convert_to_tensor(on_value, made)
        off = None if off_value is None else convert_to_tensor(off_value, made)
        for value, label in ((on, "on_value"), (off, "off_value")):
            if value is not None and made is not None and value.dtype.base_dtype is not made:
                raise TypeError(f"dtype {value.dtype} of {label} does not match dtype parameter {made}")
        if made is None:
            made = on.dtype if on is not None else off.dtype if off is not None else dtypes.float32
        if on is None:
            on = convert_to_tensor(1, made, name="on_value")
        if off is None:
            off = convert_to_tensor(0, made, name="off_value")
        if on.dtype.base_dtype is not off.dtype.base_dtype:
            raise TypeError(f"dtype {on.dtype} of on_value does not match dtype {off.dtype} of off_value")
        return _one_hot(indices, depth, on, off, axis=-1 if axis is None else axis, name=scope)


@v1("boolean_mask")
def boolean_mask(tensor: Any, mask: Any, name: str | None = "boolean_mask", axis: Any = None) -> Tensor:
    """Picks the slices of a tensor where a mask is true.

    Args:
        tensor: A tensor.
        mask: A boolean tensor whose rank is known, of the shape of `tensor` from `axis` on.
        name: The operation's name.
        axis: The first dimension that the mask is for, 0 by default.

    Returns:
        A tensor with the masked dimensions made into one.

    Raises:
        ValueError: If the mask is a scalar or of unknown rank, or the shapes do not go together.
    """
    with name_scope(name, "boolean_mask", [tensor, mask]):
        x = convert_to_tensor(tensor, name="tensor")
        chosen = convert_to_tensor(mask, name="mask")
        if chosen._dims is None:
            raise ValueError(
                "Number of mask dimensions must be specified, even if some dimensions are None.  "
                "E.g. shape=[None] is ok, but shape=None is not."
            )
        count = len(chosen._dims)
        if count == 0:
            raise ValueError("mask cannot be scalar.")
        at = 0 if axis is None else int(axis)
        x.shape[at : at + count].assert_is_compatible_with(chosen.shape)
        leading = reduce_prod(shape(x)[at : at + count], [0])
        flat = reshape(x, concat([shape(x)[:at], [leading], shape(x)[at + count :]], 0))
        positions = squeeze(where(reshape(chosen, [-1])), axis=[1])
        return gather(flat, positions, axis=at)


@v1("sequence_mask")
def sequence_mask(
    lengths: Any, maxlen: Any = None, dtype: DTypeLike = dtypes.bool, name: str | None = None
) -> Tensor:
    """Makes of each length n a vector with n true entries in front.

    Args:
        lengths: A tensor of ints.
        maxlen: The length of the vectors; the largest of `lengths` by default.
        dtype: The dtype of the result.
        name: The operation's name.

    Returns:
        A tensor `lengths.shape + [maxlen]`.

    Raises:
        ValueError: If `maxlen` is no scalar.
    """
    with name_scope(name, "SequenceMask", [lengths, maxlen]):
        counts = convert_to_tensor(lengths)
        if maxlen is None:
            limit = reduce_max(counts)
            limit = maximum(constant(np.asarray(0, limit.dtype.as_numpy_dtype)), limit)
        else:
            limit = convert_to_tensor(maxlen)
        if limit._dims not in ((), None):
            raise ValueError(
                f"Argument `maxlen` must be scalar for sequence_mask, received `maxlen` = {maxlen} "
                f"with shape '{limit.shape}' instead"
            )
        made = limit.dtype.base_dtype.as_numpy_dtype
        steps = range_(constant(np.asarray(0, made)), limit, constant(np.asarray(1, made)), name="Range")
        mask = less(steps, cast_node(expand_dims(counts, -1), DstT=limit.dtype.base_dtype))
        return cast(mask, dtype)
