"""Sums and other totals of rows that belong together."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..._core import OpFunction, name_scope
from ...backends import host_view
from ...graph import Tensor
from ...public import v1
from ..array.fill import ones
from ..array.indices import check_indices, readable, rows_of
from ..array.join import concat
from ..array.scatter import scatter_rows
from ..array.shape import rank, reshape, shape_internal
from ..constant import convert_to_tensor, index_array
from ..declare import INDICES, NUMBERS, REALS, SHORT_INDICES, Types, index, tensor
from ..direct import direct
from ..elementwise.arithmetic import maximum, realdiv, subtract
from ..elementwise.divide import truediv
from ..elementwise.division_kernels import truncated_quotient
from ..elementwise.unary import sqrt
from ..registry import Kernel, define_op

_START = {"add": 0, "mul": 1, "min": None, "max": None}


def _empty(xp: Any, data: Any, how: str) -> Any:
    """The total of no rows."""
    if how in ("add", "mul"):
        return _START[how]
    if xp.isdtype(data.dtype, "real floating"):
        limits = xp.finfo(data.dtype)
    else:
        limits = xp.iinfo(data.dtype)
    return limits.min if how == "max" else limits.max


def _extreme(xp: Any, data: Any, how: str) -> Any:
    """What takes no part in a total; among floats infinities do."""
    if how in ("min", "max") and xp.isdtype(data.dtype, "real floating"):
        return math.inf if how == "min" else -math.inf
    return _empty(xp, data, how)


def _totals(xp: Any, data: Any, ids: Any, count: int, how: str, empty: Any) -> Any:
    from array_api_compat import device

    outer = len(ids.shape)
    if tuple(data.shape[:outer]) != tuple(ids.shape):
        raise ValueError(
            f"data.shape = {list(data.shape)} does not start with segment_ids.shape = {list(ids.shape)}"
        )
    if count < 0:
        raise ValueError(f"Input num_segments == {count} must not be negative.")
    rest = data.shape[outer:]
    if 0 in data.shape:  # as v1, which does not read the segments of nothing
        return xp.full((count, *rest), empty, dtype=data.dtype, device=device(data))
    check_indices(ids, count, "segment_ids", negative=True)
    rows, at = rows_of(xp, data, outer), rows_of(xp, ids, outer)
    spare = 0
    if not readable(ids):
        # As v1, rows of negative segments are left out: here they go to a row that is cut off.
        spare = 1
        at = xp.where(at < 0, count, at)
    elif bool(xp.any(at < 0)):
        keep = xp.nonzero(at >= 0)[0]
        rows, at = xp.take(rows, keep, axis=0), xp.take(at, keep)
    start = xp.full((count + spare, *rest), empty, dtype=data.dtype, device=device(data))
    made = scatter_rows(xp, start, at, rows, how)
    return made[:count, ...] if spare else made


def _unsorted_kernel(how: str) -> Kernel:
    def kernel(xp: Any) -> Any:
        return lambda data, ids, count: _totals(xp, data, ids, int(count.item()), how, _empty(xp, data, how))

    return kernel


_DOC = """{summary} of rows that have the same segment number.

    Args:
        data: A tensor of numbers.
        segment_ids: The rows' segment numbers{order}, int32 or int64.{count}
        name: The operation's name.

    Returns:
        A tensor with a row for each segment.
    """
_COUNT = "\n        num_segments: How many segments there are."


def _unsorted(type: str, how: str, summary: str, types: Types) -> Callable[..., Tensor]:
    op = define_op(
        type, tensor("data", types), index("segment_ids", SHORT_INDICES, "Tindices", host=False),
        index("num_segments", attr="Tnumsegments"), kernel=_unsorted_kernel(how),
    )  # fmt: skip

    def total(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Tensor:
        return op(data, segment_ids, num_segments, name=name)

    total.__doc__ = _DOC.format(summary=summary, order="", count=_COUNT)
    total.__name__ = total.__qualname__ = f"unsorted_segment_{type[len('UnsortedSegment') :].lower()}"
    return direct(op)(total)


unsorted_segment_sum = _unsorted("UnsortedSegmentSum", "add", "The sums", NUMBERS)
unsorted_segment_prod = _unsorted("UnsortedSegmentProd", "mul", "The products", NUMBERS)
unsorted_segment_max = _unsorted("UnsortedSegmentMax", "max", "The largest entries", REALS)
unsorted_segment_min = _unsorted("UnsortedSegmentMin", "min", "The smallest entries", REALS)
unsorted_segment_max = v1("unsorted_segment_max", "math.unsorted_segment_max")(unsorted_segment_max)
unsorted_segment_min = v1("unsorted_segment_min", "math.unsorted_segment_min")(unsorted_segment_min)
unsorted_segment_prod = v1("unsorted_segment_prod", "math.unsorted_segment_prod")(unsorted_segment_prod)
unsorted_segment_sum = v1("unsorted_segment_sum", "math.unsorted_segment_sum")(unsorted_segment_sum)


def _counts(ids: Tensor, data: Tensor, num_segments: Any) -> Tensor:
    """How many rows each segment has, at least 1, to divide by."""
    count = convert_to_tensor(num_segments)
    each = ones(shape_internal(ids), data.dtype.base_dtype)
    counted = unsorted_segment_sum(each, ids, count)
    # As many ones behind as there are dimensions more, which is known when run.
    behind = ones([subtract(rank(data), rank(ids), name="sub")], count.dtype.base_dtype)
    return maximum(reshape(counted, concat([count[None], behind], axis=0)), 1)


@v1("unsorted_segment_mean", "math.unsorted_segment_mean")
def unsorted_segment_mean(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Tensor:
    """The means of rows that have the same segment number.

    Args:
        data: A tensor of floats.
        segment_ids: The rows' segment numbers, int32 or int64.
        num_segments: How many segments there are.
        name: The operations' scope.

    Returns:
        A tensor with a row for each segment; 0 where it has none.
    """
    with name_scope(name, "UnsortedSegmentMean"):
        x, ids = convert_to_tensor(data), convert_to_tensor(index_array(segment_ids))
        counts = _counts(ids, x, num_segments)
        return truediv(unsorted_segment_sum(x, ids, num_segments), counts)


@v1("unsorted_segment_sqrt_n", "math.unsorted_segment_sqrt_n")
def unsorted_segment_sqrt_n(
    data: Any, segment_ids: Any, num_segments: Any, name: str | None = None
) -> Tensor:
    """The sums of rows that have the same segment number, divided by the square root of how many they are.

    Args:
        data: A tensor of floats.
        segment_ids: The rows' segment numbers, int32 or int64.
        num_segments: How many segments there are.
        name: The operations' scope.

    Returns:
        A tensor with a row for each segment; 0 where it has none.
    """
    with name_scope(name, "UnsortedSegmentSqrtN"):
        x, ids = convert_to_tensor(data), convert_to_tensor(index_array(segment_ids))
        counts = _counts(ids, x, num_segments)
        return realdiv(unsorted_segment_sum(x, ids, num_segments), sqrt(counts), name="truediv")


def _count(xp: Any, ids: Any) -> int:
    """The number of sorted segments: the one thing of them that the host has to know, for the shape."""
    if not ids.shape[0]:
        return 0
    seen = host_view(ids)  # also of a constant in `jax.jit`
    if seen is not None:
        first, last, is_falling = int(seen[0]), int(seen[-1]), bool((seen[1:] < seen[:-1]).any())
    else:
        falls = xp.astype(xp.any(ids[1:] < ids[:-1]), ids.dtype)
        ends = [ids[0, ...], ids[-1, ...], falls]
        first, last, is_falling = (
            xp.stack(ends).tolist() if hasattr(ids, "tolist") else (int(ids[0]), int(ids[-1]), bool(falls))
        )
    if is_falling:
        raise ValueError("segment ids are not increasing")
    if first < 0:
        raise ValueError(f"Segment id {first} out of range [0, {last + 1})")
    return last + 1


def _sorted_kernel(how: str) -> Kernel:
    def kernel(xp: Any) -> Any:
        def total(data: Any, ids: Any) -> Any:
            if len(ids.shape) != 1 or len(data.shape) < 1 or ids.shape[0] != data.shape[0]:
                raise ValueError("segment_ids should be the same size as dimension 0 of input.")
            count = _count(xp, ids)
            if how != "mean":
                # As v1: a segment without rows is 0, or 1 for products.
                out = _totals(xp, data, ids, count, how, _extreme(xp, data, how))
                return (
                    out
                    if how in ("add", "mul")
                    else xp.where(_has(xp, ids, out, count), out, xp.zeros_like(out))
                )
            sums = _totals(xp, data, ids, count, "add", 0)
            sizes = _totals(xp, xp.ones_like(ids), ids, count, "add", 0)
            sizes = xp.reshape(xp.maximum(sizes, xp.ones_like(sizes)), (count, *(1,) * (len(sums.shape) - 1)))
            sizes = xp.astype(sizes, sums.dtype)
            whole = xp.isdtype(sums.dtype, "integral")
            return truncated_quotient(xp, sums, sizes) if whole else sums / sizes

        return total

    return kernel


def _has(xp: Any, ids: Any, out: Any, count: int) -> Any:
    sizes = _totals(xp, xp.ones_like(ids), ids, count, "add", 0)
    return xp.reshape(sizes > 0, (count, *(1,) * (len(out.shape) - 1)))


def _sorted(type: str, how: str, summary: str, types: Types) -> OpFunction[Tensor]:
    return define_op(
        type, tensor("data", types), tensor("segment_ids", INDICES, "Tindices"),
        kernel=_sorted_kernel(how),
        doc=_DOC.format(summary=summary, order=", in ascending order", count=""),
    )  # fmt: skip


segment_sum = _sorted("SegmentSum", "add", "The sums", NUMBERS)
segment_prod = _sorted("SegmentProd", "mul", "The products", NUMBERS)
segment_max = _sorted("SegmentMax", "max", "The largest entries", REALS)
segment_min = _sorted("SegmentMin", "min", "The smallest entries", REALS)
segment_mean = _sorted("SegmentMean", "mean", "The means", NUMBERS)
segment_max = v1("segment_max", "math.segment_max")(segment_max)
segment_mean = v1("segment_mean", "math.segment_mean")(segment_mean)
segment_min = v1("segment_min", "math.segment_min")(segment_min)
segment_prod = v1("segment_prod", "math.segment_prod")(segment_prod)
segment_sum = v1("segment_sum", "math.segment_sum")(segment_sum)
