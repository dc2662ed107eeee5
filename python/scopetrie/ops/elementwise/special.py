"""Special functions: erf, gamma and their like."""

from __future__ import annotations

from collections.abc import Callable

from ... import dtypes
from ...graph import Tensor
from ...public import v1
from ..declare import FLOATS, tensor
from ..registry import define_op
from .arithmetic import binary, in_scope
from .special_kernels import special
from .unary import unary

_DOUBLES = (dtypes.float32, dtypes.float64)

erf = unary("Erf", "The error function of x", special("erf"), FLOATS)
erfc = unary("Erfc", "1 - erf(x), precise for large x", special("erfc"), FLOATS)
erfinv = in_scope(
    "erfinv", unary("Erfinv", "The number whose error function is x", special("erfinv"), FLOATS)
)
ndtri = in_scope(
    "ndtri", unary("Ndtri", "The quantile x of the standard normal distribution", special("ndtri"), FLOATS)
)
lgamma = unary("Lgamma", "log |gamma(x)|", special("gammaln"), FLOATS)
digamma = unary("Digamma", "The derivative of log gamma at x", special("digamma"), FLOATS)
digamma = v1("digamma", "math.digamma")(digamma)
erf = v1("erf", "math.erf")(erf)
erfc = v1("erfc", "math.erfc")(erfc)
lgamma = v1("lgamma", "math.lgamma")(lgamma)
erfinv = v1("math.erfinv")(erfinv)
ndtri = v1("math.ndtri")(ndtri)


def _bessel(order: str, summary: str) -> Callable[..., Tensor]:
    return in_scope(f"bessel_{order}", unary(f"BesselI{order[1:]}", summary, special(order), FLOATS))


bessel_i0 = _bessel("i0", "The modified Bessel function I0")
bessel_i1 = _bessel("i1", "The modified Bessel function I1")
bessel_i0e = _bessel("i0e", "exp(-|x|) I0(x), the scaled Bessel function")
bessel_i1e = _bessel("i1e", "exp(-|x|) I1(x), the scaled Bessel function")
igamma = binary(
    "Igamma",
    "The lower regularized incomplete gamma function",
    special("gammainc"),
    FLOATS,
    inputs=("a", "x"),
)
igammac = binary(
    "Igammac",
    "The upper regularized incomplete gamma function",
    special("gammaincc"),
    FLOATS,
    inputs=("a", "x"),
)
zeta = binary("Zeta", "The Hurwitz zeta function of x and q", special("zeta"), _DOUBLES, inputs=("x", "q"))
polygamma = binary(
    "Polygamma", "Derivative a of digamma at x", special("polygamma"), _DOUBLES, inputs=("a", "x")
)
betainc = define_op(
    "Betainc", tensor("a", _DOUBLES), tensor("b"), tensor("x"),
    kernel=special("betainc"),
    doc="""The regularized incomplete beta function of `x` with parameters `a` and `b`, element by element.

    Args:
        a: A tensor of floats.
        b: A tensor of the same dtype.
        x: A tensor of the same dtype.
        name: The operation's name.

    Returns:
        A tensor.
    """,
)  # fmt: skip
betainc = v1("betainc", "math.betainc")(betainc)
igamma = v1("igamma", "math.igamma")(igamma)
igammac = v1("igammac", "math.igammac")(igammac)
polygamma = v1("polygamma", "math.polygamma")(polygamma)
zeta = v1("zeta", "math.zeta")(zeta)
bessel_i0 = v1("math.bessel_i0")(bessel_i0)
bessel_i0e = v1("math.bessel_i0e")(bessel_i0e)
bessel_i1 = v1("math.bessel_i1")(bessel_i1)
bessel_i1e = v1("math.bessel_i1e")(bessel_i1e)
