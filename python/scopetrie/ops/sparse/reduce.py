"""Sums, extremes and softmax of sparse tensors."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ... import dtypes
from ..._core import OpFunction, name_scope
from ...graph import Tensor
from ...public import v1
from ..array.dims import renamed
from ..array.shape import size
from ..constant import constant, index_array
from ..declare import NUMBERS, REALS, Types, attr, index
from ..elementwise.sparse import of_parts
from ..folding import dims_from, known_elements
from ..math.sequence import range_
from ..registry import Spec, define_op
from ..sparse_tensor import SparseTensor, as_sparse
from .places import Array, check_places, flat, ordinals, parts, unchanged, vector


def _axes(axes: Array, rank: int) -> list[int]:
    listed = np.asarray(axes).ravel().tolist()
    for axis in listed:
        if not -rank <= axis < rank:
            raise ValueError(f"Invalid reduction dimension {axis} for input with {rank} dimensions.")
    return sorted({axis % rank for axis in listed})


def _grouped(
    indices: Array, values: Array, sizes: Array, axes: Array, how: Any
) -> tuple[Array, Array, list[int]]:
    """Totals by the places that are left: the places (in order), the totals, the axes left."""
    gone = _axes(axes, len(sizes))
    left = [axis for axis in range(len(sizes)) if axis not in gone]
    places = indices[:, left]
    at = ordinals(places, sizes[left])
    order = np.argsort(at, kind="stable")
    at, ordered = at[order], values[order]
    begins = np.flatnonzero(np.concatenate([[True], at[1:] != at[:-1]])) if len(at) else np.zeros(0, np.int64)
    totals = how.reduceat(ordered, begins) if len(at) else ordered
    return places[order][begins], np.asarray(totals, values.dtype), left


def _kernel(how: Any) -> Callable[..., Any]:
    def kernel(xp: Any, keep_dims: bool = False) -> Any:
        def reduce(indices: Any, values: Any, sizes: Any, axes: Any) -> Any:
            places, totals, left = _grouped(indices, values, sizes, axes, how)
            check_places(places, sizes[left], ordered=False)
            at = flat(places, sizes[left])
            made = np.zeros(math.prod(sizes[left].tolist()), values.dtype)
            made[at] = totals
            kept = [int(size) if axis in left else 1 for axis, size in enumerate(sizes)]
            return made.reshape(kept if keep_dims else [int(size) for size in sizes[left]])

        return reduce

    return kernel


def _sparse_kernel(how: Any) -> Callable[..., Any]:
    def kernel(xp: Any, keep_dims: bool = False) -> Any:
        def reduce(indices: Any, values: Any, sizes: Any, axes: Any) -> Any:
            places, totals, left = _grouped(indices, values, sizes, axes, how)
            if not keep_dims:
                return places, totals, sizes[left]
            whole = np.zeros((len(places), len(sizes)), np.int64)
            whole[:, left] = places
            return whole, totals, np.array([n if i in left else 1 for i, n in enumerate(sizes)], np.int64)

        return reduce

    return kernel


def _rule(indices: Tensor, values: Tensor, sizes: Tensor, axes: Tensor, keep_dims: bool = False) -> Spec:
    whole, known = dims_from(sizes), known_elements(axes)
    made = values.dtype.base_dtype
    if whole is None or None in whole or known is None:  # as v1, which knows all or nothing
        return made, None
    if any(not -len(whole) <= axis < len(whole) for axis in known):
        return made, None  # refused when run
    gone = _axes(np.asarray(known, np.int64), len(whole))
    return made, tuple(
        1 if axis in gone else size for axis, size in enumerate(whole) if keep_dims or axis not in gone
    )


def _op(type: str, how: Any, types: Types) -> tuple[OpFunction[Tensor], OpFunction[list[Tensor]]]:
    inputs = (*parts("input_", types), index("reduction_axes", (dtypes.int32,), None))
    keep = (attr("keep_dims", bool, False),)
    dense: OpFunction[Tensor] = define_op(
        type, *inputs, rule=_rule, kernel=of_parts(_kernel(how)), attributes=keep, host_outputs=True,
    )  # fmt: skip
    sparse: OpFunction[list[Tensor]] = define_op(
        f"{type}Sparse", *inputs,
        rule=lambda indices, values, sizes, axes, keep_dims=False: [
            (dtypes.int64, None), (values.dtype.base_dtype, None), (dtypes.int64, None)
        ],
        kernel=of_parts(_sparse_kernel(how)), attributes=keep, host_outputs=True,
    )  # fmt: skip
    return dense, sparse


_sum, _sum_sparse = _op("SparseReduceSum", np.add, NUMBERS)
_max, _max_sparse = _op("SparseReduceMax", np.maximum, REALS)


def _along(sparse: SparseTensor, axis: Any, reduction_axes: Any) -> Any:
    chosen = renamed(axis, "axis", reduction_axes, "reduction_axes")
    if chosen is not None:
        return index_array(chosen)
    rank = sparse.dense_shape.shape[0].value
    if rank is None:
        return range_(size(sparse.dense_shape, name="Rank"))
    return constant(np.arange(rank, dtype=np.int32))


def _reduced(
    op: OpFunction[Any], sp_input: Any, axis: Any, keepdims: Any, reduction_axes: Any, keep_dims: Any
) -> Any:
    sparse = as_sparse(sp_input)
    along = _along(sparse, axis, reduction_axes)
    kept = bool(renamed(keepdims, "keepdims", keep_dims, "keep_dims"))
    return op(*sparse._components(), along, keep_dims=kept)


@v1("sparse_reduce_sum", "sparse.reduce_sum")
def sparse_reduce_sum(
    sp_input: Any, axis: Any = None, keepdims: bool | None = None, reduction_axes: Any = None,
    keep_dims: bool | None = None,
) -> Tensor:  # fmt: skip
    """Adds the elements of a sparse tensor up along axes.

    Args:
        sp_input: A SparseTensor.
        axis: The axes; all of them by default.
        keepdims: Whether the axes stay, with the size 1.
        reduction_axes: Another name of `axis`.
        keep_dims: Another name of `keepdims`.

    Returns:
        A dense tensor.

    >>> import scopetrie as tf
    >>> x = tf.SparseTensor([[0, 0], [0, 2], [1, 1]], [1, 1, 1], [2, 3])
    >>> with tf.Session() as session:
    ...     print(session.run(tf.sparse_reduce_sum(x, 1)))
    [2 1]
    """
    made: Tensor = _reduced(_sum, sp_input, axis, keepdims, reduction_axes, keep_dims)
    return made


@v1("sparse_reduce_max", "sparse.reduce_max")
def sparse_reduce_max(
    sp_input: Any, axis: Any = None, keepdims: bool | None = None, reduction_axes: Any = None,
    keep_dims: bool | None = None,
) -> Tensor:  # fmt: skip
    """Finds the largest of the elements that a sparse tensor has along axes; 0 where it has none.

    Args:
        sp_input: A SparseTensor.
        axis: The axes; all of them by default.
        keepdims: Whether the axes stay, with the size 1.
        reduction_axes: Another name of `axis`.
        keep_dims: Another name of `keepdims`.

    Returns:
        A dense tensor.
    """
    made: Tensor = _reduced(_max, sp_input, axis, keepdims, reduction_axes, keep_dims)
    return made


@v1("sparse_reduce_sum_sparse", "sparse.reduce_sum_sparse")
def sparse_reduce_sum_sparse(
    sp_input: Any, axis: Any = None, keepdims: bool | None = None, reduction_axes: Any = None,
    keep_dims: bool | None = None,
) -> SparseTensor:  # fmt: skip
    """As `sparse_reduce_sum`, with a sparse result.

    Args:
        sp_input: A SparseTensor.
        axis: The axes; all of them by default.
        keepdims: Whether the axes stay, with the size 1.
        reduction_axes: Another name of `axis`.
        keep_dims: Another name of `keepdims`.

    Returns:
        A SparseTensor.
    """
    return SparseTensor(*_reduced(_sum_sparse, sp_input, axis, keepdims, reduction_axes, keep_dims))


@v1("sparse_reduce_max_sparse", "sparse.reduce_max_sparse")
def sparse_reduce_max_sparse(
    sp_input: Any, axis: Any = None, keepdims: bool | None = None, reduction_axes: Any = None,
    keep_dims: bool | None = None,
) -> SparseTensor:  # fmt: skip
    """As `sparse_reduce_max`, with a sparse result.

    Args:
        sp_input: A SparseTensor.
        axis: The axes; all of them by default.
        keepdims: Whether the axes stay, with the size 1.
        reduction_axes: Another name of `axis`.
        keep_dims: Another name of `keepdims`.

    Returns:
        A SparseTensor.
    """
    return SparseTensor(*_reduced(_max_sparse, sp_input, axis, keepdims, reduction_axes, keep_dims))


def _softmax_kernel(xp: Any) -> Any:
    def softmax(indices: Any, values: Any, sizes: Any) -> Any:
        if len(sizes) < 2:
            raise ValueError("Input should have rank >= 2")
        if not len(values):
            return values
        rows = ordinals(indices[:, :-1], sizes[:-1])
        if (rows[1:] < rows[:-1]).any():
            raise ValueError("indices is out of order. Many sparse ops require sorted indices.")
        new = np.concatenate([[True], rows[1:] != rows[:-1]])
        begins, row = np.flatnonzero(new), np.cumsum(new) - 1
        powers = np.exp(values - np.maximum.reduceat(values, begins)[row])
        made: Array = np.asarray(powers / np.add.reduceat(powers, begins)[row], values.dtype)
        return made

    return softmax


_softmax: OpFunction[Tensor] = define_op(
    "SparseSoftmax", *parts("sp_", (dtypes.float16, dtypes.float32, dtypes.float64)),
    rule=lambda indices, values, sizes: (values.dtype.base_dtype, vector(values)),
    kernel=of_parts(_softmax_kernel), host_outputs=True,
)  # fmt: skip


@v1("sparse_softmax", "sparse.softmax")
def sparse_softmax(sp_input: Any, name: str | None = None) -> SparseTensor:
    """Applies softmax to the elements of each row; elements that are not there take no part in it.

    Args:
        sp_input: A SparseTensor of floats, of rank 2 or more, in row-major order.
        name: The operation's name.

    Returns:
        A SparseTensor with elements in the same places.
    """
    with name_scope(name, "SparseSoftmax", [getattr(sp_input, "indices", None)]):
        sparse = as_sparse(sp_input)
        return unchanged(sparse, _softmax(*sparse._components(), name="SparseSoftmax"))
