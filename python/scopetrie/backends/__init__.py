"""The array libraries that a `Session` can compute with.

Example:
    >>> get_backend("numpy").name
    'numpy'
"""

from __future__ import annotations

from .base import Array, Backend, functions_of, host_array, host_view, is_traced, namespace, seen
from .registry import available, get_backend, names, set_default_backend

__all__ = [
    "Array",
    "Backend",
    "available",
    "functions_of",
    "get_backend",
    "host_array",
    "host_view",
    "is_traced",
    "names",
    "namespace",
    "seen",
    "set_default_backend",
]
