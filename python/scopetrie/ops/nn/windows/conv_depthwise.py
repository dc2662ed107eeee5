"""Depthwise and separable convolutions."""

from __future__ import annotations

from typing import Any

from ...._core import name_scope
from ....graph import Tensor
from ....public import v1
from ...array.dims import renamed
from ...constant import convert_to_tensor
from ...declare import FLOATS_HALF_FIRST, Ints, attr, tensor
from ...registry import define_op
from .conv import conv2d, conv_attributes
from .dilated import with_holes
from .window import (
    Geometry,
    borders,
    channels_last,
    geometry,
    padded,
    spread,
    window_counts,
    window_slices,
)  # fmt: skip


def _depthwise(xp: Any, x: Any, taps: Any, shape: Geometry) -> Any:
    height, width, depth, multiple = taps.shape
    sizes = x.shape[1:-1]
    if x.shape[-1] != depth:
        raise ValueError(f"input and filter must have the same depth: {x.shape[-1]} vs {depth}")
    counts = window_counts(sizes, (height, width), shape)
    x = padded(xp, x, borders(sizes, (height, width), shape))
    flat = xp.reshape(taps, (height * width, depth, multiple))
    total = None
    for i, part in enumerate(window_slices(x, (height, width), counts, shape)):
        term = part[..., None] * flat[i, ...]
        total = term if total is None else total + term
    return xp.reshape(total, (x.shape[0], *counts, depth * multiple))


def _depthwise_kernel(
    xp: Any,
    strides: tuple[int, ...],
    padding: str,
    data_format: str = "NHWC",
    dilations: tuple[int, ...] = (),
    explicit_paddings: tuple[int, ...] = (),
) -> Any:
    shape = geometry(data_format, strides, dilations or (1,) * 4, padding, explicit_paddings)
    return channels_last(xp, lambda x, taps: _depthwise(xp, x, taps, shape), data_format)


_depthwise_native = define_op(
    "DepthwiseConv2dNative",
    tensor("input", FLOATS_HALF_FIRST),
    tensor("filter"),
    name="depthwise",
    kernel=_depthwise_kernel,
    attributes=(
        attr("data_format", str, "NHWC"),
        attr("dilations", Ints, ()),
        attr("explicit_paddings", Ints, ()),
        attr("padding", str),
        attr("strides", Ints),
    ),
)


@v1("nn.depthwise_conv2d")
def depthwise_conv2d(
    input: Any, filter: Any, strides: Any, padding: Any, rate: Any = None, name: str | None = None,
    data_format: str | None = None, dilations: Any = None,
) -> Tensor:  # fmt: skip
    """Convolves each channel of images with filters of its own.

    Args:
        input: A tensor `[N, H, W, C]`, or `[N, C, H, W]` for "NCHW".
        filter: A tensor `[h, w, C, M]` of the same dtype.
        strides: Steps of the window, one for each dimension.
        padding: "SAME", "VALID", or pairs (before, after) for each dimension.
        rate: Distances between the filter's entries, two of them.
        name: The operation's name.
        data_format: "NHWC" (the default) or "NCHW".
        dilations: Another name of `rate`.

    Returns:
        A tensor `[N, H', W', C * M]`, or `[N, C * M, H', W']`.

    Raises:
        ValueError: If the shapes do not go together.
    """
    gaps = renamed(rate, "rate", dilations, "dilations")
    with name_scope(name, "depthwise", [input, filter]) as scope:
        x, taps = convert_to_tensor(input, name="tensor_in"), convert_to_tensor(filter, name="filter_in")
        return _with_holes(x, taps, strides, padding, gaps, data_format, scope)


def _with_holes(
    x: Tensor, taps: Tensor, strides: Any, padding: Any, gaps: Any, data_format: str | None, name: str
) -> Tensor:
    order = data_format or "NHWC"
    rate = [int(gap) for gap in spread(gaps, 2, 1 if order.startswith("NC") else 3, "dilations")]
    rate = rate[2:] if order.startswith("NC") else rate[1:3]

    def convolved(image: Tensor, border: Any) -> Tensor:
        attrs = conv_attributes("DepthwiseConv2dNative", strides, border, order, None, ("NHWC", "NCHW"))
        return _depthwise_native(image, taps, name=name, **attrs)

    return with_holes(x, rate, padding, convolved, taps.shape, data_format=order)


@v1("nn.depthwise_conv2d_native")
def depthwise_conv2d_native(
    input: Any,
    filter: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    dilations: Any = (1, 1, 1, 1),
    name: str | None = None,
) -> Tensor:
    """As `depthwise_conv2d`, as one node named after its type.

    Args:
        input: A tensor `[N, H, W, C]`, or `[N, C, H, W]` for "NCHW".
        filter: A tensor `[h, w, C, M]` of the same dtype.
        strides: Steps of the window, one for each dimension.
        padding: "SAME", "VALID", or pairs (before, after) for each dimension.
        data_format: "NHWC" or "NCHW".
        dilations: Distances between the filter's entries, one for each dimension.
        name: The operation's name.

    Returns:
        A tensor `[N, H', W', C * M]`, or `[N, C * M, H', W']`.
    """
    attrs = conv_attributes(
        "DepthwiseConv2dNative", strides, padding, data_format, dilations, ("NHWC", "NCHW")
    )
    return _depthwise_native(input, filter, name=name or "DepthwiseConv2dNative", **attrs)


@v1("nn.separable_conv2d")
def separable_conv2d(
    input: Any, depthwise_filter: Any, pointwise_filter: Any, strides: Any, padding: Any, rate: Any = None,
    name: str | None = None, data_format: str | None = None, dilations: Any = None,
) -> Tensor:  # fmt: skip
    """Convolves each channel by itself, then mixes the channels at each place.

    Args:
        input: A tensor `[N, H, W, C]`, or `[N, C, H, W]` for "NCHW".
        depthwise_filter: A tensor `[h, w, C, M]`.
        pointwise_filter: A tensor `[1, 1, C * M, D]`.
        strides: Steps of the window, one for each dimension.
        padding: "SAME" or "VALID".
        rate: Distances between the filter's entries, two of them.
        name: The operation's name.
        data_format: "NHWC" (the default) or "NCHW".
        dilations: Another name of `rate`.

    Returns:
        A tensor `[N, H', W', D]`, or `[N, D, H', W']`.
    """
    gaps = renamed(rate, "rate", dilations, "dilations")
    with name_scope(name, "separable_conv2d", [input, depthwise_filter, pointwise_filter]) as scope:
        x = convert_to_tensor(input, name="tensor_in")
        taps = convert_to_tensor(depthwise_filter, name="depthwise_filter")
        middle = _with_holes(x, taps, strides, padding, gaps, data_format, "depthwise")
        return conv2d(middle, pointwise_filter, 1, "VALID", data_format=data_format or "NHWC", name=scope)
