"""The array libraries that a `Session` can compute with.

Example:
    >>> get_backend("numpy").name
    'numpy'
"""

from __future__ import annotations

from .base import Array, Backend, get_backend

__all__ = ["Array", "Backend", "get_backend"]
