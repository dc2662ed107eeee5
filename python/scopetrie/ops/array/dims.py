"""Dimensions added, dropped and stretched."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...graph import Tensor
from ...shapes import as_dims, broadcast_dims
from ..constant import index_array
from ..declare import INDICES, Ints, Sizes, attr, index, tensor
from ..direct import OWN, axes, direct, sizes
from ..faults import ShapeError
from ..folding import constant_value, dims_from
from ..node_text import Dims, dims_text
from ..registry import Spec, define_op
from .shape import require_rank


def _expand_rule(input: Tensor, dim: Tensor) -> Spec:
    axis = constant_value(dim)
    dims = input._dims
    if dims is None or axis is None:
        return input.dtype.base_dtype, None if dims is None else (None,) * (len(dims) + 1)
    at = int(axis.ravel()[0])
    if not -len(dims) - 1 <= at <= len(dims):
        raise ShapeError(
            f"dim {at} not in the interval [{-len(dims) - 1}, {len(dims)}].", constants={1: str(at)}
        )
    at %= len(dims) + 1
    return input.dtype.base_dtype, (*dims[:at], 1, *dims[at:])


_expand_dims = define_op(
    "ExpandDims", tensor("input"), index("dim", attr="Tdim"), rule=_expand_rule, native="expand_dims",
    kernel=lambda xp: lambda x, axis: xp.expand_dims(x, axis=int(axis.item())),
)  # fmt: skip


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


def _squeeze_rule(input: Tensor, squeeze_dims: tuple[int, ...]) -> Spec:
    dims, dtype = input._dims, input.dtype.base_dtype
    if dims is None:
        return dtype, None
    if not squeeze_dims:
        return dtype, None if None in dims else tuple(each for each in dims if each != 1)
    axes = set()
    for axis in squeeze_dims:
        if not -len(dims) <= axis < len(dims):
            raise ShapeError(f"Tried to squeeze dim index {axis} for tensor with {len(dims)} dimensions.")
        axes.add(axis % len(dims))
    for axis in axes:
        if dims[axis] not in (1, None):
            raise ShapeError(f"Can not squeeze dim[{axis}], expected a dimension of 1, got {dims[axis]}")
    return dtype, tuple(each for at, each in enumerate(dims) if at not in axes)


def _squeeze_kernel(xp: Any, squeeze_dims: tuple[int, ...]) -> Any:
    if squeeze_dims:
        return lambda x: xp.squeeze(x, axis=squeeze_dims)
    return lambda x: xp.squeeze(x, axis=tuple(at for at, each in enumerate(x.shape) if each == 1))


_squeeze = define_op(
    "Squeeze", tensor("input"), rule=_squeeze_rule, native="squeeze", kernel=_squeeze_kernel,
    attributes=(attr("squeeze_dims", Ints),),
)  # fmt: skip


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


def _broadcast_rule(input: Tensor, shape: Tensor) -> Spec:
    require_rank(shape, 1)
    out, dims = dims_from(shape), input._dims
    if out is not None and dims is not None:
        partial = {1: dims_text(out)}
        if len(dims) > len(out):
            raise ShapeError(
                f"Shape must be at most rank {len(out)} but is rank {len(dims)}", partial=partial
            )
        try:
            broadcast_dims(dims, out)
        except ValueError:
            pairs = zip(dims[::-1], out[::-1], strict=False)
            a, b = next((a, b) for a, b in pairs if a != b and a not in (None, 1) and b not in (None, 1))
            raise ShapeError(f"Dimensions must be equal, but are {a} and {b}", partial=partial) from None
    return input.dtype.base_dtype, out


_broadcast_to = define_op(
    "BroadcastTo", tensor("input"), index("shape"), rule=_broadcast_rule, native="broadcast_to",
    kernel=lambda xp: lambda x, shape: xp.asarray(xp.broadcast_to(x, tuple(shape.tolist())), copy=True),
)  # fmt: skip


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


def _broadcast_args_rule(s0: Tensor, s1: Tensor) -> Spec:
    lengths = [None if each._dims is None else each._dims[0] for each in (s0, s1)]
    return s0.dtype.base_dtype, (None if None in lengths else max(length or 0 for length in lengths),)


_broadcast_args = define_op(
    "BroadcastArgs", tensor("s0", INDICES, host=True), tensor("s1", host=True), rule=_broadcast_args_rule,
    kernel=_broadcast_args_kernel, host_outputs=True,
)  # fmt: skip


def broadcast_dynamic_shape(shape_x: Any, shape_y: Any) -> Tensor:
    """Gives the shape that two shapes broadcast to.

    Args:
        shape_x: A vector of sizes.
        shape_y: Another one.

    Returns:
        A vector of sizes.
    """
    return _broadcast_args(index_array(shape_x), index_array(shape_y))


def _ensure_rule(input: Tensor, shape: Dims) -> Spec:
    dims = input._dims
    if dims is None or shape is None:
        return input.dtype.base_dtype, dims if shape is None else shape
    if len(dims) != len(shape):
        raise ShapeError(f"Shapes must be equal rank, but are {len(dims)} and {len(shape)}")
    for at, (a, b) in enumerate(zip(dims, shape, strict=True)):
        if a is not None and b is not None and a != b:
            raise ShapeError(
                f"Dimension {at} in both shapes must be equal, but are {a} and {b}. "
                f"Shapes are {dims_text(dims)} and {dims_text(shape)}."
            )
    return input.dtype.base_dtype, tuple(b if a is None else a for a, b in zip(dims, shape, strict=True))


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
    "EnsureShape", tensor("input"), rule=_ensure_rule, kernel=_ensure_kernel,
    attributes=(attr("shape", Sizes),),
)  # fmt: skip


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
