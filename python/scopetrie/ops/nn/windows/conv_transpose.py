"""Transposed convolutions: they make images larger."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from .... import dtypes
from ...._core import name_scope
from ....graph import Tensor
from ....public import v1
from ...array.dims import expand_dims, renamed, squeeze
from ...array.indices import rows_of
from ...array.join import concat
from ...constant import index_array
from ...declare import FLOATS_HALF_FIRST, tensor
from ...registry import define_op
from .conv import CONV3D_ATTRIBUTES, CONV_ATTRIBUTES, conv_attributes
from .convolve import convolve, group_count, parts_of, placed
from .window import (
    Geometry,
    added_at,
    borders,
    channels_last,
    cropped,
    filled_like,
    geometry,
    in_one_pass,
    spread,
    window_counts,
    window_keys,
)  # fmt: skip

# By how much deeper the result must be for the rows to be added into the image.
_FOLDED: Final = 2


def _spread_windows(xp: Any, sizes: tuple[int, ...], taps: Any, grad: Any, shape: Geometry) -> Any:
    """The transpose of `convolve`: adds, for each place of `grad`, a multiple of the filter into an image."""
    window, (depth, out_depth) = taps.shape[:-2], taps.shape[-2:]
    groups = group_count(sizes[-1], depth, out_depth)
    if groups > 1:
        each = out_depth // groups
        parts = [
            _spread_windows(
                xp, (*sizes[:-1], depth), taps[..., g * each : (g + 1) * each],
                grad[..., g * each : (g + 1) * each], shape,
            )
            for g in range(groups)
        ]  # fmt: skip
        return xp.concat(parts, axis=-1)
    spatial = sizes[1:-1]
    edges = borders(spatial, window, shape)
    counts = grad.shape[1:-1]
    expected = window_counts(spatial, window, shape)
    if list(counts) != expected:
        raise ValueError(f"Size of out_backprop {list(counts)} doesn't match computed: {expected}")
    around = _around(window, edges, shape)
    places = math.prod(grad.shape[:-1])
    fold = in_one_pass(xp, "fold", grad)
    # The rows that are added into the image cost by its depth, those of the turned filter by `out_depth`.
    if fold and places and math.prod(taps.shape) and (around is None or _FOLDED * depth <= out_depth):
        return _folded(fold, sizes, taps, grad, shape)
    # Written-out windows of the gradient cost by `out_depth`, and the turned filter by its size.
    if around is not None and 16 * depth >= out_depth and places >= 8 * depth:
        axes = tuple(range(len(window)))
        turned = xp.permute_dims(xp.flip(taps, axis=axes), (*axes, len(axes) + 1, len(axes)))
        return convolve(xp, grad, turned, around)
    wide = [size + sum(edge) for size, edge in zip(spatial, edges, strict=True)]
    out = filled_like(xp, grad, (grad.shape[0], *wide, depth), 0)
    rows = rows_of(xp, grad, len(grad.shape) - 1)
    each = xp.reshape(taps, (math.prod(window), depth, out_depth))
    for at, key in enumerate(window_keys(window, counts, shape)):
        part = xp.matmul(rows, xp.matrix_transpose(each[at, ...]))
        out = added_at(out, key, xp.reshape(part, (grad.shape[0], *counts, depth)))
    return cropped(out, edges, spatial)


def _folded(fold: Any, sizes: tuple[int, ...], taps: Any, grad: Any, shape: Geometry) -> Any:
    """The transpose with NumPy's arrays: the product of gradient and filter, added into an image in parts."""
    *window, depth, out_depth = taps.shape
    counts, length = grad.shape[1:-1], math.prod(window) * depth
    matrix = np.reshape(taps, (length, out_depth)).T
    out = np.zeros(sizes, grad.dtype)
    memory: Any = None
    for part, rows in parts_of(grad, length, counts, out_depth):
        if memory is None:  # the first part is as large as any
            memory = np.empty((rows, length), grad.dtype)
        made = np.matmul(np.reshape(grad[part], (rows, out_depth)), matrix, out=memory[:rows])
        lines, first = placed(sizes[1:-1], window, counts, shape, part[1])
        fold(made, out[part[0]], lines, tuple(window), shape.strides, shape.dilations, first)
    return out


def _around(window: Sequence[int], edges: Sequence[tuple[int, int]], shape: Geometry) -> Geometry | None:
    """How the turned filter slides over the gradient to give the transpose; None where it cannot."""
    reach = [(length - 1) * step for length, step in zip(window, shape.dilations, strict=True)]
    sides = tuple((most - a, most - b) for most, (a, b) in zip(reach, edges, strict=True))
    if set(shape.strides) != {1} or min(map(min, sides)) < 0:
        return None
    return Geometry(shape.strides, shape.dilations, "EXPLICIT", sides)


