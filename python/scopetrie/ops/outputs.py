"""The named tuples that ops with several outputs give, under v1's names."""

from __future__ import annotations

from typing import NamedTuple

from ..graph import Tensor


class TopKV2(NamedTuple):
    """What `top_k` gives: the largest entries, and their places."""

    values: Tensor
    indices: Tensor


class Unique(NamedTuple):
    """What `unique` gives: the elements, and for each entry the index of its element."""

    y: Tensor
    idx: Tensor


class UniqueWithCounts(NamedTuple):
    """What `unique_with_counts` gives: those of `unique`, and how often each element occurs."""

    y: Tensor
    idx: Tensor
    count: Tensor  # type: ignore[assignment]  # v1's name, which a tuple's method has, too


class ListDiff(NamedTuple):
    """What `setdiff1d` gives: the entries, and their indices."""

    out: Tensor
    idx: Tensor


class Qr(NamedTuple):
    """What `qr` gives: the two factors."""

    q: Tensor
    r: Tensor


class LogMatrixDeterminant(NamedTuple):
    """What `slogdet` gives: the sign, and the logarithm of the size."""

    sign: Tensor
    log_abs_determinant: Tensor


class MaxPoolWithArgmax(NamedTuple):
    """What `max_pool_with_argmax` gives: the largest elements, and their places."""

    output: Tensor
    argmax: Tensor
