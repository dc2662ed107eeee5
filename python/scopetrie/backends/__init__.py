"""The array libraries that a `Session` can compute with.

Example:
    >>> get_backend("numpy").name
    'numpy'
"""

from __future__ import annotations

from .base import Array, Backend, functions_of, host_array, namespace
from .registry import available, get_backend, names, set_default_backend

__all__ = [
    "Array",
    "Backend",
    "available",
    "functions_of",
    "get_backend",
    "host_array",
    "names",
    "namespace",
    "set_default_backend",
]