def _transpose_kernel(
    xp: Any,
    strides: tuple[int, ...],
    padding: str,
    data_format: str = "NHWC",
    dilations: tuple[int, ...] = (),
    explicit_paddings: tuple[int, ...] = (),
) -> Any:
    shape = geometry(data_format, strides, dilations or (1,) * len(strides), padding, explicit_paddings)

    def spread_out(input_sizes: Any, taps: Any, grad: Any) -> Any:
        sizes = tuple(input_sizes.tolist())
        if data_format.startswith("NC"):
            sizes = (sizes[0], *sizes[2:], sizes[1])
        run = channels_last(xp, lambda g: _spread_windows(xp, sizes, taps, g, shape), data_format)
        return run(grad)

    return spread_out


_conv2d_backprop = define_op(
    "Conv2DBackpropInput", tensor("input_sizes", (dtypes.int32,), None, host=True),
    tensor("filter", (*FLOATS_HALF_FIRST, dtypes.int32)), tensor("out_backprop"),
    kernel=_transpose_kernel, attributes=CONV_ATTRIBUTES,
)  # fmt: skip
_conv3d_backprop = define_op(
    "Conv3DBackpropInputV2", tensor("input_sizes", attr="Tshape", host=True),
    tensor("filter", FLOATS_HALF_FIRST), tensor("out_backprop"), kernel=_transpose_kernel,
    attributes=CONV3D_ATTRIBUTES,
)  # fmt: skip


@v1("nn.conv2d_transpose")
def conv2d_transpose(
    value: Any = None,
    filter: Any = None,
    output_shape: Any = None,
    strides: Any = None,
    padding: Any = "SAME",
    data_format: str = "NHWC",
    name: str | None = None,
    input: Any = None,
    filters: Any = None,
    dilations: Any = None,
) -> Tensor:
    """The transpose (the gradient) of `conv2d`, which makes images larger.

    Args:
        value: A tensor `[N, h, w, D]`, or `[N, D, h, w]` for "NCHW".
        filter: A tensor `[height, width, C, D]` of the same dtype: `C` is the depth of the result.
        output_shape: The shape of the result: ints, or a tensor of them.
        strides: Steps of the window: an int, two, or one for each dimension.
        padding: "SAME", "VALID", or pairs (before, after) for each dimension.
        data_format: "NHWC" or "NCHW".
        name: The operation's name.
        input: Another name of `value`.
        filters: Another name of `filter`.
        dilations: Distances between the filter's entries.

    Returns:
        A tensor of the shape `output_shape`.

    Raises:
        ValueError: If the shapes do not go together.
    """
    value = renamed(value, "value", input, "input")
    filter = renamed(filter, "filter", filters, "filters")
    with name_scope(name, "conv2d_transpose", [value, filter, output_shape]) as scope:
        attrs = conv_attributes(
            "Conv2DBackpropInput", strides, padding, data_format, dilations, ("NHWC", "NCHW")
        )
        return _conv2d_backprop(index_array(output_shape), filter, value, name=scope, **attrs)


@v1("nn.conv2d_backprop_input")
def conv2d_backprop_input(
    input_sizes: Any,
    filter: Any = None,
    out_backprop: Any = None,
    strides: Any = None,
    padding: Any = None,
    use_cudnn_on_gpu: bool = True,
    data_format: str = "NHWC",
    dilations: Any = (1, 1, 1, 1),
    name: str | None = None,
    filters: Any = None,
) -> Tensor:
    """The gradient of `conv2d` with respect to its input.

    Args:
        input_sizes: The shape of the convolution's input.
        filter: The convolution's filter.
        out_backprop: The gradient with respect to its output.
        strides: As the convolution's.
        padding: As the convolution's.
        use_cudnn_on_gpu: Accepted for v1's sake.
        data_format: As the convolution's.
        dilations: As the convolution's.
        name: The operation's name.
        filters: Another name of `filter`.

    Returns:
        A tensor of the shape `input_sizes`.
    """
    filter = renamed(filter, "filter", filters, "filters")
    attrs = conv_attributes("Conv2DBackpropInput", strides, padding, data_format, dilations, ("NHWC", "NCHW"))
    return _conv2d_backprop(index_array(input_sizes), filter, out_backprop, name=name, **attrs)


