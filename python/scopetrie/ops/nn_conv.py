"""Convolutions: plain, grouped, depthwise, separable, dilated and transposed."""

from __future__ import annotations

import math
from typing import Any

from .._core import name_scope
from ..graph import Tensor
from .array_shape import expand_dims, renamed, squeeze
from .constant import convert_to_tensor, index_array
from .folding import dims_from
from .nn_window import (
    Geometry,
    arrange,
    borders,
    channel_axis,
    channels_last,
    check_choice,
    convert_padding,
    filled_like,
    geometry,
    need_rank,
    out_size,
    padded,
    spatial_axes,
    spread,
    strided_windows,
    window_slices,
)  # fmt: skip
from .registry import FLOATS_HALF_FIRST, ShapeError, Spec, define_op

_PADDINGS = ("SAME", "VALID", "EXPLICIT")


def _conv_rule(
    input: Tensor, filter: Tensor, strides: tuple[int, ...], padding: str, data_format: str = "NHWC",
    dilations: tuple[int, ...] = (), explicit_paddings: tuple[int, ...] = (),
) -> Spec:  # fmt: skip
    rank = len(strides)
    need_rank(input, rank)
    need_rank(filter, rank)
    dims = input._dims or (None,) * rank
    taps = filter._dims or (None,) * rank
    channels, depth = dims[channel_axis(data_format, rank)], taps[-2]
    if channels is not None and depth is not None and (depth == 0 or channels % depth):
        raise ShapeError(f"Depth of input ({channels}) is not a multiple of input depth of filter ({depth})")
    shape = geometry(data_format, strides, dilations or (1,) * rank, padding, explicit_paddings)
    axes = spatial_axes(data_format, rank)
    sizes = [out_size(dims[axis], taps[at], at, shape) for at, axis in enumerate(axes)]
    return input.dtype.base_dtype, arrange(data_format, dims[0], sizes, taps[-1])


