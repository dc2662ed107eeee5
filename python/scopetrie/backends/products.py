"""Products of NumPy's matrices."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

# OpenBLAS copies a matrix into another order first. For the second one that takes longer, if it is
# transposed: with so few rows in the first one it is better to compute the transposed product, from so many
# elements on.
_ROWS: Final = range(4, 65)
_LARGE: Final = 1 << 14


def matmul_transposed(a: Any, b: Any) -> Any:
    """`a` times `b` transposed, a new array.

    Args:
        a: Matrices, or one.
        b: Likewise.

    Returns:
        The products.

    >>> import numpy as np
    >>> matmul_transposed(np.ones((2, 3)), np.ones((4, 3))).shape
    (2, 4)
    """
    if a.ndim == 2 and b.ndim == 2 and a.shape[0] in _ROWS and b.size >= _LARGE and a.dtype.char in "fd":
        return np.matmul(b, a.T).T.copy("C")
    return np.matmul(a, np.matrix_transpose(b))


matmul_transposed.makes_new = True  # type: ignore[attr-defined]  # see ops/promises.py
