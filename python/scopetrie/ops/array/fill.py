"""Tensors filled with one value, and copies: zeros, ones, fill, identity."""

from __future__ import annotations

from typing import Any

from ... import dtypes
from ..._core import name_scope, plain_constant
from ...dtypes import DType, DTypeLike, as_dtype
from ...graph import Tensor
from ...public import v1
from ...shapes import TensorShape
from ..constant import constant, convert_to_tensor, index_array
from ..declare import COMPLEX, FLOATS, INDICES, index, mixed, tensor
from ..direct import direct
from ..faults import check_dtype, dtype_refusal
from ..registry import define_op, listed
from .indices import zeros_beside
from .shape import reshape, shape_internal

# As v1: smaller tensors are constants, larger ones are computed.
_SMALL = 1000


def _fill_kernel(xp: Any) -> Any:
    # A copy, since a later step may write into the result.
    return lambda dims, value: xp.asarray(xp.broadcast_to(xp.asarray(value), tuple(dims.tolist())), copy=True)


_fill = define_op(
    "Fill", index("dims", attr="index_type"), tensor("value"),
    kernel=_fill_kernel,
)  # fmt: skip


@v1("fill")
def fill(dims: Any, value: Any, name: str | None = None, layout: Any = None) -> Tensor:
    """Makes a tensor with the same value everywhere.

    Args:
        dims: The shape: ints, or a tensor of them.
        value: A scalar.
        name: The operation's name.
        layout: Must be None.

    Returns:
        A tensor with the dtype of `value`.

    Raises:
        ValueError: If `dims` is not a vector of sizes.

    >>> import scopetrie as tf
    >>> tf.fill([2, 3], 9)
    <tf.Tensor 'Fill:0' shape=(2, 3) dtype=int32>
    """
    _no_layout(layout)
    return _fill(dims, value, name=name)


def _no_layout(layout: Any) -> None:
    if layout is not None:
        raise NotImplementedError("layout: tensors are not spread over devices here; leave it out")


def _filled(shape: Any, value: Any, dtype: DType, name: str | None, default: str) -> Tensor:
    with name_scope(name, default, [shape]) as scope:
        if not isinstance(shape, Tensor):
            sizes = _small_shape(shape)
            if sizes is not None and scope:  # no constant may be called ""
                return constant(value, shape=sizes, dtype=dtype, name=scope)
            known = _known_shape(shape) if sizes is None or isinstance(shape, TensorShape) else None
            shape = convert_to_tensor(index_array(shape)) if known is None else convert_to_tensor(known)
        elif not shape.dtype.is_integer:
            check_dtype(shape, "dims", INDICES)
        if shape._dims == ():
            shape = reshape(shape, [-1])
        return _fill(shape, constant(value, dtype=dtype), name=scope)


def _small_shape(shape: Any) -> tuple[int, ...] | None:
    if isinstance(shape, TensorShape):
        if not shape.is_fully_defined():
            return None
        shape = shape.as_list()
    for size in (
        [shape] if isinstance(shape, (str, bytes)) else shape if isinstance(shape, (list, tuple)) else ()
    ):
        if isinstance(size, (str, bytes)):
            text = size if isinstance(size, str) else repr(size)
            raise dtype_refusal(f"Expected int32, but got {text} of type '{type(size).__name__}'.")
    try:
        sizes = tuple(int(size) for size in shape)
    except TypeError:
        return None
    product = 1
    for size in sizes:
        if size < 0:
            return None
        product *= size
    return sizes if product < _SMALL else None


def _known_shape(shape: Any) -> TensorShape | None:
    if isinstance(shape, TensorShape):
        return shape
    try:
        known = TensorShape(shape)
    except (TypeError, ValueError):
        return None
    if not known.is_fully_defined():
        raise dtype_refusal("Expected int32, but got None of type 'NoneType'.")
    return known


@v1("zeros")
def zeros(
    shape: Any, dtype: DTypeLike = dtypes.float32, name: str | None = None, layout: Any = None
) -> Tensor:
    """Makes a tensor of zeros (False, empty strings).

    Args:
        shape: Ints, a TensorShape, or a tensor of sizes.
        dtype: The dtype.
        name: The operation's name.
        layout: Must be None.

    Returns:
        A tensor.

    Raises:
        TypeError: If a size is not known.

    >>> import scopetrie as tf
    >>> tf.zeros([2, 3])
    <tf.Tensor 'zeros:0' shape=(2, 3) dtype=float32>
    """
    plain = plain_constant(0, dtype, name, "zeros", shape, None) if layout is None else None
    if plain is not None:
        return plain
    _no_layout(layout)
    made = as_dtype(dtype).base_dtype
    value: Any = False if made.is_bool else "" if made is dtypes.string else 0
    return _filled(shape, value, made, name, "zeros")


@v1("ones")
def ones(
    shape: Any, dtype: DTypeLike = dtypes.float32, name: str | None = None, layout: Any = None
) -> Tensor:
    """Makes a tensor of ones (True).

    Args:
        shape: Ints, a TensorShape, or a tensor of sizes.
        dtype: The dtype; not string.
        name: The operation's name.
        layout: Must be None.

    Returns:
        A tensor.

    Raises:
        TypeError: If the dtype is string, or a size is not known.
    """
    plain = plain_constant(1, dtype, name, "ones", shape, None) if layout is None else None
    if plain is not None:
        return plain
    _no_layout(layout)
    made = as_dtype(dtype).base_dtype
    return _filled(shape, True if made.is_bool else 1, made, name, "ones")


