"""Which dtypes a file of safetensors has, and how the others are kept in it."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import Any, Final

import numpy as np

__all__ = ["NAMES", "as_stored", "dtype_of_name", "from_stored", "name_of"]

# The format's codes and the names of the dtypes.
NAMES: Final = {
    "BOOL": "bool",
    "I8": "int8",
    "I16": "int16",
    "I32": "int32",
    "I64": "int64",
    "U8": "uint8",
    "U16": "uint16",
    "U32": "uint32",
    "U64": "uint64",
    "F16": "float16",
    "F32": "float32",
    "F64": "float64",
    "C64": "complex64",
    "BF16": "bfloat16",
    "F8_E4M3": "float8_e4m3fn",
    "F8_E5M2": "float8_e5m2",
    "F8_E8M0": "float8_e8m0fnu",
    "F8_E4M3FNUZ": "float8_e4m3fnuz",
    "F8_E5M2FNUZ": "float8_e5m2fnuz",
}
_IN_FORMAT: Final = frozenset(NAMES.values())


@lru_cache(maxsize=256)
def name_of(dtype: np.dtype[Any]) -> str:
    """Returns a dtype's name, for which NumPy takes microseconds."""
    return dtype.name


def dtype_of_name(name: str) -> np.dtype[Any] | None:
    """Returns the dtype of a name: NumPy's, or of the package ml_dtypes if it is installed; else None."""
    try:
        found = np.dtype(name)
    except TypeError:
        try:
            found = np.dtype(getattr(import_module("ml_dtypes"), name))
        except (ImportError, AttributeError, TypeError):
            return None
    return found if found.name == name and not found.hasobject else None


def as_stored(array: np.ndarray[Any, Any]) -> tuple[str, np.ndarray[Any, Any]] | None:
    """Returns the name of a dtype that the format has, and an array of that: the array itself if it is one.

    Any other is seen as numbers of the format, with an axis more at the end where one is made of several.

    >>> as_stored(np.zeros(3, np.complex128))[1].shape
    (3, 2)
    """
    name = name_of(array.dtype)
    if name in _IN_FORMAT:
        return name, array
    if name == "complex128":
        return "float64", array.reshape(-1).view(np.float64).reshape(*array.shape, 2)
    if array.dtype.itemsize == 1 and dtype_of_name(name) is not None:
        return "uint8", array.view(np.uint8)
    return None


def from_stored(dtype: np.dtype[Any], shape: tuple[int, ...]) -> tuple[int, ...]:
    """Returns the shape of an array that `as_stored` has given this shape."""
    return shape[:-1] if dtype == np.complex128 else shape
