"""Gradients of special functions and of Fourier transforms."""

from __future__ import annotations

import math
from typing import Any

from ...graph import Operation, Tensor
from ...ops.array.fill import ones_like
from ...ops.array.shape import shape
from ...ops.declare import FLOATS, tensor
from ...ops.elementwise.arithmetic import add, multiply, realdiv, subtract, xlogy
from ...ops.elementwise.cast import cast
from ...ops.elementwise.compare import equal, where
from ...ops.elementwise.special import (
    bessel_i0,
    bessel_i0e,
    bessel_i1,
    bessel_i1e,
    digamma,
    lgamma,
    polygamma,
    zeta,
)
from ...ops.elementwise.special_kernels import special
from ...ops.elementwise.unary import exp, log1p, negative, sign, square
from ...ops.math.fourier import fft, fft2d, fft3d, ifft, ifft2d, ifft3d
from ...ops.math.reduce import reduce_prod
from ...ops.registry import define_op
from ..broadcasting import summed
from ..declare import gradient

Grads = list[Tensor | None]


@gradient("Erf")
def _erf(op: Operation, grad: Tensor) -> Tensor:
    slope = multiply(2 / math.sqrt(math.pi), exp(negative(square(op.inputs[0]))), name="mul")
    return multiply(grad, slope, name="mul")


@gradient("Erfc")
def _erfc(op: Operation, grad: Tensor) -> Tensor:
    slope = multiply(-2 / math.sqrt(math.pi), exp(negative(square(op.inputs[0]))), name="mul")
    return multiply(grad, slope, name="mul")


@gradient("Erfinv")
def _erfinv(op: Operation, grad: Tensor) -> Tensor:
    slope = multiply(math.sqrt(math.pi) / 2, exp(square(op.outputs[0])), name="mul")
    return multiply(grad, slope, name="mul")


@gradient("Ndtri")
def _ndtri(op: Operation, grad: Tensor) -> Tensor:
    slope = multiply(math.sqrt(2 * math.pi), exp(realdiv(square(op.outputs[0]), 2.0)), name="mul")
    return multiply(grad, slope, name="mul")


@gradient("Lgamma")
def _lgamma(op: Operation, grad: Tensor) -> Tensor:
    return multiply(grad, digamma(op.inputs[0]), name="mul")


@gradient("Digamma")
def _digamma(op: Operation, grad: Tensor) -> Tensor:
    x = op.inputs[0]
    return multiply(grad, polygamma(ones_like(x), x), name="mul")


@gradient("BesselI0")
def _bessel_i0(op: Operation, grad: Tensor) -> Tensor:
    return multiply(grad, bessel_i1(op.inputs[0]), name="mul")


@gradient("BesselI0e")
def _bessel_i0e(op: Operation, grad: Tensor) -> Tensor:
    x = op.inputs[0]
    return multiply(grad, subtract(bessel_i1e(x), multiply(sign(x), op.outputs[0])), name="mul")


@gradient("BesselI1")
def _bessel_i1(op: Operation, grad: Tensor) -> Tensor:
    x = op.inputs[0]
    zero = equal(x, 0)
    safe = where(zero, ones_like(x), x)
    slope = subtract(bessel_i0(x), realdiv(op.outputs[0], safe))
    return multiply(grad, where(zero, ones_like(x) / 2, slope), name="mul")


@gradient("BesselI1e")
def _bessel_i1e(op: Operation, grad: Tensor) -> Tensor:
    x = op.inputs[0]
    zero = equal(x, 0)
    safe = where(zero, ones_like(x), x)
    slope = subtract(bessel_i0e(x), multiply(op.outputs[0], add(sign(x), realdiv(1, safe))))
    return multiply(grad, where(zero, ones_like(x) / 2, slope), name="mul")


def _igamma_kernel(xp: Any) -> Any:
    own = xp.special("igamma_grad_a") if hasattr(xp, "special") else None
    if own is not None:

        def slope_by_library(a: Any, x: Any) -> Any:
            a, x = xp.broadcast_arrays(a, x)
            return xp.where(x > 0, own(a, xp.where(x > 0, x, xp.ones_like(x))), xp.zeros_like(x))

        return slope_by_library
    log_gamma, slope_of_it = special("gammaln")(xp), special("digamma")(xp)

    def slope(a: Any, x: Any) -> Any:
        # P(a, x) = x^a e^-x (1 / gamma(a + 1) + x / gamma(a + 2) + ...), term by term.
        a, x = xp.broadcast_arrays(a, x)
        positive = x > 0
        safe = xp.where(positive, x, xp.ones_like(x))
        logarithm, total = xp.log(safe), xp.zeros_like(a)
        for at in range(int(1.5 * float(xp.max(safe))) + 60 if 0 not in a.shape else 0):
            order = a + (at + 1)
            term = xp.exp((order - 1) * logarithm - safe - log_gamma(order))
            total = total + term * (logarithm - slope_of_it(order))
        return xp.where(positive, total, xp.zeros_like(total))

    return slope


_igamma_grad_a = define_op(
    "IgammaGradA", tensor("a", FLOATS), tensor("x"), rule="broadcast", kernel=_igamma_kernel
)  # fmt: skip


def _by_gamma(op: Operation, grad: Tensor) -> tuple[Tensor, Tensor]:
    """The gradients of the lower function by its parameter and by x."""
    a, x = op.inputs
    density = exp(subtract(subtract(xlogy(subtract(a, 1), x), x), lgamma(a)))
    return multiply(_igamma_grad_a(a, x), grad, name="mul"), multiply(density, grad, name="mul")


@gradient("Igamma")
def _igamma(op: Operation, grad: Tensor) -> Grads:
    a, x = op.inputs
    return summed(a, x, *_by_gamma(op, grad))


@gradient("Igammac")
def _igammac(op: Operation, grad: Tensor) -> Grads:
    a, x = op.inputs
    of_a, of_x = _by_gamma(op, grad)
    return summed(a, x, negative(of_a), negative(of_x))


@gradient("Betainc")
def _betainc(op: Operation, grad: Tensor) -> Grads:
    a, b, x = op.inputs
    beta = subtract(add(lgamma(a), lgamma(b)), lgamma(add(a, b)))
    powers = add(multiply(subtract(b, 1), log1p(negative(x))), xlogy(subtract(a, 1), x))
    of_x = multiply(exp(subtract(powers, beta)), grad, name="mul")
    return [None, None, summed(x, op.outputs[0], of_x, None)[0]]


@gradient("Zeta")
def _zeta(op: Operation, grad: Tensor) -> Grads:
    x, q = op.inputs
    return summed(x, q, None, multiply(multiply(negative(x), zeta(add(x, 1), q)), grad, name="mul"))


@gradient("Polygamma")
def _polygamma(op: Operation, grad: Tensor) -> Grads:
    n, x = op.inputs
    return summed(n, x, None, multiply(polygamma(add(n, 1), x), grad, name="mul"))


_FOURIER: Any = {
    "FFT": (ifft, 1), "FFT2D": (ifft2d, 2), "FFT3D": (ifft3d, 3),
    "IFFT": (fft, 1), "IFFT2D": (fft2d, 2), "IFFT3D": (fft3d, 3),
}  # fmt: skip


@gradient(*_FOURIER)
def _fourier(op: Operation, grad: Tensor) -> Tensor:
    back, count = _FOURIER[op.type]
    size = cast(reduce_prod(shape(grad)[-count:]), grad.dtype.base_dtype)
    made = back(grad)
    if op.type.startswith("I"):
        return realdiv(made, size, name="mul")
    return multiply(made, size, name="mul")
