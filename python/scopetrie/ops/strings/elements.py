"""What the kernels of strings share: the elements as bytes, and arrays of results."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np


def as_bytes(value: Any) -> bytes:
    """An element of an array of strings, as bytes."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")


def each(function: Callable[[bytes], Any], dtype: Any = object) -> Callable[..., Any]:
    """A kernel that applies a function to each string.

    Args:
        function: The function of bytes.
        dtype: The NumPy dtype of its results.

    Returns:
        The kernel's function of one array.
    """

    def apply(x: Any) -> Any:
        values = np.asarray(x, dtype=object)
        made = np.empty(values.shape, dtype)
        for at in np.ndindex(values.shape):
            made[at] = function(as_bytes(values[at]))
        return made

    return apply


def characters(value: bytes) -> list[bytes]:
    """The characters of UTF-8, each as bytes; bytes that begin none belong to the one before, as in v1."""
    starts = [at for at, byte in enumerate(value) if byte & 0xC0 != 0x80]
    return [value[start:end] for start, end in itertools.pairwise([*starts, len(value)])]
