"""Special functions: erf, gamma and their like."""

from __future__ import annotations

from ... import dtypes
from ..declare import FLOATS, tensor
from ..registry import define_op
from .elementwise import binary, unary
from .special_kernels import special

_DOUBLES = (dtypes.float32, dtypes.float64)

erf = unary("Erf", "The error function of x", special("erf"), FLOATS)
erfc = unary("Erfc", "1 - erf(x), precise for large x", special("erfc"), FLOATS)
erfinv = unary("Erfinv", "The number whose error function is x", special("erfinv"), FLOATS, name="erfinv")
ndtri = unary(
    "Ndtri", "The quantile x of the standard normal distribution", special("ndtri"), FLOATS, name="ndtri"
)
lgamma = unary("Lgamma", "log |gamma(x)|", special("gammaln"), FLOATS)
digamma = unary("Digamma", "The derivative of log gamma at x", special("digamma"), FLOATS)
bessel_i0e = unary("BesselI0e", "exp(-|x|) I0(x), the scaled Bessel function", special("i0e"), FLOATS)
bessel_i1e = unary("BesselI1e", "exp(-|x|) I1(x), the scaled Bessel function", special("i1e"), FLOATS)
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
    "Betainc", tensor("a", _DOUBLES), tensor("b"), tensor("x"), rule="broadcast",
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
