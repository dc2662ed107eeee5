"""The random numbers of the core (cpp/src/random) in array operations, for libraries that have a device.

Uniform numbers and integers are bit by bit those of the core. Normal ones may differ in the last bits, where
the library's logarithm does. A drawing neither waits nor copies.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from .base import Array

_MASK: Final = (1 << 32) - 1
_WORD: Final = (1 << 64) - 1
_ROUNDS: Final = 10
_MULTIPLIERS: Final = 0xD2511F53, 0xCD9E8D57
_WEYL: Final = 0x9E3779B9, 0xBB67AE85
_WITHIN_TWO_DEVIATIONS: Final = 0.95449973610364158560

# Wichura, algorithm AS 241: quotients of polynomials, highest power first; see normal_quantile.cpp.
_CENTRE: Final = (
    (2.50908092873012267270e3, 3.34305755835881281050e4, 6.72657709270087008530e4, 4.59219539315498714570e4,
     1.37316937655094611250e4, 1.97159095030655144270e3, 1.33141667891784377450e2, 3.38713287279636660800e0),
    (5.22649527885285456100e3, 2.87290857357219426740e4, 3.93078958000927106100e4, 2.12137943015865958670e4,
     5.39419602142475110770e3, 6.87187007492057908300e2, 4.23133307016009112520e1, 1.0),
)  # fmt: skip
_TAIL: Final = (
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
     1.27045825245236838258e0, 3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0,
     1.42343711074968357734e0),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
     1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0,
     1.0),
)  # fmt: skip
_FAR: Final = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
     2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0,
     6.65790464350110377720e0),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
     7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
     5.99832206555887937690e-1, 1.0),
)  # fmt: skip


def draw(
    xp: Any,
    kind: str,
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    key: tuple[int, int],
    counter: int,
    lo: int = 0,
    hi: int = 0,
) -> Array:
    """Returns random numbers; see `Backend.draw`.

    Args:
        xp: The library's namespace.
        kind: The kind of numbers.
        shape: Their shape.
        dtype: Their dtype.
        key: The two seeds.
        counter: The number of the drawing.
        lo: The lower bound of integers.
        hi: The upper bound of integers.

    Example:
        >>> from scopetrie.backends import get_backend
        >>> numpy = get_backend("numpy")
        >>> found = draw(numpy.xp, "uniform", (3,), np.dtype(np.float32), (1, 2), 0)
        >>> bool((found == numpy.draw("uniform", (3,), np.dtype(np.float32), (1, 2), 0)).all())
        True
    """
    count = math.prod(shape)
    philox = _Philox(xp, key, counter)
    if kind == "integers":
        made = philox.integers(count, dtype, lo, hi)
    else:
        wide = dtype == np.float64
        words = philox.pairs(count) if wide else philox.words(count)
        if kind == "uniform":
            unused, bits = (11, 53) if wide else (8, 24)
            made = xp.astype(words >> unused, dtype) * 2.0**-bits
        else:
            unused, bits = (12, 52) if wide else (0, 32)
            q = (xp.astype(words >> unused, xp.float64) + 0.5) * 2.0**-bits - 0.5
            if kind == "truncated_normal":
                q = _quantile(xp, q * _WITHIN_TWO_DEVIATIONS)
                made = xp.astype(xp.where(q < -2, -2.0, xp.where(q > 2, 2.0, q)), dtype)
            else:
                made = xp.astype(_quantile(xp, q), dtype)
    return xp.reshape(made, shape)


class _Philox:
    """The blocks of one drawing."""

    __slots__ = ("_key", "_step", "_xp")

    def __init__(self, xp: Any, seeds: tuple[int, int], step: int) -> None:
        self._xp = xp
        self._step = step & _MASK, (step >> 32) & _MASK
        # Philox first mixes the 128 bits of the seeds.
        counter = [part for seed in seeds for part in (seed & _MASK, (seed >> 32) & _MASK)]
        mixed: Any = _rounds(counter, (0, 0))
        self._key = mixed[0], mixed[1]

    def _blocks(self, index: Array, attempt: int = 0) -> Sequence[Array]:
        zero = index & 0
        low, high = index & _MASK, (index >> 32) | (attempt << 16)
        return _rounds([low, high, zero + self._step[0], zero + self._step[1]], self._key)

    def _index(self, count: int) -> Array:
        return self._xp.arange(count, dtype=self._xp.uint64)

    def words(self, count: int) -> Array:
        """Returns numbers of 32 bits."""
        blocks = self._blocks(self._index(-(-count // 4)))
        return self._xp.reshape(self._xp.stack(blocks, axis=-1), (-1,))[:count]

    def pairs(self, count: int) -> Array:
        """Returns numbers of 64 bits."""
        a, b, c, d = self._blocks(self._index(-(-count // 2)))
        pairs = self._xp.stack([a | (b << 32), c | (d << 32)], axis=-1)
        return self._xp.reshape(pairs, (-1,))[:count]

    def integers(self, count: int, dtype: np.dtype[Any], lo: int, hi: int) -> Array:
        """Returns integers from `lo` to below `hi`."""
        xp = self._xp
        bound = (hi - lo) % (1 << 8 * dtype.itemsize)
        surplus = (1 << 64) % bound
        high, low = _product(self.pairs(count), bound)
        # What would favour some results draws again. How often is fixed, so that nobody has to look: one of
        # 2^100 numbers is not even.
        attempts = math.ceil(100 / (64 - math.log2(surplus))) if surplus else 0
        for attempt in range(1, attempts + 1):
            a, b, *_ = self._blocks(self._index(count), attempt)
            other, rest = _product(a | (b << 32), bound)
            again = low < np.uint64(surplus)
            high, low = xp.where(again, other, high), xp.where(again, rest, low)
        return xp.astype(xp.astype(high + np.uint64(lo & _WORD), xp.int64), dtype)


def _rounds(counter: Sequence[Any], key: tuple[int, int]) -> Sequence[Any]:
    """Philox4x32-10 of numbers below 2^32: Python's, or arrays of unsigned ones of 64 bits."""
    a, b, c, d = counter
    first, second = key
    for _ in range(_ROUNDS):
        product, other = a * _MULTIPLIERS[0], c * _MULTIPLIERS[1]
        a, b = (other >> 32) ^ (b ^ first), other & _MASK
        c, d = (product >> 32) ^ (d ^ second), product & _MASK
        first, second = (first + _WEYL[0]) & _MASK, (second + _WEYL[1]) & _MASK
    return a, b, c, d


