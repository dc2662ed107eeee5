"""Constants, and the conversion of Python values to tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from .. import dtypes
from .._core import Variable, convert_literals, name_scope, own_items, plain_constant
from ..dtypes import DType, DTypeLike, as_dtype
from ..graph import Operation, Tensor
from ..public import v1
from ..shapes import Dimension, TensorShape
from .declare import attr
from .registry import OPS, Spec, define_op
from .values import INT32_MAX, INT32_MIN, fits_int32, make_array

# v1's `tf.register_tensor_conversion_function`: by priority, then by age.
_conversions: Final[list[tuple[int, type | tuple[type, ...], Callable[..., Any]]]] = []
_LISTS: Final = (list, tuple)


def _const_rule(value: Any) -> Spec:
    return as_dtype(value.dtype), value.shape


_const = define_op(
    "Const", rule=_const_rule, attributes=(attr("dtype", DType), attr("value", object)),
)  # fmt: skip


@v1("constant", is_one_op=True)
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
    array = _frozen(value, array) if shape is None else _shaped(array, shape, verify_shape)
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


v1("register_tensor_conversion_function")(register_tensor_conversion_function)


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
    # A caller's array may change later; one made here will not, nor one that nobody can write to.
    is_shared = isinstance(value, np.ndarray) and np.may_share_memory(array, value)
    return array.copy() if is_shared and _may_change(array) else array


def _may_change(array: Any) -> bool:
    """Whether somebody can write to an array, or to what it is a view of."""
    while isinstance(array, np.ndarray):
        if array.flags.writeable:
            return True
        array = array.base
    return not (array is None or isinstance(array, bytes))


def _shape_constant(value: Any, dtype: DType | None, name: str | None) -> Tensor:
    if isinstance(value, TensorShape) and not value.is_fully_defined():
        raise ValueError(f"Cannot convert a partially known TensorShape {value} to a Tensor.")
    sizes = np.asarray(value.as_list() if isinstance(value, TensorShape) else value.value, dtype=np.int64)
    if dtype is None:
        dtype = dtypes.int32 if fits_int32(sizes) else dtypes.int64
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
    if value.__class__ in _LISTS and all(x.__class__ is int and INT32_MIN <= x <= INT32_MAX for x in value):
        return np.array(value, np.int32)
    if isinstance(value, TensorShape):
        if not value.is_fully_defined():
            raise ValueError(f"Cannot convert a partially known TensorShape {value} to a Tensor.")
        value = value.as_list()
    elif isinstance(value, (list, tuple)) and _dtype_within(value) is not None:
        return value
    is_list = isinstance(value, (list, tuple))
    array = np.asarray(
        own_items([int(x) if isinstance(x, Dimension) else x for x in value] if is_list else value)
    )
    if not array.size:
        return array.astype(np.int32)
    if array.dtype.kind == "i":
        return array.astype(np.int32) if fits_int32(array) else array
    if isinstance(value, Dimension):
        return np.asarray(value.value, dtype=np.int32)
    return make_array(value, None)
