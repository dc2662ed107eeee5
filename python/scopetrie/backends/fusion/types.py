"""The C++ types of a kernel's elements: what they are in memory, and what they are computed as.

float16 and bfloat16 are computed as float and rounded after each operation, as NumPy does it.
"""

from __future__ import annotations

import functools
from typing import Any, Final, NamedTuple

import numpy as np


class CType(NamedTuple):
    """How elements of one dtype are written in C++.

    Attributes:
        stored: Their type in memory.
        value: The type of a variable that holds one.
        kind: "f" for floats, "i" for signed and "u" for unsigned integers, "b" for bool.
        unsigned: The unsigned type of the same width, for sums that wrap around.
        load: How a stored one becomes a value.
        store: How a value becomes a stored one.
        rounded: How what was computed becomes a value: rounds to the short floats.
    """

    stored: str
    value: str
    kind: str
    unsigned: str = ""
    load: str = "{0}"
    store: str = "{0}"
    rounded: str = "{0}"


def _int(stored: str, unsigned: str) -> CType:
    return CType(stored, stored, "u" if stored == unsigned else "i", unsigned)


def _short(name: str) -> CType:
    return CType(
        "unsigned short", "float", "f", "", f"from_{name}({{0}})", f"to_{name}({{0}})", f"as_{name}({{0}})"
    )


TYPES: Final = {
    "bool": CType("bool", "bool", "b"),
    "int8": _int("signed char", "unsigned char"),
    "int16": _int("short", "unsigned short"),
    "int32": _int("int", "unsigned int"),
    "int64": _int("long long", "unsigned long long"),
    "uint8": _int("unsigned char", "unsigned char"),
    "uint16": _int("unsigned short", "unsigned short"),
    "uint32": _int("unsigned int", "unsigned int"),
    "uint64": _int("unsigned long long", "unsigned long long"),
    "float16": _short("half"),
    "bfloat16": _short("bfloat16"),
    "float32": CType("float", "float", "f"),
    "float64": CType("double", "double", "f"),
}


@functools.cache
def ctype(dtype: np.dtype[Any]) -> CType:
    """Returns how elements of a dtype are written in C++.

    Raises:
        KeyError: If no kernel has such elements.

    Example:
        >>> ctype(np.dtype(np.float16)).stored
        'unsigned short'
    """
    return TYPES[dtype.name]


def literal(value: Any, dtype: np.dtype[Any]) -> str:
    """Returns a number as C++ writes it, exactly.

    Args:
        value: A number that the dtype holds.
        dtype: The dtype.

    Example:
        >>> literal(0.5, np.dtype(np.float32)), literal(-3, np.dtype(np.int64)), literal(True, np.dtype(bool))
        ('0.5f', '-3LL', 'true')
    """
    kind = ctype(dtype).kind
    if kind == "b":
        return "true" if value else "false"
    if kind == "f":
        return _float(float(dtype.type(value)), dtype.name == "float64")
    number = int(dtype.type(value))
    if number == -(1 << 63):
        return "(-9223372036854775807LL - 1)"
    if dtype.name == "int32" and number == -(1 << 31):
        return "(-2147483647 - 1)"
    suffix = {"int64": "LL", "uint64": "ULL", "uint32": "U"}.get(dtype.name, "")
    return f"{number}{suffix}"


def _float(number: float, is_double: bool) -> str:
    if np.isnan(number):
        return "not_a_number()" if is_double else "(float)not_a_number()"
    if np.isinf(number):
        text = "infinity()" if is_double else "(float)infinity()"
        return f"-{text}" if number < 0 else text
    # The shortest decimal number that is read back as this one.
    text = repr(number) if is_double else str(np.float32(number))
    return text if is_double else f"{text}f"
