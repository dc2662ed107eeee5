"""Elementwise arithmetic of the elements of a sparse tensor with a dense one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ... import dtypes
from ..._core import OpFunction
from ...backends import host_view
from ...errors import InvalidArgumentError
from ...graph import Tensor
from ..array.indices import check_tuples, readable
from ..declare import NUMBERS, tensor
from ..registry import Kernel, define_op
from .division_kernels import truncated_quotient

__all__ = [
    "SPARSE",
    "check_parts",
    "of_parts",
    "picked",
    "sparse_dense_add",
    "sparse_dense_divide",
    "sparse_dense_multiply",
]

# The three parts of a sparse tensor, as most ops take them.
SPARSE = (
    tensor("sp_indices", (dtypes.int64,), None, host=True),
    tensor("sp_values", NUMBERS, host=True),
    tensor("sp_shape", (dtypes.int64,), None, host=True),
)


def of_parts(kernel: Kernel, *begins: int) -> Kernel:
    """A kernel that is given the three parts of sparse tensors, and looks whether they go together.

    Args:
        kernel: The kernel.
        begins: Which arguments are indices; elements and shape follow.

    Returns:
        The kernel, whose functions raise ValueError for parts that are none of one sparse tensor.
    """

    def checked(xp: Any, **attributes: Any) -> Any:
        compute = kernel(xp, **attributes)

        def of_sparse(*arrays: Any) -> Any:
            for at in begins or (0,):
                check_parts(*arrays[at : at + 3])
            return compute(*arrays)

        return of_sparse

    return checked


def check_parts(indices: Any, values: Any, sizes: Any) -> None:
    """Refuses indices, elements and a shape that are no sparse tensor.

    Raises:
        ValueError: If their shapes do not go together, or a size is negative.
    """
    shown = [f"[{','.join(map(str, each.shape))}]" for each in (indices, values, sizes)]
    if len(indices.shape) != 2:
        raise ValueError(f"Input indices should be a matrix but received shape: {shown[0]}")
    if len(values.shape) != 1 or len(sizes.shape) != 1:
        raise ValueError(
            "Input values and shape should be vectors but received shapes: " + " and ".join(shown[1:])
        )
    if values.shape[0] != indices.shape[0]:
        raise ValueError(
            f"Number of values must match first dimension of indices. Got {values.shape[0]} values, indices "
            f"shape: {shown[0]}"
        )
    if sizes.shape[0] != indices.shape[1]:
        raise ValueError(
            f"Number of dimensions must match second dimension of indices. Got {sizes.shape[0]} dimensions, "
            f"indices shape: {shown[0]}"
        )
    for axis, size in enumerate(sizes.tolist()):
        if size < 0:
            raise ValueError(f"Dimension {axis} of a sparse tensor must be >= 0, not {size}")


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
    whole = _refuse_shapes(dense.shape, sizes)
    if whole:
        check_tuples(indices, whole, "sparse tensor")
    if readable(dense) and readable(indices):
        return picked(dense, indices, sizes)
    lead = len(sizes) - len(dense.shape)
    places, step = None, 1
    for axis in range(len(dense.shape) - 1, -1, -1):
        size = dense.shape[axis]
        if size != 1:
            column = indices[:, lead + axis]
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
        kernel=of_parts(kernel),
    )  # fmt: skip


def _quotient(xp: Any, x: Any, y: Any) -> Any:
    view = host_view(y)
    if view is not None and not view.all():
        raise InvalidArgumentError(
            None,
            None,
            "SparseDenseCwiseDiv cannot divide by zero,but input dense tensor contains zero",
        )
    if xp.isdtype(x.dtype, "integral"):
        return truncated_quotient(xp, x, y)
    return x / y


sparse_dense_add = _elementwise("SparseDenseCwiseAdd", lambda xp, x, y: x + y)
sparse_dense_multiply = _elementwise("SparseDenseCwiseMul", lambda xp, x, y: x * y)
sparse_dense_divide = _elementwise("SparseDenseCwiseDiv", _quotient)