def convolve(xp: Any, x: Any, taps: Any, shape: Geometry) -> Any:
    """Convolves a channels-last array.

    Every window becomes a row of one matrix, which is multiplied by the filter as another: nearly all the
    time goes
    to the library's matrix product. Images go one by one where the library lets us write into an array, so
    that the rows of one image stay in the cache while they are used.

    Args:
        xp: The array namespace.
        x: An array `[N, spatial..., C]`.
        taps: The filter `[spatial..., C / groups, D]`.
        shape: How windows slide.

    Returns:
        An array `[N, spatial..., D]`.
    """
    window = taps.shape[:-2]
    depth, out_depth = taps.shape[-2:]
    sizes = x.shape[1:-1]
    counts = [out_size(size, window[at], at, shape) or 0 for at, size in enumerate(sizes)]
    edges = borders(sizes, window, shape)
    batch, groups = x.shape[0], x.shape[-1] // depth
    rows = math.prod(counts)
    if groups != 1:
        parts = [
            convolve(
                xp,
                x[..., g * depth : (g + 1) * depth],
                taps[..., g * (out_depth // groups) : (g + 1) * (out_depth // groups)],
                shape,
            )
            for g in range(groups)
        ]
        return xp.concat(parts, axis=-1)
    matrix = xp.reshape(taps, (-1, out_depth))
    x = padded(xp, x, edges)
    if math.prod(window) == 1 and set(shape.strides) == {1}:
        return xp.reshape(xp.matmul(xp.reshape(x, (-1, depth)), matrix), (batch, *counts, out_depth))
    windows = strided_windows(xp, x, window, counts, shape)
    if windows is None:
        patches = xp.concat(window_slices(x, window, counts, shape), axis=-1)
        return xp.reshape(
            xp.matmul(xp.reshape(patches, (batch * rows, -1)), matrix), (batch, *counts, out_depth)
        )
    out = xp.empty((batch, rows, out_depth), dtype=x.dtype)
    for image in range(batch):
        xp.matmul(xp.reshape(windows[image], (rows, -1)), matrix, out=out[image])
    return xp.reshape(out, (batch, *counts, out_depth))


def _conv_kernel(
    xp: Any,
    strides: tuple[int, ...],
    padding: str,
    data_format: str = "NHWC",
    dilations: tuple[int, ...] = (),
    explicit_paddings: tuple[int, ...] = (),
) -> Any:
    shape = geometry(data_format, strides, dilations or (1,) * len(strides), padding, explicit_paddings)
    return channels_last(xp, lambda x, taps: convolve(xp, x, taps, shape), data_format)


_CONV_ATTRIBUTES = (
    'T data_format="NHWC" dilations=[] explicit_paddings=[] padding strides use_cudnn_on_gpu=true'
)
_conv2d = define_op(
    "Conv2D", ("input", "filter"), rule=_conv_rule, kernel=_conv_kernel, dtypes=FLOATS_HALF_FIRST + " i4",
    attributes=_CONV_ATTRIBUTES,
)  # fmt: skip
_conv3d = define_op(
    "Conv3D", ("input", "filter"), rule=_conv_rule, kernel=_conv_kernel, dtypes=FLOATS_HALF_FIRST,
    attributes='T data_format="NDHWC" dilations=[] padding strides',
)  # fmt: skip


def _attributes(
    type: str, strides: Any, padding: Any, data_format: str, dilations: Any, formats: tuple[str, str]
) -> dict[str, Any]:
    count = len(formats[0]) - 2
    kind, explicit = convert_padding(padding)
    channel = 1 if data_format.startswith("NC") else count + 1
    attrs: dict[str, Any] = {
        "strides": spread(strides, count, channel, "strides"),
        "padding": check_choice(kind, "padding", type, _PADDINGS),
        "explicit_paddings": explicit,
        "data_format": check_choice(data_format, "data_format", type, formats),
        "dilations": spread(dilations, count, channel, "dilations"),
    }
    if any(attrs["strides"][at] < 1 for at in range(1, count + 1)):
        raise ValueError("Strides must be positive.")
    return attrs


def conv2d(
    input: Any, filter: Any = None, strides: Any = None, padding: Any = None, use_cudnn_on_gpu: bool = True,
    data_format: str = "NHWC", dilations: Any = (1, 1, 1, 1), name: str | None = None, filters: Any = None,
) -> Tensor:  # fmt: skip
    """Convolves images with a filter (in the sense of neural nets: the filter is not flipped).

    Args:
        input: A tensor `[N, H, W, C]`, or `[N, C, H, W]` for "NCHW".
        filter: A tensor `[h, w, C, D]` of the same dtype; `[h, w, C / groups, D]` convolves groups of
            channels.
        strides: Steps of the window: an int, two, or one for each dimension.
        padding: "SAME", "VALID", or pairs (before, after) for each dimension.
        use_cudnn_on_gpu: Accepted for v1's sake.
        data_format: "NHWC" or "NCHW".
        dilations: Distances between the filter's entries, as `strides`.
        name: The operation's name.
        filters: Another name of `filter`.

    Returns:
        A tensor `[N, H', W', D]`, or `[N, D, H', W']`.

    Raises:
        ValueError: If the shapes do not go together, or an argument is none of its choices.
        TypeError: If the dtypes differ, or the padding is left out.

    >>> import scopetrie as tf
    >>> images = tf.placeholder(tf.float32, [None, 28, 28, 3])
    >>> tf.nn.conv2d(images, tf.zeros([5, 5, 3, 8]), strides=[1, 2, 2, 1], padding="SAME").shape.as_list()
    [None, 14, 14, 8]
    """
    filter = renamed(filter, "filter", filters, "filters")
    attrs = _attributes("Conv2D", strides, padding, data_format, dilations, ("NHWC", "NCHW"))
    return _conv2d(input, filter, name=name, **attrs)


def conv3d(
    input: Any, filter: Any = None, strides: Any = None, padding: Any = None, data_format: str = "NDHWC",
    dilations: Any = (1, 1, 1, 1, 1), name: str | None = None, filters: Any = None,
) -> Tensor:  # fmt: skip
    """Convolves volumes with a filter.

    Args:
        input: A tensor `[N, D, H, W, C]`, or `[N, C, D, H, W]` for "NCDHW".
        filter: A tensor `[d, h, w, C, E]` of the same dtype.
        strides: Steps of the window, one for each dimension.
        padding: "SAME" or "VALID".
        data_format: "NDHWC" or "NCDHW".
        dilations: Distances between the filter's entries.
        name: The operation's name.
        filters: Another name of `filter`.

    Returns:
        A tensor `[N, D', H', W', E]`, or `[N, E, D', H', W']`.

    Raises:
        ValueError: If the shapes do not go together.
    """
    filter = renamed(filter, "filter", filters, "filters")
    attrs = _attributes("Conv3D", strides, padding, data_format, dilations, ("NDHWC", "NCDHW"))
    return _conv3d(input, filter, name=name, **attrs)


def conv1d(
    value: Any = None,
    filters: Any = None,
    stride: Any = None,
    padding: Any = None,
    use_cudnn_on_gpu: Any = None,
    data_format: str | None = None,
    name: str | None = None,
    input: Any = None,
    dilations: Any = None,
) -> Tensor:
    """Convolves sequences with a filter.

    Args:
        value: A tensor `[N, W, C]`, or `[N, C, W]` for "NCW".
        filters: A tensor `[w, C, D]` of the same dtype.
        stride: The step.
        padding: "SAME" or "VALID".
        use_cudnn_on_gpu: Accepted for v1's sake.
        data_format: "NWC" (the default) or "NCW".
        name: The operation's name.
        input: Another name of `value`.
        dilations: The distance between the filter's entries.

    Returns:
        A tensor `[N, W', D]`, or `[N, D, W']`.

    Raises:
        ValueError: If the shapes do not go together.
    """
    value = renamed(value, "value", input, "input")
    with name_scope(name, "conv1d", [value, filters]) as scope:
        if data_format in (None, "NHWC", "NWC"):
            wide, axis, channel = "NHWC", 1, 2
        elif data_format in ("NCHW", "NCW"):
            wide, axis, channel = "NCHW", 2, 1
        else:
            raise ValueError(
                "`data_format` must be 'NWC' or 'NCW'. " + f"Received: data_format={data_format}"
            )
        steps = spread(stride, 1, channel, "stride")
        gaps = spread(dilations, 1, channel, "dilations")
        image = expand_dims(value, axis)
        taps = expand_dims(filters, 0)
        attrs = _attributes(
            "Conv2D",
            (*steps[:axis], 1, *steps[axis:]),
            padding,
            wide,
            (*gaps[:axis], 1, *gaps[axis:]),
            ("NHWC", "NCHW"),
        )
        return squeeze(_conv2d(image, taps, name=scope, **attrs), [axis])


def _depthwise_rule(
    input: Tensor, filter: Tensor, strides: tuple[int, ...], padding: str, data_format: str = "NHWC",
    dilations: tuple[int, ...] = (), explicit_paddings: tuple[int, ...] = (),
) -> Spec:  # fmt: skip
    need_rank(input, 4)
    need_rank(filter, 4)
    dims = input._dims or (None,) * 4
    taps = filter._dims or (None,) * 4
    channels, depth = dims[channel_axis(data_format, 4)], taps[2]
    if channels is not None and depth is not None and channels != depth:
        raise ShapeError(f"Dimensions must be equal, but are {channels} and {depth}")
    channels = depth if channels is None else channels
    shape = geometry(data_format, strides, dilations or (1,) * 4, padding, explicit_paddings)
    sizes = [
        out_size(dims[axis], taps[at], at, shape) for at, axis in enumerate(spatial_axes(data_format, 4))
    ]
    made = None if channels is None or taps[3] is None else channels * taps[3]
    return input.dtype.base_dtype, arrange(data_format, dims[0], sizes, made)


def _depthwise(xp: Any, x: Any, taps: Any, shape: Geometry) -> Any:
    height, width, depth, multiple = taps.shape
    sizes = x.shape[1:-1]
    counts = [out_size(size, taps.shape[at], at, shape) or 0 for at, size in enumerate(sizes)]
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
    ("input", "filter"),
    name="depthwise",
    rule=_depthwise_rule,
    kernel=_depthwise_kernel,
    dtypes=FLOATS_HALF_FIRST,
    attributes='T data_format="NHWC" dilations=[] explicit_paddings=[] padding strides',
)


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
        attrs = _attributes(
            "DepthwiseConv2dNative", strides, padding, data_format or "NHWC", gaps, ("NHWC", "NCHW")
        )
        return _depthwise_native(input, filter, name=scope, **attrs)


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
    attrs = _attributes("DepthwiseConv2dNative", strides, padding, data_format, dilations, ("NHWC", "NCHW"))
    return _depthwise_native(input, filter, name=name or "DepthwiseConv2dNative", **attrs)


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
        attrs = _attributes(
            "DepthwiseConv2dNative", strides, padding, data_format or "NHWC", gaps, ("NHWC", "NCHW")
        )
        middle = _depthwise_native(input, depthwise_filter, name="depthwise", **attrs)
        return conv2d(middle, pointwise_filter, 1, "VALID", data_format=data_format or "NHWC", name=scope)


def convolution(
    input: Any, filter: Any = None, padding: Any = None, strides: Any = None, dilation_rate: Any = None,
    name: str | None = None, data_format: str | None = None, filters: Any = None, dilations: Any = None,
) -> Tensor:  # fmt: skip
    """Convolves sequences, images or volumes, as the input's rank says.

    Args:
        input: A tensor `[N, spatial..., C]`, or `[N, C, spatial...]` for a format that begins with "NC".
        filter: A tensor `[spatial..., C, D]` of the same dtype.
        padding: "SAME" or "VALID".
        strides: Steps, one for each spatial dimension.
        dilation_rate: Distances between the filter's entries, one for each spatial dimension.
        name: The operation's name.
        data_format: The order of the dimensions; channels last by default.
        filters: Another name of `filter`.
        dilations: Another name of `dilation_rate`.

    Returns:
        A tensor of the input's rank.

    Raises:
        ValueError: If the rank is neither of 3, 4 and 5.
    """
    filter = renamed(filter, "filter", filters, "filters")
    gaps = renamed(dilation_rate, "dilation_rate", dilations, "dilations")
    tensor = convert_to_tensor(input)
    taps = convert_to_tensor(filter)
    rank = len(tensor._dims) if tensor._dims is not None else len(taps._dims or ())
    if rank not in (3, 4, 5):
        raise ValueError(f"convolution: the input must be of rank 3, 4 or 5, not {rank}")
    first = bool(data_format and data_format.startswith("NC"))
    if rank == 3:
        return conv1d(
            tensor, taps, strides, padding, data_format="NCW" if first else "NWC", dilations=gaps, name=name
        )
    if rank == 4:
        return conv2d(
            tensor, taps, strides, padding, data_format="NCHW" if first else "NHWC", dilations=gaps,
            name=name or "convolution",
        )  # fmt: skip
    return conv3d(
        tensor, taps, strides, padding, data_format="NCDHW" if first else "NDHWC", dilations=gaps,
        name=name or "convolution",
    )  # fmt: skip


def atrous_conv2d(value: Any, filters: Any, rate: int, padding: Any, name: str | None = None) -> Tensor:
    """Convolves images with a filter with holes.

    Args:
        value: A tensor `[N, H, W, C]`.
        filters: A tensor `[h, w, C, D]`.
        rate: The distance between the filter's entries.
        padding: "SAME" or "VALID".
        name: The operation's name.

    Returns:
        A tensor `[N, H', W', D]`.
    """
    return convolution(value, filters, padding, dilation_rate=[rate, rate], name=name)


def _transpose_rule(input_sizes: Tensor, filter: Tensor, out_backprop: Tensor, **attrs: Any) -> Spec:
    if filter.dtype.base_dtype is not out_backprop.dtype.base_dtype:
        raise TypeError(
            f"Input 'out_backprop' of 'Conv2DBackpropInput' Op has type "
            f"{out_backprop.dtype.base_dtype.name} that "
            f"does not match type {filter.dtype.base_dtype.name} of argument 'filter'."
        )
    need_rank(filter, 4)
    need_rank(out_backprop, 4)
    return filter.dtype.base_dtype, dims_from(input_sizes) or (None,) * 4


def _spread_windows(xp: Any, sizes: tuple[int, ...], taps: Any, grad: Any, shape: Geometry) -> Any:
    """The transpose of `convolve`: adds, for each place of `grad`, a multiple of the filter into an image."""
    window = taps.shape[:-2]
    depth = taps.shape[-2]
    spatial = sizes[1:-1]
    edges = borders(spatial, window, shape)
    counts = grad.shape[1:-1]
    expected = [out_size(size, window[at], at, shape) for at, size in enumerate(spatial)]
    if list(counts) != expected:
        raise ValueError(f"Size of out_backprop {list(counts)} doesn't match computed: {expected}")
    matrix = xp.reshape(taps, (-1, taps.shape[-1]))
    rows = xp.matmul(xp.reshape(grad, (-1, grad.shape[-1])), xp.matrix_transpose(matrix))
    rows = xp.reshape(rows, (grad.shape[0], *counts, math.prod(window), depth))
    wide = [size + sum(edge) for size, edge in zip(spatial, edges, strict=True)]
    out = filled_like(xp, grad, (grad.shape[0], *wide, depth), 0)
    places: list[tuple[int, ...]] = [()]
    for length in window:
        places = [(*place, i) for place in places for i in range(length)]
    for number, place in enumerate(places):
        key = tuple(
            slice(
                i * shape.dilations[at],
                i * shape.dilations[at] + (counts[at] - 1) * shape.strides[at] + 1,
                shape.strides[at],
            )
            for at, i in enumerate(place)
        )
        key = (slice(None), *key, slice(None))
        if hasattr(out, "at") and not callable(out.at):
            out = out.at[key].add(rows[..., number, :])
        else:
            out[key] += rows[..., number, :]
    crop = tuple(slice(before, before + size) for (before, _), size in zip(edges, spatial, strict=True))
    return out[(slice(None), *crop, slice(None))]


def _transpose_kernel(
    xp: Any,
    strides: tuple[int, ...],
    padding: str,
    data_format: str = "NHWC",
    dilations: tuple[int, ...] = (),
    explicit_paddings: tuple[int, ...] = (),
) -> Any:
    shape = geometry(data_format, strides, dilations or (1,) * 4, padding, explicit_paddings)

    def spread_out(input_sizes: Any, taps: Any, grad: Any) -> Any:
        sizes = tuple(input_sizes.tolist())
        if data_format == "NCHW":
            sizes = (sizes[0], sizes[2], sizes[3], sizes[1])
        run = channels_last(xp, lambda g: _spread_windows(xp, sizes, taps, g, shape), data_format)
        return run(grad)

    return spread_out


_conv2d_backprop = define_op(
    "Conv2DBackpropInput",
    ("input_sizes", "filter", "out_backprop"),
    rule=_transpose_rule,
    kernel=_transpose_kernel,
    same_dtype=False,
    attributes=_CONV_ATTRIBUTES.replace("T ", "T:1 ", 1),
    host=("input_sizes",),
)


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
        attrs = _attributes("Conv2DBackpropInput", strides, padding, data_format, dilations, ("NHWC", "NCHW"))
        return _conv2d_backprop(index_array(output_shape), filter, value, name=scope, **attrs)


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
    attrs = _attributes("Conv2DBackpropInput", strides, padding, data_format, dilations, ("NHWC", "NCHW"))
    return _conv2d_backprop(index_array(input_sizes), filter, out_backprop, name=name, **attrs)
