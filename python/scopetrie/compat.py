"""`tf.compat`: v1's API under the name that TensorFlow 2 has for it; texts and bytes.

Programs that were ported to TensorFlow 2 say `import tensorflow.compat.v1 as tf`. Here it is

    >>> import scopetrie.compat.v1 as tf
    >>> tf.disable_v2_behavior()
    >>> tf.executing_eagerly()
    False

All of scopetrie is v1's graph mode: `tf.compat.v1` is `scopetrie` itself.
"""

from __future__ import annotations

import os
from types import ModuleType
from typing import Any, Final

import numpy as np

from .ops.refused import refuser
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

# v1's API: the package itself, which sets it.
v1: ModuleType

integral_types: Final = (int, np.integer)
real_types: Final = (float, int, np.integer, np.floating)
complex_types: Final = (complex, float, int, np.number)
bytes_or_text_types: Final = (bytes, str)

__getattr__ = refuser("compat")


def as_bytes(bytes_or_text: bytes | str, encoding: str = "utf-8") -> bytes:
    """The bytes of a text, or bytes as they are.

    Args:
        bytes_or_text: Text or bytes.
        encoding: How text is encoded.

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
    """The text that bytes encode, or text as it is.

    Args:
        bytes_or_text: Text or bytes.
        encoding: How bytes encode it.

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
    """The text of any value: of bytes, what they encode; of others, what `str` gives.

    Args:
        value: A value.
        encoding: How bytes encode text.
    """
    return as_text(value, encoding) if isinstance(value, bytes) else str(value)


def path_to_str(path: Any) -> str:
    """The text of a path-like object.

    Args:
        path: A path, or a text.
    """
    return as_str_any(os.fspath(path) if hasattr(path, "__fspath__") else path)