def _product(word: Array, by: int) -> tuple[Array, Array]:
    """The 128 bits of a product, in halves: the high one, the low one."""
    low, high = by & _MASK, by >> 32
    word_low, word_high = word & _MASK, word >> 32
    high_low = word_high * low + ((word_low * low) >> 32)
    low_high = word_low * high + (high_low & _MASK)
    return word_high * high + (high_low >> 32) + (low_high >> 32), word * np.uint64(by)


def _polynomials(x: Array, of: tuple[Sequence[float], Sequence[float]]) -> Array:
    """The quotient of two polynomials, by Horner's rule."""
    sums = []
    for coefficients in of:
        total: Any = coefficients[0]
        for each in coefficients[1:]:
            total = total * x + each
        sums.append(total)
    return sums[0] / sums[1]


def _quantile(xp: Any, q: Array) -> Array:
    """The quantile of the normal distribution at 1/2 + q."""
    tail = 0.5 - xp.abs(q)
    r = xp.sqrt(-xp.log(tail))
    outside = xp.where(r <= 5.0, _polynomials(r - 1.6, _TAIL), _polynomials(r - 5.0, _FAR))
    outside = xp.where(q < 0, -outside, outside)
    return xp.where(xp.abs(q) <= 0.425, q * _polynomials(0.180625 - q * q, _CENTRE), outside)
