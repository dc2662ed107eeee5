"""Histograms as v1 makes them: buckets that grow by a tenth."""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

import numpy as np

from ..errors import InvalidArgumentError

__all__ = ["fill_histogram"]


@cache
def _limits() -> np.ndarray[Any, np.dtype[np.float64]]:
    """The upper ends of all buckets."""
    limits = []
    limit = 1e-12
    while limit < 1e20:
        limits.append(limit)
        limit *= 1.1
    limits.append(sys.float_info.max)
    return np.array([*(-each for each in reversed(limits)), 0.0, *limits])


def fill_histogram(message: Any, values: np.ndarray[Any, Any], tag: str) -> None:
    """Writes the histogram of values into a HistogramProto.

    Args:
        message: The message.
        values: Numbers.
        tag: The summary's tag, for errors.

    Raises:
        InvalidArgumentError: If a value is infinite or not a number.
    """
    numbers = np.asarray(values, np.float64).ravel()
    if np.isnan(numbers).any():
        raise InvalidArgumentError(None, None, f"Nan in summary histogram for: {tag}")
    if np.isinf(numbers).any():
        raise InvalidArgumentError(None, None, f"Infinity in Histogram for: {tag}")
    limits = _limits()
    message.min = float(numbers.min(initial=sys.float_info.max))
    message.max = float(numbers.max(initial=-sys.float_info.max))
    message.num = float(numbers.size)
    message.sum = float(numbers.sum())
    with np.errstate(over="ignore"):
        message.sum_squares = float(numbers @ numbers)
    at = np.minimum(np.searchsorted(limits, numbers, side="right"), len(limits) - 1)
    counts = np.bincount(at, minlength=len(limits))
    # Neighbours that are empty are one bucket, which ends where the last of them does.
    is_last = (counts > 0) | np.append(counts[1:] > 0, True)
    message.bucket_limit.extend(limits[is_last].tolist())
    message.bucket.extend(counts[is_last].astype(np.float64).tolist())
