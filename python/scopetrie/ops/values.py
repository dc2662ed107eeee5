"""Python values as the arrays that constants keep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from .. import dtypes
from .._core import own_items
from ..dtypes import DType, as_dtype
from ..graph import Tensor
from ..shapes import Dimension
from .faults import dtype_refusal

INT32_MIN: Final = -(2**31)
INT32_MAX: Final = 2**31 - 1
# What Python's own scalars become, where nothing else is said, and the range in which they do.
_SCALARS: Final[dict[type, tuple[Any, float, float]]] = {
    float: (np.float32, -3e38, 3e38),
    int: (np.int32, INT32_MIN, INT32_MAX),
    bool: (np.bool_, False, True),
}


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
    bounds = _SCALARS.get(value.__class__)
    if bounds is not None and dtype is not None and dtype.as_numpy_dtype is not bounds[0]:
        bounds = None
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
    items = own_items(value)
    if dtype is not None:
        _check_elements(value, dtype)
        if dtype is dtypes.string:
            return _bytes_array(np.asarray(items, dtype=object), dtype)
        array = np.asarray(items)
        if array.dtype.kind == "O":
            array = np.asarray([int(x) if isinstance(x, Dimension) else x for x in array.ravel()]).reshape(
                array.shape
            )
        return _narrowed(array, dtype.as_numpy_dtype)
    try:
        array = np.asarray(items)
    except UnicodeDecodeError:  # of bytes among texts
        return _bytes_array(np.asarray(items, dtype=object), None)
    kind = array.dtype.kind
    if kind in "SU" and all(isinstance(x, (str, bytes, np.str_)) for x in _leaves(items)):
        return _bytes_array(np.asarray(items, dtype=object), None)
    if kind in "SUOM" or (kind == "b" and not array.size):
        raise _unknown_kind(value)
    if kind == "f" and array.dtype == np.float64:
        return _narrowed(array, np.float32)
    if kind == "i" and array.dtype == np.int64 and fits_int32(array):
        return array.astype(np.int32)
    return array


def _narrowed(array: np.ndarray[Any, Any], dtype: Any) -> np.ndarray[Any, Any]:
    # As v1: what is too large becomes infinite, or is cut off, without a word. Ints are so only for a short
    # `dtype`; and the block costs more than all the rest, and ends the process where there is no memory.
    if not array.size or (array.dtype.kind in "biu" and np.dtype(dtype).itemsize >= 4):
        return array.astype(dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        return array.astype(dtype)


def fits_int32(array: np.ndarray[Any, Any]) -> bool:
    """Whether the ints of an array would fit into int32."""
    if array.size <= 16:  # shapes and axes: NumPy's reductions take longer than all the rest
        return all(INT32_MIN <= each <= INT32_MAX for each in array.ravel().tolist())
    return bool(array.min() >= INT32_MIN and array.max() <= INT32_MAX)


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
