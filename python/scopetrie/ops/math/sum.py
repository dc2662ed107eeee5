"""Sums of many tensors, and multiples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import dtypes
from ...graph import Tensor
from ..constant import convert_to_tensor
from ..declare import NUMBERS, tensors
from ..direct import direct
from ..faults import ShapeError
from ..node_text import Dims, dims_text
from ..registry import define_op
from .elementwise import as_tensor, multiply


def _merged(dims: Dims, other: Dims, at: int) -> Dims:
    if dims is None or other is None:
        return other if dims is None else dims
    where = f"\n\tFrom merging shape {at} with other shapes."
    if len(dims) != len(other):
        raise ShapeError(f"Shapes must be equal rank, but are {len(dims)} and {len(other)}{where}")
    for axis, (a, b) in enumerate(zip(dims, other, strict=True)):
        if a is not None and b is not None and a != b:
            raise ShapeError(
                f"Dimension {axis} in both shapes must be equal, but are {a} and {b}. "
                f"Shapes are {dims_text(dims)} and {dims_text(other)}.{where}"
            )
    return tuple(b if a is None else a for a, b in zip(dims, other, strict=True))


def merge_all(tensors: list[Tensor]) -> Dims:
    """The shape that all tensors of a list have, as far as any of them knows it.

    Raises:
        ShapeError: If they differ, with v1's text.
    """
    dims = tensors[-1]._dims
    for at in range(len(tensors) - 2, -1, -1):
        dims = _merged(tensors[at]._dims, dims, at)
    return dims


def _add_n_kernel(xp: Any) -> Any:
    def total(first: Any, *rest: Any) -> Any:
        for each in rest:
            if each.shape != first.shape:
                raise ValueError(
                    f"Inputs to AddN must have the same size and shape. Input 0: {list(first.shape)} != "
                    f"input: {list(each.shape)}"
                )
            first = xp.add(first, each)
        return first

    return total


_add_n = define_op(
    "AddN", tensors("inputs", (*NUMBERS, dtypes.variant)),
    rule=lambda inputs: (inputs[0].dtype.base_dtype, merge_all(inputs)), native="add_n",
    kernel=_add_n_kernel,
)  # fmt: skip


@direct(_add_n)
def add_n(inputs: Any, name: str | None = None) -> Tensor:
    """Adds tensors of one shape.

    Args:
        inputs: The tensors, at least one.
        name: The operation's name.

    Returns:
        A tensor; the only input itself if there is just one.

    Raises:
        ValueError: If there is none, or the shapes differ.
        TypeError: If the dtypes differ.
    """
    if not isinstance(inputs, (list, tuple)) or not inputs:
        raise ValueError(
            "Inputs must be an iterable of at least one Tensor/IndexedSlices with the same dtype and shape."
        )
    tensors = [convert_to_tensor(each) for each in inputs]
    if len(tensors) == 1:
        return tensors[0] if not name else add_n_identity(tensors[0], name)
    return _add_n(tensors, name=name)


def add_n_identity(tensor: Tensor, name: str) -> Tensor:
    """The only tensor of a sum, under the requested name."""
    from ..registry import OPS

    identity: Callable[..., Tensor] | None = OPS["Identity"].function
    assert identity is not None
    return identity(tensor, name=name)


def accumulate_n(inputs: Any, shape: Any = None, tensor_dtype: Any = None, name: str | None = None) -> Tensor:
    """Adds tensors of one shape; see `add_n`.

    Args:
        inputs: The tensors, at least one.
        shape: Accepted for v1's sake.
        tensor_dtype: Accepted for v1's sake.
        name: The operation's name.

    Returns:
        A tensor.
    """
    return add_n(inputs, name=name)


def scalar_mul(scalar: Any, x: Any, name: str | None = None) -> Tensor:
    """Multiplies a tensor by a scalar.

    Args:
        scalar: The scalar, of the tensor's dtype.
        x: The tensor.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `x`.

    Raises:
        ValueError: If `scalar` is not a scalar.
    """
    tensor = as_tensor(x)
    factor = convert_to_tensor(scalar, tensor.dtype.base_dtype, name="scalar")
    if factor._dims not in ((), None):
        raise ValueError(f"The input scalar must be a 0-D value. Received shape {factor.shape}.")
    return multiply(factor, tensor, name=name)
