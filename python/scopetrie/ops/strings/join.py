"""Strings made of several: join, reduce_join, unsorted_segment_join."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ... import dtypes
from ..._core import OpFunction, name_scope
from ...graph import Tensor
from ...public import v1
from ...shapes import TensorShape
from ..array.dims import renamed
from ..array.shape import rank
from ..constant import constant, convert_to_tensor
from ..declare import attr, index, tensor, tensors
from ..folding import known_elements
from ..math.sequence import range_
from ..registry import define_op
from .elements import as_bytes

_TEXT: Final = (dtypes.string,)


def _join_kernel(xp: Any, separator: str = "") -> Any:
    between = separator.encode()

    def join(*values: Any) -> Any:
        arrays = [np.asarray(each, dtype=object) for each in values]
        shape = next((each.shape for each in arrays if each.shape), ())
        for each in arrays:
            if each.shape and each.shape != shape:
                raise ValueError(f"Input shapes do not match: {list(shape)} vs. {list(each.shape)}")
        made = np.empty(shape, dtype=object)
        for at in np.ndindex(shape):
            made[at] = between.join(as_bytes(each[at] if each.shape else each.item()) for each in arrays)
        return made

    return join


def _join_rule(inputs: list[Tensor], separator: str) -> Any:
    shape: TensorShape | None = TensorShape([])
    for each in inputs:
        if each.shape.rank is None:
            shape = None if shape is not None and shape.rank == 0 else shape
        elif each.shape.rank:
            shape = each.shape if shape is None or not shape.rank else shape.merge_with(each.shape)
    return dtypes.string, None if shape is None else tuple(shape.as_list())


_join: OpFunction[Tensor] = define_op(
    "StringJoin", tensors("inputs", _TEXT, None), rule=_join_rule, kernel=_join_kernel,
    attributes=(attr("separator", str),), host_outputs=True,
)  # fmt: skip


@v1("strings.join", "string_join")
def join(inputs: Any, separator: str = "", name: str | None = None) -> Tensor:
    """Joins the strings of several tensors, element by element.

    Args:
        inputs: Tensors of strings of one shape, and scalars.
        separator: What stands between them.
        name: The operation's name.

    Returns:
        A tensor of strings.

    >>> import scopetrie as tf
    >>> with tf.Session() as session:
    ...     print(session.run(tf.strings.join([["a", "b"], "c"], separator="-")))
    [b'a-c' b'b-c']
    """
    return _join(inputs, separator=separator, name=name)


def _reduce_kernel(xp: Any, keep_dims: bool = False, separator: str = "") -> Any:
    between = separator.encode()

    def reduce(x: Any, axes: Any) -> Any:
        values = np.asarray(x, dtype=object)
        listed = [int(axis) for axis in np.ravel(axes)]
        for axis in listed:
            if not -values.ndim <= axis < values.ndim:
                raise ValueError(
                    f"Invalid reduction dimension {axis} for input with {values.ndim} dimensions"
                )
        gone = [axis % values.ndim for axis in listed]
        if len(set(gone)) != len(gone):
            raise ValueError("Duplicate reduction dimension")
        left = [axis for axis in range(values.ndim) if axis not in gone]
        # The axis that is named first varies fastest.
        moved = values.transpose([*left, *gone[::-1]]) if values.ndim else values
        kept = [1 if axis in gone else size for axis, size in enumerate(values.shape)]
        rows = moved.reshape([values.shape[axis] for axis in left] + [-1 if values.size else 0])
        made = np.empty(rows.shape[:-1], dtype=object)
        for at in np.ndindex(made.shape):
            made[at] = between.join(as_bytes(each) for each in rows[at])
        return made.reshape(kept) if keep_dims else made

    def apply(x: Any, axes: Any) -> Any:
        return np.asarray(x, dtype=object) if not np.size(axes) else reduce(x, axes)

    return apply


def _reduce_rule(inputs: Tensor, reduction_indices: Tensor, keep_dims: bool, separator: str) -> Any:
    dims, axes = inputs._dims, known_elements(reduction_indices)
    if dims is None or (axes is None and not keep_dims):
        return dtypes.string, None
    if axes is None:
        return dtypes.string, (None,) * len(dims)
    gone = set()
    for axis in axes:
        if not -len(dims) <= axis < len(dims):
            raise ValueError(f"Invalid reduction dimension {axis} for input with {len(dims)} dimensions")
        gone.add(axis % len(dims))
    kept = [1 if at in gone else size for at, size in enumerate(dims) if keep_dims or at not in gone]
    return dtypes.string, tuple(kept)


_reduce: OpFunction[Tensor] = define_op(
    "ReduceJoin", tensor("inputs", _TEXT, None, host=True),
    index("reduction_indices", (dtypes.int32,), None), rule=_reduce_rule, kernel=_reduce_kernel,
    attributes=(attr("keep_dims", bool), attr("separator", str)), host_outputs=True,
)  # fmt: skip


@v1("strings.reduce_join", "reduce_join")
def reduce_join(
    inputs: Any, axis: Any = None, keep_dims: bool | None = None, separator: str = "",
    name: str | None = None, reduction_indices: Any = None, keepdims: bool | None = None,
) -> Tensor:  # fmt: skip
    """Joins the strings of a tensor along axes.

    Args:
        inputs: A tensor of strings.
        axis: The axes, the first one varying fastest; all of them by default, the last one varying fastest.
        keep_dims: Another name of `keepdims`.
        separator: What stands between the strings.
        name: The operation's name.
        reduction_indices: Another name of `axis`.
        keepdims: Whether the axes stay, with the size 1.

    Returns:
        A tensor of strings.

    >>> import scopetrie as tf
    >>> with tf.Session() as session:
    ...     print(session.run(tf.reduce_join([["a", "b"], ["c", "d"]], 1)))
    [b'ab' b'cd']
    """
    kept = bool(renamed(keepdims, "keepdims", keep_dims, "keep_dims"))
    along = renamed(axis, "axis", reduction_indices, "reduction_indices")
    with name_scope("ReduceJoin"):
        values = convert_to_tensor(inputs, dtypes.string, name="inputs")
        if along is None and values._dims is not None:
            along = constant(np.arange(len(values._dims) - 1, -1, -1, dtype=np.int32))
        elif along is None:
            along = range_(rank(values) - 1, -1, -1)
        return _reduce(values, along, keep_dims=kept, separator=separator, name=name)


def _segments_kernel(xp: Any, separator: str = "") -> Any:
    between = separator.encode()

    def collect(x: Any, places: Any, count: Any) -> Any:
        values, at, total = np.asarray(x, dtype=object), np.asarray(places), int(count)
        if values.shape[: at.ndim] != at.shape:
            raise ValueError("segment_ids shape must be a prefix of the inputs' shape")
        for place in at.ravel():
            if not 0 <= place < total:
                raise ValueError(f"Segment id {place} out of range [0, {total})")
        rows = values.reshape(at.size, -1)
        made = np.empty((total, rows.shape[1]), dtype=object)
        for place in range(total):
            for column in range(rows.shape[1]):
                chosen = np.flatnonzero(at.ravel() == place)
                made[place, column] = between.join(as_bytes(rows[row, column]) for row in chosen)
        return made.reshape(total, *values.shape[at.ndim :])

    return collect


def _segments_rule(inputs: Tensor, segment_ids: Tensor, num_segments: Tensor, separator: str) -> Any:
    known = known_elements(num_segments)
    if inputs._dims is None or segment_ids._dims is None:
        return dtypes.string, None
    return dtypes.string, (known[0] if known else None, *inputs._dims[len(segment_ids._dims) :])


_segments: OpFunction[Tensor] = define_op(
    "UnsortedSegmentJoin", tensor("inputs", _TEXT, None, host=True),
    tensor("segment_ids", (dtypes.int32, dtypes.int64), "Tindices", host=True),
    tensor("num_segments", (dtypes.int32, dtypes.int64), "Tnumsegments", host=True),
    rule=_segments_rule, kernel=_segments_kernel, attributes=(attr("separator", str),), host_outputs=True,
)  # fmt: skip


@v1("strings.unsorted_segment_join")
def unsorted_segment_join(
    inputs: Any, segment_ids: Any, num_segments: Any, separator: str = "", name: str | None = None
) -> Tensor:
    """Joins the strings of each segment.

    Args:
        inputs: A tensor of strings.
        segment_ids: The segment of each entry along the first axes.
        num_segments: How many segments there are.
        separator: What stands between the strings.
        name: The operation's name.

    Returns:
        A tensor of strings `[num_segments, ...]`.
    """
    return _segments(inputs, segment_ids, num_segments, separator=separator, name=name)
