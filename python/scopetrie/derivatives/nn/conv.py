"""Gradients of convolutions, by their inputs and by their filters."""

from __future__ import annotations

import math
from typing import Any

from ... import dtypes
from ...graph import Operation, Tensor
from ...ops.array.indices import readable, rows_of
from ...ops.array.shape import shape, shape_n
from ...ops.constant import index_array
from ...ops.declare import FLOATS_HALF_FIRST, tensor
from ...ops.folding import dims_from
from ...ops.nn.windows.conv import CONV3D_ATTRIBUTES, CONV_ATTRIBUTES, conv_attributes
from ...ops.nn.windows.convolve import group_count, written_out
from ...ops.nn.windows.window import (
    TO_LAST,
    Geometry,
    added_at,
    borders,
    channels_last,
    cropped,
    filled_like,
    geometry,
    padded,
    window_counts,
    window_keys,
)
from ...ops.node_text import Dims
from ...ops.promises import makes_new
from ...ops.registry import OPS, define_op
from ...public import v1
from ..declare import attributes, gradient

Grads = list[Tensor | None]


def _by_filter(xp: Any, x: Any, grad: Any, sizes: tuple[int, ...], shape: Geometry) -> Any:
    """The gradient by a filter `[spatial..., C / groups, D]`."""
    window, (depth, out_depth) = sizes[:-2], sizes[-2:]
    groups = group_count(x.shape[-1], depth, out_depth)
    if groups > 1:
        each = out_depth // groups
        parts = [
            _by_filter(
                xp, x[..., g * depth : (g + 1) * depth], grad[..., g * each : (g + 1) * each],
                (*window, depth, each), shape,
            )
            for g in range(groups)
        ]  # fmt: skip
        return xp.concat(parts, axis=-1)
    counts = window_counts(x.shape[1:-1], window, shape)
    if readable(x) and math.prod(window) > 1 and math.prod(sizes) * math.prod(counts) * x.shape[0]:
        made: Any = 0
        for part, patches in written_out(xp, x, window, counts, shape, out_depth):
            made += xp.matmul(patches.T, xp.reshape(grad[part], (patches.shape[0], out_depth)))
        return xp.reshape(made, sizes)
    x = padded(xp, x, borders(x.shape[1:-1], window, shape))
    rows = rows_of(xp, grad, len(grad.shape) - 1)
    taps = []
    for key in window_keys(window, counts, shape):
        part = rows_of(xp, x[key], len(x.shape) - 1)
        taps.append(xp.matmul(xp.matrix_transpose(part), rows))
    return xp.reshape(xp.stack(taps), sizes)


def _filter_kernel(by_filter: Any) -> Any:
    def kernel(
        xp: Any, strides: tuple[int, ...], padding: str, data_format: str = "NHWC",
        dilations: tuple[int, ...] = (), explicit_paddings: tuple[int, ...] = (),
        use_cudnn_on_gpu: bool = True,
    ) -> Any:  # fmt: skip
        steps = dilations or (1,) * len(strides)
        how = geometry(data_format, strides, steps, padding, explicit_paddings)

        def backward(x: Any, filter_sizes: Any, grad: Any) -> Any:
            if data_format.startswith("NC"):
                x, grad = (xp.permute_dims(each, TO_LAST[len(each.shape)]) for each in (x, grad))
            return by_filter(xp, x, grad, tuple(filter_sizes.tolist()), how)

        return makes_new(backward)

    return kernel


def _filter_rule(x: Tensor, filter_sizes: Tensor, grad: Tensor, **attrs: Any) -> Any:
    return x.dtype.base_dtype, _of_rank(len(attrs["strides"]), filter_sizes)


def _of_rank(rank: int, sizes: Tensor) -> Dims:
    """The sizes that a tensor says; of a rank, where it does not."""
    found = dims_from(sizes)
    return (None,) * rank if found is None else found


_sizes = tensor("filter_sizes", (dtypes.int32,), None, host=True)
_conv2d_filter = define_op(
    "Conv2DBackpropFilter", tensor("input", FLOATS_HALF_FIRST), _sizes, tensor("out_backprop"),
    rule=_filter_rule, kernel=_filter_kernel(_by_filter), attributes=CONV_ATTRIBUTES,
)  # fmt: skip
_conv3d_filter = define_op(
    "Conv3DBackpropFilterV2", tensor("input", FLOATS_HALF_FIRST), _sizes, tensor("out_backprop"),
    rule=_filter_rule, kernel=_filter_kernel(_by_filter), attributes=CONV3D_ATTRIBUTES,
)  # fmt: skip