@v1("nn.conv1d_transpose")
def conv1d_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: str = "SAME",
    data_format: str = "NWC",
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """The transpose (the gradient) of `conv1d`, which makes sequences longer.

    Args:
        input: A tensor `[N, w, D]`, or `[N, D, w]` for "NCW".
        filters: A tensor `[width, C, D]` of the same dtype: `C` is the depth of the result.
        output_shape: The shape of the result: ints, or a tensor of them.
        strides: The step: an int, or one for each dimension.
        padding: "SAME" or "VALID".
        data_format: "NWC" or "NCW".
        dilations: The distance between the filter's entries.
        name: The operation's name.

    Returns:
        A tensor of the shape `output_shape`.

    Raises:
        ValueError: If the shapes do not go together.
    """
    with name_scope(name, "conv1d_transpose", [input, filters, output_shape]) as scope:
        if data_format not in ("NWC", "NCW"):
            raise ValueError(f"`data_format` must be 'NWC' or 'NCW'. Received: data_format={data_format}")
        axis, channel = (1, 2) if data_format == "NWC" else (2, 1)
        steps, gaps = spread(strides, 1, channel, "strides"), spread(dilations, 1, channel, "dilations")
        image, taps = expand_dims(input, axis), expand_dims(filters, 0)
        sizes = concat([output_shape[:axis], [1], output_shape[axis:]], axis=0)
        made = conv2d_transpose(
            image, taps, sizes, [*steps[:axis], 1, *steps[axis:]], padding,
            data_format="NHWC" if axis == 1 else "NCHW", name=scope,
            dilations=[*gaps[:axis], 1, *gaps[axis:]],
        )  # fmt: skip
        return squeeze(made, [axis])


@v1("nn.conv3d_transpose")
def conv3d_transpose(
    value: Any,
    filter: Any = None,
    output_shape: Any = None,
    strides: Any = None,
    padding: str = "SAME",
    data_format: str = "NDHWC",
    name: str | None = None,
    input: Any = None,
    filters: Any = None,
    dilations: Any = None,
) -> Tensor:
    """The transpose (the gradient) of `conv3d`, which makes volumes larger.

    Args:
        value: A tensor `[N, d, h, w, D]`, or `[N, D, d, h, w]` for "NCDHW".
        filter: A tensor `[depth, height, width, C, D]` of the same dtype: `C` is the depth of the result.
        output_shape: The shape of the result: ints, or a tensor of them.
        strides: Steps of the window: an int, three, or one for each dimension.
        padding: "SAME" or "VALID".
        data_format: "NDHWC" or "NCDHW".
        name: The operation's name.
        input: Another name of `value`.
        filters: Another name of `filter`.
        dilations: Distances between the filter's entries.

    Returns:
        A tensor of the shape `output_shape`.

    Raises:
        ValueError: If the shapes do not go together.
    """
    value = renamed(value, "value", input, "input")
    filter = renamed(filter, "filter", filters, "filters")
    with name_scope(name, "conv3d_transpose", [value, filter, output_shape]) as scope:
        attrs = conv_attributes(
            "Conv3DBackpropInputV2", strides, padding, data_format, dilations, ("NDHWC", "NCDHW")
        )
        return _conv3d_backprop(index_array(output_shape), filter, value, name=scope, **attrs)


@v1("nn.conv_transpose")
def conv_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: str = "SAME",
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """The transpose of a convolution of sequences, images or volumes, as the length of `output_shape` says.

    Args:
        input: A tensor `[N, spatial..., D]`, or `[N, D, spatial...]` for a format that begins with "NC".
        filters: A tensor `[spatial..., C, D]` of the same dtype.
        output_shape: The shape of the result: ints, or a tensor of a known number of them.
        strides: Steps of the window.
        padding: "SAME" or "VALID".
        data_format: The order of the dimensions; channels last by default.
        dilations: Distances between the filter's entries.
        name: The operation's name.

    Returns:
        A tensor of the shape `output_shape`.

    Raises:
        ValueError: If the rank is neither of 3, 4 and 5, or the shapes do not go together.
    """
    with name_scope(name, "conv_transpose", [input, filters, output_shape]) as scope:
        rank = output_shape.shape[0].value if isinstance(output_shape, Tensor) else len(output_shape)
        known: dict[Any, tuple[Any, str]] = {
            3: (conv1d_transpose, "NWC"), 4: (conv2d_transpose, "NHWC"), 5: (conv3d_transpose, "NDHWC"),
        }  # fmt: skip
        if rank not in known:
            raise ValueError(f"`output_shape` must have 3, 4 or 5 entries. Received: {output_shape}")
        function, last = known[rank]
        made: Tensor = function(
            input, filters, output_shape, strides, padding=padding, data_format=data_format or last,
            dilations=dilations, name=scope,
        )  # fmt: skip
        return made
