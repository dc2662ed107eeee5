"""Queries about values: tensors, numbers, static values."""

from __future__ import annotations

from typing import Any

from .._core import Variable
from ..graph import Tensor
from ..public import v1
from .folding import constant_value


@v1("get_static_value")
def get_static_value(tensor: Any, partial: bool = False) -> Any:
    """The value of a tensor, if it can be known without a session; see `constant_value`.

    Args:
        tensor: A tensor.
        partial: Accepted for v1's sake.

    Returns:
        An array, or None.
    """
    return constant_value(tensor, partial)


@v1("is_symbolic_tensor")
def is_symbolic_tensor(tensor: Any) -> bool:
    """Whether a value is a tensor of a graph, which all tensors are here.

    Args:
        tensor: Any value.
    """
    return isinstance(tensor, Tensor)


@v1("is_tensor")
def is_tensor(x: Any) -> bool:
    """Whether an object is a tensor or a variable.

    Args:
        x: The object.

    Returns:
        Whether it is.
    """
    return isinstance(x, (Tensor, Variable))


@v1("is_numeric_tensor", "debugging.is_numeric_tensor")
def is_numeric_tensor(tensor: Any) -> bool:
    """Whether an object is a tensor of numbers.

    Args:
        tensor: The object.

    Returns:
        Whether it is.
    """
    kind = tensor.dtype.base_dtype if isinstance(tensor, Tensor) else None
    return kind is not None and (kind.is_integer or kind.is_floating or kind.is_complex)
