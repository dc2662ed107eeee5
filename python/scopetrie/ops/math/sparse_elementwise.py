"""Elementwise arithmetic of the elements of a sparse tensor with a dense one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ... import dtypes
from ..._core import OpFunction
from ...graph import Tensor
from ..array.indices import check_indices, readable
from ..declare import NUMBERS, tensor
from ..registry import define_op
from .division_kernels import truncated_quotient

__all__ = ["SPARSE", "picked", "sparse_dense_add", "sparse_dense_divide", "sparse_dense_multiply"]

# The three parts of a sparse tensor, as most ops take them.
SPARSE = (
    tensor("sp_indices", (dtypes.int64,), None, host=True),
    tensor("sp_values", NUMBERS, host=True),
    tensor("sp_shape", (dtypes.int64,), None, host=True),
)


def picked(dense: Any, indices: Any, sizes: Any) -> Any:
    """The elements of an array, broadcast to a shape, at tuples of indices."""
    return np.broadcast_to(dense, _refuse_shapes(dense.shape, sizes))[tuple(indices.T)]


def _refuse_shapes(dims: tuple[int, ...], sizes: Any) -> tuple[int, ...]:
    """Returns the shape of a sparse tensor, to which a dense one has to broadcast."""
    whole = tuple(int(size) for size in sizes)
    if len(dims) > len(whole) or any(
        size not in (1, wanted) for size, wanted in zip(dims[::-1], whole[::-1], strict=False)
    ):
        raise ValueError(
            "SparseDenseBinaryOpShared broadcasts dense to sparse only; got incompatible shapes: "
            f"[{','.join(map(str, whole))}] vs. [{','.join(map(str, dims))}]"
        )
    return whole


def _picked_anywhere(xp: Any, dense: Any, indices: Any, sizes: Any) -> Any:
    """What `picked` gives, in operations that any library has."""
    if readable(dense) and readable(indices):
        return picked(dense, indices, sizes)
    _refuse_shapes(dense.shape, sizes)
    lead = len(sizes) - len(dense.shape)
    places, step = None, 1
    for axis in range(len(dense.shape) - 1, -1, -1):
        size = dense.shape[axis]
        if size != 1:
            column = indices[:, lead + axis]
            check_indices(column, size)
            term = column if step == 1 else column * step
            places = term if places is None else places + term
        step *= size
    flat = xp.reshape(dense, (-1,))
    return xp.reshape(dense, ()) if places is None else xp.take(flat, places, axis=0)


def _elementwise(type: str, apply: Callable[[Any, Any, Any], Any]) -> OpFunction[Tensor]:
    def kernel(xp: Any) -> Any:
        def compute(indices: Any, values: Any, sizes: Any, dense: Any) -> Any:
            return apply(xp, values, _picked_anywhere(xp, dense, indices, sizes))

        return compute

    indices, values, sizes = SPARSE
    return define_op(
        type, indices._replace(host=False), values._replace(host=False), sizes, tensor("dense", NUMBERS),
        rule=lambda indices, values, sizes, dense: (
            values.dtype, (None if indices._dims is None else indices._dims[0],)
        ),
        kernel=kernel,
    )  # fmt: skip


def _quotient(xp: Any, x: Any, y: Any) -> Any:
    if xp.isdtype(x.dtype, "integral"):
        return truncated_quotient(xp, x, y)
    return x / y


sparse_dense_add = _elementwise("SparseDenseCwiseAdd", lambda xp, x, y: x + y)
sparse_dense_multiply = _elementwise("SparseDenseCwiseMul", lambda xp, x, y: x * y)
sparse_dense_divide = _elementwise("SparseDenseCwiseDiv", _quotient)
