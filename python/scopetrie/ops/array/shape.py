"""Shapes: asking for them and changing them without touching the elements' order."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ... import dtypes
from ..._core import name_scope, plain_constant
from ...dtypes import DType, DTypeLike, as_dtype
from ...graph import Tensor
from ...public import v1
from ..constant import constant, convert_to_tensor
from ..declare import attr, index, order, tensor, tensors
from ..direct import direct
from ..node_text import Dims
from ..registry import OPS, define_op, listed


def known_size(dims: Dims) -> int | None:
    """The number of elements of a shape, or None if it is not fully known."""
    if dims is None:
        return None
    total = 1
    for size in dims:
        if size is None:
            return None
        total *= size
    return total


def _integers(xp: Any, out_type: DType) -> Any:
    return lambda value: np.asarray(value, dtype=out_type.as_numpy_dtype)


def _shape_kernel(xp: Any, out_type: DType = dtypes.int32) -> Any:
    make = _integers(xp, out_type)
    return lambda x: make(x.shape)


_shape = define_op(
    "Shape", tensor("input"), kernel=_shape_kernel, host_outputs=True,
    attributes=(attr("out_type", DType, dtypes.int32),),
)  # fmt: skip


@v1("shape")
def shape(input: Any, name: str | None = None, out_type: DTypeLike = None) -> Tensor:
    """Gives a tensor's shape as a vector.

    Args:
        input: A tensor.
        name: The operation's name.
        out_type: int32 (the default) or int64.

    Returns:
        A tensor of shape `[rank]`; a constant where the shape is known.

    >>> import scopetrie as tf
    >>> tf.shape(tf.placeholder(tf.float32, [None, 3]))
    <tf.Tensor 'Shape:0' shape=(2,) dtype=int32>
    """
    return shape_internal(input, name, out_type=out_type)


def shape_internal(
    input: Any, name: str | None = None, optimize: bool = True, out_type: DTypeLike = None
) -> Tensor:
    """As `shape`; `optimize=False` makes a Shape node even where the shape is known."""
    made = dtypes.int32 if out_type is None else as_dtype(out_type)
    if optimize and isinstance(input, Tensor):
        dims = input._dims
        if dims is not None:  # with a size that is not known, it is no plain constant
            plain = plain_constant(dims, made, name, "Shape", None, input)
            if plain is not None:
                return plain
            if None in dims and name != "":
                return _shape(input, name=name, out_type=made)
    with name_scope(name, "Shape", [input]) as scope:
        if hasattr(input, "with_values"):  # a sparse tensor, as in v1
            cast: Any = OPS["Cast"].function
            sizes: Tensor = cast(input.dense_shape, DstT=made)
            return sizes
        tensor = convert_to_tensor(input)
        if optimize and tensor._dims is not None and None not in tensor._dims:
            return constant(np.asarray(tensor._dims, made.as_numpy_dtype), made, name=scope)
        return _shape(tensor, name=scope, out_type=made)


def _shape_n_kernel(xp: Any, out_type: DType = dtypes.int32) -> Any:
    make = _integers(xp, out_type)
    return lambda *arrays: tuple(make(x.shape) for x in arrays)


_shape_n = define_op(
    "ShapeN", tensors("input"), kernel=_shape_n_kernel, host_outputs=True,
    attributes=(attr("out_type", DType, dtypes.int32),),
)  # fmt: skip


@v1("shape_n")
def shape_n(input: Any, out_type: DTypeLike = dtypes.int32, name: str | None = None) -> list[Tensor]:
    """Gives the shapes of several tensors of one dtype.

    Args:
        input: Tensors.
        out_type: int32 or int64.
        name: The operation's name.

    Returns:
        A list of vectors.
    """
    return listed(_shape_n(input, name=name, out_type=as_dtype(out_type)))


def _size_kernel(xp: Any, out_type: DType = dtypes.int32) -> Any:
    make = _integers(xp, out_type)

    def size_of(x: Any) -> Any:
        total = 1
        for each in x.shape:
            total *= each
        return make(total)

    return size_of


_size = define_op(
    "Size", tensor("input"), kernel=_size_kernel,
    host_outputs=True, attributes=(attr("out_type", DType, dtypes.int32),),
)  # fmt: skip


@v1("size")
def size(input: Any, name: str | None = None, out_type: DTypeLike = None) -> Tensor:
    """Gives the number of a tensor's elements.

    Args:
        input: A tensor.
        name: The operation's name.
        out_type: int32 (the default) or int64.

    Returns:
        A scalar; a constant where the shape is known.
    """
    made = dtypes.int32 if out_type is None else as_dtype(out_type)
    if isinstance(input, Tensor):
        total = known_size(input._dims)
        plain = None if total is None else plain_constant(total, made, name, "Size", None, input)
        if plain is not None:
            return plain
        if total is None and name != "":
            return _size(input, name=name, out_type=made)
    with name_scope(name, "Size", [input]) as scope:
        tensor = convert_to_tensor(input)
        count = known_size(tensor._dims)
        if count is not None:
            return constant(np.asarray(count, made.as_numpy_dtype), made, name=scope)
        return _size(tensor, name=scope, out_type=made)


_rank = define_op(
    "Rank", tensor("input"), host_outputs=True,
    kernel=lambda xp: lambda x: np.asarray(len(x.shape), np.int32),
)  # fmt: skip


@v1("rank")
def rank(input: Any, name: str | None = None) -> Tensor:
    """Gives the number of a tensor's dimensions.

    Args:
        input: A tensor.
        name: The operation's name.

    Returns:
        An int32 scalar; a constant where the rank is known.
    """
    if isinstance(input, Tensor):
        dims = input._dims
        plain = None if dims is None else plain_constant(len(dims), dtypes.int32, name, "Rank", None, input)
        if plain is not None:
            return plain
    with name_scope(name, "Rank", [input]) as scope:
        if hasattr(input, "with_values"):  # a sparse tensor, as in v1
            return _size(input.dense_shape, name=scope, out_type=dtypes.int32)
        tensor = convert_to_tensor(input)
        if tensor._dims is not None:
            return constant(np.asarray(len(tensor._dims), np.int32), name=scope)
        return _rank(tensor, name=scope)


def _reshape_kernel(xp: Any) -> Any:
    def reshaped(x: Any, shape: Any) -> Any:
        sizes = tuple(shape.tolist())
        if 0 in x.shape and -1 in sizes:
            sizes = tuple(_size_of_nothing(x.shape, sizes) if each == -1 else each for each in sizes)
        return xp.reshape(x, sizes)

    return reshaped


def _size_of_nothing(own: tuple[int, ...], sizes: tuple[int, ...]) -> int:
    """The size that -1 stands for where there are no elements: as v1, as if sizes of 0 were left out."""
    among = [each for each in own if each or 0 not in sizes]
    rest = math.prod(each for each in sizes if each > 0)
    return math.prod(among) // rest


_reshape = define_op(
    "Reshape", tensor("tensor"), index("shape", attr="Tshape"),
    kernel=_reshape_kernel,
)  # fmt: skip


@v1("reshape")
@direct(_reshape)
def reshape(tensor: Any, shape: Any, name: str | None = None) -> Tensor:
    """Gives a tensor another shape; the elements keep their order.

    Args:
        tensor: A tensor.
        shape: The new shape, -1 for one size that follows from the others.
        name: The operation's name.

    Returns:
        A tensor with the dtype of `tensor`.

    Raises:
        ValueError: If the numbers of elements are known to differ.

    >>> import scopetrie as tf
    >>> tf.reshape(tf.zeros([2, 6]), [3, -1])
    <tf.Tensor 'Reshape:0' shape=(3, 4) dtype=float32>
    """
    return _reshape(tensor, shape, name=name)


def _order(x: Any, perm: Any) -> tuple[int, ...]:
    """An order of dimensions; negative ones count from the end."""
    count = len(x.shape)
    order = tuple(each + count if each < 0 else each for each in perm.tolist())
    for at in range(count):
        if len(order) == count and at not in order:
            raise ValueError(f"{at} is missing from {{{','.join(map(str, order))}}}.")
    return order


_transpose = define_op(
    "Transpose", tensor("x"), order("perm", attr="Tperm"),
    kernel=lambda xp: lambda x, perm: xp.permute_dims(x, _order(x, perm)),
)  # fmt: skip
_conjugate_transpose = define_op(
    "ConjugateTranspose", tensor("x"), index("perm", attr="Tperm"),
    kernel=lambda xp: lambda x, perm: xp.conj(xp.permute_dims(x, _order(x, perm))),
)  # fmt: skip


@v1("transpose")
@direct(_transpose)
def transpose(a: Any, perm: Any = None, name: str | None = "transpose", conjugate: bool = False) -> Tensor:
    """Reorders the dimensions of a tensor.

    Args:
        a: A tensor.
        perm: For each dimension of the result, the dimension of `a` that it is; reversed order if left out.
        name: The operation's name.
        conjugate: Whether to conjugate complex elements as well.

    Returns:
        A tensor with the dtype of `a`.

    Raises:
        ValueError: If `perm` has not one entry for each dimension.

    >>> import scopetrie as tf
    >>> tf.transpose(tf.zeros([2, 3, 5]), [0, 2, 1])
    <tf.Tensor 'transpose:0' shape=(2, 5, 3) dtype=float32>
    """
    if perm is not None and isinstance(a, Tensor) and not conjugate and name != "":
        return _transpose(a, perm, name=name or "transpose")
    with name_scope(name, "transpose", [a]) as scope:
        tensor = convert_to_tensor(a, name="a") if not isinstance(a, Tensor) else a
        op = _conjugate_transpose if conjugate and tensor.dtype.is_complex else _transpose
        if perm is None:
            perm = _reversed_axes(tensor)
        return op(tensor, perm, name=scope)


def _reversed_axes(tensor: Tensor) -> Any:
    if tensor._dims is not None:
        return np.arange(len(tensor._dims), dtype=np.int32)[::-1].copy()
    down = OPS["Range"].function
    subtract = OPS["Sub"].function
    assert down is not None and subtract is not None
    return down(subtract(rank(tensor), 1, name="sub"), -1, -1, name="Range")
