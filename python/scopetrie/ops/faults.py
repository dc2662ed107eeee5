"""v1's errors for the inputs of a node."""

from __future__ import annotations

from typing import Any

from ..dtypes import DType
from ..graph import Tensor
from .declare import Types


def dtype_refusal(message: str) -> TypeError:
    """The error for a value or tensor whose dtype an operation does not accept.

    Its attribute `refuses_dtype` distinguishes it from other TypeErrors; the extension sets it, too.
    """
    error = TypeError(message)
    error.refuses_dtype = True  # type: ignore[attr-defined]
    return error


def check_dtype(tensor: Tensor, parameter: str, types: Types) -> None:
    """Checks the dtype of an input.

    Raises:
        TypeError: With v1's text.
    """
    found = tensor.dtype.base_dtype
    if found not in types:
        raise dtype_refusal(
            f"Value passed to parameter '{parameter}' has DataType {found.name} not in list of allowed "
            "values: " + ", ".join(each.name for each in types)
        )


def check_least(value: int, least: int, name: str, type: str) -> int:
    """Refuses an attribute that is below the least that an op's type allows.

    Args:
        value: The attribute.
        least: The least value.
        name: The attribute's name.
        type: The op's type.

    Returns:
        The attribute.

    Raises:
        ValueError: With v1's text.
    """
    if value < least:
        raise ValueError(f"Attr '{name}' of '{type}' Op passed {value} less than minimum {least}.")
    return value


def check_choice_of_dtype(dtype: DType, types: Types, name: str) -> DType:
    """Refuses a dtype as an attribute that is none of a few.

    Args:
        dtype: The dtype.
        types: Those that are allowed.
        name: The attribute's name.

    Returns:
        The dtype.

    Raises:
        TypeError: With v1's text.
    """
    if dtype not in types:
        allowed = ", ".join(each.name for each in types)
        raise TypeError(
            f"Value passed to parameter '{name}' has DataType {dtype.name} not in list of allowed values: "
            f"{allowed}"
        )
    return dtype


def check_choice(value: Any, name: str, type: str, choices: tuple[str, ...]) -> str:
    """A string argument that must be one of a few.

    Raises:
        TypeError: If it is no string.
        ValueError: If it is none of them.
    """
    if not isinstance(value, str):
        raise TypeError(f"Expected string for argument '{name}' not {value!r}.")
    if value not in choices:
        listed = ", ".join(f'"{each}"' for each in choices)
        raise ValueError(f"Attr '{name}' of '{type}' Op passed string '{value}' not in: {listed}.")
    return value
