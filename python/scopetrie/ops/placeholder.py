"""Placeholders: what every run is fed."""

from __future__ import annotations

from typing import Any

from ..dtypes import DType, DTypeLike, as_dtype
from ..graph import Tensor
from ..public import v1
from ..shapes import as_dims
from .declare import Sizes, attr, tensor
from .direct import attribute, direct, sizes
from .node_text import Dims
from .registry import define_op

_placeholder = define_op(
    "Placeholder",
    attributes=(attr("dtype", DType), attr("shape", Sizes)),
)  # fmt: skip


@v1("placeholder")
@direct(_placeholder, dtype=attribute(), shape=sizes())
def placeholder(dtype: DTypeLike, shape: Any = None, name: str | None = None) -> Tensor:
    """Makes a tensor that every run has to be fed a value for.

    Args:
        dtype: The dtype of the values.
        shape: The shape, None for sizes that vary; any shape if left out.
        name: The operation's name.

    Returns:
        A tensor.

    Raises:
        TypeError: If the dtype or the shape is none.

    >>> import scopetrie as tf
    >>> tf.placeholder(tf.float32, [None, 3], name="x").shape.as_list()
    [None, 3]
    """
    try:
        made = as_dtype(dtype).base_dtype
    except TypeError:
        raise TypeError(f"Expected DataType for argument 'dtype' not {dtype!r}.") from None
    return _placeholder(dtype=made, shape=_static_dims(shape), name=name)


def _static_dims(shape: Any) -> Dims:
    try:
        return as_dims(shape)
    except (TypeError, ValueError) as fault:
        raise type(fault)(f"Error converting shape to a TensorShape: {fault}.") from None


_placeholder_with_default = define_op(
    "PlaceholderWithDefault", tensor("input", attr="dtype"),
    kernel=lambda xp, shape: lambda x: x, attributes=(attr("shape", Sizes),),
)  # fmt: skip


@v1("placeholder_with_default")
@direct(_placeholder_with_default, shape=sizes())
def placeholder_with_default(input: Any, shape: Any, name: str | None = None) -> Tensor:
    """Makes a tensor that has a value unless it is fed another.

    Args:
        input: The value where none is fed.
        shape: The shape that fed values must have, None for sizes that vary.
        name: The operation's name.

    Returns:
        A tensor with the dtype of `input`.

    Raises:
        ValueError: If the input's shape is not such a shape.
    """
    return _placeholder_with_default(input, shape=_static_dims(shape), name=name)
