"""Order: sorting, the largest entries, places in sorted sequences."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import dtypes
from ..._core import OpFunction, name_scope
from ...dtypes import DType, DTypeLike, as_dtype
from ...graph import Tensor
from ...public import v1
from ..array.indices import count_up
from ..array.scatter import tensor_scatter_update
from ..array.shape import rank, reshape, shape, shape_internal, transpose
from ..constant import constant, convert_to_tensor, index_array
from ..declare import REALS, SHORT_INDICES, attr, index, tensor
from ..elementwise.arithmetic import subtract
from ..elementwise.cast import namespace_dtype
from ..elementwise.unary import negative
from ..folding import constant_value
from ..outputs import TopKV2
from ..registry import Kernel, define_op
from .sequence import range_


def _top_kernel(xp: Any, sorted: bool = True, index_type: DType = dtypes.int32) -> Any:
    made = namespace_dtype(xp, index_type)

    def largest(x: Any, k: Any) -> Any:
        count = int(k.item())
        if count < 0:
            raise ValueError(f"Need k >= 0, got {count}")
        if x.shape[-1] < count:
            raise ValueError(f"input must have at least k columns. Had {x.shape[-1]}, needed {count}")
        # Of equal entries the first comes first: a descending sort of a stable order keeps that, as v1 does.
        # NaN comes last: among negated floats a library puts it there.
        if xp.isdtype(x.dtype, "real floating"):
            at = xp.argsort(xp.negative(x), axis=-1, stable=True)[..., :count]
        else:
            at = xp.argsort(x, axis=-1, descending=True, stable=True)[..., :count]
        return xp.take_along_axis(x, at, axis=-1), xp.astype(at, made)

    return largest


_top_k: OpFunction[list[Tensor]] = define_op(
    "TopKV2", tensor("input", REALS), index("k", SHORT_INDICES, "Tk"),
    kernel=_top_kernel, attributes=(attr("index_type", DType, dtypes.int32), attr("sorted", bool),),
)  # fmt: skip


@v1("math.top_k", "nn.top_k")
def top_k(
    input: Any, k: Any = 1, sorted: bool = True, index_type: DTypeLike = dtypes.int32, name: str | None = None
) -> TopKV2:
    """Finds the largest entries along the last dimension.

    Args:
        input: A tensor `[..., n]` of real numbers.
        k: How many.
        sorted: Whether the largest comes first; here it always does.
        index_type: The dtype of the places.
        name: The operation's name.

    Returns:
        A named tuple of the entries, `values`, and their places, `indices`, both `[..., k]`.

    Raises:
        ValueError: If there are fewer than `k`.
    """
    return TopKV2(*_top_k(input, k, sorted=bool(sorted), index_type=as_dtype(index_type), name=name))


def _in_top_kernel(xp: Any) -> Any:
    def found(predictions: Any, targets: Any, k: Any) -> Any:
        classes = predictions.shape[1]
        inside = (targets >= 0) & (targets < classes)
        chosen = count_up(xp, targets, classes)[None, :] == targets[:, None]
        own = xp.sum(xp.where(chosen, predictions, xp.zeros_like(predictions)), axis=1)
        larger = xp.sum(xp.astype(predictions > own[:, None], xp.int32), axis=1)
        # As v1: among entries of which one is not finite, none is said to be on top.
        finite = xp.all(xp.isfinite(predictions), axis=1)
        return inside & finite & (larger < int(k.item()))

    return found


_in_top_k = define_op(
    "InTopKV2", tensor("predictions", (dtypes.float32,), None), tensor("targets"),
    tensor("k", host=True),
    kernel=_in_top_kernel,
)  # fmt: skip


@v1("math.in_top_k", "nn.in_top_k")
def in_top_k(predictions: Any, targets: Any, k: Any, name: str | None = None) -> Tensor:
    """Whether the right class is among the k that are predicted most strongly.

    Args:
        predictions: A float32 tensor `[N, classes]`.
        targets: The right classes `[N]`, int32 or int64.
        k: How many classes count.
        name: The operation's name.

    Returns:
        A boolean tensor `[N]`.
    """
    with name_scope(name, "in_top_k"):
        at = convert_to_tensor(index_array(targets), name="targets")
        count = k if isinstance(k, Tensor) else np.asarray(k, at.dtype.base_dtype.as_numpy_dtype)
        return _in_top_k(predictions, at, count)


def _sorted(values: Any, axis: int, direction: str, places: bool) -> Tensor:
    """The sorted entries, or the places that they come from; in v1's nodes."""
    if direction not in ("ASCENDING", "DESCENDING"):
        raise ValueError(
            f"Argument `direction` should be one of ['ASCENDING', 'DESCENDING']. Received: {direction}"
        )
    along = convert_to_tensor(axis, name="axis")
    known = constant_value(along)
    if along._dims not in ((), None) or known is None:
        raise ValueError(f"Argument `axis` must be a constant scalar. Received: axis={along}.")
    x, at = convert_to_tensor(values, name="values"), int(known)
    if direction == "DESCENDING":
        return _descending(x, at, places)
    # Ascending is descending turned round: of unsigned ints from the largest down, of signed ones such that
    # the least has an opposite, too.
    if x.dtype.is_unsigned:
        limit = constant(np.asarray(x.dtype.max, x.dtype.base_dtype.as_numpy_dtype))
        found = _descending(subtract(limit, x, name="sub"), at, places)
        return found if places else subtract(limit, found, name="sub")
    if x.dtype.is_integer:
        found = _descending(subtract(negative(x), 1, name="sub"), at, places)
        return found if places else subtract(negative(found), 1, name="sub")
    found = _descending(negative(x), at, places)
    return found if places else negative(found)


