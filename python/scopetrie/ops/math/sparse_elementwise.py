"""Elementwise arithmetic of the elements of a sparse tensor with a dense one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ... import dtypes
from ..._core import OpFunction
from ...graph import Tensor
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
    whole = tuple(int(size) for size in sizes)
    if dense.ndim > len(whole) or any(
        size not in (1, wanted) for size, wanted in zip(dense.shape[::-1], whole[::-1], strict=False)
    ):
        raise ValueError(
            "SparseDenseBinaryOpShared broadcasts dense to sparse only; got incompatible shapes: "
            f"[{','.join(map(str, whole))}] vs. [{','.join(map(str, dense.shape))}]"
        )
    return np.broadcast_to(dense, whole)[tuple(indices.T)]


def _elementwise(type: str, apply: Callable[[Any, Any], Any]) -> OpFunction[Tensor]:
    def kernel(xp: Any) -> Any:
        def compute(indices: Any, values: Any, sizes: Any, dense: Any) -> Any:
            with np.errstate(divide="ignore", invalid="ignore"):
                made = apply(values, picked(dense, indices, sizes))
            return np.asarray(made, values.dtype)

        return compute

    return define_op(
        type, *SPARSE, tensor("dense", NUMBERS, host=True),
        rule=lambda indices, values, sizes, dense: (
            values.dtype, (None if indices._dims is None else indices._dims[0],)
        ),
        kernel=kernel, host_outputs=True,
    )  # fmt: skip


def _quotient(x: Any, y: Any) -> Any:
    if x.dtype.kind in "iu":
        from array_api_compat import numpy as xp

        return truncated_quotient(xp, x, y)
    return x / y


sparse_dense_add = _elementwise("SparseDenseCwiseAdd", lambda x, y: x + y)
sparse_dense_multiply = _elementwise("SparseDenseCwiseMul", lambda x, y: x * y)
sparse_dense_divide = _elementwise("SparseDenseCwiseDiv", _quotient)
