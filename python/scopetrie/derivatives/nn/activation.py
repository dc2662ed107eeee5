"""Gradients of activations and biases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..._core import leaky_gradient, relu_gradient
from ...graph import Operation, Tensor
from ...ops.array.dims import broadcast_to
from ...ops.array.fill import zeros_like
from ...ops.array.indices import are_packed, readable, rows_of
from ...ops.array.shape import reshape, shape
from ...ops.declare import FLOATS_HALF_FIRST, NUMBERS, REALS, attr, tensor
from ...ops.elementwise.arithmetic import add, multiply, pow, realdiv, subtract
from ...ops.elementwise.compare import less, selector, where
from ...ops.elementwise.unary import abs, exp, negative, sign
from ...ops.math.reduce import reduce_sum
from ...ops.nn.activation import SELU_ALPHA, SELU_SCALE
from ...ops.promises import elementwise, makes_new
from ...ops.registry import define_op
from ..declare import gradient

Grads = list[Tensor | None]


def _backward(type: str, kernel: Any, other: str, types: Any = FLOATS_HALF_FIRST, **more: Any) -> Any:
    """A backward op: of the gradient by an activation's output, and that output or its input."""
    return define_op(
        type, tensor("gradients", types), tensor(other), kernel=kernel, rule="same", **more
    )  # fmt: skip


