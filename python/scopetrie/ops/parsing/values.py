"""Values of features: their dtypes, arrays and defaults."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ... import dtypes
from ...dtypes import DType, as_dtype
from ...graph import Tensor
from ..array.shape import reshape
from ..constant import constant, convert_to_tensor
from .features import FixedLenSequenceFeature

__all__ = ["KINDS", "TEXT", "WORDS", "as_array", "checked_type", "default_of", "keys_of"]

TEXT: Final = (dtypes.string,)
KINDS: Final = {dtypes.float32: "float_list", dtypes.int64: "int64_list", dtypes.string: "bytes_list"}
WORDS: Final = {"float_list": "float", "int64_list": "int64", "bytes_list": "string"}


def as_array(values: Any, dtype: DType) -> np.ndarray[Any, Any]:
    """Values as an array."""
    if dtype is dtypes.string:
        made = np.empty(len(values), object)
        made[:] = list(values)
        return made
    return np.array(values, dtype.as_numpy_dtype)


def checked_type(dtype: Any, parameter: str = "dense_defaults") -> DType:
    """The dtype of a feature.

    Args:
        dtype: What is given.
        parameter: What the error calls it.

    Raises:
        TypeError: If features do not have it.
    """
    made = as_dtype(dtype)
    if made not in KINDS:
        raise TypeError(
            f"Value passed to parameter '{parameter}' has DataType {made.name} not in list of allowed "
            "values: float32, int64, string"
        )
    return made


def default_of(key: str, feature: Any, dtype: DType, dims: tuple[Any, ...]) -> Tensor:
    """What is read where a feature is missing; no elements if it must be there."""
    value = feature.default_value
    empty: Any = b"" if dtype is dtypes.string else 0
    if isinstance(feature, FixedLenSequenceFeature):
        if value is None:
            return constant(empty, dtype)
        return reshape(convert_to_tensor(value, dtype, name=f"padding_{key}"), [])
    if value is None:
        return constant([], dtype)
    return reshape(convert_to_tensor(value, dtype, name=f"key_{key}"), list(dims))


def keys_of(keys: Any) -> np.ndarray[Any, Any]:
    """Keys as an array of texts."""
    made = np.empty(len(keys), object)
    made[:] = [key.encode() for key in keys]
    return made
