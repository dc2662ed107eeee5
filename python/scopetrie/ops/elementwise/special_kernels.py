"""Special functions, which the array standard leaves out: a library's own where there is one, else a formula.

The formulas work on any array namespace: `erf` is its series below 2 and, like `erfc`, a continued fraction
above; `gammaln` is Lanczos' series with g = 7 and nine terms, `digamma` the asymptotic series after the
recurrence. In
float64 they are good to about 1e-13 (Abramowitz and Stegun, 7.1.6, 7.1.14, 6.3.18; Lanczos, SIAM J. Num.
Anal. 1, 1964).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final


def special(name: str) -> Callable[..., Any]:
    """A kernel for the special function that SciPy calls `name`.

    Args:
        name: SciPy's name.

    Returns:
        `kernel(xp)`, which returns the function of arrays.
    """

    def kernel(xp: Any) -> Any:
        found = xp.special(name) if hasattr(xp, "special") else None
        if found is not None:
            return _at_edges(xp, name, _keeping_dtype(xp, found))
        formula = _FORMULAS.get(name)
        if formula is None:
            raise NotImplementedError(
                f"{name} needs a library of special functions, e.g. `pip install scipy`."
            )
        return _at_edges(xp, name, lambda x: _with_precision(xp, formula, x))

    return kernel


# Where v1 has another value than SciPy: conditions on the arguments, and the values.
_EDGES: Final[dict[str, tuple[tuple[Callable[..., Any], float], ...]]] = {
    "gammaln": ((lambda xp, x: x == -math.inf, math.inf),),
    "digamma": ((lambda xp, x: x == 0, math.nan),),
    "gammainc": ((lambda xp, a, x: a <= 0, math.nan), (lambda xp, a, x: x == 0, 0.0)),
    "gammaincc": ((lambda xp, a, x: a <= 0, math.nan),),
    "zeta": (
        # At 0, -1, -2, ... there is a pole for even whole powers only.
        (lambda xp, x, q: (q <= 0) & (q == xp.floor(q)) & (x % 2 != 0) & (x > 1), math.nan),
        (lambda xp, x, q: (x == math.inf) & (q < 1), math.inf),
        # SciPy divides 0 by 0 where the first power is too small.
        (lambda xp, x, q: (x > 1) & (x * xp.log(xp.where(q > 1, q, xp.ones_like(q))) > 800), 0.0),
        (lambda xp, x, q: xp.isnan(x), math.nan),
    ),
    # The poles of even derivatives have another sign on either side.
    "polygamma": (
        (
            lambda xp, n, x: (n != xp.floor(n)) | (n < 0) | ((n % 2 == 0) & (x <= 0) & (x == xp.floor(x))),
            math.nan,
        ),
    ),
}


def _at_edges(xp: Any, name: str, function: Any) -> Any:
    if name not in _EDGES:
        return function
    edges = _EDGES[name]

    def call(*arrays: Any) -> Any:
        out = function(*arrays)
        for edge, value in edges:
            out = xp.where(edge(xp, *arrays), xp.full_like(out, value), out)
        return out

    return call


def _keeping_dtype(xp: Any, function: Any) -> Any:
    def call(*arrays: Any) -> Any:
        out = function(*arrays)
        return out if out.dtype == arrays[-1].dtype else xp.astype(out, arrays[-1].dtype)

    return call


def _with_precision(xp: Any, formula: Any, x: Any) -> Any:
    wide = xp.astype(x, xp.float64) if x.dtype != xp.float64 else x
    return xp.astype(formula(xp, wide), x.dtype)


def _polynomial(x: Any, coefficients: tuple[float, ...]) -> Any:
    total = x * coefficients[0] + coefficients[1]
    for each in coefficients[2:]:
        total = total * x + each
    return total


def _erfc_tail(xp: Any, x: Any) -> Any:
    """erfc(x) for x >= 0.5, by its continued fraction, evaluated backwards from a depth that suffices."""
    square = x * x
    fraction = xp.zeros_like(x)
    for k in range(120, 0, -1):
        fraction = (k / 2) / (x + fraction)
    return xp.exp(-square) / math.sqrt(math.pi) / (x + fraction)


def _erf_series(xp: Any, x: Any) -> Any:
    """erf(x) for |x| < 2: 2/sqrt(pi) exp(-x^2) sum 2^n x^(2n+1) / (2n+1)!!, of positive terms."""
    square = 2 * x * x
    term = x
    total = x
    for n in range(1, 45):
        term = term * square / (2 * n + 1)
        total = total + term
    return total * xp.exp(-square / 2) * (2 / math.sqrt(math.pi))


def erf(xp: Any, x: Any) -> Any:
    """The error function of float64 `x`."""
    size = xp.abs(x)
    near = _erf_series(xp, xp.clip(x, -2, 2))
    far = xp.sign(x) * (1 - _erfc_tail(xp, xp.maximum(size, xp.full_like(x, 2))))
    return xp.where(size < 2, near, xp.where(xp.isnan(x), x, far))


def erfc(xp: Any, x: Any) -> Any:
    """1 - erf(x) for float64 `x`."""
    far = _erfc_tail(xp, xp.maximum(x, xp.full_like(x, 2)))
    near = 1 - _erf_series(xp, xp.clip(x, -2, 2))
    low = 2 - _erfc_tail(xp, xp.maximum(-x, xp.full_like(x, 2)))
    return xp.where(xp.isnan(x), x, xp.where(x >= 2, far, xp.where(x <= -2, low, near)))


_LANCZOS: Final = (
    676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
    -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
)  # fmt: skip


def gammaln(xp: Any, x: Any) -> Any:
    """Log |gamma(x)| for float64 `x`; below 1/2 by reflection."""
    low = x < 0.5
    z = xp.where(low, 1 - x, x) - 1
    total = xp.full_like(z, 0.99999999999980993)
    for i, each in enumerate(_LANCZOS):
        total = total + each / (z + (i + 1))
    t = z + 7.5
    direct = 0.5 * math.log(2 * math.pi) + (z + 0.5) * xp.log(t) - t + xp.log(total)
    # sin(pi x) with the whole part taken off first, since pi x loses it for large |x|
    wave = xp.abs(xp.sin(math.pi * (x - xp.floor(x))))
    return xp.where(low, math.log(math.pi) - xp.log(wave) - direct, direct)


_DIGAMMA: Final = (691 / 32760, -1 / 132, 1 / 240, -1 / 252, 1 / 120, -1 / 12)


def digamma(xp: Any, x: Any) -> Any:
    """The derivative of log gamma for float64 `x`; below 0 by reflection."""
    low = x <= 0
    z = xp.where(low, 1 - x, x)
    shift = xp.zeros_like(z)
    for _ in range(10):
        small = z < 10
        shift = xp.where(small, shift - 1 / z, shift)
        z = xp.where(small, z + 1, z)
    square = 1 / (z * z)
    series = _polynomial(square, _DIGAMMA) * square
    direct = xp.log(z) - 0.5 / z + series + shift
    part = x - xp.floor(x)
    pole = math.pi / xp.tan(math.pi * part)
    reflected = xp.where(part == 0, xp.full_like(x, math.nan), direct - pole)
    return xp.where(low, reflected, direct)


_FORMULAS: Final = {"erf": erf, "erfc": erfc, "gammaln": gammaln, "digamma": digamma}
