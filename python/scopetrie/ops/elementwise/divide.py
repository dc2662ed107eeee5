"""Division under v1's many names."""

from __future__ import annotations

from typing import Any

from ... import dtypes
from ..._core import Variable, name_scope
from ...graph import Tensor
from ...public import v1
from ..constant import convert_to_tensor
from .arithmetic import div_no_nan_node, floor_div, realdiv
from .cast import as_tensor, cast


def _truediv(x: Any, y: Any, name: str | None, default: str = "truediv") -> Tensor:
    """Division as Python 3 has it: ints are cast to floats first."""
    tensor = x if isinstance(x, Tensor) else y if isinstance(y, Tensor) else None
    if tensor is not None and tensor.dtype.is_floating and not isinstance(x, Variable) and name != "":
        other = y if tensor is x else x
        if not isinstance(other, Tensor) or other.dtype is tensor.dtype:
            return realdiv(x, y, name=name or default)
    with name_scope(name, default, [x, y]) as scope:
        x, y = _same_type(x, y)
        if x.dtype.base_dtype is not y.dtype.base_dtype:
            raise TypeError(f"`x` and `y` must have the same dtype, got {x.dtype!r} != {y.dtype!r}.")
        wider = _DIVISION_TYPES.get(x.dtype.base_dtype)
        if wider is not None:
            x, y = cast(x, wider), cast(y, wider)
        return realdiv(x, y, name=scope)


def _same_type(x: Any, y: Any) -> tuple[Tensor, Tensor]:
    if isinstance(y, (Tensor, Variable)) and not isinstance(x, (Tensor, Variable)):
        y = convert_to_tensor(y)
        return convert_to_tensor(x, y.dtype.base_dtype, name="x"), y
    x = as_tensor(x)
    if isinstance(y, (Tensor, Variable)):
        return x, convert_to_tensor(y)
    return x, convert_to_tensor(y, x.dtype.base_dtype, name="y")


_DIVISION_TYPES = {
    dtypes.uint8: dtypes.float32, dtypes.int8: dtypes.float32, dtypes.uint16: dtypes.float32,
    dtypes.int16: dtypes.float32, dtypes.int32: dtypes.float64, dtypes.uint32: dtypes.float64,
    dtypes.int64: dtypes.float64, dtypes.uint64: dtypes.float64,
}  # fmt: skip


@v1("truediv", "math.truediv")
def truediv(x: Any, y: Any, name: str | None = None) -> Tensor:
    """X / y as Python 3 divides: ints give floats (float32 up to 16 bits, else float64).

    Args:
        x: A tensor of numbers.
        y: A tensor of the same dtype.
        name: The operation's name.

    Returns:
        A tensor with the broadcast shape.

    Raises:
        TypeError: If the dtypes differ.

    >>> import scopetrie as tf
    >>> tf.truediv(tf.constant([1, 2]), 2)
    <tf.Tensor 'truediv:0' shape=(2,) dtype=float64>
    """
    return _truediv(x, y, name)


@v1("divide", "math.divide")
def divide(x: Any, y: Any, name: str | None = None) -> Tensor:
    """X / y as Python 3 divides; see `truediv`.

    Args:
        x: A tensor of numbers.
        y: A tensor of the same dtype.
        name: The operation's name.

    Returns:
        A tensor with the broadcast shape.
    """
    if name is None and hasattr(type(x), "dense_shape"):  # a sparse tensor divides its elements
        quotient: Tensor = x / y
        return quotient
    if name is None and not isinstance(x, (Tensor, Variable)) and not isinstance(y, (Tensor, Variable)):
        x = convert_to_tensor(x)
    return _truediv(x, y, name)


@v1("div")
def div(x: Any, y: Any, name: str | None = None) -> Tensor:
    """X / y as Python 2 divides: ints give ints, rounded down.

    Args:
        x: A tensor of numbers.
        y: A tensor of the same dtype.
        name: The operation's name.

    Returns:
        A tensor with the dtype of `x` and the broadcast shape.
    """
    if isinstance(x, Tensor) and name != "" and not isinstance(y, (Tensor, Variable)) and x.dtype.is_floating:
        return realdiv(x, y, name=name or "div")
    with name_scope(name, "div", [x, y]) as scope:
        x = convert_to_tensor(x, name="x")
        y = convert_to_tensor(y, x.dtype.base_dtype, name="y")
        exact = x.dtype.is_floating or x.dtype.is_complex
        return realdiv(x, y, name=scope) if exact else floor_div(x, y, name=scope)


@v1("div_no_nan", "math.divide_no_nan")
def div_no_nan(x: Any, y: Any, name: str | None = None) -> Tensor:
    """X / y, and 0 where y is 0.

    Args:
        x: A tensor of floats.
        y: A tensor of the same dtype.
        name: The operation's name.

    Returns:
        A tensor with the broadcast shape.
    """
    tensor = x if isinstance(x, Tensor) else y if isinstance(y, Tensor) else None
    if tensor is not None and not tensor.dtype.is_integer:
        return div_no_nan_node(x, y, name=name)
    with name_scope(name, "div_no_nan", [x, y]) as scope:
        x, y = _same_type(x, y)
        wider = _DIVISION_TYPES.get(x.dtype.base_dtype)
        if wider is not None and x.dtype.base_dtype is y.dtype.base_dtype:
            x, y = cast(x, wider), cast(y, wider)
        return div_no_nan_node(x, y, name=scope)


@v1("floordiv", "math.floordiv")
def floordiv(x: Any, y: Any, name: str | None = None) -> Tensor:
    """X / y rounded down.

    Args:
        x: A tensor of numbers.
        y: A tensor of the same dtype.
        name: The operation's name.

    Returns:
        A tensor with the dtype of `x` and the broadcast shape.
    """
    if name:
        return floor_div(x, y, name=name)
    with name_scope(name, "floordiv") as scope:
        return floor_div(x, y, name=scope)
