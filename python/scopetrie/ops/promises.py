"""What the function that a kernel gives may promise, for sessions to save memory by.

A session with NumPy writes results into the memory of values that nobody reads any more. NumPy's own
functions it knows; of any other it takes these promises.

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
    """Marks a function as elementwise: it writes into an array given as `out`, also one of its arguments.

    Args:
        arity: How many arrays it takes before that.

    Returns:
        A decorator, which returns the very function.
    """

    def mark(function: _Function) -> _Function:
        function.takes_out = arity  # type: ignore[attr-defined]
        return function

    return mark


def makes_new(function: _Function) -> _Function:
    """Marks a function of one result as one that makes a new array, of which it keeps no view.

    Args:
        function: The function.

    Returns:
        The very function.
    """
    function.makes_new = True  # type: ignore[attr-defined]
    return function
