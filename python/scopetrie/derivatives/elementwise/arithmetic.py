"""Gradients of arithmetic, element by element, of two tensors, which may have been broadcast."""

from __future__ import annotations

from typing import Any

from ...graph import Operation, Tensor
from ...ops.array.fill import ones_like, zeros_like
from ...ops.elementwise.arithmetic import (
    add,
    multiply,
    multiply_no_nan,
    pow,
    realdiv,
    subtract,
    truncatediv,
    xdivy,
    xlog1py,
    xlogy,
)
from ...ops.elementwise.cast import cast
from ...ops.elementwise.compare import greater, greater_equal, less_equal, not_equal, where, where_v2
from ...ops.elementwise.complex import conj
from ...ops.elementwise.divide import div_no_nan, floordiv
from ...ops.elementwise.unary import log, negative, square
from ..broadcasting import summed
from ..declare import gradient, no_derivative

Grads = list[Tensor | None]

no_derivative("FloorDiv", "TruncateDiv")


def conjugate(x: Any) -> Any:
    """The conjugate of complex numbers; real ones are their own."""
    return conj(x) if x.dtype.base_dtype.is_complex else x


@gradient("Add", "AddV2")
def _add(op: Operation, grad: Tensor) -> Grads:
    x, y = op.inputs
    return summed(x, y, grad, grad)


@gradient("Sub")
def _subtract(op: Operation, grad: Tensor) -> Grads:
    x, y = op.inputs
    return summed(x, y, grad, negative(grad))


@gradient("Mul")
def _multiply(op: Operation, grad: Tensor) -> Grads:
    x, y = op.inputs
    return summed(x, y, multiply(grad, conjugate(y)), multiply(grad, conjugate(x)))


@gradient("MulNoNan")
def _multiply_no_nan(op: Operation, grad: Tensor) -> Grads:
    x, y = op.inputs
    return summed(x, y, multiply_no_nan(grad, y), multiply_no_nan(x, grad))


@gradient("RealDiv", "Div")
def _divide(op: Operation, grad: Tensor) -> Grads:
    x, y = op.inputs
    of_x = realdiv(grad, conjugate(y))
    return summed(x, y, of_x, multiply(of_x, negative(conjugate(op.outputs[0])), name="mul"))


@gradient("DivNoNan")
def _divide_no_nan(op: Operation, grad: Tensor) -> Grads:
    x, y = op.inputs
    of_x = div_no_nan(grad, conjugate(y))
    return summed(x, y, of_x, multiply(of_x, negative(conjugate(op.outputs[0])), name="mul"))


@gradient("FloorMod")
def _floor_mod(op: Operation, grad: Tensor) -> Grads:
    x, y = op.inputs
    return summed(x, y, grad, multiply(grad, negative(floordiv(x, y))))


@gradient("TruncateMod")
def _truncate_mod(op: Operation, grad: Tensor) -> Grads:
    x, y = op.inputs
    return summed(x, y, grad, multiply(grad, negative(truncatediv(x, y))))


@gradient("Pow")
def _pow(op: Operation, grad: Tensor) -> Grads:
    x, y = op.inputs
    base, exponent, out = conjugate(x), conjugate(y), conjugate(op.outputs[0])
    of_x = multiply(
        multiply(grad, exponent, name="mul"), pow(base, subtract(exponent, 1, name="sub")), name="mul"
    )
    # As v1: where log x is not real, the exponent does not matter.
    safe = not_equal(base, 0) if x.dtype.base_dtype.is_complex else greater(base, 0)
    logarithm = where(safe, log(where(safe, base, ones_like(x))), zeros_like(x))
    return summed(x, y, of_x, multiply(multiply(grad, out, name="mul"), logarithm, name="mul"))


def _larger(op: Operation, grad: Tensor, is_first: Any) -> Grads:
    x, y = op.inputs
    nothing = zeros_like(grad)
    first = is_first(x, y)
    return summed(x, y, where_v2(first, grad, nothing), where_v2(first, nothing, grad))


@gradient("Maximum")
def _maximum(op: Operation, grad: Tensor) -> Grads:
    return _larger(op, grad, greater_equal)


@gradient("Minimum")
def _minimum(op: Operation, grad: Tensor) -> Grads:
    return _larger(op, grad, less_equal)


@gradient("NextAfter")
def _next_after(op: Operation, grad: Tensor) -> Grads:
    x, y = op.inputs
    return summed(x, y, grad, zeros_like(grad))


@gradient("SquaredDifference")
def _squared_difference(op: Operation, grad: Tensor) -> Grads:
    x, y = op.inputs
    of_x = multiply(multiply(2, grad), subtract(x, y, name="sub"), name="mul")
    return summed(x, y, of_x, negative(of_x))


@gradient("Atan2")
def _atan2(op: Operation, grad: Tensor) -> Grads:
    y, x = op.inputs
    part = realdiv(grad, add(square(x), square(y), name="add"), name="truediv")
    return summed(y, x, multiply(x, part, name="mul"), multiply(negative(y), part, name="mul"))


@gradient("Xdivy")
def _xdivy(op: Operation, grad: Tensor) -> Grads:
    x, y = op.inputs
    kept = cast(not_equal(x, 0), x.dtype.base_dtype)
    of_x = multiply(xdivy(kept, y), grad, name="mul")
    return summed(x, y, of_x, multiply(xdivy(negative(x), square(y)), grad, name="mul"))


@gradient("Xlogy")
def _xlogy(op: Operation, grad: Tensor) -> Grads:
    x, y = op.inputs
    kept = cast(not_equal(x, 0), x.dtype.base_dtype)
    return summed(
        x, y, multiply(xlogy(kept, y), grad, name="mul"), multiply(xdivy(x, y), grad, name="mul")
    )  # fmt: skip


@gradient("Xlog1py")
def _xlog1py(op: Operation, grad: Tensor) -> Grads:
    x, y = op.inputs
    kept = cast(not_equal(x, 0), x.dtype.base_dtype)
    of_y = multiply(xdivy(x, add(y, 1, name="add")), grad, name="mul")
    return summed(x, y, multiply(xlog1py(kept, y), grad, name="mul"), of_y)
