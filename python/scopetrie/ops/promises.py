"""Promises that a kernel's function may make, which let sessions save memory.

A session with NumPy writes results into the memory of dead values. It knows NumPy's functions; other
functions need these promises.

Example:
    >>> import numpy as np
    >>> @elementwise(1)
    ... def half(x, out=None):
    ...     return np.divide(x, 2, out=out)
    >>> half.takes_out
    1
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

_Function = TypeVar("_Function", bound=Callable[..., Any])


def elementwise(arity: int) -> Callable[[_Function], _Function]:
    """Marks a function as elementwise: it can write into an array `out`, which may be one of its arguments.

    Args:
        arity: The number of arrays before `out`.

    Returns:
        A decorator, which returns the very function.
    """

    def mark(function: _Function) -> _Function:
        function.takes_out = arity  # type: ignore[attr-defined]
        return function

    return mark


def makes_new(function: _Function) -> _Function:
    """Marks a function with one result as returning a new array.

    It keeps no alias of that, nor of its arguments.

    Args:
        function: The function.

    Returns:
        The very function.
    """
    function.makes_new = True  # type: ignore[attr-defined]
    return function
