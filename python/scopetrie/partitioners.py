"""Partitioning of variables: v1's partitioners and `PartitionInfo`.

A partitioner decides along which axis, and into how many parts, a variable of a shape and dtype is cut. If
the size does not divide evenly, the first parts are larger:

    >>> import scopetrie as tf
    >>> fixed_size_partitioner(3)(shape=TensorShape([7, 2]))
    [3, 1]
    >>> with tf.Graph().as_default():
    ...     [
    ...         part.shape.as_list()
    ...         for part in tf.get_variable("w", [7, 2], partitioner=fixed_size_partitioner(3))
    ...     ]
    [[3, 2], [2, 2], [2, 2]]
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from . import dtypes
from .dtypes import DType, DTypeLike, as_dtype
from .public import v1
from .shapes import TensorShape

# (shape=, dtype=) -> the number of parts along each axis.
Partitioner: TypeAlias = Callable[..., Sequence[int]]


@v1("fixed_size_partitioner")
def fixed_size_partitioner(num_shards: int, axis: int = 0) -> Partitioner:
    """Returns a partitioner that cuts every variable into the same number of parts.

    A variable with a smaller size along the axis is cut into parts of size 1.

    Args:
        num_shards: The number of parts.
        axis: The axis to cut along.

    Returns:
        A function of `shape` (and, unused, `dtype`), both passed by keyword, that returns the number of parts
        along each axis.

    Example:
        >>> fixed_size_partitioner(10, axis=1)(shape=TensorShape([7, 2]))
        [1, 2]
    """

    def partitioner(*, shape: TensorShape, **unused: Any) -> list[int]:
        partitions = [1] * len(shape)
        partitions[axis] = min(num_shards, _size(shape, axis))
        return partitions

    return partitioner


@v1("variable_axis_size_partitioner")
def variable_axis_size_partitioner(
    max_shard_bytes: int, axis: int = 0, bytes_per_string_element: int = 16, max_shards: int | None = None
) -> Partitioner:
    """Returns a partitioner that limits the size of a part in bytes.

    An entry along the axis is never cut, so a part with a single entry may be larger.

    Args:
        max_shard_bytes: The largest size of a part, in bytes.
        axis: The axis to cut along.
        bytes_per_string_element: What to take for the size of a string, in bytes.
        max_shards: The largest number of parts, which takes precedence over `max_shard_bytes`; None for any.

    Returns:
        A function of `shape` and `dtype` that returns the number of parts along each axis.

    Raises:
        ValueError: If a size or number is not positive; from the function, if the shape is not fully defined.

    Example:
        >>> variable_axis_size_partitioner(max_shard_bytes=64)(TensorShape([4, 8]), dtypes.float32)
        [2, 1]
    """
    if max_shard_bytes < 1 or bytes_per_string_element < 1:
        raise ValueError(
            "Both max_shard_bytes and bytes_per_string_element must be positive. "
            f"Currently, max_shard_bytes is {max_shard_bytes} and"
            f"bytes_per_string_element is {bytes_per_string_element}"
        )
    if max_shards and max_shards < 1:
        raise ValueError("max_shards must be positive.")

    def partitioner(shape: TensorShape, dtype: DTypeLike) -> list[int]:
        if not isinstance(shape, TensorShape):
            raise ValueError(f"shape is not a TensorShape: {shape}")
        if not shape.is_fully_defined():
            raise ValueError(f"shape is not fully defined: {shape}")
        size = _size(shape, axis)
        entry_bytes = _bytes(shape, as_dtype(dtype), bytes_per_string_element) / size
        entries_per_part = max(1, math.floor(max_shard_bytes / entry_bytes))
        parts = math.ceil(size / entries_per_part)
        partitions = [1] * len(shape)
        partitions[axis] = min(max_shards, parts) if max_shards else parts
        return partitions

    return partitioner


@v1("min_max_variable_partitioner")
def min_max_variable_partitioner(
    max_partitions: int = 1,
    axis: int = 0,
    min_slice_size: int = 256 << 10,
    bytes_per_string_element: int = 16,
) -> Partitioner:
    """Returns a partitioner with a least size of a part in bytes and a largest number of parts.

    Args:
        max_partitions: The largest number of parts.
        axis: The axis to cut along.
        min_slice_size: The least size of a part, in bytes; the last one may be smaller.
        bytes_per_string_element: What to take for the size of a string, in bytes.

    Returns:
        A function of `shape` and `dtype` that returns the number of parts along each axis.

    Raises:
        ValueError: From the function, if the variable has no such axis.

    Example:
        >>> min_max_variable_partitioner(10, min_slice_size=64)(TensorShape([8, 8]), dtypes.float32)
        [4, 1]
    """

    def partitioner(shape: TensorShape, dtype: DTypeLike) -> list[int]:
        rank = len(shape)
        if axis >= rank:
            raise ValueError(f"Cannot partition variable along axis {axis} when shape is only {shape}")
        parts = math.ceil(_bytes(shape, as_dtype(dtype), bytes_per_string_element) / min_slice_size)
        partitions = [1] * rank
        partitions[axis] = max(1, min(max_partitions, _size(shape, axis), parts))
        return partitions

    return partitioner


def _size(shape: TensorShape, axis: int) -> int:
    size = shape[axis].value
    if size is None:
        raise ValueError(f"Cannot partition a variable along axis {axis}, whose size is unknown: {shape}")
    return size


def _bytes(shape: TensorShape, dtype: DType, string_bytes: int) -> int:
    elements = shape.num_elements()
    if elements is None:
        raise ValueError(f"Cannot partition a variable whose shape is not fully defined: {shape}")
    return elements * (string_bytes if dtype.base_dtype is dtypes.string else dtype.size)


class PartitionInfo:
    """Position of a variable's part in the whole variable, passed to initializers.

    Args:
        full_shape: The size of the whole variable along each axis.
        var_offset: Where the part begins, along each axis.

    Raises:
        TypeError: If an argument is no sequence.
        ValueError: If the lengths differ, or the offset lies outside of the variable.

    Example:
        >>> info = PartitionInfo(full_shape=[6, 4], var_offset=[2, 0])
        >>> info.single_slice_dim([2, 4]), info.single_offset([2, 4])
        (0, 2)
    """

    __slots__ = ("_full_shape", "_var_offset")

    def __init__(self, full_shape: Sequence[int], var_offset: Sequence[int]) -> None:
        _require_sequence("full_shape", full_shape)
        _require_sequence("var_offset", var_offset)
        if len(var_offset) != len(full_shape):
            raise ValueError(
                f"Expected equal length, but `var_offset` is of length {len(var_offset)} while "
                f"full_shape is of length {len(full_shape)}."
            )
        for offset, size in zip(var_offset, full_shape, strict=True):
            if offset < 0 or offset >= size:
                raise ValueError(
                    f"Expected 0 <= offset < shape but found offset={offset}, shape={size} for "
                    f"var_offset={var_offset}, full_shape={full_shape}"
                )
        self._full_shape = full_shape
        self._var_offset = var_offset

    @property
    def full_shape(self) -> Sequence[int]:
        """The size of the whole variable along each axis."""
        return self._full_shape

    @property
    def var_offset(self) -> Sequence[int]:
        """Where the part begins, along each axis."""
        return self._var_offset

    def single_offset(self, shape: Sequence[int]) -> int:
        """Returns where a part of the shape `shape` begins along the axis that the variable is cut along.

        Args:
            shape: The size of the part along each axis.

        Returns:
            The offset; 0 if the part is the whole.

        Raises:
            TypeError, ValueError: As `single_slice_dim`.
        """
        axis = self.single_slice_dim(shape)
        return 0 if axis is None else self._var_offset[axis]

    def single_slice_dim(self, shape: Sequence[int]) -> int | None:
        """Returns the axis that the variable is cut along, if a part of it has the shape `shape`.

        Args:
            shape: The size of the part along each axis.

        Returns:
            The axis; None if the part is the whole.

        Raises:
            TypeError: If `shape` is no sequence.
            ValueError: If such a part does not fit, or the variable is cut along several axes.
        """
        _require_sequence("shape", shape)
        if len(shape) != len(self._full_shape):
            raise ValueError(
                f"Expected equal length, but received shape={shape} of length {len(shape)} while "
                f"self.full_shape={self._full_shape} is of length {len(self._full_shape)}."
            )
        found = None
        for axis, (size, full) in enumerate(zip(shape, self._full_shape, strict=True)):
            if self._var_offset[axis] + size > full:
                raise ValueError(
                    f"With self.var_offset={self._var_offset}, a partition of shape={shape} would exceed "
                    f"self.full_shape={self._full_shape} in dimension {axis}."
                )
            if size == full:
                continue
            if found is not None:
                raise ValueError(
                    f"Cannot use single_slice_dim() with shape={shape} and "
                    f"self.full_shape={self._full_shape} since slice dim could be either dimension "
                    f"{axis} or {found}."
                )
            found = axis
        return found

    def __repr__(self) -> str:
        return f"PartitionInfo(full_shape={self._full_shape}, var_offset={self._var_offset})"


def _require_sequence(name: str, value: object) -> None:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise TypeError(f"`{name}` must be a sequence (like tuple or list) instead of {type(value).__name__}")
