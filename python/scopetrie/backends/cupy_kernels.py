"""What CuPy has under other names, or not at all, in array operations that neither wait nor copy.

Where CuPy's own functions would look at a value, in order to know a shape or to leave something out, these do
without: `xp` is CuPy's namespace.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .base import Array
from .segments import running

# dtypes that CuPy's scatters take, by NumPy's characters; others are computed in a wider one.
_ADDED = "iIlLqQefd"
_COMPARED = "iIlLqQfd"
_WIDER = {"b": "i", "h": "i", "?": "i", "B": "I", "H": "I", "e": "f"}


def is_negative_zero(number: Any) -> bool:
    """Returns whether a number is -0.0, or a complex one has such a part.

    Example:
        >>> is_negative_zero(-0.0), is_negative_zero(0.0), is_negative_zero(complex(0, -0.0))
        (True, False, True)
    """
    value = complex(number)
    return value == 0 and bool(np.signbit([value.real, value.imag]).any())


def kernels(xp: Any, cupy: Any) -> dict[str, Callable[..., Any]]:
    """Returns the functions by name.

    Args:
        xp: CuPy's namespace.
        cupy: CuPy itself.
    """

    def clip(x: Array, /, min: Any = None, max: Any = None) -> Array:
        if min is not None:
            x = xp.maximum(x, min)
        return x if max is None else xp.minimum(x, max)

    def sign(x: Array, /) -> Array:
        if x.dtype.kind not in "fc":
            return xp.astype(x > 0, x.dtype) if x.dtype.kind in "ub" else library_sign(x)
        if x.dtype.kind == "c":
            return xp.where(x == 0, x, x / xp.abs(x))
        return xp.where(xp.isnan(x), x, library_sign(x))

    library_sign = cupy.sign

    def full(shape: Any, fill_value: Any, *, dtype: Any = None, device: Any = None) -> Array:
        made = xp.full(shape, fill_value, dtype=dtype, device=device)
        # CuPy sets all bytes to 0 where a number equals 0.
        if isinstance(fill_value, (float, np.floating)) and is_negative_zero(fill_value):
            return xp.negative(made) if made.dtype.kind == "f" else made
        return made

    def scatter_into(target: Array, at: Array, rows: Array, how: str) -> None:
        """Changes rows of an array in place, in the time that the rows take."""
        if 0 in rows.shape:
            return
        if how in ("update", "mul"):
            order, last = last_of_equals(at)
            if how == "update":  # of rows for one place the last one counts: it is put there each time
                target[at] = xp.take(rows, last, axis=0)
                return
            products = running(xp, xp.multiply, xp.take(rows, order, axis=0), xp.take(at, order))
            places = xp.searchsorted(xp.take(at, order), at, side="right") - 1
            target[at] = target[at] * xp.take(products, places, axis=0)
            return
        kinds, scatter = {
            "add": (_ADDED, cupy.add.at),
            "max": (_COMPARED, cupy.maximum.at),
            "min": (_COMPARED, cupy.minimum.at),
        }[how]
        if target.dtype.kind == "c":  # a complex number is two numbers
            real = np.dtype(f"f{target.dtype.itemsize // 2}")
            scatter(target.view(real).reshape(*target.shape, 2), at, pairs(rows, real))
        elif target.dtype.char in kinds:
            scatter(target, at, rows)
        else:
            wider = _WIDER[target.dtype.char]
            wide = target.astype(wider)
            scatter(wide, at, rows.astype(wider))
            target[...] = wide

    def pairs(rows: Array, real: Any) -> Array:
        return xp.stack([xp.real(rows), xp.imag(rows)], axis=-1).astype(real, copy=False)

    def last_of_equals(at: Array) -> tuple[Array, Array]:
        """Returns the order that sorts numbers, and for each the place of the last one equal to it."""
        order = xp.argsort(at, stable=True)
        ends = xp.searchsorted(xp.take(at, order), at, side="right") - 1
        return order, xp.take(order, ends)

    def scatter(target: Array, at: Array, rows: Array, how: str) -> Array:
        """Returns a copy of an array with rows changed."""
        made = target.copy()
        scatter_into(made, at, rows, how)
        return made

    return {"clip": clip, "sign": sign, "full": full, "scatter": scatter, "scatter_into": scatter_into}
