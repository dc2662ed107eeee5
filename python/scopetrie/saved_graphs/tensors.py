"""The elements of a TensorProto."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from ..dtypes import as_dtype, string

__all__ = ["tensor_elements"]

# By dtype the field that has the elements, if they are not in "tensor_content".
_FIELDS: Final = {
    "bfloat16": "half_val",
    "bool": "bool_val",
    "complex128": "dcomplex_val",
    "complex64": "scomplex_val",
    "float16": "half_val",
    "float32": "float_val",
    "float64": "double_val",
    "int64": "int64_val",
    "string": "string_val",
    "uint32": "uint32_val",
    "uint64": "uint64_val",
}


_MOST_BYTES: Final = 1 << 31  # that protobuf holds


def tensor_elements(tensor: Any) -> np.ndarray[Any, Any]:
    """Returns the elements of a TensorProto; the last one given stands for all that follow.

    Raises:
        ValueError: If they are not as many as the shape says.
        TypeError: If the dtype is none, or one without elements.
    """
    dtype = as_dtype(tensor.dtype)
    kind: Any = object if dtype is string else np.dtype(dtype.as_numpy_dtype)
    shape = tuple(dim.size for dim in tensor.tensor_shape.dim)
    count = math.prod(shape)
    if tensor.tensor_content:
        found: np.ndarray[Any, Any] = np.frombuffer(tensor.tensor_content, kind)
        if found.size != count:
            raise ValueError(f"{found.size} elements are not those of the shape {list(shape)}")
        return found.reshape(shape)
    values = list(getattr(tensor, _FIELDS.get(dtype.name, "int_val")))
    if dtype.is_complex:
        values = [complex(*pair) for pair in zip(values[::2], values[1::2], strict=True)]
    if len(values) > count:
        raise ValueError(f"{len(values)} elements are not those of the shape {list(shape)}")
    if dtype.name in ("float16", "bfloat16"):
        given: np.ndarray[Any, Any] = np.array(values, np.uint16).view(kind)
    else:
        given = np.empty(len(values), kind)
        given[:] = values
    if not len(values):
        empty: Any = b"" if dtype is string else 0
        given = np.full(1, empty, kind)
    if len(given) == count:
        return given.reshape(shape)
    if len(given) == 1:
        one: np.ndarray[Any, Any] = np.broadcast_to(given.reshape(()), shape)
        return one
    if count * given.itemsize > _MOST_BYTES:
        raise ValueError(f"the shape {list(shape)} has more elements than a GraphDef can hold")
    filled: np.ndarray[Any, Any] = np.concatenate([given, np.broadcast_to(given[-1:], count - len(given))])
    return filled.reshape(shape)
