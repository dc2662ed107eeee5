"""Poolings: the largest element, or the mean, of each window."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .... import dtypes
from ...._core import OpFunction
from ....dtypes import DType, DTypeLike, as_dtype
from ....graph import Tensor
from ....public import v1
from ...array.dims import renamed
from ...array.indices import count_up
from ...declare import FLOATS_HALF_FIRST, INDICES, REALS, Ints, attr, tensor
from ...direct import attribute, direct, ints
from ...faults import check_choice
from ...outputs import MaxPoolWithArgmax
from ...promises import makes_new
from ...registry import define_op
from .pool_windows import check_paddings, check_window, largest_of_channels
from .window import (
    Geometry,
    borders,
    channel_axis,
    channels_apart,
    convert_padding,
    filled_like,
    geometry,
    in_one_pass,
    padded,
    spatial_axes,
    spread,
    window_counts,
    window_slices,
)  # fmt: skip


def _parts(xp: Any, x: Any, window: tuple[int, ...], shape: Geometry, value: Any) -> list[Any]:
    sizes = x.shape[1:-1]
    counts = window_counts(sizes, window, shape)
    return window_slices(padded(xp, x, borders(sizes, window, shape), value), window, counts, shape)


def lowest(xp: Any, dtype: Any) -> Any:
    """The lowest finite value of a dtype."""
    return (xp.finfo(dtype) if xp.isdtype(dtype, "real floating") else xp.iinfo(dtype)).min


def _pool_in_one_pass(pool: Any, x: Any, window: tuple[int, ...], shape: Geometry, counts: list[int]) -> Any:
    made = np.empty((x.shape[0], *counts, x.shape[-1]), x.dtype)
    before = tuple(first for first, _ in borders(x.shape[1:-1], window, shape))
    pool(np.ascontiguousarray(x), made, window, shape.strides, before)
    return made


def _max_pool(xp: Any, x: Any, window: tuple[int, ...], shape: Geometry) -> Any:
    sizes = x.shape[1:-1]
    counts = window_counts(sizes, window, shape)
    if pool := in_one_pass(xp, "pool_largest", x):
        return _pool_in_one_pass(pool, x, window, shape, counts)
    least = lowest(xp, x.dtype)
    if xp.isdtype(x.dtype, "real floating"):
        # As v1: NaN is passed over, and the largest element is finite at least.
        x = xp.where(x > least, x, filled_like(xp, x, (), least))
    best = padded(xp, x, borders(sizes, window, shape), least)
    # Along one dimension after another: fewer passes, and the first ones over long runs of memory.
    for at, (length, count, stride) in enumerate(zip(window, counts, shape.strides, strict=True)):
        around = (slice(None),) * (at + 1)
        reach = (count - 1) * stride + 1 if count else 0
        best, *parts = (best[(*around, slice(i, i + reach, stride), ...)] for i in range(length))
        for part in parts:
            best = xp.maximum(best, part)
    return xp.asarray(best, copy=True) if math.prod(window) == 1 else best


def _avg_pool(xp: Any, x: Any, window: tuple[int, ...], shape: Geometry) -> Any:
    if pool := in_one_pass(xp, "pool_mean", x):
        return _pool_in_one_pass(pool, x, window, shape, window_counts(x.shape[1:-1], window, shape))
    total: Any = None
    for part in _parts(xp, x, window, shape, 0):
        total = part if total is None else total + part
    if shape.padding == "VALID":
        return total / math.prod(window)
    # As v1: places outside the image do not count.
    ones = filled_like(xp, x, (1, *x.shape[1:-1], 1), 1)
    count: Any = None
    for part in _parts(xp, ones, window, shape, 0):
        count = part if count is None else count + part
    return total / count


def _pool_kernel(pool: Any) -> Any:
    def kernel(
        xp: Any, ksize: tuple[int, ...], strides: tuple[int, ...], padding: str, data_format: str = "NHWC",
        explicit_paddings: tuple[int, ...] = (),
    ) -> Any:  # fmt: skip
        shape = geometry(data_format, strides, (1,) * len(ksize), padding, explicit_paddings)
        axes = spatial_axes(data_format, len(ksize))
        window = tuple(ksize[axis] for axis in axes)
        check_paddings(window, [explicit_paddings[2 * at : 2 * at + 2] for at in axes])
        channel = channel_axis(data_format, len(ksize))
        if pool is _max_pool and len(ksize) == 4 and min(ksize) > 0 and ksize[channel] > 1:
            return makes_new(largest_of_channels(xp, ksize, strides, channel))
        check_window(ksize, strides, data_format)
        return makes_new(channels_apart(xp, lambda x: pool(xp, x, window, shape), data_format))

    return kernel


_max2d = define_op(
    "MaxPool",
    tensor(
        "input",
        (*FLOATS_HALF_FIRST, *INDICES, dtypes.uint8, dtypes.int16, dtypes.int8, dtypes.uint16, dtypes.qint8),
    ),
    scoped=True,
    kernel=_pool_kernel(_max_pool),
    attributes=(
        attr("data_format", str, "NHWC"),
        attr("explicit_paddings", Ints, ()),
        attr("ksize", Ints),
        attr("padding", str),
        attr("strides", Ints),
    ),
)
_avg2d = define_op(
    "AvgPool",
    tensor("value", FLOATS_HALF_FIRST),
    scoped=True,
    kernel=_pool_kernel(_avg_pool),
    attributes=(
        attr("data_format", str, "NHWC"),
        attr("ksize", Ints),
        attr("padding", str),
        attr("strides", Ints),
    ),
)
_max3d = define_op(
    "MaxPool3D",
    tensor("input", (dtypes.float16, dtypes.bfloat16, dtypes.float32)),
    scoped=True,
    kernel=_pool_kernel(_max_pool),
    attributes=(
        attr("data_format", str, "NDHWC"),
        attr("ksize", Ints),
        attr("padding", str),
        attr("strides", Ints),
    ),
)
_avg3d = define_op(
    "AvgPool3D",
    tensor("input", FLOATS_HALF_FIRST),
    kernel=_pool_kernel(_avg_pool),
    scoped=True,
    attributes=(
        attr("data_format", str, "NDHWC"),
        attr("ksize", Ints),
        attr("padding", str),
        attr("strides", Ints),
    ),
)


def _attributes(
    type: str, ksize: Any, strides: Any, padding: Any, data_format: str, explicit: bool
) -> dict[str, Any]:
    count = len(data_format) - 2
    channel = 1 if data_format.startswith("NC") else count + 1
    kind, pairs = convert_padding(padding)
    choices = ("SAME", "VALID", "EXPLICIT") if explicit else ("SAME", "VALID")
    window = spread(ksize, count, channel, "ksize")
    attrs = {
        "ksize": window,
        "strides": spread(strides, count, channel, "strides"),
        "padding": check_choice(kind, "padding", type, choices),
        "data_format": data_format,
    }
    if pairs and min(pairs) < 0:
        raise ValueError(f"All elements of explicit_paddings must be nonnegative: {list(pairs)}")
    return attrs | {"explicit_paddings": pairs} if pairs else attrs


_POOL_DOC = """Takes {what} of each window of {whats}.

    Args:
        {input}: A tensor `{shape}`, or with channels second for "{first}".
        ksize: Sizes of the window: an int, one for each spatial dimension, or one for each dimension.
        strides: Steps of the window, likewise.
        padding: "SAME" or "VALID"; what lies outside does not count.
        data_format: "{last}" or "{first}".
        name: The operation's name.{also}

    Returns:
        A tensor of the same rank and dtype.

    Raises:
        ValueError: If the shapes do not go together.
    """


@v1("nn.max_pool")
def max_pool(
    value: Any, ksize: Any, strides: Any, padding: Any, data_format: str = "NHWC", name: str | None = None,
    input: Any = None,
) -> Tensor:  # fmt: skip
    """Pools; see below."""
    value = renamed(value, "value", input, "input")
    check_choice(data_format, "data_format", "MaxPool", ("NHWC", "NCHW"))
    return _max2d(value, name=name, **_attributes("MaxPool", ksize, strides, padding, data_format, True))


@v1("nn.avg_pool", "nn.avg_pool2d")
def avg_pool(
    value: Any, ksize: Any, strides: Any, padding: Any, data_format: str = "NHWC", name: str | None = None,
    input: Any = None,
) -> Tensor:  # fmt: skip
    """Pools; see below."""
    value = renamed(value, "value", input, "input")
    check_choice(data_format, "data_format", "AvgPool", ("NHWC", "NCHW"))
    return _avg2d(value, name=name, **_attributes("AvgPool", ksize, strides, padding, data_format, False))


@v1("nn.max_pool3d")
def max_pool3d(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str = "NDHWC", name: str | None = None
) -> Tensor:
    """Pools; see below."""
    return _max3d(input, name=name, **_attributes("MaxPool3D", ksize, strides, padding, data_format, False))


@v1("nn.avg_pool3d")
def avg_pool3d(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str = "NDHWC", name: str | None = None
) -> Tensor:
    """Pools; see below."""
    return _avg3d(input, name=name, **_attributes("AvgPool3D", ksize, strides, padding, data_format, False))


_ALSO = "\n        input: Another name of `value`."
for _function, _what, _wide in (
    (max_pool, "the largest element", False), (avg_pool, "the mean", False),
    (max_pool3d, "the largest element", True), (avg_pool3d, "the mean", True),
):  # fmt: skip
    _function.__doc__ = _POOL_DOC.format(
        what=_what, whats="volumes" if _wide else "images", input="input" if _wide else "value",
        shape="[N, D, H, W, C]" if _wide else "[N, H, W, C]", first="NCDHW" if _wide else "NCHW",
        last="NDHWC" if _wide else "NHWC", also="" if _wide else _ALSO,
    )  # fmt: skip

_POOLING: dict[str, Any] = {
    "ksize": ints(), "strides": ints(), "padding": attribute(choices=("SAME", "VALID")),
    "data_format": attribute(choices=("NHWC", "NCHW")),
}  # fmt: skip
max_pool = direct(_max2d, **_POOLING)(max_pool)
avg_pool = direct(_avg2d, **_POOLING)(avg_pool)


def _argmax_kernel(
    xp: Any, ksize: tuple[int, ...], strides: tuple[int, ...], padding: str, Targmax: DType = dtypes.int64,
    include_batch_in_index: bool = False,
) -> Any:  # fmt: skip
    shape = geometry("NHWC", strides, (1,) * 4, padding)
    window = tuple(ksize[1:3])

    def pool_with_places(x: Any) -> Any:
        whole = math.prod(x.shape if include_batch_in_index else x.shape[1:])
        if 0 in x.shape:
            raise ValueError("tensor_in must not be empty")
        check_window(ksize, strides, "NHWC")
        images = x.shape[0] if include_batch_in_index else 1
        places = count_up(xp, xp.astype(x[:1, :1, :1, :1], xp.int64), whole)
        places = xp.reshape(places, (images, *x.shape[1:]))
        places = xp.broadcast_to(places, x.shape)
        best: Any = None
        at: Any = None
        for part, place in zip(
            _parts(xp, x, window, shape, lowest(xp, x.dtype)),
            _parts(xp, places, window, shape, 0),
            strict=True,
        ):
            if best is None:
                best, at = part, place
                continue
            better = part > best
            best, at = xp.where(better, part, best), xp.where(better, place, at)
        return best, xp.astype(at, getattr(xp, Targmax.name))

    return pool_with_places


_max_with_argmax: OpFunction[list[Tensor]] = define_op(
    "MaxPoolWithArgmax",
    tensor("input", REALS),
    kernel=_argmax_kernel,
    attributes=(
        attr("Targmax", DType),
        attr("include_batch_in_index", bool),
        attr("ksize", Ints),
        attr("padding", str),
        attr("strides", Ints),
    ),
)


@v1("nn.max_pool_with_argmax")
def max_pool_with_argmax(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str = "NHWC", Targmax: DTypeLike = None,
    name: str | None = None, output_dtype: DTypeLike = None, include_batch_in_index: bool = False,
) -> MaxPoolWithArgmax:  # fmt: skip
    """Takes the largest element of each window of images, and where it is.

    Args:
        input: A tensor `[N, H, W, C]`.
        ksize: Sizes of the window.
        strides: Steps of the window.
        padding: "SAME" or "VALID".
        data_format: Must be "NHWC".
        Targmax: The dtype of the places, int64 by default.
        name: The operation's name.
        output_dtype: Another name of `Targmax`.
        include_batch_in_index: Whether places count from the first image.

    Returns:
        A named tuple of the elements, `output`, and their places in the flattened image, `argmax`:
        `(y * W + x) * C + c`.
    """
    check_choice(data_format, "data_format", "MaxPoolWithArgmax", ("NHWC",))
    attrs = _attributes("MaxPoolWithArgmax", ksize, strides, padding, data_format, False)
    attrs.pop("data_format")
    made = as_dtype(renamed(Targmax, "Targmax", output_dtype, "output_dtype") or dtypes.int64)
    found = _max_with_argmax(
        input, Targmax=made, include_batch_in_index=include_batch_in_index, name=name, **attrs
    )
    return MaxPoolWithArgmax(*found)