def _depthwise_by_filter(xp: Any, x: Any, grad: Any, sizes: tuple[int, ...], shape: Geometry) -> Any:
    window, depth, multiple = sizes[:2], sizes[2], sizes[3]
    counts = window_counts(x.shape[1:-1], window, shape)
    x = padded(xp, x, borders(x.shape[1:-1], window, shape))
    grad = xp.reshape(grad, (*grad.shape[:-1], depth, multiple))
    taps = [xp.sum(x[key][..., None] * grad, axis=(0, 1, 2)) for key in window_keys(window, counts, shape)]
    return xp.reshape(xp.stack(taps), sizes)


def _depthwise_by_input(xp: Any, sizes: tuple[int, ...], taps: Any, grad: Any, shape: Geometry) -> Any:
    height, width, depth, multiple = taps.shape
    spatial = sizes[1:-1]
    edges = borders(spatial, (height, width), shape)
    counts = window_counts(spatial, (height, width), shape)
    grad = xp.reshape(grad, (*grad.shape[:-1], depth, multiple))
    wide = [size + sum(edge) for size, edge in zip(spatial, edges, strict=True)]
    out = filled_like(xp, grad, (grad.shape[0], *wide, depth), 0)
    flat = xp.reshape(taps, (height * width, depth, multiple))
    for at, key in enumerate(window_keys((height, width), counts, shape)):
        out = added_at(out, key, xp.sum(grad * flat[at, ...], axis=-1))
    return cropped(out, edges, spatial)


def _depthwise_input_kernel(
    xp: Any, strides: tuple[int, ...], padding: str, data_format: str = "NHWC",
    dilations: tuple[int, ...] = (), explicit_paddings: tuple[int, ...] = (),
) -> Any:  # fmt: skip
    how = geometry(data_format, strides, dilations or (1,) * 4, padding, explicit_paddings)

    def backward(input_sizes: Any, taps: Any, grad: Any) -> Any:
        sizes = tuple(input_sizes.tolist())
        if data_format.startswith("NC"):
            sizes = (sizes[0], *sizes[2:], sizes[1])
        spread = channels_last(xp, lambda g: _depthwise_by_input(xp, sizes, taps, g, how), data_format)
        return spread(grad)

    return backward


_DEPTHWISE = tuple(each for each in CONV_ATTRIBUTES if each.name != "use_cudnn_on_gpu")
_depthwise_filter = define_op(
    "DepthwiseConv2dNativeBackpropFilter", tensor("input", FLOATS_HALF_FIRST), _sizes, tensor("out_backprop"),
    rule=_filter_rule, kernel=_filter_kernel(_depthwise_by_filter), attributes=_DEPTHWISE,
)  # fmt: skip
_depthwise_input = define_op(
    "DepthwiseConv2dNativeBackpropInput", tensor("input_sizes", (dtypes.int32,), None, host=True),
    tensor("filter", FLOATS_HALF_FIRST), tensor("out_backprop"),
    rule=lambda sizes, taps, grad, **attrs: (taps.dtype.base_dtype, _of_rank(4, sizes)),
    kernel=_depthwise_input_kernel, attributes=_DEPTHWISE,
)  # fmt: skip

# For each convolution: what gives the gradient by its input, and by its filter.
_BACKWARD = {
    "Conv2D": ("Conv2DBackpropInput", "Conv2DBackpropFilter"),
    "Conv3D": ("Conv3DBackpropInputV2", "Conv3DBackpropFilterV2"),
    "DepthwiseConv2dNative": ("DepthwiseConv2dNativeBackpropInput", "DepthwiseConv2dNativeBackpropFilter"),
}
_FORWARD = {backward: type for type, pair in _BACKWARD.items() for backward in pair}


def _built(type: str, *inputs: Any, like: Operation) -> Tensor:
    function: Any = OPS[type].function
    made: Tensor = function(*inputs, **attributes(like))
    return made


@gradient(*_BACKWARD)
def _conv(op: Operation, grad: Tensor) -> Grads:
    x, taps = op.inputs
    by_input, by_filter = _BACKWARD[op.type]
    sizes, filter_sizes = shape_n([x, taps])
    return [
        _built(by_input, sizes, taps, grad, like=op),
        _built(by_filter, x, filter_sizes, grad, like=op),
    ]


@gradient(*(by_input for by_input, _ in _BACKWARD.values()))
def _of_by_input(op: Operation, grad: Tensor) -> Grads:
    _, taps, given = op.inputs
    forward = _FORWARD[op.type]
    by_filter = _built(_BACKWARD[forward][1], grad, shape(taps), given, like=op)
    return [None, by_filter, _built(forward, grad, taps, like=op)]


