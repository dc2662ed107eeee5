"""Order: sorting, the largest entries, places in sorted sequences."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import dtypes
from ..._core import OpFunction, name_scope
from ...dtypes import DType, DTypeLike, as_dtype
from ...graph import Tensor
from ..array.indices import rows_of
from ..array.sequence import count_up
from ..array.shape import require_rank
from ..constant import convert_to_tensor, index_array
from ..declare import REALS, SHORT_INDICES, attr, index, tensor
from ..faults import ShapeError
from ..folding import constant_value
from ..registry import Spec, define_op
from .elementwise import namespace_dtype


def _top_rule(input: Tensor, k: Tensor, sorted: bool = True, index_type: DType = dtypes.int32) -> list[Spec]:
    require_rank(k, 0)
    dims, count = input._dims, constant_value(k)
    if dims == ():
        raise ShapeError("Shape must be at least rank 1 but is rank 0")
    wanted = None if count is None else int(count)
    if dims is not None and wanted is not None and dims[-1] is not None and dims[-1] < wanted:
        raise ShapeError(
            f"input must have last dimension >= k = {wanted} but is {dims[-1]}", constants={1: str(wanted)}
        )
    out = None if dims is None else (*dims[:-1], wanted)
    return [(input.dtype.base_dtype, out), (index_type, out)]


def _top_kernel(xp: Any, sorted: bool = True, index_type: DType = dtypes.int32) -> Any:
    made = namespace_dtype(xp, index_type)

    def largest(x: Any, k: Any) -> Any:
        count = int(k.item())
        if x.shape[-1] < count:
            raise ValueError(f"input must have at least k columns. Had {x.shape[-1]}, needed {count}")
        # Of equal entries the first comes first: a descending sort of a stable order keeps that, as v1 does.
        at = xp.argsort(x, axis=-1, descending=True, stable=True)[..., :count]
        return xp.take_along_axis(x, at, axis=-1), xp.astype(at, made)

    return largest


_top_k: OpFunction[list[Tensor]] = define_op(
    "TopKV2", tensor("input", REALS), index("k", SHORT_INDICES, "Tk"), rule=_top_rule,
    kernel=_top_kernel, attributes=(attr("index_type", DType, dtypes.int32), attr("sorted", bool),),
)  # fmt: skip


def top_k(
    input: Any, k: Any = 1, sorted: bool = True, index_type: DTypeLike = dtypes.int32, name: str | None = None
) -> list[Tensor]:
    """Finds the largest entries along the last dimension.

    Args:
        input: A tensor `[..., n]` of real numbers.
        k: How many.
        sorted: Whether the largest comes first; here it always does.
        index_type: The dtype of the places.
        name: The operation's name.

    Returns:
        A list of the entries and their places, both `[..., k]`.

    Raises:
        ValueError: If there are fewer than `k`.
    """
    return _top_k(input, k, sorted=bool(sorted), index_type=as_dtype(index_type), name=name)


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
    tensor("k", host=True), rule=lambda predictions, targets, k: (dtypes.bool, targets._dims),
    kernel=_in_top_kernel,
)  # fmt: skip


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


def _sort_kernel(xp: Any, axis: int, descending: bool) -> Any:
    return lambda x: xp.sort(x, axis=axis, descending=descending)


def _argsort_kernel(xp: Any, axis: int, descending: bool) -> Any:
    return lambda x: xp.astype(xp.argsort(x, axis=axis, descending=descending, stable=True), xp.int32)


def _sort_rule(values: Tensor, axis: int, descending: bool) -> Spec:
    _check_axis(values, axis)
    return values.dtype.base_dtype, values._dims


def _check_axis(values: Tensor, axis: int) -> None:
    dims = values._dims
    if dims is not None and not -len(dims) <= axis < len(dims):
        raise ShapeError(f"axis {axis} is out of range for a tensor of rank {len(dims)}")


def _argsort_rule(values: Tensor, axis: int, descending: bool) -> Spec:
    return dtypes.int32, _sort_rule(values, axis, descending)[1]


# v1 builds these of transpose, negation and top_k; one node does here.
_sort = define_op(
    "Sort", tensor("values", REALS), rule=_sort_rule, kernel=_sort_kernel,
)  # fmt: skip
_argsort = define_op(
    "ArgSort", tensor("values", REALS), rule=_argsort_rule, kernel=_argsort_kernel,
)  # fmt: skip


def _is_descending(direction: str) -> bool:
    if direction not in ("ASCENDING", "DESCENDING"):
        raise ValueError(
            f"Argument `direction` should be one of ['ASCENDING', 'DESCENDING']. Received: {direction}"
        )
    return direction == "DESCENDING"


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
    descending = _is_descending(direction)
    return _sort(values, axis=int(axis), descending=descending, name=name or "sort")


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
    descending = _is_descending(direction)
    return _argsort(values, axis=int(axis), descending=descending, name=name or "argsort")


def _search_kernel(xp: Any, side: str, out_type: DType = dtypes.int32) -> Any:
    made = namespace_dtype(xp, out_type)

    def search(ordered: Any, values: Any) -> Any:
        if len(ordered.shape) == 1:
            return xp.astype(xp.searchsorted(ordered, values, side=side), made)
        lead = ordered.shape[:-1]
        if tuple(values.shape[:-1]) != tuple(lead):
            raise ValueError("Leading dim_size of both tensors must match.")
        if 0 in lead:
            return xp.zeros(values.shape, dtype=made)
        rows, wanted = rows_of(xp, ordered, len(lead)), rows_of(xp, values, len(lead))
        found = [xp.searchsorted(rows[i, :], wanted[i, :], side=side) for i in range(rows.shape[0])]
        return xp.astype(xp.reshape(xp.stack(found), (*lead, values.shape[-1])), made)

    return search


_search = define_op(
    "SearchSorted", tensor("sorted_inputs"), tensor("values"), kernel=_search_kernel,
    rule=lambda sorted_inputs, values, side, out_type=dtypes.int32: (out_type, values._dims),
    attributes=(attr("out_type", DType),),
)  # fmt: skip


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
    return _search(sorted_sequence, values, side=side, out_type=as_dtype(out_type), name=name)


def nth_element(input: Any, n: Any, reverse: bool = False, name: str | None = None) -> Tensor:
    """The entry that would be at place `n` if the last dimension were sorted.

    Args:
        input: A tensor `[..., size]`.
        n: The place.
        reverse: Whether the largest comes first.
        name: The operation's name.

    Returns:
        A tensor `[...]`.
    """
    from ..array.gather import gather

    ordered = sort(input, direction="DESCENDING" if reverse else "ASCENDING", name=name)
    return gather(ordered, n, axis=-1)
