"""Gradients of arithmetic on single tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...graph import Operation, Tensor
from ...ops.array.fill import zeros_like
from ...ops.declare import INEXACT, tensor
from ...ops.elementwise.arithmetic import add, div_no_nan_node, multiply, realdiv, subtract
from ...ops.elementwise.cast import cast
from ...ops.elementwise.complex import complex as complex_of
from ...ops.elementwise.complex import conj, imag, real
from ...ops.elementwise.unary import cos, cosh, exp, negative, reciprocal, sign, sin, sinh, sqrt, square
from ...ops.promises import elementwise
from ...ops.registry import define_op
from ..between import is_trainable
from ..declare import gradient, no_derivative
from .arithmetic import Grads, conjugate

no_derivative("Floor", "Ceil", "Rint", "Round", "IsNan", "IsInf", "IsFinite")


def _from_output(
    type: str, slope: Callable[[Any], Any], in_one_pass: str = "", zero_stays: bool = False
) -> Any:
    """A backward op: of an op's output and the gradient by it, with the slope as a function of the output.

    `in_one_pass` is the name of a function for NumPy's floats and doubles, where the namespace has it. If
    `zero_stays`, a gradient of 0 gives 0 where the slope is infinite or NaN, as in v1.
    """

    def kernel(xp: Any) -> Any:
        at_once = getattr(xp, in_one_pass, None) if in_one_pass else None

        @elementwise(2)
        def backward(y: Any, dy: Any, **out: Any) -> Any:
            if at_once is not None and dy.dtype.char in "fd":
                made = out["out"] if out else np.empty(dy.shape, dy.dtype)
                if made.flags.c_contiguous and y.flags.c_contiguous and dy.flags.c_contiguous:
                    at_once(y, dy, made)
                    return made
            if zero_stays:
                slopes = xp.where(dy == 0, xp.zeros_like(y), slope(y))
                return xp.multiply(slopes, dy, **out)
            return xp.multiply(slope(y), dy, **out)

        return backward

    return define_op(type, tensor("y", INEXACT), tensor("dy"), kernel=kernel, rule="same")


def _tanh_slope(y: Any) -> Any:
    made = y * y
    return np.subtract(1, made, out=made) if isinstance(made, np.ndarray) else 1 - made


def _sigmoid_slope(y: Any) -> Any:
    made = 1 - y
    made *= y  # in place where that is possible
    return made


_tanh_grad = _from_output("TanhGrad", _tanh_slope, "tanh_gradient")
_sigmoid_grad = _from_output("SigmoidGrad", _sigmoid_slope, "logistic_gradient")
_sqrt_grad = _from_output("SqrtGrad", lambda y: 0.5 / y, zero_stays=True)
_rsqrt_grad = _from_output("RsqrtGrad", lambda y: -0.5 * (y * y * y), zero_stays=True)
_reciprocal_grad = _from_output("ReciprocalGrad", lambda y: -y * y, zero_stays=True)


@gradient("Neg")
def _negative(op: Operation, grad: Tensor) -> Tensor:
    return negative(grad)


@gradient("Sign")
def _sign(op: Operation, grad: Tensor) -> Tensor:
    return zeros_like(op.inputs[0])


@gradient("Square")
def _square(op: Operation, grad: Tensor) -> Tensor:
    x = conjugate(op.inputs[0])
    return multiply(grad, multiply(x, 2.0))


@gradient("Sqrt")
def _sqrt(op: Operation, grad: Tensor) -> Tensor:
    made: Tensor = _sqrt_grad(conjugate(op.outputs[0]), grad)
    return made


@gradient("SqrtGrad")
def _of_sqrt_grad(op: Operation, grad: Tensor) -> Grads:
    y, out = op.inputs[0], op.outputs[0]
    part = realdiv(grad, conjugate(y), name="truediv")
    return [multiply(negative(conjugate(part)), out, name="mul"), multiply(0.5, part, name="mul")]


@gradient("Rsqrt")
def _rsqrt(op: Operation, grad: Tensor) -> Tensor:
    made: Tensor = _rsqrt_grad(conjugate(op.outputs[0]), grad)
    return made


@gradient("RsqrtGrad")
def _of_rsqrt_grad(op: Operation, grad: Tensor) -> Grads:
    y, dy = conjugate(op.inputs[0]), op.inputs[1]
    of_y = multiply(multiply(multiply(-1.5, grad), conjugate(dy)), square(y), name="mul")
    return [of_y, _rsqrt_grad(y, grad)]


@gradient("Exp")
def _exp(op: Operation, grad: Tensor) -> Tensor:
    return multiply(grad, conjugate(op.outputs[0]), name="mul")


@gradient("Expm1")
def _expm1(op: Operation, grad: Tensor) -> Tensor:
    return multiply(grad, exp(conjugate(op.inputs[0])), name="mul")


@gradient("Log")
def _log(op: Operation, grad: Tensor) -> Tensor:
    return multiply(grad, reciprocal(conjugate(op.inputs[0])), name="mul")


@gradient("Log1p")
def _log1p(op: Operation, grad: Tensor) -> Tensor:
    return multiply(grad, reciprocal(add(1, conjugate(op.inputs[0]), name="add")), name="mul")


@gradient("Sin")
def _sin(op: Operation, grad: Tensor) -> Tensor:
    return multiply(grad, cos(conjugate(op.inputs[0])), name="mul")


@gradient("Cos")
def _cos(op: Operation, grad: Tensor) -> Tensor:
    return multiply(negative(grad), sin(conjugate(op.inputs[0])), name="mul")


@gradient("Tan")
def _tan(op: Operation, grad: Tensor) -> Tensor:
    return multiply(square(reciprocal(cos(conjugate(op.inputs[0])))), grad, name="mul")


@gradient("Asin")
def _asin(op: Operation, grad: Tensor) -> Tensor:
    return multiply(grad, reciprocal(sqrt(_less_square(op))), name="mul")


@gradient("Acos")
def _acos(op: Operation, grad: Tensor) -> Tensor:
    return multiply(negative(grad), reciprocal(sqrt(_less_square(op))), name="mul")


@gradient("Atan")
def _atan(op: Operation, grad: Tensor) -> Tensor:
    return multiply(grad, reciprocal(add(1, square(conjugate(op.inputs[0])), name="add")), name="mul")


@gradient("Sinh")
def _sinh(op: Operation, grad: Tensor) -> Tensor:
    return multiply(grad, cosh(conjugate(op.inputs[0])), name="mul")


@gradient("Cosh")
def _cosh(op: Operation, grad: Tensor) -> Tensor:
    return multiply(grad, sinh(conjugate(op.inputs[0])), name="mul")


@gradient("Tanh")
def _tanh(op: Operation, grad: Tensor) -> Tensor:
    made: Tensor = _tanh_grad(conjugate(op.outputs[0]), grad)
    return made


@gradient("TanhGrad")
def _of_tanh_grad(op: Operation, grad: Tensor) -> Grads:
    y, dy = conjugate(op.inputs[0]), conjugate(op.inputs[1])
    return [multiply(multiply(multiply(-2.0, grad), dy), y, name="mul"), _tanh_grad(y, grad)]


@gradient("Asinh")
def _asinh(op: Operation, grad: Tensor) -> Tensor:
    return realdiv(grad, cosh(conjugate(op.outputs[0])), name="truediv")


@gradient("Acosh")
def _acosh(op: Operation, grad: Tensor) -> Tensor:
    return realdiv(grad, sinh(conjugate(op.outputs[0])), name="truediv")


@gradient("Atanh")
def _atanh(op: Operation, grad: Tensor) -> Tensor:
    return multiply(grad, reciprocal(_less_square(op)), name="mul")


def _less_square(op: Operation) -> Tensor:
    """1 less the square of the operation's input."""
    return subtract(1, square(conjugate(op.inputs[0])), name="sub")