def _zeros_like_kernel(xp: Any) -> Any:
    def zeros(x: Any) -> Any:
        return zeros_beside(xp, x, x.shape) if x.dtype == object else xp.zeros_like(x)

    return zeros


_zeros_like = define_op("ZerosLike", tensor("x"), kernel=_zeros_like_kernel)
# ones_like makes Shape and Fill nodes, as v1's does; the type is there for graphs that hold it.
define_op(
    "OnesLike",
    tensor(
        "x",
        (
            *FLOATS,
            dtypes.int8,
            dtypes.uint8,
            dtypes.int16,
            dtypes.uint16,
            dtypes.int32,
            dtypes.uint32,
            dtypes.int64,
            dtypes.uint64,
            *COMPLEX,
            dtypes.bool,
        ),
    ),
    kernel=lambda xp: xp.ones_like,
)


@v1("zeros_like")
def zeros_like(
    tensor: Any, dtype: DTypeLike = None, name: str | None = None, optimize: bool = True
) -> Tensor:
    """Makes a tensor of zeros with the shape of another.

    Args:
        tensor: The other tensor.
        dtype: The dtype; by default the tensor's.
        name: The operation's name.
        optimize: Whether to make a constant where the shape is known.

    Returns:
        A tensor.

    >>> import scopetrie as tf
    >>> tf.zeros_like(tf.placeholder(tf.float32, [None, 3]))
    <tf.Tensor 'zeros_like:0' shape=(?, 3) dtype=float32>
    """
    if optimize and isinstance(tensor, Tensor):
        dims = tensor._dims
        if dims is not None:  # with a size that is not known, it is no plain constant
            plain = plain_constant(0, dtype or tensor.dtype, name, "zeros_like", dims, tensor)
            if plain is not None:
                return plain
            if dtype is None and None in dims and name != "":
                return _zeros_like(tensor, name=name or "zeros_like")
    with name_scope(name, "zeros_like", [tensor]) as scope:
        tensor = convert_to_tensor(tensor, name="tensor")
        own = tensor.dtype.base_dtype
        made = own if dtype is None else as_dtype(dtype).base_dtype
        if optimize and tensor._dims is not None and None not in tensor._dims:
            return zeros(tensor._dims if scope else tensor.shape, made, name=scope)
        if made is own:
            return _zeros_like(tensor, name=scope)
        return zeros(shape_internal(tensor, optimize=optimize), made, name=scope)


@v1("ones_like")
def ones_like(tensor: Any, dtype: DTypeLike = None, name: str | None = None, optimize: bool = True) -> Tensor:
    """Makes a tensor of ones with the shape of another.

    Args:
        tensor: The other tensor.
        dtype: The dtype; by default the tensor's.
        name: The operation's name.
        optimize: Whether to encode the shape as a constant where it is known.

    Returns:
        A tensor.
    """
    with name_scope(name, "ones_like", [tensor]) as scope:
        tensor = convert_to_tensor(tensor, name="tensor")
        made = tensor.dtype.base_dtype if dtype is None else as_dtype(dtype).base_dtype
        if optimize and tensor._dims is not None and None not in tensor._dims:
            with name_scope("Shape"):
                sizes = convert_to_tensor(TensorShape(tensor._dims))
        else:
            sizes = shape_internal(tensor, optimize=optimize)
        return ones(sizes, made, name=scope)


_identity = define_op(
    "Identity", tensor("input"), kernel=lambda xp: lambda x: x,
    doc="",
)  # fmt: skip


@v1("identity")
@direct(_identity)
def identity(input: Any, name: str | None = None) -> Tensor:
    """Makes a node that hands its input on.

    Args:
        input: A tensor or variable.
        name: The operation's name.

    Returns:
        A tensor with the dtype, shape and value of the input.

    >>> import scopetrie as tf
    >>> tf.identity(tf.constant([1, 2]), name="same")
    <tf.Tensor 'same:0' shape=(2,) dtype=int32>
    """
    if hasattr(input, "_components"):  # a sparse tensor, as in v1
        parts: Any = input._components()
        each = type(parts)(*(None if part is None else _identity(part, name=name) for part in parts))
        handed_on: Tensor = input._with_components(each)
        return handed_on
    return _identity(input, name=name)


_guarantee_const = define_op(
    "GuaranteeConst", tensor("input"), kernel=lambda xp: lambda x: x,
)  # fmt: skip


@v1("guarantee_const", note="accepted: hands its input on")
def guarantee_const(input: Any, name: str | None = None) -> Tensor:
    """Hands a tensor on, with the promise that its value stays as it is; nothing here makes use of it.

    Args:
        input: A tensor.
        name: The operation's name.

    Returns:
        A tensor with the value of `input`.
    """
    return _guarantee_const(input, name=name)


_identity_n = define_op(
    "IdentityN", mixed("input", host=False),
    kernel=lambda xp: lambda *arrays: arrays,
)  # fmt: skip


@v1("identity_n")
def identity_n(input: Any, name: str | None = None) -> list[Tensor]:
    """Makes a node that hands a list of inputs on, all together.

    Args:
        input: Tensors of any dtypes.
        name: The operation's name.

    Returns:
        A list of tensors.
    """
    return listed(_identity_n(input, name=name))


stop_gradient = define_op(
    "StopGradient", tensor("input"), kernel=lambda xp: lambda x: x,
    doc="""Hands its input on; gradients stop here.

    Args:
        input: A tensor.
        name: The operation's name.

    Returns:
        A tensor with the dtype, shape and value of the input.
    """,
)  # fmt: skip
stop_gradient = v1("stop_gradient")(stop_gradient)
