"""Windows of poolings: which are refused, and those that lie across channels."""

from __future__ import annotations

import math
from typing import Any, Final

from ....errors import InvalidArgumentError, UnimplementedError
from .window import channel_axis

__all__ = ["check_paddings", "check_window", "largest_of_channels"]

_SIDES: Final = (("Top", "Bottom"), ("Left", "Right"))


def check_window(ksize: tuple[int, ...], strides: tuple[int, ...], data_format: str) -> None:
    """Refuses a window that this pooling is not made for.

    Raises:
        InvalidArgumentError: If a size or a stride is not positive.
        UnimplementedError: If it reaches over several images or channels.
    """
    if min(*ksize, *strides) < 1:
        raise InvalidArgumentError(
            None, None, f"Sliding window sizes and strides must be positive: {list(ksize)}, {list(strides)}"
        )
    channel = channel_axis(data_format, len(ksize))
    if any(each[at] != 1 for each in (ksize, strides) for at in (0, channel)):
        raise UnimplementedError(
            None,
            None,
            "Pooling across images or channels is not supported: their window and stride must be 1",
        )


def check_paddings(window: tuple[int, ...], paddings: list[tuple[int, ...]]) -> None:
    """Refuses a padding in which a window can lie as a whole.

    Raises:
        InvalidArgumentError: If one is as large as the window.
    """
    for size, pair, sides in zip(window, paddings, _SIDES, strict=False):
        for side, padding in zip(sides, pair, strict=False):
            if padding >= size:
                raise InvalidArgumentError(
                    None,
                    None,
                    f"{side} padding {padding} needs to be smaller than the window size {size}",
                )


def largest_of_channels(xp: Any, ksize: tuple[int, ...], strides: tuple[int, ...], channel: int) -> Any:
    """Pooling across channels, as v1 has it: over whole groups of them, and nothing else.

    Raises:
        UnimplementedError: If it is over something else.
    """
    window = ksize[channel]
    if math.prod(ksize) != window or math.prod(strides) != strides[channel] or strides[channel] != window:
        raise UnimplementedError(
            None, None,
            "Pooling across channels is supported over groups of them alone: the window and the stride are "
            "equal, and 1 elsewhere",
        )  # fmt: skip

    def pool(x: Any) -> Any:
        groups, rest = divmod(x.shape[channel], window)
        if rest:
            raise UnimplementedError(
                None, None,
                "Depthwise max pooling requires the depth window to evenly divide the input depth: "
                f"{window} does not divide {x.shape[channel]}",
            )  # fmt: skip
        return xp.max(
            xp.reshape(x, (*x.shape[:channel], groups, window, *x.shape[channel + 1 :])), axis=channel + 1
        )

    return pool
