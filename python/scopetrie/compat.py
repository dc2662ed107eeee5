"""`tf.compat`: v1's API under TensorFlow 2's name for it, and conversions between text and bytes.

Programs that were ported to TensorFlow 2 say `import tensorflow.compat.v1 as tf`. Here it is

    >>> import scopetrie.compat.v1 as tf
    >>> tf.disable_v2_behavior()
    >>> tf.executing_eagerly()
    False

All of scopetrie is v1's graph mode: `tf.compat.v1` is `scopetrie` itself.
"""

from __future__ import annotations

import os
import sys
from types import ModuleType
from typing import Any, Final, NoReturn

import numpy as np

from .refused import refusal
from .shapes import dimension_at_index, dimension_value

__all__ = [
    "as_bytes",
    "as_str",
    "as_str_any",
    "as_text",
    "bytes_or_text_types",
    "complex_types",
    "dimension_at_index",
    "dimension_value",
    "integral_types",
    "path_to_str",
    "real_types",
]

# v1's API is the package itself: `import scopetrie.compat.v1 as tf` gives it.
v1: Final[ModuleType] = sys.modules[__package__]
sys.modules[f"{__name__}.v1"] = v1

integral_types: Final = (int, np.integer)
real_types: Final = (float, int, np.integer, np.floating)
complex_types: Final = (complex, float, int, np.number)
bytes_or_text_types: Final = (bytes, str)


def __getattr__(name: str) -> NoReturn:
    raise refusal("compat", name)


def as_bytes(bytes_or_text: bytes | str, encoding: str = "utf-8") -> bytes:
    """Encodes text; returns bytes unchanged.

    Args:
        bytes_or_text: Text or bytes.
        encoding: The encoding of the result.

    Raises:
        TypeError: If it is neither.
    """
    if isinstance(bytes_or_text, bytearray):
        return bytes(bytes_or_text)
    if isinstance(bytes_or_text, str):
        return bytes_or_text.encode(encoding)
    if isinstance(bytes_or_text, bytes):
        return bytes_or_text
    raise TypeError(f"Expected binary or unicode string, got {bytes_or_text!r}")


def as_text(bytes_or_text: bytes | str, encoding: str = "utf-8") -> str:
    """Decodes bytes; returns text unchanged.

    Args:
        bytes_or_text: Text or bytes.
        encoding: The encoding of the bytes.

    Raises:
        TypeError: If it is neither.
    """
    if isinstance(bytes_or_text, str):
        return bytes_or_text
    if isinstance(bytes_or_text, bytes):
        return bytes_or_text.decode(encoding)
    raise TypeError(f"Expected binary or unicode string, got {bytes_or_text!r}")


as_str = as_text


def as_str_any(value: Any, encoding: str = "utf-8") -> str:
    """Converts any value to text: decodes bytes, calls `str` for the rest.

    Args:
        value: A value.
        encoding: The encoding of the bytes.
    """
    return as_text(value, encoding) if isinstance(value, bytes) else str(value)


def path_to_str(path: Any) -> str:
    """Converts a path-like object to text.

    Args:
        path: A path, or a text.
    """
    return as_str_any(os.fspath(path) if hasattr(path, "__fspath__") else path)
