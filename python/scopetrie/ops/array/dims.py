"""Dimensions added, dropped and stretched."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...graph import Tensor
from ...public import v1
from ...shapes import as_dims
from ..constant import index_array
from ..declare import INDICES, Ints, Sizes, attr, index, tensor
from ..direct import OWN, axes, direct, sizes
from ..node_text import Dims
from ..registry import define_op

_expand_dims = define_op(
    "ExpandDims", tensor("input"), index("dim", attr="Tdim"),
    kernel=lambda xp: lambda x, axis: xp.expand_dims(x, axis=int(axis.item())),
)  # fmt: skip


@v1("expand_dims")
@direct(_expand_dims)
def expand_dims(input: Any, axis: Any = None, name: str | None = None, dim: Any = None) -> Tensor:
    """Inserts a dimension of size 1.

    Args:
        input: A tensor.
        axis: Where to: from `-rank - 1` to `rank`.
        name: The operation's name.
        dim: Deprecated name of `axis`.

    Returns:
        A tensor of one rank more.

    Raises:
        ValueError: If no axis or both names are given, or it is out of range.

    >>> import scopetrie as tf
    >>> tf.expand_dims(tf.zeros([2, 3]), -1).shape
    TensorShape([Dimension(2), Dimension(3), Dimension(1)])
    """
    axis = renamed(axis, "axis", dim, "dim")
    if axis is None:
        raise ValueError("Must specify an axis argument to tf.expand_dims()")
    return _expand_dims(input, axis, name=name)


def renamed(value: Any, name: str, old_value: Any, old_name: str) -> Any:
    """The value of an argument that has an older name as well.

    Raises:
        ValueError: If both are given.
    """
    if old_value is None:
        return value
    if value is not None:
        raise ValueError(f"Cannot specify both '{old_name}' and '{name}'.")
    return old_value


def _squeeze_kernel(xp: Any, squeeze_dims: tuple[int, ...]) -> Any:
    if squeeze_dims:
        return lambda x: xp.squeeze(x, axis=squeeze_dims)
    return lambda x: xp.squeeze(x, axis=tuple(at for at, each in enumerate(x.shape) if each == 1))


_squeeze = define_op(
    "Squeeze", tensor("input"), kernel=_squeeze_kernel,
    attributes=(attr("squeeze_dims", Ints),),
)  # fmt: skip


@v1("squeeze")
@direct(_squeeze, axis=axes("squeeze_dims"), squeeze_dims=OWN)
def squeeze(input: Any, axis: Any = None, name: str | None = None, squeeze_dims: Any = None) -> Tensor:
    """Removes dimensions of size 1.

    Args:
        input: A tensor.
        axis: Which ones, an int or a list; all of size 1 if left out.
        name: The operation's name.
        squeeze_dims: Deprecated name of `axis`.

    Returns:
        A tensor with the same elements.

    Raises:
        ValueError: If a dimension is known to have another size.

    >>> import scopetrie as tf
    >>> tf.squeeze(tf.zeros([1, 2, 1, 3]), [2]).shape.as_list()
    [1, 2, 3]
    """
    axis = renamed(axis, "axis", squeeze_dims, "squeeze_dims")
    if axis is None:
        axis = ()
    elif axis.__class__ is int or (axis.__class__ not in (list, tuple) and np.ndim(axis) == 0):
        axis = (axis,)
    return _squeeze(input, squeeze_dims=tuple(map(int, axis)), name=name)


_broadcast_to = define_op(
    "BroadcastTo", tensor("input"), index("shape"),
    kernel=lambda xp: lambda x, shape: xp.asarray(xp.broadcast_to(x, tuple(shape.tolist())), copy=True),
)  # fmt: skip


@v1("broadcast_to")
@direct(_broadcast_to)
def broadcast_to(input: Any, shape: Any, name: str | None = None) -> Tensor:
    """Repeats a tensor along its dimensions of size 1, and along new ones in front, to fill a shape.

    Args:
        input: A tensor.
        shape: The shape.
        name: The operation's name.

    Returns:
        A tensor of that shape.

    Raises:
        ValueError: If the shapes are known not to go together.
    """
    return _broadcast_to(input, shape, name=name)


def _broadcast_args_kernel(xp: Any) -> Any:
    return lambda a, b: np.asarray(np.broadcast_shapes(tuple(a.tolist()), tuple(b.tolist())), dtype=a.dtype)


_broadcast_args = define_op(
    "BroadcastArgs", tensor("s0", INDICES, host=True), tensor("s1", host=True),
    kernel=_broadcast_args_kernel, host_outputs=True,
)  # fmt: skip


@v1("broadcast_dynamic_shape")
def broadcast_dynamic_shape(shape_x: Any, shape_y: Any) -> Tensor:
    """Gives the shape that two shapes broadcast to.

    Args:
        shape_x: A vector of sizes.
        shape_y: Another one.

    Returns:
        A vector of sizes.
    """
    return _broadcast_args(index_array(shape_x), index_array(shape_y))


def _ensure_kernel(xp: Any, shape: Dims) -> Any:
    def check(x: Any) -> Any:
        if shape is not None and (
            len(shape) != len(x.shape) or any(b not in (None, a) for a, b in zip(x.shape, shape, strict=True))
        ):
            raise ValueError(
                f"Shape of tensor {tuple(x.shape)} is not compatible with expected shape {shape}."
            )
        return x

    return check


_ensure_shape = define_op(
    "EnsureShape", tensor("input"), kernel=_ensure_kernel,
    attributes=(attr("shape", Sizes),),
)  # fmt: skip


@v1("ensure_shape")
@direct(_ensure_shape, shape=sizes())
def ensure_shape(x: Any, shape: Any, name: str | None = None) -> Tensor:
    """Checks, when it runs, that a tensor has a shape.

    Args:
        x: A tensor.
        shape: The shape, None for sizes that vary.
        name: The operation's name.

    Returns:
        `x`, whose shape is known from here on.

    Raises:
        ValueError: If the shape is known to be another.
    """
    return _ensure_shape(x, shape=as_dims(shape), name=name)