@gradient("Reciprocal", "Inv")
def _reciprocal(op: Operation, grad: Tensor) -> Tensor:
    made: Tensor = _reciprocal_grad(conjugate(op.outputs[0]), grad)
    return made


@gradient("ReciprocalGrad")
def _of_reciprocal_grad(op: Operation, grad: Tensor) -> Grads:
    y, dy = conjugate(op.inputs[0]), conjugate(op.inputs[1])
    return [multiply(multiply(multiply(-2.0, grad), dy), y, name="mul"), _reciprocal_grad(y, grad)]


@gradient("Sigmoid")
def _sigmoid(op: Operation, grad: Tensor) -> Tensor:
    made: Tensor = _sigmoid_grad(conjugate(op.outputs[0]), grad)
    return made


@gradient("SigmoidGrad")
def _of_sigmoid_grad(op: Operation, grad: Tensor) -> Grads:
    y, dy = conjugate(op.inputs[0]), conjugate(op.inputs[1])
    part = multiply(grad, dy, name="mul")
    of_y = subtract(part, multiply(multiply(2.0, part), y, name="mul"), name="sub")
    return [of_y, _sigmoid_grad(y, grad)]


@gradient("Abs")
def _abs(op: Operation, grad: Tensor) -> Tensor:
    return multiply(grad, sign(op.inputs[0]), name="mul")


@gradient("ComplexAbs")
def _complex_abs(op: Operation, grad: Tensor) -> Tensor:
    size = op.outputs[0]
    part = div_no_nan_node(grad, size)
    return multiply(complex_of(part, zeros_like(part)), op.inputs[0], name="mul")


@gradient("Cast")
def _cast(op: Operation, grad: Tensor) -> Tensor | None:
    given = op.inputs[0]
    return cast(grad, given.dtype.base_dtype) if is_trainable(given) and is_trainable(grad) else None


@gradient("Real")
def _real(op: Operation, grad: Tensor) -> Tensor:
    return complex_of(grad, zeros_like(grad))


@gradient("Imag")
def _imag(op: Operation, grad: Tensor) -> Tensor:
    return complex_of(zeros_like(grad), grad)


@gradient("Conj")
def _conj(op: Operation, grad: Tensor) -> Tensor:
    return conj(grad)


@gradient("Complex")
def _complex(op: Operation, grad: Tensor) -> Grads:
    return [real(grad), imag(grad)]


@gradient("Angle")
def _angle(op: Operation, grad: Tensor) -> Tensor:
    z = op.inputs[0]
    x, y = real(z), imag(z)
    size = add(square(x), square(y), name="add")
    part = realdiv(grad, size, name="truediv")
    return complex_of(multiply(negative(part), y, name="mul"), multiply(part, x, name="mul"))
