"""Kernels of division: of floats, and of ints, where 0 is refused and nothing is rounded on the way."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from ...backends import host_view
from ...backends.deferred import defer
from ...errors import InvalidArgumentError
from ..promises import elementwise


@functools.cache
def _integers(xp: Any) -> frozenset[Any]:
    """The integer dtypes of a namespace, as its arrays have them."""
    names = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
    return frozenset(_dtype_of_arrays(getattr(xp, name)) for name in names if hasattr(xp, name))


def _dtype_of_arrays(dtype: Any) -> Any:
    """What arrays of a namespace's dtype have as theirs: NumPy's dtype for its scalar type, else the same."""
    try:
        return np.dtype(dtype)
    except TypeError:
        return dtype


def _by_whole(xp: Any, x: Any, y: Any) -> bool:
    """Whether `x` is to be divided by whole numbers `y`.

    Raises:
        InvalidArgumentError: If it is, and there is a 0.
    """
    if y.dtype not in _integers(xp):
        return False
    values = host_view(y)
    if values is None:
        if 0 not in x.shape:
            defer(y, lambda array: (array == 0).any(), refuse_zero)
    elif 0 not in x.shape:
        refuse_zero(values)
    return True


def refuse_zero(values: Any) -> None:
    """Raises InvalidArgumentError if there is a 0 among ints that something is to be divided by."""
    if not values.all():
        raise InvalidArgumentError(None, None, "Integer division by zero")


def truncated_quotient(xp: Any, x: Any, y: Any) -> Any:
    """X / y for ints, rounded towards zero, where no `y` is 0."""
    down = xp.floor_divide(x, y)
    # One more where rounding down went away from zero: the signs differ, and something is left.
    return down + xp.astype(((x < 0) != (y < 0)) & (down * y != x), down.dtype)


def truncate_div(xp: Any) -> Any:
    """X / y; towards zero, and for ints exactly."""

    def divide_towards_zero(x: Any, y: Any) -> Any:
        if _by_whole(xp, x, y):
            return truncated_quotient(xp, x, y)
        return xp.divide(x, y) if xp.isdtype(x.dtype, "complex floating") else xp.trunc(xp.divide(x, y))

    return divide_towards_zero


def _signed_remainder(xp: Any, x: Any, y: Any) -> Any:
    """The remainder of floats that has the sign of `x`."""
    rest = xp.remainder(xp.abs(x), xp.abs(y))
    return xp.where(x < 0, -rest, rest)


def truncate_mod(xp: Any) -> Any:
    """What is left of x where `truncate_div` divides it."""
    remainder = getattr(xp, "fmod", None) or functools.partial(_signed_remainder, xp)

    def left_over(x: Any, y: Any) -> Any:
        if _by_whole(xp, x, y):
            return x - truncated_quotient(xp, x, y) * y
        return remainder(x, y)

    return left_over


def floor_div(xp: Any) -> Any:
    """X / y, rounded down."""

    def divide_down(x: Any, y: Any) -> Any:
        # As v1: the quotient of floats is rounded, and then rounded down.
        return xp.floor_divide(x, y) if _by_whole(xp, x, y) else xp.floor(xp.divide(x, y))

    return divide_down


def floor_mod(xp: Any) -> Any:
    """What is left of x where `floor_div` divides it."""

    def left_over(x: Any, y: Any) -> Any:
        _by_whole(xp, x, y)
        return xp.remainder(x, y)

    return left_over


def real_div(xp: Any) -> Any:
    """X / y; for ints rounded towards zero."""
    integers, quotient = _integers(xp), xp.divide

    @elementwise(2)
    def divide(x: Any, y: Any, **out: Any) -> Any:
        if y.dtype not in integers:
            return quotient(x, y, **out)
        _by_whole(xp, x, y)
        return truncated_quotient(xp, x, y)

    return divide


def reciprocal(xp: Any) -> Any:
    """1 / x; for ints rounded towards zero."""
    divide = real_div(xp)
    return lambda x: divide(xp.ones_like(x), x) if x.dtype in _integers(xp) else 1 / x


def div_no_nan(xp: Any) -> Any:
    """X / y, and 0 where y is 0."""

    def divide_or_zero(x: Any, y: Any) -> Any:
        zero = y == 0
        return xp.where(zero, xp.zeros_like(x), xp.divide(x, xp.where(zero, xp.ones_like(y), y)))

    return divide_or_zero