@gradient(*(by_filter for _, by_filter in _BACKWARD.values()))
def _of_by_filter(op: Operation, grad: Tensor) -> Grads:
    x, _, given = op.inputs
    forward = _FORWARD[op.type]
    by_input = _built(_BACKWARD[forward][0], shape(x), grad, given, like=op)
    return [by_input, None, _built(forward, x, grad, like=op)]


_DOC = """The gradient of a convolution by its {what}, given that by its output.

    Args:
        {first}
        {second}
        out_backprop: The gradient by the output.
        strides: Steps of the window, one for each dimension.
        padding: "SAME", "VALID", or pairs (before, after) for each dimension.
        {more}data_format: The order of the dimensions.
        dilations: Distances between the filter's entries, one for each dimension.
        name: The operation's name.

    Returns:
        A tensor of the shape of the {what}.

    Raises:
        ValueError: If an argument is none of those that there are.
    """
_INPUT = "input: The convolution's input."
_FILTER_SIZES = "filter_sizes: The shape of the filter, ints or a tensor of them."


def _images(type: str, strides: Any, padding: Any, data_format: str, dilations: Any) -> dict[str, Any]:
    return conv_attributes(type, strides, padding, data_format, dilations, ("NHWC", "NCHW"))


@v1("nn.conv2d_backprop_filter")
def conv2d_backprop_filter(  # noqa: D103  set below
    input: Any, filter_sizes: Any, out_backprop: Any, strides: Any = None, padding: Any = None,
    use_cudnn_on_gpu: bool = True, data_format: str = "NHWC", dilations: Any = (1, 1, 1, 1),
    name: str | None = None,
) -> Tensor:  # fmt: skip
    attrs = _images("Conv2DBackpropFilter", strides, padding, data_format, dilations)
    return _conv2d_filter(input, index_array(filter_sizes), out_backprop, name=name, **attrs)


@v1("nn.conv3d_backprop_filter", "nn.conv3d_backprop_filter_v2")
def conv3d_backprop_filter(  # noqa: D103
    input: Any, filter_sizes: Any, out_backprop: Any, strides: Any = None, padding: Any = None,
    data_format: str = "NDHWC", dilations: Any = (1, 1, 1, 1, 1), name: str | None = None,
) -> Tensor:  # fmt: skip
    attrs = conv_attributes(
        "Conv3DBackpropFilterV2", strides, padding, data_format, dilations, ("NDHWC", "NCDHW")
    )
    return _conv3d_filter(input, index_array(filter_sizes), out_backprop, name=name, **attrs)


@v1("nn.depthwise_conv2d_backprop_filter", "nn.depthwise_conv2d_native_backprop_filter")
def depthwise_conv2d_backprop_filter(  # noqa: D103
    input: Any, filter_sizes: Any, out_backprop: Any, strides: Any, padding: Any, data_format: str = "NHWC",
    dilations: Any = (1, 1, 1, 1), name: str | None = None,
) -> Tensor:  # fmt: skip
    attrs = _images("DepthwiseConv2dNativeBackpropFilter", strides, padding, data_format, dilations)
    return _depthwise_filter(input, index_array(filter_sizes), out_backprop, name=name, **attrs)


@v1("nn.depthwise_conv2d_backprop_input", "nn.depthwise_conv2d_native_backprop_input")
def depthwise_conv2d_backprop_input(  # noqa: D103
    input_sizes: Any, filter: Any, out_backprop: Any, strides: Any, padding: Any, data_format: str = "NHWC",
    dilations: Any = (1, 1, 1, 1), name: str | None = None,
) -> Tensor:  # fmt: skip
    attrs = _images("DepthwiseConv2dNativeBackpropInput", strides, padding, data_format, dilations)
    return _depthwise_input(index_array(input_sizes), filter, out_backprop, name=name, **attrs)


for _function in (conv2d_backprop_filter, conv3d_backprop_filter, depthwise_conv2d_backprop_filter):
    _more = (
        "use_cudnn_on_gpu: Accepted for v1's sake.\n        " if _function is conv2d_backprop_filter else ""
    )
    _function.__doc__ = _DOC.format(what="filter", first=_INPUT, second=_FILTER_SIZES, more=_more)
depthwise_conv2d_backprop_input.__doc__ = _DOC.format(
    what="input", first="input_sizes: The shape of the input, ints or a tensor of them.",
    second="filter: The filter.", more="",
)  # fmt: skip
