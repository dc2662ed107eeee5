"""Powers of NumPy's arrays."""

from __future__ import annotations

from typing import Any

import numpy as np


def power(x: Any, y: Any, out: Any = None) -> Any:
    """`np.power`, faster where the exponent is one number.

    NumPy takes thirty times as long for a negative float as for a positive one. Squares and cubes are
    products, as TensorFlow computes them.

    Args:
        x: The bases.
        y: The exponents.
        out: Where the result goes; it may be an argument.

    Returns:
        The powers.

    >>> import numpy as np
    >>> power(np.array([-2.0, 3.0], np.float32), np.float32(3))
    array([-8., 27.], dtype=float32)
    """
    if y.ndim or not x.ndim or x.dtype.char not in "fd":
        return np.power(x, y, out=out)
    number = float(y)
    if number == 2:
        return np.square(x, out=out)
    if number == 3:
        return np.multiply(np.square(x), x, out=out)
    if not number.is_integer():
        return np.power(x, y, out=out)
    if number % 2 == 0:
        made = np.abs(x, out=out)
        return np.power(made, y, out=made)
    made = np.abs(x)
    np.power(made, y, out=made)
    return np.copysign(made, x, out=made if out is None else out)


power.takes_out = 2  # type: ignore[attr-defined]  # see ops/promises.py
