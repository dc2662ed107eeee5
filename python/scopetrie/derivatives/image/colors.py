"""Gradients of colors between their spaces."""

from __future__ import annotations

from typing import Any

from ...graph import Operation, Tensor
from ...ops.declare import FLOATS, tensor
from ...ops.registry import define_op
from ..declare import gradient, no_derivative

no_derivative("HSVToRGB")  # as in v1


def _kernel(xp: Any) -> Any:
    def back(grad: Any, rgb: Any) -> Any:
        r, g, b = (rgb[..., at] for at in range(3))
        high, low = xp.maximum(xp.maximum(r, g), b), xp.minimum(xp.minimum(r, g), b)
        span = high - low
        zero, one = xp.zeros_like(r), xp.ones_like(r)
        # The first of equal channels counts.
        top = [r == high, (g == high) & (r != high), (b == high) & (r != high) & (g != high)]
        bottom = [(r == low) & (g != low) & (b != low), (g == low) & (b != low), b == low]
        safe, value = xp.where(span > 0, span, one), xp.where(high > 0, high, one)
        some = span > 0
        # Hue: (second - third) / (6 * span), by the channel that is largest.
        pairs = [(1, 2), (2, 0), (0, 1)]
        channels = (r, g, b)
        parts = []
        for at in range(3):
            is_top, is_bottom = xp.astype(top[at], rgb.dtype), xp.astype(bottom[at], rgb.dtype)
            by_span = is_top - is_bottom
            hue = zero
            for largest, (second, third) in enumerate(pairs):
                difference = channels[second] - channels[third]
                by_difference = (1 if at == second else 0) - (1 if at == third else 0)
                slope = by_difference / (6 * safe) - difference * by_span / (6 * safe * safe)
                hue = hue + xp.where(top[largest] & some, slope, zero)
            saturation = xp.where(high > 0, by_span / value - span * is_top / (value * value), zero)
            parts.append(grad[..., 0] * hue + grad[..., 1] * saturation + grad[..., 2] * is_top)
        return xp.stack(parts, axis=-1)

    return back


# v1 has no such op: it makes some eighty nodes.
_grad = define_op(
    "RGBToHSVGrad", tensor("grads", FLOATS), tensor("images", FLOATS),
    rule=lambda grad, images: (images.dtype.base_dtype, images._dims), kernel=_kernel,
)  # fmt: skip


@gradient("RGBToHSV")
def _to_hsv(op: Operation, grad: Tensor) -> Tensor:
    return _grad(grad, op.inputs[0])
