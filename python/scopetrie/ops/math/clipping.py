"""Clipping: by norms, of one tensor or of many, and by the limits of dtypes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import dtypes
from ..._core import name_scope
from ...dtypes import DTypeLike, as_dtype
from ...graph import Tensor
from ...public import v1
from ..array.fill import identity, ones_like
from ..array.join import stack
from ..array.shape import rank, size
from ..constant import constant, convert_to_tensor
from ..elementwise.arithmetic import add, maximum, minimum, multiply, realdiv, subtract
from ..elementwise.cast import cast
from ..elementwise.compare import clip_node, greater, where
from ..elementwise.complex import real
from ..elementwise.unary import rsqrt, sqrt
from .reduce import l2_loss, reduce_sum
from .sequence import range_

__all__ = ["clip_by_average_norm", "clip_by_global_norm", "clip_by_norm", "global_norm", "saturate_cast"]


@v1("clip_by_norm")
def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None, name: str | None = None) -> Tensor:
    """Scales a tensor down to a norm, if it has a larger one.

    Args:
        t: A tensor of floats.
        clip_norm: The norm that it has at most.
        axes: The dimensions of the norm; all if left out.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `t`.
    """
    with name_scope(name, "clip_by_norm", [t, clip_norm]) as scope:
        x = convert_to_tensor(t, name="t")
        total = reduce_sum(multiply(x, x, name="mul"), axes, keepdims=True)
        positive = greater(total, 0)
        safe = where(positive, total, ones_like(total))
        norms = where(positive, sqrt(safe), total)
        limit = maximum(clip_norm, 0.0) if isinstance(clip_norm, Tensor) else max(clip_norm, 0)
        clipped = multiply(x, limit, name="mul")
        return identity(realdiv(clipped, maximum(norms, limit), name="truediv"), name=scope)


@v1("global_norm", "linalg.global_norm")
def global_norm(t_list: Any, name: str | None = None) -> Tensor:
    """The norm of all elements of several tensors together.

    Args:
        t_list: The tensors; None among them are left out.
        name: The operations' scope.

    Returns:
        A scalar.

    Raises:
        TypeError: If it is no list.
    """
    if not isinstance(t_list, (list, tuple)):
        raise TypeError(f"`t_list` should be a sequence of tensors. Received {type(t_list)}.")
    with name_scope(name, "global_norm", t_list):
        halves = [l2_loss(convert_to_tensor(x, name=f"t_{i}")) for i, x in enumerate(t_list) if x is not None]
        half = reduce_sum(stack(halves))
        two = constant(np.asarray(2, half.dtype.base_dtype.as_numpy_dtype))
        return sqrt(multiply(half, two, name="mul"), name="global_norm")


@v1("clip_by_global_norm")
def clip_by_global_norm(
    t_list: Any, clip_norm: Any, use_norm: Any = None, name: str | None = None
) -> tuple[list[Tensor | None], Tensor]:
    """Scales several tensors down together to a norm, if they have a larger one.

    Args:
        t_list: The tensors; None among them stay None.
        clip_norm: The norm that they have together at most.
        use_norm: Their norm, where it is known already.
        name: The operations' scope.

    Returns:
        The list of scaled tensors, and the norm that they had.

    Raises:
        TypeError: If it is no list.
    """
    norm = global_norm(t_list, name) if use_norm is None else use_norm
    with name_scope(name, "clip_by_global_norm", [*t_list, clip_norm]):
        least = _minimum_of(realdiv(1.0, norm, name="truediv"), clip_norm, norm)
        out: list[Tensor | None] = []
        for i, x in enumerate(t_list):
            if x is None:
                out.append(None)
                continue
            tensor = convert_to_tensor(x)
            scaled = multiply(tensor, least, name="mul")
            out.append(identity(scaled, name=f"clip_by_global_norm/_{i}"))
        return out, norm


def _minimum_of(inverse: Tensor, clip_norm: Any, norm: Tensor) -> Tensor:
    """clip_norm min(1 / norm, 1 / clip_norm), and not a number where the norm is none or infinite."""
    one = constant(np.asarray(1, norm.dtype.base_dtype.as_numpy_dtype))
    least = minimum(inverse, realdiv(one, clip_norm, name="truediv"))
    scale = multiply(clip_norm, least, name="mul")
    return add(scale, subtract(norm, norm, name="sub"), name="add")


@v1("clip_by_average_norm")
def clip_by_average_norm(t: Any, clip_norm: Any, name: str | None = None) -> Tensor:
    """Scales a tensor down to an average norm (the norm by the number of elements), if it has a larger one.

    Args:
        t: A tensor of floats.
        clip_norm: The average norm that it has at most.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `t`.
    """
    with name_scope(name, "clip_by_average_norm", [t, clip_norm]) as scope:
        x = convert_to_tensor(t, name="t")
        count = cast(size(x), dtypes.float32)
        total = reduce_sum(multiply(x, x, name="mul"), range_(rank(x)))
        root = rsqrt(total)
        scaled = multiply(x, clip_norm, name="mul")
        inverse = multiply(count, root, name="mul")
        one = constant(np.asarray(1, x.dtype.as_numpy_dtype))
        least = minimum(inverse, realdiv(one, clip_norm, name="truediv"))
        return identity(multiply(scaled, least, name="mul"), name=scope)


@v1("saturate_cast", "dtypes.saturate_cast")
def saturate_cast(value: Any, dtype: DTypeLike, name: str | None = None) -> Tensor:
    """Gives a tensor another dtype; what does not fit becomes the dtype's limit.

    Args:
        value: A tensor of numbers.
        dtype: The dtype.
        name: The operation's name.

    Returns:
        A tensor with the shape of `value`.
    """
    with name_scope(name, "saturate_cast", [value]) as scope:
        tensor = convert_to_tensor(value, name="value")
        made = as_dtype(dtype).base_dtype
        if tensor.dtype.is_complex:
            if made.is_complex:  # its parts fit, or become infinite
                return cast(tensor, made, name=scope)
            tensor = real(tensor)
        own = tensor.dtype.base_dtype
        limit = made.real_dtype
        low, high = max(own.min, limit.min), min(own.max, limit.max)
        limits = [constant(_within(each, own).astype(own.as_numpy_dtype)) for each in (low, high)]
        return cast(clip_node(tensor, *limits, name="clamp"), made, name=scope)


def _within(limit: Any, dtype: Any) -> Any:
    """The number of a dtype next to a limit, on its inner side: int32's maximum rounds up as a float32."""
    rounded = np.asarray(limit).astype(dtype.as_numpy_dtype)
    if dtype.is_floating and abs(int(rounded)) > abs(int(limit)):
        return np.nextafter(rounded, np.asarray(0, rounded.dtype))
    return np.asarray(limit)
