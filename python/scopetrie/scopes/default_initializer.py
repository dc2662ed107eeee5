"""The default initializer of variables."""

from __future__ import annotations

from typing import Any

from ..dtypes import DType
from ..initializers import glorot_uniform_initializer, zeros_initializer


def default_initializer(name: str, dtype: DType) -> Any:
    """Returns v1's default initializer: glorot_uniform for floats, zeros for ints, bools and strings.

    Args:
        name: The variable's full name, for the error.
        dtype: Its dtype.

    Raises:
        ValueError: If variables of the dtype have no default.
    """
    if dtype.is_floating:
        return glorot_uniform_initializer()
    if dtype.is_integer or dtype.is_unsigned or dtype.is_bool or dtype.name == "string":
        return zeros_initializer()
    raise ValueError(f"An initializer for variable {name} of {dtype} is required")
