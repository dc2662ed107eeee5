"""Shapes: asking for them and changing them without touching the elements' order."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from .._core import name_scope
from ..dtypes import DType, DTypeLike, as_dtype
from ..graph import Tensor
from ..shapes import as_dims, broadcast_dims
from .constant import constant, convert_to_tensor, index_array
from .folding import constant_value, dims_from
from .registry import INDICES, OPS, Dims, ShapeError, Spec, check_dtype, define_op, dims_text, listed


def require_rank(tensor: Tensor, rank: int) -> None:
    """Refuses a tensor whose rank is known to be another.

    Raises:
        ShapeError: With v1's text.
    """
    if tensor._dims is not None and len(tensor._dims) != rank:
        raise ShapeError(f"Shape must be rank {rank} but is rank {len(tensor._dims)}")


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


def _shape_rule(input: Tensor, out_type: DType = dtypes.int32) -> Spec:
    return out_type, (None if input._dims is None else len(input._dims),)


_shape = define_op(
    "Shape", ("input",), rule=_shape_rule, kernel=_shape_kernel, attributes="T out_type", host_outputs=True
)


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
    with name_scope(name, "Shape", [input]) as scope:
        tensor = convert_to_tensor(input)
        if optimize and tensor._dims is not None and None not in tensor._dims:
            return constant(np.asarray(tensor._dims, made.as_numpy_dtype), made, name=scope)
        return _shape(tensor, name=scope, out_type=made)


def _shape_n_kernel(xp: Any, out_type: DType = dtypes.int32) -> Any:
    make = _integers(xp, out_type)
    return lambda *arrays: tuple(make(x.shape) for x in arrays)


_shape_n = define_op(
    "ShapeN", ("input*",), kernel=_shape_n_kernel, attributes="N T out_type", host_outputs=True,
    rule=lambda input, out_type=dtypes.int32: [_shape_rule(x, out_type) for x in input],
)  # fmt: skip


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
    "Size", ("input",), rule=lambda input, out_type=dtypes.int32: (out_type, ()), kernel=_size_kernel,
    attributes="T out_type", host_outputs=True,
)  # fmt: skip


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
    with name_scope(name, "Size", [input]) as scope:
        tensor = convert_to_tensor(input)
        count = known_size(tensor._dims)
        if count is not None:
            return constant(np.asarray(count, made.as_numpy_dtype), made, name=scope)
        return _size(tensor, name=scope, out_type=made)


_rank = define_op(
    "Rank", ("input",), rule=lambda input: (dtypes.int32, ()), host_outputs=True,
    kernel=lambda xp: lambda x: np.asarray(len(x.shape), np.int32),
)  # fmt: skip


def rank(input: Any, name: str | None = None) -> Tensor:
    """Gives the number of a tensor's dimensions.

    Args:
        input: A tensor.
        name: The operation's name.

    Returns:
        An int32 scalar; a constant where the rank is known.
    """
    with name_scope(name, "Rank", [input]) as scope:
        tensor = convert_to_tensor(input)
        if tensor._dims is not None:
            return constant(np.asarray(len(tensor._dims), np.int32), name=scope)
        return _rank(tensor, name=scope)


def _reshape_rule(tensor: Tensor, shape: Tensor) -> Spec:
    check_dtype(shape, "shape", INDICES)
    require_rank(shape, 1)
    dtype = tensor.dtype.base_dtype
    out = dims_from(shape)
    count = known_size(tensor._dims)
    if out is None or count is None:
        return dtype, out
    partial = {1: dims_text(out)} if out else {}
    unknown = out.count(None)
    if unknown == 0:
        total = known_size(out)
        if total != count:
            raise ShapeError(
                f"Cannot reshape a tensor with {count} elements to shape {dims_text(out)} ({total} elements)",
                partial=partial,
            )
    elif unknown == 1:
        rest = known_size(tuple(1 if each is None else each for each in out)) or 0
        if rest and count % rest:
            raise ShapeError(
                f"Dimension size must be evenly divisible by {rest} but is {count}", partial=partial
            )
        if rest:
            out = tuple(count // rest if each is None else each for each in out)
    return dtype, out


def _reshape_kernel(xp: Any) -> Any:
    return lambda x, shape: xp.reshape(x, tuple(shape.tolist()))


_reshape = define_op(
    "Reshape", ("tensor", "shape"), rule=_reshape_rule, kernel=_reshape_kernel, same_dtype=False,
    attributes="T Tshape:1", host=("shape",),
)  # fmt: skip


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
    return _reshape(tensor, _sizes(shape), name=name)


def _sizes(shape: Any) -> Any:
    # v1 refuses None among sizes with the words of convert_to_tensor, which index_array has.
    return index_array(shape)


def _transpose_rule(x: Tensor, perm: Tensor) -> Spec:
    check_dtype(perm, "perm", INDICES)
    require_rank(perm, 1)
    dims, dtype = x._dims, x.dtype.base_dtype
    length = perm._dims[0] if perm._dims else None
    if dims is not None and length is not None and len(dims) != length:
        raise ShapeError(f"Dimension must be {len(dims)} but is {length}")
    order = constant_value(perm)
    if dims is None:
        return dtype, None if length is None else (None,) * length
    if order is None:
        return dtype, (None,) * len(dims)
    for axis in order.tolist():
        if not 0 <= axis < len(dims):
            raise ShapeError(f"perm dim {axis} is out of range of input rank {len(dims)}")
    return dtype, tuple(dims[axis] for axis in order.tolist())


_transpose = define_op(
    "Transpose",
    ("x", "perm"),
    rule=_transpose_rule,
    same_dtype=False,
    attributes="T Tperm:1",
    host=("perm",),
    kernel=lambda xp: lambda x, perm: xp.permute_dims(x, tuple(perm.tolist())),
)
_conjugate_transpose = define_op(
    "ConjugateTranspose", ("x", "perm"), rule=_transpose_rule, same_dtype=False, attributes="T Tperm:1",
    host=("perm",), kernel=lambda xp: lambda x, perm: xp.conj(xp.permute_dims(x, tuple(perm.tolist()))),
)  # fmt: skip


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
    with name_scope(name, "transpose", [a]) as scope:
        tensor = convert_to_tensor(a, name="a") if not isinstance(a, Tensor) else a
        op = _conjugate_transpose if conjugate and tensor.dtype.is_complex else _transpose
        if perm is None:
            perm = _reversed_axes(tensor)
        return op(tensor, index_array(perm), name=scope)


def _reversed_axes(tensor: Tensor) -> Any:
    if tensor._dims is not None:
        return np.arange(len(tensor._dims), dtype=np.int32)[::-1].copy()
    down = OPS["Range"].function
    subtract = OPS["Sub"].function
    assert down is not None and subtract is not None
    return down(subtract(rank(tensor), 1, name="sub"), -1, -1, name="Range")


def _expand_rule(input: Tensor, dim: Tensor) -> Spec:
    check_dtype(dim, "dim", INDICES)
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
    "ExpandDims", ("input", "dim"), rule=_expand_rule, same_dtype=False, attributes="T Tdim:1", host=("dim",),
    kernel=lambda xp: lambda x, axis: xp.expand_dims(x, axis=int(axis.item())),
)  # fmt: skip


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
    return _expand_dims(input, index_array(axis), name=name)


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
    "Squeeze", ("input",), rule=_squeeze_rule, kernel=_squeeze_kernel, attributes="T squeeze_dims"
)


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
    elif np.ndim(axis) == 0:
        axis = (axis,)
    return _squeeze(input, squeeze_dims=tuple(int(each) for each in axis), name=name)


def _broadcast_rule(input: Tensor, shape: Tensor) -> Spec:
    check_dtype(shape, "shape", INDICES)
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
    "BroadcastTo", ("input", "shape"), rule=_broadcast_rule, same_dtype=False, attributes="T Tidx:1",
    host=("shape",),
    # A copy, since whoever gets the result may write to it.
    kernel=lambda xp: lambda x, shape: xp.asarray(xp.broadcast_to(x, tuple(shape.tolist())), copy=True),
)  # fmt: skip


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
    return _broadcast_to(input, index_array(shape), name=name)


def _broadcast_args_kernel(xp: Any) -> Any:
    return lambda a, b: np.asarray(np.broadcast_shapes(tuple(a.tolist()), tuple(b.tolist())), dtype=a.dtype)


def _broadcast_args_rule(s0: Tensor, s1: Tensor) -> Spec:
    lengths = [None if each._dims is None else each._dims[0] for each in (s0, s1)]
    return s0.dtype.base_dtype, (None if None in lengths else max(length or 0 for length in lengths),)


_broadcast_args = define_op(
    "BroadcastArgs", ("s0", "s1"), rule=_broadcast_args_rule, kernel=_broadcast_args_kernel, dtypes=INDICES,
    host=("s0", "s1"), host_outputs=True,
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
    "EnsureShape", ("input",), rule=_ensure_rule, kernel=_ensure_kernel, attributes="T shape"
)


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
