"""Rows that belong together, combined without a look at the values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .base import Array


def running(xp: Any, combine: Callable[[Array, Array], Array], rows: Array, segments: Array) -> Array:
    """Returns for each row what the rows of its segment up to it give.

    The number of steps is the logarithm of the number of rows.

    Args:
        xp: The arrays' namespace.
        combine: A function of two arrays of rows, in which the order does not matter.
        rows: The rows.
        segments: The number of each row's segment; equal ones are neighbours.

    Example:
        >>> import numpy as np
        >>> running(np, np.multiply, np.array([2, 3, 4, 5]), np.array([0, 0, 1, 1]))
        array([ 2,  6,  4, 20])
    """
    count, step = rows.shape[0], 1
    wide = (count, *(1,) * (len(rows.shape) - 1))
    while step < count:
        same = segments[step:] == segments[:-step]
        same = xp.reshape(xp.concat([xp.zeros_like(segments[:step], dtype=xp.bool), same]), wide)
        before = xp.concat([rows[:step, ...], rows[:-step, ...]])
        rows = xp.where(same, combine(rows, before), rows)
        step *= 2
    return rows
