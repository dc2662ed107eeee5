"""Putting tensors together: concat and stack."""

from __future__ import annotations

from typing import Any

from ..._core import Variable, name_scope
from ...dimension import Dimension
from ...graph import Tensor
from ...public import v1
from ..constant import convert_to_tensor, index_array
from ..declare import Sizes, attr, index, tensors
from ..direct import Only, attribute, direct
from ..registry import define_op
from .fill import identity

_concat = define_op(
    "ConcatV2", tensors("values"), index("axis"),
    kernel=lambda xp: lambda *values: xp.concat(values[:-1], axis=int(values[-1].item())),
)  # fmt: skip


@v1("concat")
@direct(_concat, only=Only.SEVERAL)
def concat(values: Any, axis: Any, name: str | None = "concat") -> Tensor:
    """Joins tensors along a dimension that they have.

    Args:
        values: Tensors of one dtype whose shapes agree but along `axis`.
        axis: The dimension.
        name: The operation's name.

    Returns:
        A tensor.

    Raises:
        ValueError: If the shapes do not go together.
        TypeError: If the dtypes differ.

    >>> import scopetrie as tf
    >>> tf.concat([tf.zeros([2, 3]), tf.ones([4, 3])], 0).shape.as_list()
    [6, 3]
    """
    if not isinstance(values, (list, tuple)):
        values = [values]
    if len(values) == 1:
        with name_scope(name):
            at = convert_to_tensor(index_array(axis), name="concat_dim")
            if at._dims not in ((), None):
                hint = (
                    "\nThe tensors come first: tf.concat(values, axis)." if isinstance(values[0], int) else ""
                )
                raise ValueError(f"Shape {at.shape} must have rank 0{hint}")
            return identity(values[0], name=name)
    if not values:
        raise ValueError(
            "List argument 'values' to 'ConcatV2' Op with length 0 shorter than minimum length 2."
        )
    return _concat(values, axis, name=name)


_pack = define_op(
    "Pack", tensors(""),
    kernel=lambda xp, axis=0: lambda *values: xp.stack(values, axis=axis),
    attributes=(attr("axis", int, 0),),
)  # fmt: skip


@v1("stack")
@direct(_pack, axis=attribute(omitted=True))
def stack(values: Any, axis: int = 0, name: str | None = "stack") -> Tensor:
    """Joins tensors along a new dimension.

    Args:
        values: Tensors of one shape and dtype.
        axis: Where the new dimension goes.
        name: The operation's name.

    Returns:
        A tensor of one rank more.

    Raises:
        ValueError: If the shapes differ or the axis is out of range.

    >>> import scopetrie as tf
    >>> tf.stack([tf.zeros([2]), tf.ones([2]), tf.zeros([2])], axis=1).shape.as_list()
    [2, 3]
    """
    if values.__class__ in (list, tuple) and axis.__class__ is int and values:
        dims = values[0]._dims if isinstance(values[0], Tensor) else None
        if dims is not None and axis == 0:
            return _pack(values, name=name or "packed")
        if dims is not None and -len(dims) - 1 <= axis <= len(dims):
            return _pack(values, axis=axis, name=name)
    if axis == 0:
        if isinstance(values, (Tensor, Variable)):
            return convert_to_tensor(values)
        if not any(isinstance(each, (Tensor, Variable)) for each in values):
            try:
                return convert_to_tensor(values, name=name)
            except (TypeError, ValueError):
                if any(isinstance(each, Dimension) for each in values):
                    return _pack_sizes(values, name or "stack")
                # Tensors further in: packed below.
        return _pack(values, name=name or "packed")
    dims = convert_to_tensor(values[0], name=name)._dims
    if dims is not None and not -len(dims) - 1 <= axis <= len(dims):
        raise ValueError(f"Argument `axis` = {axis} not in range [{-len(dims) - 1}, {len(dims) + 1})")
    return _pack(values, axis=axis, name=name)


def _pack_sizes(values: Any, name: str) -> Tensor:
    """Packs Dimensions and ints in v1's nodes: it makes a constant of the first to learn its shape."""
    convert_to_tensor(values[0], name=name)
    with name_scope(name) as scope:
        sizes = [convert_to_tensor(each, name=f"values_{at}") for at, each in enumerate(values)]
        return _pack(sizes, axis=0, name=scope)


_parallel_concat = define_op(
    "ParallelConcat", tensors("values"),
    kernel=lambda xp, shape: lambda *values: xp.concat(values, axis=0), attributes=(attr("shape", Sizes),),
)  # fmt: skip


@v1("parallel_stack")
def parallel_stack(values: Any, name: str | None = "parallel_stack") -> Tensor:
    """Joins tensors along a new first dimension; see `stack`.

    Args:
        values: Tensors of one shape and dtype.
        name: The operation's name.

    Returns:
        A tensor of one rank more.
    """
    from .dims import expand_dims

    with name_scope(name):
        first = convert_to_tensor(values[0])
        sizes = None if first._dims is None else (len(values), *first._dims)
        return _parallel_concat([expand_dims(each, 0) for each in values], shape=sizes)
