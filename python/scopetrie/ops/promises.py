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

from collections.abc import Callable, Sequence
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


def summable(
    function: _Function,
    together: Callable[[Sequence[tuple[Any, Sequence[Any]]]], Any],
    is_worth: Callable[[Sequence[Sequence[int | None] | None], int], bool] | None = None,
) -> _Function:
    """Marks a function as one whose results need not be written out where only their sum is wanted.

    It returns a new array, as `makes_new` says.

    Args:
        function: The function.
        together: Takes functions that were marked with it, and the arguments of a call of each. Returns the
            sum of what the calls return, a new NumPy array; or None if each is to be called.
        is_worth: Takes the shapes of a call's arguments, as far as they are known, and the number of calls;
            returns whether their arguments may be kept until they are summed. True if left out.

    Returns:
        The very function.
    """
    function.summed = together, is_worth  # type: ignore[attr-defined]
    return makes_new(function)
