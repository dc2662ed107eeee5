"""Sets of values: unique, setdiff1d, the inverse of a permutation."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import dtypes
from ..._core import OpFunction
from ...backends import host_view
from ...dtypes import DType, DTypeLike, as_dtype
from ...graph import Tensor
from ...public import v1
from ..declare import INDICES, attr, tensor
from ..outputs import ListDiff, Unique, UniqueWithCounts
from ..registry import define_op
from .indices import check_indices, readable


def _unique_kernel(counts: bool) -> Any:
    def kernel(xp: Any, out_idx: DType = dtypes.int32) -> Any:
        made = out_idx.as_numpy_dtype

        def find(x: Any) -> Any:
            if len(x.shape) != 1:
                raise ValueError("unique expects a 1D vector.")
            if readable(x):
                values, first, inverse, count = np.unique(
                    x, return_index=True, return_inverse=True, return_counts=True
                )
                order = np.argsort(first, kind="stable")
                place = np.empty_like(order)
                place[order] = np.arange(order.size)
                found = values[order], place[inverse.reshape(-1)].astype(made), count[order].astype(made)
                return found[: 3 if counts else 2]
            values, first, inverse, count = xp.unique_all(x)
            # In order of first appearance, as in v1; libraries return sorted order.
            order = xp.argsort(first, stable=True)
            index = getattr(xp, np.dtype(made).name)
            place = xp.astype(xp.take(xp.argsort(order), xp.reshape(inverse, (-1,))), index)
            found = xp.take(values, order), place, xp.astype(xp.take(count, order), index)
            return found[: 3 if counts else 2]

        return find

    return kernel


_unique: OpFunction[list[Tensor]] = define_op(
    "Unique", tensor("x"), kernel=_unique_kernel(False),
    attributes=(attr("out_idx", DType),),
)  # fmt: skip
_unique_with_counts: OpFunction[list[Tensor]] = define_op(
    "UniqueWithCounts", tensor("x"), kernel=_unique_kernel(True),
    attributes=(attr("out_idx", DType),),
)  # fmt: skip


@v1("unique")
def unique(x: Any, out_idx: DTypeLike = dtypes.int32, name: str | None = None) -> Unique:
    """Finds the different elements of a vector, in order of first appearance.

    Args:
        x: A vector.
        out_idx: The dtype of the indices.
        name: The operation's name.

    Returns:
        A named tuple of the elements, `y`, and for each entry of `x` the index of its element, `idx`.
    """
    return Unique(*_unique(x, out_idx=as_dtype(out_idx), name=name))


@v1("unique_with_counts")
def unique_with_counts(
    x: Any, out_idx: DTypeLike = dtypes.int32, name: str | None = None
) -> UniqueWithCounts:
    """As `unique`, with how often each element occurs.

    Args:
        x: A vector.
        out_idx: The dtype of the indices and counts.
        name: The operation's name.

    Returns:
        A named tuple of the elements `y`, the indices `idx` and the counts, `count`.
    """
    return UniqueWithCounts(*_unique_with_counts(x, out_idx=as_dtype(out_idx), name=name))


def _difference_kernel(xp: Any, out_idx: DType = dtypes.int32) -> Any:
    def keep(x: Any, y: Any) -> Any:
        if x.ndim != 1 or y.ndim != 1:
            raise ValueError("x and y should be a 1D vector.")
        at = np.flatnonzero(~np.isin(x, y))
        return xp.asarray(x[at]), xp.asarray(at.astype(out_idx.as_numpy_dtype))

    return keep


_list_diff: OpFunction[list[Tensor]] = define_op(
    "ListDiff", tensor("x", host=True), tensor("y", host=True), kernel=_difference_kernel,
    attributes=(attr("out_idx", DType),),
)  # fmt: skip


@v1("setdiff1d")
def setdiff1d(x: Any, y: Any, index_dtype: DTypeLike = dtypes.int32, name: str | None = None) -> ListDiff:
    """Finds the entries of a vector that another one has not.

    Args:
        x: A vector.
        y: Another one.
        index_dtype: The dtype of the indices.
        name: The operation's name.

    Returns:
        A named tuple of the entries, `out`, and their indices in `x`, `idx`.
    """
    return ListDiff(*_list_diff(x, y, out_idx=as_dtype(index_dtype), name=name))


def _invert_kernel(xp: Any) -> Any:
    def invert(x: Any) -> Any:
        if len(x.shape) != 1:
            raise ValueError("invert_permutation expects a 1D vector.")
        size = x.shape[0]
        check_indices(x, size, "x")
        values = host_view(x)
        if values is not None and size:
            counts = np.bincount(values, minlength=size)
            if (counts > 1).any():
                raise ValueError(f"{int(np.argmax(counts > 1))} is duplicated in the input.")
        return xp.astype(xp.argsort(x), x.dtype)

    return invert


invert_permutation = define_op(
    "InvertPermutation", tensor("x", INDICES), kernel=_invert_kernel,
    doc="""The permutation that undoes another.

    Args:
        x: A vector with each of 0, 1, ... once.
        name: The operation's name.

    Returns:
        A vector with the dtype of `x`.
    """,
)  # fmt: skip
invert_permutation = v1("invert_permutation", "math.invert_permutation")(invert_permutation)
