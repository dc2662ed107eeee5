"""Arguments that say how a window moves over the spatial dimensions of an input."""

from __future__ import annotations

from typing import Any

from ..shapes import TensorShape

__all__ = [
    "channel_axis",
    "checked_format",
    "checked_padding",
    "deconvolved_size",
    "nn_format",
    "sizes",
    "window_shape",
    "windowed_size",
]


def sizes(value: Any, count: int, name: str) -> tuple[int, ...]:
    """Sizes for each spatial dimension.

    Args:
        value: A positive int for all, or a list of `count` such ints.
        count: How many spatial dimensions there are.
        name: The argument's name.

    Raises:
        ValueError: If it is neither.
    """
    fault = f"The `{name}` argument must be a tuple of {count} integers. Received: {value}"
    try:
        listed = (value.__index__(),) * count if hasattr(value, "__index__") else tuple(value)
        found = tuple(int(each) for each in listed)
    except (TypeError, ValueError):
        raise ValueError(fault) from None
    if len(found) != count:
        raise ValueError(fault)
    if wrong := {each for each in found if each <= 0}:
        raise ValueError(f"{fault} including {wrong} that does not satisfy the requirement `> 0`.")
    return found


def checked_padding(value: Any, causal: bool = False) -> str:
    """A padding in small letters.

    Args:
        value: "valid" or "same".
        causal: Whether it may be "causal".

    Raises:
        ValueError: If it is neither.
    """
    found = str(value).lower()
    if found not in ("valid", "same", *(["causal"] if causal else [])):
        raise ValueError(
            'The `padding` argument must be a list/tuple or one of "valid", "same" (or "causal", only for '
            f"`Conv1D). Received: {found}"
        )
    return found


def checked_format(value: Any) -> str:
    """A data format in small letters; None is "channels_last".

    Raises:
        ValueError: If it is none.
    """
    found = "channels_last" if value is None else str(value).lower()
    if found not in ("channels_first", "channels_last"):
        raise ValueError(
            f'The `data_format` argument must be one of "channels_first", "channels_last". Received: {value}'
        )
    return found


def nn_format(data_format: str, rank: int) -> str:
    """The data format as `tf.nn` calls it, by the rank of the inputs."""
    last, first = {3: ("NWC", "NCW"), 4: ("NHWC", "NCHW"), 5: ("NDHWC", "NCDHW")}[rank]
    return first if data_format == "channels_first" else last


def channel_axis(data_format: str) -> int:
    """The dimension of the channels."""
    return 1 if data_format == "channels_first" else -1


def windowed_size(size: int | None, window: int, padding: str, stride: int, dilation: int = 1) -> int | None:
    """How many places a window has along a dimension of some size; None if the size is not known."""
    if size is None:
        return None
    reach = window + (window - 1) * (dilation - 1)
    places = size if padding in ("same", "causal") else size - reach + 1
    return (places + stride - 1) // stride


def deconvolved_size(size: Any, window: int, padding: str, stride: int) -> Any:
    """The size along a dimension that a transposed convolution makes; `size` may be a tensor or None."""
    if size is None:
        return None
    made = size * stride
    return made + max(window - stride, 0) if padding == "valid" else made


def window_shape(shape: Any, data_format: str, spatial: list[int | None], channels: Any) -> TensorShape:
    """The shape of an output with these spatial sizes and channels, for the shape of the input."""
    batch = TensorShape(shape).as_list()[0]
    if data_format == "channels_first":
        return TensorShape([batch, channels, *spatial])
    return TensorShape([batch, *spatial, channels])