def _descending(x: Tensor, axis: int, places: bool) -> Tensor:
    rank_known = None if x._dims is None else len(x._dims)
    length, count = shape(x)[axis], rank(x)
    if axis == -1 or axis + 1 == rank_known:
        return top_k(x, length)[1 if places else 0]
    if rank_known is not None:
        at = axis + rank_known if axis < 0 else axis
        order: Any = [*range(at), rank_known - 1, *range(at + 1, rank_known - 1), at]
        order = constant(np.asarray(order, np.int64), name="transposition")
    else:
        along: Any = axis + count if axis < 0 else axis
        order = tensor_scatter_update(range_(count), [[along], [count - 1]], [count - 1, along])
    found = top_k(transpose(x, order), length)[1 if places else 0]
    return transpose(found, order)


@v1("sort")
def sort(values: Any, axis: int = -1, direction: str = "ASCENDING", name: str | None = None) -> Tensor:
    """Sorts along a dimension.

    Args:
        values: A tensor of real numbers.
        axis: The dimension.
        direction: "ASCENDING" or "DESCENDING".
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `values`.

    Raises:
        ValueError: If the direction is neither, or the dimension is out of range.
    """
    with name_scope(name, "sort"):
        return _sorted(values, axis, direction, places=False)


@v1("argsort")
def argsort(
    values: Any, axis: int = -1, direction: str = "ASCENDING", stable: bool = False, name: str | None = None
) -> Tensor:
    """The places that entries come from when they are sorted along a dimension.

    Args:
        values: A tensor of real numbers.
        axis: The dimension.
        direction: "ASCENDING" or "DESCENDING".
        stable: Accepted for v1's sake: of equal entries the first always comes first.
        name: The operation's name.

    Returns:
        An int32 tensor of the shape of `values`.

    Raises:
        ValueError: If the direction is neither, or the dimension is out of range.
    """
    with name_scope(name, "argsort"):
        return _sorted(values, axis, direction, places=True)


def _bound_kernel(side: str) -> Kernel:
    def kernel(xp: Any, out_type: DType = dtypes.int32) -> Any:
        made = namespace_dtype(xp, out_type)

        def search(ordered: Any, values: Any) -> Any:
            if ordered.shape[0] != values.shape[0]:
                raise ValueError("Leading dim_size of both tensors must match.")
            if not ordered.shape[0]:
                return xp.zeros(values.shape, dtype=made)
            rows = range(ordered.shape[0])
            found = [xp.searchsorted(ordered[i, :], values[i, :], side=side) for i in rows]
            return xp.astype(xp.stack(found), made)

        return search

    return kernel


_lower_bound, _upper_bound = (
    define_op(
        type, tensor("sorted_inputs"), tensor("values"), kernel=_bound_kernel(side),
        attributes=(attr("out_type", DType),),
    )
    for type, side in (("LowerBound", "left"), ("UpperBound", "right"))
)  # fmt: skip


@v1("searchsorted")
def searchsorted(
    sorted_sequence: Any,
    values: Any,
    side: str = "left",
    out_type: DTypeLike = dtypes.int32,
    name: str | None = None,
) -> Tensor:
    """The places where values would go in sorted sequences.

    Args:
        sorted_sequence: A tensor `[..., n]`, sorted along the last dimension.
        values: A tensor `[..., m]` of the same dtype.
        side: "left" to go before equal entries, "right" to go after them.
        out_type: int32 or int64.
        name: The operation's name.

    Returns:
        A tensor of the shape of `values`.

    Raises:
        ValueError: If `side` is neither.
    """
    if side not in ("left", "right"):
        raise ValueError(f"Argument `side` must be either 'right' or 'left'. Received: `side` = '{side}'.")
    ordered = convert_to_tensor(sorted_sequence)
    wanted = convert_to_tensor(values, ordered.dtype.base_dtype if not isinstance(values, Tensor) else None)
    rows = reshape(ordered, [-1, _last_size(ordered)])
    asked = reshape(wanted, [-1, _last_size(wanted)])
    bound = _lower_bound if side == "left" else _upper_bound
    found = bound(rows, asked, out_type=as_dtype(out_type), name=name)
    return reshape(found, shape_internal(wanted))


def _last_size(x: Tensor) -> Any:
    known = x._dims[-1] if x._dims else None
    return shape(x)[-1] if known is None else known
