"""Diagonals of tensors of any rank."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...public import v1
from ..declare import tensor
from ..registry import define_op
from .diag import DIAGONAL_TYPES, diagonal_places, spread_diagonals


def _tensor_diag_kernel(xp: Any) -> Any:
    def make(x: Any) -> Any:
        if not x.shape:
            raise ValueError("Input must be at least rank 1, got 0")
        size = x.size if isinstance(x.size, int) else int(np.prod(x.shape))
        flat = xp.reshape(x, (size,))
        at, _ = diagonal_places(xp, x, size, size, 0, 0, "RIGHT_LEFT")
        return xp.reshape(spread_diagonals(xp, flat, at, xp.zeros_like(flat[:1])), (*x.shape, *x.shape))

    return make


tensor_diag = define_op(
    "Diag", tensor("diagonal", DIAGONAL_TYPES), kernel=_tensor_diag_kernel,
    doc="""Makes a tensor of twice the rank with given elements on its diagonal and zeros elsewhere.

    Args:
        diagonal: A tensor of numbers.
        name: The operation's name.

    Returns:
        A tensor `diagonal.shape + diagonal.shape`.
    """,
)  # fmt: skip
tensor_diag = v1("diag", "linalg.tensor_diag")(tensor_diag)


def _tensor_part_kernel(xp: Any) -> Any:
    def read(x: Any) -> Any:
        half = x.shape[: len(x.shape) // 2]
        if half * 2 != tuple(x.shape):
            raise ValueError(f"Input must have an even rank and a shape that is one twice: {list(x.shape)}")
        size = int(np.prod(half, dtype=np.int64))
        # The diagonal is every (size + 1)th element.
        return xp.reshape(xp.reshape(x, (size * size,))[:: size + 1], half)

    return read


tensor_diag_part = define_op(
    "DiagPart", tensor("input", DIAGONAL_TYPES),
    kernel=_tensor_part_kernel,
    doc="""Reads the diagonal of a tensor whose shape is one shape twice.

    Args:
        input: A tensor of numbers.
        name: The operation's name.

    Returns:
        A tensor of half the rank.
    """,
)  # fmt: skip
tensor_diag_part = v1("diag_part", "linalg.tensor_diag_part")(tensor_diag_part)
