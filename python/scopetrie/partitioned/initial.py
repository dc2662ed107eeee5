"""Initial values of parts, made at the workers."""

from __future__ import annotations

from typing import Any

from ..dtypes import DType
from ..initializers import GlorotUniform, UniformUnitScaling, VarianceScaling, get

__all__ = ["for_parts"]


def for_parts(initializer: Any, shape: tuple[int, ...], dtype: DType) -> Any:
    """Returns the initializer of the parts of a variable.

    Args:
        initializer: That of the variable: what a Store takes.
        shape: The shape of the whole: the variance of a part is that of the whole.
        dtype: The dtype.

    >>> from scopetrie import float32
    >>> for_parts(None, (10, 14), float32)
    RandomUniform(minval=-0.5, maxval=0.5, seed=None, dtype='float32')
    """
    if initializer is None:
        if not dtype.is_floating:
            return None
        initializer = GlorotUniform()
    elif isinstance(initializer, str):
        initializer = get(initializer)
    elif isinstance(initializer, type):
        initializer = initializer()
    if isinstance(initializer, VarianceScaling | UniformUnitScaling):
        return initializer._for_whole(shape)
    return initializer
