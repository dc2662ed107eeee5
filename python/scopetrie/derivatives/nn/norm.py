"""Gradients of normalization over batches and over channels."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import dtypes
from ...graph import Operation, Tensor
from ...ops.array.shape import reshape
from ...ops.declare import attr, tensor
from ...ops.elementwise.arithmetic import add, multiply, subtract
from ...ops.elementwise.cast import cast
from ...ops.elementwise.unary import rsqrt
from ...ops.math.reduce import reduce_mean, reduce_sum
from ...ops.nn.norm import channels_in_one_pass
from ...ops.nn.windows.window import TO_FIRST, TO_LAST
from ...ops.registry import define_op
from ..backprop import gradients
from ..declare import attributes, gradient

Grads = list[Tensor | None]


def _batch_kernel(xp: Any, epsilon: float = 1e-4, data_format: str = "NHWC", is_training: bool = True) -> Any:
    def backward(grad: Any, x: Any, scale: Any, mean: Any, variance: Any, unused: Any) -> Any:
        first = data_format.startswith("NC")
        if first:
            grad, x = (xp.permute_dims(each, TO_LAST[len(each.shape)]) for each in (grad, x))
        dtype = x.dtype
        grad, x = (xp.astype(each, scale.dtype, copy=False) for each in (grad, x))
        over = tuple(range(len(x.shape) - 1))
        factor = 1 / xp.sqrt(variance + epsilon)
        in_rows = channels_in_one_pass(xp, scale)
        if in_rows:
            grad, x, mean = (np.ascontiguousarray(each) for each in (grad, x, mean))
            by_offset, products = (np.empty(scale.shape, scale.dtype) for _ in range(2))
            xp.channel_sums(grad, x, mean, by_offset, products)
        else:
            apart = x - mean
            by_offset, products = xp.sum(grad, axis=over), xp.sum(grad * apart, axis=over)
        by_scale = products * factor
        if 0 in x.shape:  # as v1: also where the factor is NaN
            by_scale = xp.zeros_like(by_scale)
        if is_training:
            count = 1
            for size in x.shape[:-1]:
                count *= size
            share = 1 / max(count, 1)
            level, slope = by_offset * share, by_scale * factor * share
            if in_rows:
                by_x = np.empty(x.shape, x.dtype)
                xp.channel_gradient(grad, x, mean, level, slope, np.ascontiguousarray(scale * factor), by_x)
            else:
                by_x = (grad - level - apart * slope) * (scale * factor)
        else:
            by_x = grad * (scale * factor)
        by_x = xp.astype(by_x, dtype, copy=False)
        if first:
            by_x = xp.permute_dims(by_x, TO_FIRST[len(by_x.shape)])
        nothing = xp.zeros((0,), dtype=scale.dtype)
        return by_x, by_scale, by_offset, nothing, nothing

    return backward


def _batch_rule(grad: Tensor, x: Tensor, scale: Tensor, *rest: Tensor, **attrs: Any) -> Any:
    kind, own = scale.dtype.base_dtype, scale._dims
    if own is None and x._dims is not None:
        own = (x._dims[1 if attrs.get("data_format", "NHWC").startswith("NC") else -1],)
    return [
        (x.dtype.base_dtype, x._dims), (kind, own), (kind, own), (kind, (0,)), (kind, (0,))
    ]  # fmt: skip


_batch_grad: Any = define_op(
    "FusedBatchNormGradV3", tensor("y_backprop", (dtypes.float16, dtypes.bfloat16, dtypes.float32)),
    tensor("x"), tensor("scale", attr="U"), tensor("reserve_space_1", attr="U"),
    tensor("reserve_space_2", attr="U"), tensor("reserve_space_3", attr="U"), rule=_batch_rule,
    kernel=_batch_kernel,
    attributes=(attr("data_format", str), attr("epsilon", float), attr("is_training", bool)),
)  # fmt: skip


@gradient("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3", partial=True)
def _fused_batch_norm(op: Operation, grad: Tensor | None, *rest: Tensor | None) -> Grads:
    if grad is None:
        return [None] * 5
    x, scale, _, mean, variance = op.inputs
    found = attributes(op)
    if found["is_training"]:
        mean, variance = op.outputs[3], op.outputs[4]
    made = _batch_grad(
        grad, x, scale, mean, variance, op.outputs[5], epsilon=found["epsilon"],
        data_format=found["data_format"], is_training=found["is_training"],
    )  # fmt: skip
    return [*made[:3], None, None]


@gradient("FusedBatchNormGradV3", partial=True)
def _of_batch_grad(op: Operation, *grads: Tensor | None) -> Grads:
    # The same in many operations, which have gradients.
    grad, x, scale, mean, variance, _ = op.inputs
    found = attributes(op)
    training, first = found["is_training"], found["data_format"].startswith("NC")
    kind = scale.dtype.base_dtype
    count = len(x._dims or ())
    over = [0, *range(2, count)] if first else [*range(count - 1)]
    wide = np.array([1, -1] + [1] * (count - 2) if first else [-1], np.int32)
    big_grad, big_x = cast(grad, kind), cast(x, kind)

    def spread(values: Tensor) -> Tensor:
        return reshape(values, wide)

    if training:
        center = reduce_mean(big_x, over, keepdims=True)
        apart = subtract(big_x, center)
        factor = rsqrt(add(reduce_mean(multiply(apart, apart), over, keepdims=True), found["epsilon"]))
    else:
        apart = subtract(big_x, spread(mean))
        factor = rsqrt(add(spread(variance), found["epsilon"]))
    by_offset = reduce_sum(big_grad, over)
    by_scale = reduce_sum(multiply(multiply(big_grad, apart), factor), over)
    by_x = multiply(big_grad, multiply(spread(scale), factor))
    if training:
        mean_grad = reduce_mean(big_grad, over, keepdims=True)
        slope = reduce_mean(multiply(big_grad, apart), over, keepdims=True)
        tilt = multiply(multiply(apart, multiply(factor, factor)), slope)
        level = subtract(subtract(big_grad, mean_grad), tilt)
        by_x = multiply(level, multiply(spread(scale), factor))
    wanted = [(made, given) for made, given in zip((by_x, by_scale, by_offset), grads[:3], strict=True)
              if given is not None]  # fmt: skip
    sources = [grad, x, scale] if training else [grad, x, scale, mean, variance]
    made = gradients(
        [each for each, _ in wanted], sources, [cast(given, each.dtype.base_dtype) for each, given in wanted],
        stop_gradients=sources,
    )  # fmt: skip
    return [*made, *[None] * (6 - len(made))]


def _lrn_kernel(
    xp: Any, depth_radius: int = 5, bias: float = 1.0, alpha: float = 1.0, beta: float = 0.5
) -> Any:
    def around(values: Any) -> Any:
        edge = [xp.zeros_like(values[..., :1])] * depth_radius
        wide = xp.concat([*edge, values, *edge], axis=-1)
        total = wide[..., : values.shape[-1]]
        for at in range(1, 2 * depth_radius + 1):
            total = total + wide[..., at : at + values.shape[-1]]
        return total

    def backward(grad: Any, x: Any, out: Any) -> Any:
        norm = bias + alpha * around(x * x)
        direct = grad * xp.pow(norm, xp.full_like(norm, -beta))
        return direct - 2 * alpha * beta * x * around(grad * out / norm)

    return backward


_lrn_grad = define_op(
    "LRNGrad", tensor("input_grads", (dtypes.float16, dtypes.bfloat16, dtypes.float32)),
    tensor("input_image"), tensor("output_image"), rule="same", kernel=_lrn_kernel,
    attributes=(attr("alpha", float), attr("beta", float), attr("bias", float), attr("depth_radius", int)),
)  # fmt: skip


@gradient("LRN")
def _lrn(op: Operation, grad: Tensor) -> Tensor:
    return _lrn_grad(grad, op.inputs[0], op.outputs[0], **attributes(op))