def _masked(chosen: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The kernel of a gradient that goes through where `chosen(x)` holds."""

    def kernel(xp: Any) -> Any:
        @elementwise(2)
        def masked(grad: Any, x: Any, **out: Any) -> Any:
            mask = chosen(x)
            if not readable(grad) or grad.dtype.kind != "f":
                mask = xp.astype(mask, grad.dtype)
            return xp.multiply(grad, mask, **out)  # NumPy converts a mask piece by piece

        return masked

    return kernel


def _relu_grad_kernel(xp: Any) -> Any:
    masked = _masked(lambda x: x > 0)(xp)

    @elementwise(2)
    def relu_grad_of(grad: Any, x: Any, **out: Any) -> Any:
        if are_packed(grad, x) and grad.dtype == x.dtype:
            made = out["out"] if out else np.empty_like(grad)
            if are_packed(made):
                relu_gradient(grad, x, made)
                return made
        return masked(grad, x, **out)

    return relu_grad_of


def _elu_kernel(xp: Any) -> Any:
    where = selector(xp)
    return lambda grad, out: where(out < 0, (out + 1) * grad, grad)


def _selu_kernel(xp: Any) -> Any:
    where = selector(xp)
    return lambda grad, out: where(out < 0, grad * (out + SELU_SCALE * SELU_ALPHA), grad * SELU_SCALE)


def _leaky_kernel(xp: Any, alpha: float) -> Any:
    where = selector(xp)

    def leaky_grad_of(grad: Any, x: Any) -> Any:
        if are_packed(grad, x):
            made = np.empty_like(grad)
            leaky_gradient(grad, x, made, alpha)
            return made
        return where(x > 0, grad, alpha * grad)

    return makes_new(leaky_grad_of)


relu_grad = _backward("ReluGrad", _relu_grad_kernel, "features", REALS)
_relu6_grad = _backward("Relu6Grad", _masked(lambda x: (x > 0) & (x < 6)), "features", REALS)
_elu_grad = _backward("EluGrad", _elu_kernel, "outputs")
_selu_grad = _backward("SeluGrad", _selu_kernel, "outputs")
_softplus_grad = _backward("SoftplusGrad", lambda xp: lambda g, x: g / (xp.exp(-x) + 1), "features")
_softsign_grad = _backward("SoftsignGrad", lambda xp: lambda g, x: g / (1 + xp.abs(x)) ** 2, "features")
_leaky_grad = _backward("LeakyReluGrad", _leaky_kernel, "features", attributes=(attr("alpha", float),))


@gradient("Relu")
def _relu(op: Operation, grad: Tensor) -> Any:
    return relu_grad(grad, op.outputs[0])


@gradient("ReluGrad")
def _of_relu_grad(op: Operation, grad: Tensor) -> Grads:
    return [relu_grad(grad, op.inputs[1]), zeros_like(op.inputs[1])]


@gradient("Relu6")
def _relu6(op: Operation, grad: Tensor) -> Any:
    return _relu6_grad(grad, op.outputs[0])


@gradient("Relu6Grad")
def _of_relu6_grad(op: Operation, grad: Tensor) -> Grads:
    return [_relu6_grad(grad, op.inputs[1]), zeros_like(op.inputs[1])]


@gradient("LeakyRelu")
def _leaky(op: Operation, grad: Tensor) -> Any:
    return _leaky_grad(grad, op.inputs[0], alpha=op._attrs["alpha"])


@gradient("LeakyReluGrad")
def _of_leaky_grad(op: Operation, grad: Tensor) -> Grads:
    return [_leaky_grad(grad, op.inputs[1], alpha=op._attrs["alpha"]), zeros_like(op.inputs[1])]


@gradient("Elu")
def _elu(op: Operation, grad: Tensor) -> Any:
    return _elu_grad(grad, op.outputs[0])


@gradient("EluGrad")
def _of_elu_grad(op: Operation, grad: Tensor) -> Grads:
    given, out = op.inputs
    return [_elu_grad(grad, out), where(less(out, 0), multiply(grad, given, name="mul"), zeros_like(out))]


@gradient("Selu")
def _selu(op: Operation, grad: Tensor) -> Any:
    return _selu_grad(grad, op.outputs[0])


@gradient("SeluGrad")
def _of_selu_grad(op: Operation, grad: Tensor) -> Grads:
    given, out = op.inputs
    return [_selu_grad(grad, out), where(less(out, 0), multiply(grad, given, name="mul"), zeros_like(out))]


@gradient("Softplus")
def _softplus(op: Operation, grad: Tensor) -> Any:
    return _softplus_grad(grad, op.inputs[0])


@gradient("SoftplusGrad")
def _of_softplus_grad(op: Operation, grad: Tensor) -> Grads:
    given, x = op.inputs
    bulge = add(add(exp(negative(x)), 2.0, name="add"), exp(x), name="add")
    return [
        _softplus_grad(grad, x),
        realdiv(multiply(grad, given, name="mul"), bulge, name="truediv"),
    ]


@gradient("Softsign")
def _softsign(op: Operation, grad: Tensor) -> Any:
    return _softsign_grad(grad, op.inputs[0])


@gradient("SoftsignGrad")
def _of_softsign_grad(op: Operation, grad: Tensor) -> Grads:
    given, x = op.inputs
    cube = pow(add(1.0, abs(x), name="add"), 3.0)
    slope = realdiv(multiply(-2.0, sign(x)), cube, name="truediv")
    return [_softsign_grad(grad, x), multiply(multiply(grad, given, name="mul"), slope, name="mul")]


@gradient("Softmax")
def _softmax(op: Operation, grad: Tensor) -> Tensor:
    out = op.outputs[0]
    total = reduce_sum(multiply(grad, out, name="mul"), -1, keepdims=True)
    return multiply(subtract(grad, total, name="sub"), out, name="mul")


@gradient("LogSoftmax")
def _log_softmax(op: Operation, grad: Tensor) -> Tensor:
    total = reduce_sum(grad, -1, keepdims=True)
    return subtract(grad, multiply(total, exp(op.outputs[0]), name="mul"), name="sub")


def _bias_kernel(xp: Any, data_format: str = "NHWC") -> Any:
    def total(grad: Any) -> Any:
        channel = 1 if data_format == "NCHW" else len(grad.shape) - 1
        if readable(grad) and channel == len(grad.shape) - 1 and grad.dtype in (np.float32, np.float64):
            # A product with ones: BLAS adds many rows of few channels ten times as fast as a sum along axes.
            rows = rows_of(xp, grad, channel)
            return xp.matmul(xp.ones(rows.shape[0], dtype=grad.dtype), rows)
        along = tuple(at for at in range(len(grad.shape)) if at != channel)
        return xp.sum(grad, axis=along, dtype=grad.dtype)

    return total


def _channels(dims: Any, data_format: str) -> Any:
    return None if dims is None else dims[1 if data_format == "NCHW" else -1]


_bias_grad = define_op(
    "BiasAddGrad", tensor("out_backprop", NUMBERS), kernel=_bias_kernel,
    rule=lambda x, data_format="NHWC": (x.dtype, (_channels(x._dims, data_format),)),
    attributes=(attr("data_format", str, "NHWC"),),
)  # fmt: skip


def _format(op: Operation) -> str:
    found: str = (op._attrs or {}).get("data_format", "NHWC")
    return found


@gradient("BiasAdd")
def _bias_add(op: Operation, grad: Tensor) -> Grads:
    return [grad, _bias_grad(grad, data_format=_format(op))]


@gradient("BiasAddGrad")
def _of_bias_grad(op: Operation, grad: Tensor) -> Tensor:
    x = op.inputs[0]
    if _format(op) == "NCHW" and x._dims is not None and len(x._dims) > 2:
        grad = reshape(grad, np.array([-1] + [1] * (len(x._dims) - 2), np.int32))
    return broadcast_to(grad, shape(x))
