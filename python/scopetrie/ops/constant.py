"""Constants and placeholders, and the conversion of Python values to tensors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np

from .. import dtypes
from .._core import Variable, convert_literals, name_scope, plain_constant
from ..dtypes import DType, DTypeLike, as_dtype
from ..graph import Operation, Tensor
from ..public import v1
from ..shapes import Dimension, TensorShape, as_dims
from .declare import Sizes, attr, tensor
from .direct import attribute, direct, sizes
from .faults import dtype_refusal
from .node_text import Dims
from .registry import OPS, Spec, define_op

# v1's `tf.register_tensor_conversion_function`: by priority, then by age.
_conversions: Final[list[tuple[int, type | tuple[type, ...], Callable[..., Any]]]] = []
_INT32_MIN: Final = -(2**31)
_INT32_MAX: Final = 2**31 - 1
_LISTS: Final = (list, tuple)
# What Python's own scalars become, where nothing else is said, and the range in which they do.
_SCALARS: Final[dict[type, tuple[Any, float, float]]] = {
    float: (np.float32, -3e38, 3e38),
    int: (np.int32, _INT32_MIN, _INT32_MAX),
    bool: (np.bool_, False, True),
}


def _const_rule(value: Any) -> Spec:
    return as_dtype(value.dtype), value.shape


_const = define_op(
    "Const", rule=_const_rule, attributes=(attr("dtype", DType), attr("value", object)),
)  # fmt: skip


@v1("constant")
def constant(
    value: Any,
    dtype: DTypeLike = None,
    shape: Any = None,
    name: str | None = "Const",
    verify_shape: bool = False,
) -> Tensor:
    """Makes a tensor with a value that never changes.

    Args:
        value: A number, string, bool, an array, or lists of those.
        dtype: The dtype; by default an array's own, float32 for floats, int32 for ints (int64 or uint64
            where they need it), string, bool.
        shape: The shape; by default the value's. Missing elements repeat the last one.
        name: The operation's name.
        verify_shape: Whether `shape` must be the value's own.

    Returns:
        A tensor.

    Raises:
        TypeError: If the value does not go with the dtype or is of no known kind, or the shape is not the
            verified one.
        ValueError: If the value is None or has more elements than the shape.

    >>> import scopetrie as tf
    >>> tf.constant([[1, 2], [3, 4]])
    <tf.Tensor 'Const:0' shape=(2, 2) dtype=int32>
    >>> tf.constant(0.5, shape=[2], name="half")
    <tf.Tensor 'half:0' shape=(2,) dtype=float32>
    """
    if not verify_shape:
        made = plain_constant(value, dtype, name, "Const", shape, None)
        if made is not None:
            return made
    if isinstance(value, (Tensor, Variable)) or (isinstance(value, (list, tuple)) and _dtype_within(value)):
        raise TypeError("Expected any non-tensor type, but got a tensor instead.")
    array = make_array(value, None if dtype is None else as_dtype(dtype))
    if shape is not None:
        array = _shaped(array, shape, verify_shape)
    elif array.flags.writeable and isinstance(value, np.ndarray):
        array = array.copy()
    return _const(value=array, name="Const" if name is None else name)


def _shaped(array: np.ndarray[Any, Any], shape: Any, verify_shape: bool) -> np.ndarray[Any, Any]:
    sizes = tuple(int(size) for size in shape)
    if verify_shape and array.shape != sizes:
        raise TypeError(f"Expected Tensor's shape: {sizes}, but got {array.shape}.")
    wanted = int(np.prod(sizes, dtype=np.int64))
    if array.size == wanted:
        return array.reshape(sizes).copy()
    if wanted == 0:  # as v1: nothing of the value is needed
        return np.empty(sizes, dtype=array.dtype)
    if array.size > wanted:
        raise ValueError(f"Too many elements provided. Takes at most {wanted}, but got {array.size}.")
    if array.size <= 1:  # a broadcast of one element takes no memory until it is used
        last = array.ravel()[0] if array.size else array.dtype.type(0)
        return np.broadcast_to(np.asarray(last, dtype=array.dtype), sizes)
    flat = array.ravel()
    return np.concatenate([flat, np.repeat(flat[-1:], wanted - array.size)]).reshape(sizes)


def make_array(value: Any, dtype: DType | None) -> np.ndarray[Any, Any]:
    """A Python value as the array that v1 would put in a constant.

    Args:
        value: A number, string, bool, an array, or lists of those.
        dtype: The dtype, or None to infer it as `constant` does.

    Returns:
        An array; strings are objects of type bytes.

    Raises:
        TypeError: If the value does not go with the dtype, or is of no known kind.
        ValueError: If the value is None.
    """
    bounds = _SCALARS.get(value.__class__) if dtype is None else None
    if bounds is not None and bounds[1] <= value <= bounds[2]:
        return np.array(value, bounds[0])
    if value is None:
        raise ValueError("None values not supported.")
    if isinstance(value, (np.ndarray, np.generic)):
        if value.dtype.kind in "OUS" or dtype is dtypes.string:
            return _bytes_array(np.asarray(value), dtype)
        return np.asarray(value, dtype=(dtype or as_dtype(value.dtype)).as_numpy_dtype)
    if not isinstance(value, (bool, int, float, complex, str, bytes, list, tuple)):
        if not hasattr(value, "__array__") and not hasattr(value, "__dlpack__"):
            raise _unknown_kind(value) if dtype is None else _unexpected(value, dtype)
        return make_array(np.asarray(value), dtype)
    if dtype is not None:
        _check_elements(value, dtype)
        if dtype is dtypes.string:
            return _bytes_array(np.asarray(value, dtype=object), dtype)
        array = np.asarray(value)
        if array.dtype.kind == "O":
            array = np.asarray([int(x) if isinstance(x, Dimension) else x for x in array.ravel()]).reshape(
                array.shape
            )
        return _narrowed(array, dtype.as_numpy_dtype)
    try:
        array = np.asarray(value)
    except UnicodeDecodeError:  # of bytes among texts
        return _bytes_array(np.asarray(value, dtype=object), None)
    kind = array.dtype.kind
    if kind in "SU" and all(isinstance(x, (str, bytes, np.str_)) for x in _leaves(value)):
        return _bytes_array(np.asarray(value, dtype=object), None)
    if kind in "SUOM" or (kind == "b" and not array.size):
        raise _unknown_kind(value)
    if kind == "f" and array.dtype == np.float64:
        return _narrowed(array, np.float32)
    if kind == "i" and array.dtype == np.int64 and _fits_int32(array):
        return array.astype(np.int32)
    return array


def _narrowed(array: np.ndarray[Any, Any], dtype: Any) -> np.ndarray[Any, Any]:
    # As v1: what is too large becomes infinite, or is cut off, without a word.
    with np.errstate(over="ignore", invalid="ignore"):
        return array.astype(dtype)


def _fits_int32(array: np.ndarray[Any, Any]) -> bool:
    if array.size <= 16:  # shapes and axes: NumPy's reductions take longer than all the rest
        return all(_INT32_MIN <= each <= _INT32_MAX for each in array.ravel().tolist())
    return bool(array.min() >= _INT32_MIN and array.max() <= _INT32_MAX)


def _unknown_kind(value: object) -> TypeError:
    return TypeError(
        f"Failed to convert elements of {value} to Tensor. Consider casting elements to a supported type. "
        f"See "
        "https://www.tensorflow.org/api_docs/python/tf/dtypes for supported TF dtypes."
    )


def _bytes_array(array: np.ndarray[Any, Any], dtype: DType | None) -> np.ndarray[Any, Any]:
    if dtype is not None and dtype is not dtypes.string:
        if array.dtype.kind == "O":
            return array.astype(dtype.as_numpy_dtype)
        _check_elements(array.ravel().tolist(), dtype)
    out = np.empty(array.shape, dtype=object)
    flat = out.ravel() if out.ndim else out.reshape(1)
    for at, each in enumerate(array.ravel().tolist()):
        if not isinstance(each, (str, bytes)):
            raise TypeError(f"Expected binary or unicode string, got {each!r}")
        flat[at] = each.encode() if isinstance(each, str) else each
    return flat.reshape(array.shape)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, (list, tuple)):
        for each in value:
            yield from _leaves(each)
    elif isinstance(value, np.ndarray):
        yield from value.ravel().tolist()
    else:
        yield value


def _check_elements(value: Any, dtype: DType) -> None:
    takes = _accepted(dtype)
    for each in _leaves(value):
        if not isinstance(each, takes) or (isinstance(each, Tensor) and dtype.is_integer):
            raise _unexpected(each, dtype)


def _unexpected(value: object, dtype: DType) -> TypeError:
    return dtype_refusal(f"Expected {dtype.name}, but got {value} of type '{type(value).__name__}'.")


def _accepted(dtype: DType) -> tuple[type, ...]:
    if dtype.is_integer or dtype.is_quantized:
        return (int, np.integer, np.bool_, Dimension)
    if dtype.is_floating:
        return (int, float, np.integer, np.floating, np.bool_)
    if dtype.is_complex:
        return (int, float, complex, np.number)
    if dtype.is_bool:
        return (bool, np.bool_)
    return (str, bytes) if dtype is dtypes.string else (object,)


@v1("register_tensor_conversion_function")
def register_tensor_conversion_function(
    base_type: type | tuple[type, ...], conversion_func: Callable[..., Any], priority: int = 100
) -> None:
    """Makes ops take objects of a type as tensors.

    Args:
        base_type: The type, or a tuple of types.
        conversion_func: `f(value, dtype=None, name=None, as_ref=False)` returns a tensor, or NotImplemented
            to leave the value to others.
        priority: Functions of lower numbers are asked first.

    Raises:
        TypeError: If the arguments are not a type and a function.
    """
    types = base_type if isinstance(base_type, tuple) else (base_type,)
    if not all(isinstance(each, type) for each in types):
        raise TypeError("base_type must be a type or a tuple of types.")
    if not callable(conversion_func):
        raise TypeError("conversion_func must be callable.")
    _conversions.append((priority, base_type, conversion_func))
    if any(issubclass(plain, types) for plain in (bool, int, float, list, tuple, np.ndarray)):
        convert_literals(True)  # from now on, the extension asks about those
    _conversions.sort(key=lambda entry: entry[0])


@v1("convert_to_tensor")
def convert_to_tensor(
    value: Any,
    dtype: DTypeLike = None,
    name: str | None = None,
    preferred_dtype: DTypeLike = None,
    dtype_hint: DTypeLike = None,
) -> Tensor:
    """Makes a tensor of a value; a tensor is returned as it is.

    Args:
        value: A tensor, a variable (its read tensor is used), an array, a number, a shape, or lists of those.
        dtype: The dtype that the tensor must have.
        name: The name of the operation, if one is made.
        preferred_dtype: The dtype to use if the value allows it.
        dtype_hint: The same.

    Returns:
        A tensor.

    Raises:
        TypeError: If the value has no tensor form of that dtype.
        ValueError: If the value is None, or a tensor of another dtype.

    >>> import scopetrie as tf
    >>> tf.convert_to_tensor([tf.constant(1.0), 2])
    <tf.Tensor 'packed:0' shape=(2,) dtype=float32>
    """
    if dtype is None and isinstance(value, Tensor):
        return value
    wanted = None if dtype is None else as_dtype(dtype).base_dtype
    if isinstance(value, Tensor):
        if wanted is not None and value.dtype.base_dtype is not wanted:
            raise ValueError(
                f"{name}: " * bool(name) + f"Tensor conversion requested dtype {wanted.name} for Tensor "
                f"with dtype {value.dtype.name}: {value!r}"
            )
        return value
    if isinstance(value, Variable):
        if wanted is not None and value.dtype.base_dtype is not wanted:
            raise ValueError(
                f"Incompatible type conversion requested to type '{wanted.name}' for variable of type "
                f"'{value.dtype.name}'"
            )
        read: Tensor = value.value()
        return read
    preferred = preferred_dtype if preferred_dtype is not None else dtype_hint
    plain = plain_constant(value, wanted or preferred, name or None, "Const", None, None)
    if plain is not None:
        return plain
    if wanted is None and preferred is not None:
        try:
            return convert_to_tensor(value, preferred, name)
        except (TypeError, ValueError):
            pass  # v1: a preference, not a demand
    for _, types, function in _conversions:
        if isinstance(value, types):
            made: Any = function(value, dtype=wanted, name=name, as_ref=False)
            if made is not NotImplemented:
                converted: Tensor = made
                return converted
    if isinstance(value, Operation):
        raise TypeError(f"can't convert Operation '{value.name}' to Tensor")
    if isinstance(value, (TensorShape, Dimension)):
        return _shape_constant(value, wanted, name)
    if isinstance(value, (list, tuple)):
        dtype_within = _dtype_within(value)
        if dtype_within is not None:
            return _pack_nested(value, wanted or dtype_within, name or "packed")
    return _const(value=_frozen(value, make_array(value, wanted)), name=name or "Const")


def _frozen(value: Any, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    # A caller's array may change later; one made here will not.
    return array.copy() if isinstance(value, np.ndarray) and np.may_share_memory(array, value) else array


def _shape_constant(value: Any, dtype: DType | None, name: str | None) -> Tensor:
    if isinstance(value, TensorShape) and not value.is_fully_defined():
        raise ValueError(f"Cannot convert a partially known TensorShape {value} to a Tensor.")
    sizes = np.asarray(value.as_list() if isinstance(value, TensorShape) else value.value, dtype=np.int64)
    if dtype is None:
        dtype = dtypes.int32 if _fits_int32(sizes) else dtypes.int64
    elif dtype not in (dtypes.int32, dtypes.int64):
        raise TypeError(f"Cannot convert a TensorShape to dtype: {dtype.name}")
    return _const(value=sizes.astype(dtype.as_numpy_dtype), name=name or "shape_as_tensor")


def _dtype_within(value: Any) -> DType | None:
    for each in value:
        if isinstance(each, (Tensor, Variable)):
            return each.dtype.base_dtype
        if isinstance(each, (list, tuple)):
            found = _dtype_within(each)
            if found is not None:
                return found
    return None


def _pack_nested(value: Any, dtype: DType, name: str) -> Tensor:
    pack: Callable[..., Tensor] | None = OPS["Pack"].function
    assert pack is not None
    if not any(isinstance(each, (list, tuple)) for each in value):
        return pack(value, axis=0, name=name)
    with name_scope(name) as scope:
        parts = []
        for at, each in enumerate(value):
            if isinstance(each, (list, tuple)) and _dtype_within(each) is not None:
                each = _pack_nested(each, dtype, str(at))
            elif isinstance(each, (list, tuple)):
                with name_scope(str(at)):  # v1 looks into every list: its name is taken then
                    pass
            parts.append(convert_to_tensor(each, dtype, str(at)))
        return pack(parts, axis=0, name=scope)


def index_array(value: Any) -> Any:
    """A shape-like argument in the form in which an op takes it: a tensor, or an int32 (or int64) array.

    Args:
        value: A tensor, an int, a TensorShape, a Dimension, an array, or a list of ints, Dimensions and
            tensors.

    Returns:
        A tensor or a list with tensors in it as it is, an array as it is, anything else as an array.

    Raises:
        TypeError: If an element is no int.
        ValueError: If the shape is not fully known.
    """
    if isinstance(value, (Tensor, Variable, np.ndarray)):
        return value
    if value.__class__ in _LISTS and all(x.__class__ is int and _INT32_MIN <= x <= _INT32_MAX for x in value):
        return np.array(value, np.int32)
    if isinstance(value, TensorShape):
        if not value.is_fully_defined():
            raise ValueError(f"Cannot convert a partially known TensorShape {value} to a Tensor.")
        value = value.as_list()
    elif isinstance(value, (list, tuple)) and _dtype_within(value) is not None:
        return value
    array = np.asarray(
        [int(x) if isinstance(x, Dimension) else x for x in value]
        if isinstance(value, (list, tuple))
        else value
    )
    if not array.size:
        return array.astype(np.int32)
    if array.dtype.kind == "i":
        return array.astype(np.int32) if _fits_int32(array) else array
    if isinstance(value, Dimension):
        return np.asarray(value.value, dtype=np.int32)
    return make_array(value, None)


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
