"""Kernels for bfloat16, which array libraries know little of.

Arithmetic of bfloat16 is that of float32, rounded once, as v1's kernels have it. So a kernel gets its
arguments as float32, and what it gives is rounded to the dtype that the operation declares.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from ...backends import Array
from ...dtypes import DType, bfloat16

# Kernels that read the bits of their arguments rather than numbers.
_OF_BITS: Final = frozenset({"Bitcast"})


def are_there() -> bool:
    """Whether the process can hold arrays of bfloat16: without the package ml_dtypes there are none."""
    return "ml_dtypes" in sys.modules


def in_float32(
    function: Callable[..., Any],
    op_type: str,
    stateful: bool,
    arguments: Sequence[DType],
    results: Sequence[DType],
) -> Callable[..., Any]:
    """Returns a kernel's function that computes in float32 where a value of the operation is bfloat16.

    Args:
        function: The function of arrays.
        op_type: The operation's type.
        stateful: Whether it has effects; such a kernel gets its arguments as they are.
        arguments: The dtypes of its arguments.
        results: The dtypes of its results.

    Returns:
        The very function if no value is bfloat16.
    """
    widens = not stateful and op_type not in _OF_BITS and bfloat16 in arguments
    rounds = bfloat16 in results
    if not widens and not rounds:
        return function
    short = bfloat16.as_numpy_dtype

    def compute(*arrays: Array) -> Any:
        if widens:
            arrays = tuple(each.astype(np.float32) if each.dtype == short else each for each in arrays)
        made = function(*arrays)
        if not rounds:
            return made
        if not isinstance(made, (tuple, list)):
            return _rounded(made, results[0], short)
        return [_rounded(each, dtype, short) for each, dtype in zip(made, results, strict=True)]

    return compute


def _rounded(array: Array, dtype: DType, short: Any) -> Array:
    if dtype is not bfloat16 or array.dtype == short:
        return array
    # What a kernel takes for the dtype's limits would become infinite.
    largest = np.float32(bfloat16.max)
    limits = np.abs(array) == np.finfo(np.float32).max
    finite: Array = np.where(limits, np.copysign(largest, array), array)
    return finite.astype(short)
