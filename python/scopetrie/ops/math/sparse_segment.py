"""Totals of rows that are picked by index and belong together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..._core import OpFunction
from ...backends import host_view
from ...backends.deferred import defer
from ...graph import Tensor
from ...public import v1
from ..array.indices import check_indices
from ..array.scatter import scatter_rows
from ..constant import index_array
from ..declare import FLOATS, INDICES, REALS, attr, index
from ..declare import tensor as input_tensor
from ..folding import known_elements
from ..registry import Spec, define_op

__all__ = ["scales", "sparse_segment_mean", "sparse_segment_sqrt_n", "sparse_segment_sum"]


def scales(xp: Any, ids: Any, count: int, how: str, like: Any) -> Any:
    """Returns what the rows of each segment are multiplied by, or 1 of a segment without rows.

    Args:
        xp: The arrays' namespace.
        ids: The number of each row's segment, on the host or on the device.
        count: The number of segments.
        how: "mean" or "sqrt_n".
        like: An array of the library, whose dtype, rank and device it gets.
    """
    from array_api_compat import device

    own, wide = device(like), (count, *(1,) * (len(like.shape) - 1))
    view = host_view(ids)
    if view is not None:
        sizes = np.maximum(np.bincount(view, minlength=count), 1).astype(np.float64)
        scale = 1 / sizes if how == "mean" else 1 / np.sqrt(sizes)
        return xp.asarray(scale.reshape(wide), dtype=like.dtype, device=own)
    # Counted in floats that hold the numbers exactly, short ones do not.
    dtype = xp.float64 if like.dtype == xp.float64 else xp.float32
    ones = xp.ones(ids.shape, dtype=dtype, device=own)
    counted = scatter_rows(xp, xp.zeros((count,), dtype=dtype, device=own), ids, ones, "add")
    counted = xp.maximum(counted, xp.ones((), dtype=dtype, device=own))
    made = 1 / counted if how == "mean" else 1 / xp.sqrt(counted)
    return xp.astype(xp.reshape(made, wide), like.dtype)


def check_segments(ids: Any, count: int | None) -> int:
    """The number of segments.

    Raises:
        ValueError: If the numbers of the rows' segments are negative, not in order or too large.
    """
    if ids.ndim != 1:
        raise ValueError("segment_ids should be a vector.")
    if not len(ids):
        return count or 0
    if (ids[1:] < ids[:-1]).any():
        raise ValueError("segment ids are not increasing")
    if ids[0] < 0:
        raise ValueError("segment ids must be >= 0")
    last = int(ids[-1])
    if count is not None and last >= count:
        raise ValueError("segment ids must be < num_segments")
    return last + 1 if count is None else count


def _check_later(ids: Any, count: int) -> None:
    """Puts off the checks of segments that are on a device."""

    def check(host: Any) -> None:
        check_segments(host, count)

    defer(ids, lambda array: ((array < 0) | (array >= count)).any() | (array[1:] < array[:-1]).any(), check)


def _kernel(how: str) -> Callable[..., Any]:
    def kernel(xp: Any, sparse_gradient: bool = False) -> Any:
        from array_api_compat import device

        def total(data: Any, indices: Any, ids: Any, num_segments: Any = None) -> Any:
            if indices.shape != ids.shape:
                raise ValueError("segment_ids and indices should have same size.")
            count = None if num_segments is None else int(num_segments.item())
            view = host_view(ids)
            if view is not None or count is None or len(ids.shape) != 1:
                count = check_segments(ids if view is None else view, count)
            else:
                _check_later(ids, count)
            check_indices(indices, data.shape[0])
            own = device(data)
            rows = xp.take(data, xp.asarray(indices, device=own), axis=0)
            out = xp.zeros((count, *data.shape[1:]), dtype=data.dtype, device=own)
            if indices.shape[0]:
                out = scatter_rows(xp, out, xp.asarray(ids, device=own), rows, "add")
            if how == "sum":
                return out
            return out * scales(xp, ids, count, how, out)

        return total

    return kernel


def _rule(
    data: Tensor, indices: Tensor, ids: Tensor, *num_segments: Tensor, sparse_gradient: bool = False
) -> Spec:
    made = data.dtype.base_dtype
    if data._dims is None:
        return made, None
    if not data._dims:
        raise ValueError("Shape must be at least rank 1 but is rank 0")
    known = known_elements(num_segments[0]) if num_segments else None
    return made, (None if known is None else int(known[0]), *data._dims[1:])


def _total(type: str, how: str, summary: str) -> Callable[..., Tensor]:
    types = REALS if how == "sum" else FLOATS
    inputs = (
        input_tensor("data", types), index("indices", INDICES, "Tidx"),
        index("segment_ids", INDICES, "Tsegmentids"),
    )  # fmt: skip
    sparse = (attr("sparse_gradient", bool, False),)
    op: OpFunction[Tensor] = define_op(type, *inputs, rule=_rule, kernel=_kernel(how), attributes=sparse)
    counted: OpFunction[Tensor] = define_op(
        f"{type}WithNumSegments", inputs[0], index("indices", INDICES, "Tidx", host=False),
        index("segment_ids", INDICES, "Tsegmentids", host=False),
        index("num_segments", INDICES, "Tnumsegments"), rule=_rule, kernel=_kernel(how), attributes=sparse,
    )  # fmt: skip

    def total(
        data: Any, indices: Any, segment_ids: Any, name: str | None = None, num_segments: Any = None,
        sparse_gradient: bool = False,
    ) -> Tensor:  # fmt: skip
        at, ids = index_array(indices), index_array(segment_ids)
        if num_segments is None:
            return op(data, at, ids, name=name, sparse_gradient=bool(sparse_gradient))
        return counted(data, at, ids, num_segments, name=name, sparse_gradient=bool(sparse_gradient))

    total.__name__ = total.__qualname__ = f"sparse_segment_{how}"
    total.__doc__ = f"""{summary} of rows that are picked by index and have the same segment number.

    Args:
        data: A tensor of numbers, `[n, ...]`.
        indices: The indices of the rows that are picked, int32 or int64.
        segment_ids: Their segment numbers in ascending order.
        name: The operation's name.
        num_segments: How many segments there are; one more than the last number by default.
        sparse_gradient: Whether the gradient is of IndexedSlices.

    Returns:
        A tensor with a row for each segment; 0 where it has none.
    """
    return total


sparse_segment_sum = _total("SparseSegmentSum", "sum", "The sums")
sparse_segment_mean = _total("SparseSegmentMean", "mean", "The means")
sparse_segment_sqrt_n = _total("SparseSegmentSqrtN", "sqrt_n", "The sums, by a root,")
sparse_segment_sum = v1("sparse_segment_sum", "sparse.segment_sum")(sparse_segment_sum)
sparse_segment_mean = v1("sparse_segment_mean", "sparse.segment_mean")(sparse_segment_mean)
sparse_segment_sqrt_n = v1("sparse_segment_sqrt_n", "sparse.segment_sqrt_n")(sparse_segment_sqrt_n)
