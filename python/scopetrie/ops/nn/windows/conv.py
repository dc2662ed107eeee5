"""Convolutions of sequences, images and volumes."""

from __future__ import annotations

from typing import Any

from .... import dtypes
from ...._core import name_scope
from ....graph import Tensor
from ....public import v1
from ...array.dims import expand_dims, renamed, squeeze
from ...declare import FLOATS_HALF_FIRST, Ints, attr, tensor
from ...direct import attribute, direct, ints
from ...faults import check_choice
from ...promises import makes_new
from ...registry import define_op
from .convolve import convolve
from .window import (
    channels_last,
    convert_padding,
    geometry,
    spread,
)  # fmt: skip

_PADDINGS = ("SAME", "VALID", "EXPLICIT")


def _conv_kernel(
    xp: Any,
    strides: tuple[int, ...],
    padding: str,
    data_format: str = "NHWC",
    dilations: tuple[int, ...] = (),
    explicit_paddings: tuple[int, ...] = (),
) -> Any:
    shape = geometry(data_format, strides, dilations or (1,) * len(strides), padding, explicit_paddings)
    return makes_new(channels_last(xp, lambda x, taps: convolve(xp, x, taps, shape), data_format))


WINDOW_ATTRIBUTES = (attr("padding", str), attr("strides", Ints))
CONV_ATTRIBUTES = (
    attr("data_format", str, "NHWC"), attr("dilations", Ints, ()), attr("explicit_paddings", Ints, ()),
    attr("use_cudnn_on_gpu", bool, True), *WINDOW_ATTRIBUTES,
)  # fmt: skip
CONV3D_ATTRIBUTES = (
    attr("data_format", str, "NDHWC"), attr("dilations", Ints, ()), *WINDOW_ATTRIBUTES,
)  # fmt: skip
_conv2d = define_op(
    "Conv2D", tensor("input", (*FLOATS_HALF_FIRST, dtypes.int32)), tensor("filter"),
    kernel=_conv_kernel, attributes=CONV_ATTRIBUTES,
)  # fmt: skip
_conv3d = define_op(
    "Conv3D",
    tensor("input", FLOATS_HALF_FIRST),
    tensor("filter"),
    kernel=_conv_kernel,
    attributes=(
        attr("data_format", str, "NDHWC"),
        attr("dilations", Ints, ()),
        attr("padding", str),
        attr("strides", Ints),
    ),
)


def conv_attributes(
    type: str, strides: Any, padding: Any, data_format: str, dilations: Any, formats: tuple[str, str]
) -> dict[str, Any]:
    """The attributes of a convolution's node, checked.

    Args:
        type: The op type, for the errors.
        strides: Steps of the window: an int, one for each spatial dimension, or one for each dimension.
        padding: "SAME", "VALID", or pairs (before, after) for each dimension.
        data_format: The order of the dimensions.
        dilations: Distances between the filter's entries, as `strides`.
        formats: The data formats that there are.

    Raises:
        ValueError: If one of them is none that there is.
    """
    count = len(formats[0]) - 2
    kind, explicit = convert_padding(padding)
    channel = 1 if data_format.startswith("NC") else count + 1
    attrs: dict[str, Any] = {
        "strides": spread(strides, count, channel, "strides"),
        "padding": check_choice(kind, "padding", type, _PADDINGS),
        "data_format": check_choice(data_format, "data_format", type, formats),
        "dilations": spread(dilations, count, channel, "dilations"),
    }
    if explicit:
        attrs["explicit_paddings"] = explicit
    return attrs


@v1("nn.conv2d")
@direct(
    _conv2d,
    strides=ints(),
    padding=attribute(choices=("SAME", "VALID")),
    data_format=attribute(choices=("NHWC", "NCHW")),
    dilations=ints(),
)
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
    attrs = conv_attributes("Conv2D", strides, padding, data_format, dilations, ("NHWC", "NCHW"))
    return _conv2d(input, filter, name=name, **attrs)


@v1("nn.conv3d")
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
    attrs = conv_attributes("Conv3D", strides, padding, data_format, dilations, ("NDHWC", "NCDHW"))
    return _conv3d(input, filter, name=name, **attrs)


@v1("nn.conv1d")
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
        attrs = conv_attributes(
            "Conv2D",
            (*steps[:axis], 1, *steps[axis:]),
            padding,
            wide,
            (*gaps[:axis], 1, *gaps[axis:]),
            ("NHWC", "NCHW"),
        )
        return squeeze(_conv2d(image, taps, name=scope, **attrs), [axis])
