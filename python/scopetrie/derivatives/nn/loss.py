"""Gradients of losses and of normalization."""

from __future__ import annotations

from ...graph import Operation, Tensor
from ...ops.array.dims import expand_dims
from ...ops.elementwise.arithmetic import add, multiply, subtract
from ...ops.elementwise.unary import negative
from ...ops.math.reduce import reduce_sum
from ...ops.nn.activation import log_softmax, softmax
from ..broadcasting import summed_to
from ..declare import gradient

Grads = list[Tensor | None]


def _by_logits(op: Operation, grad: Tensor | None, by_slope: Tensor | None) -> Tensor | None:
    """The gradient by logits: from the loss, and from its slope, the second output, which is one itself."""
    made = None
    if grad is not None:
        made = multiply(expand_dims(grad, -1), op.outputs[1], name="mul")
    if by_slope is not None:
        shares = softmax(op.inputs[0])
        total = reduce_sum(multiply(by_slope, shares, name="mul"), -1, keepdims=True)
        more = multiply(subtract(by_slope, total, name="sub"), shares, name="mul")
        made = more if made is None else add(made, more, name="add")
    return made


def _fitted(grad: Tensor | None, like: Tensor, op: Operation) -> Tensor | None:
    dims = op.outputs[1]._dims
    if grad is None or (like._dims is not None and like._dims == dims):
        return grad
    return summed_to(grad, like)


@gradient("SoftmaxCrossEntropyWithLogits", partial=True)
def _softmax_cross_entropy(op: Operation, grad: Tensor | None, by_slope: Tensor | None) -> Grads:
    logits, labels = op.inputs
    by_labels = None
    if grad is not None:
        by_labels = multiply(expand_dims(grad, -1), negative(log_softmax(logits)), name="mul")
    if by_slope is not None:
        by_labels = negative(by_slope) if by_labels is None else subtract(by_labels, by_slope, name="sub")
    return [_fitted(_by_logits(op, grad, by_slope), logits, op), _fitted(by_labels, labels, op)]


@gradient("SparseSoftmaxCrossEntropyWithLogits", partial=True)
def _sparse_cross_entropy(op: Operation, grad: Tensor | None, by_slope: Tensor | None) -> Grads:
    return [_by_logits(op, grad, by_slope), None]
