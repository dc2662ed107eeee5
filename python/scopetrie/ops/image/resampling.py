"""Where the pixels of a resized image come from: places in the input and their weights, along one axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from ...backends import is_traced

Array = np.ndarray[Any, Any]
_TABLE: Final = 1024  # as v1, weights of cubics are looked up in a table of so many steps

_MOST: Final = 16  # pairs of sizes that a kernel keeps arrays for


def scale_of(before: int, after: int, align_corners: bool) -> Any:
    """How far apart in the input neighbours of the output are."""
    if align_corners and after > 1:
        return np.float32((before - 1) / np.float32(after - 1))
    return np.float32(before / np.float32(after))


def taps(method: str, before: int, after: int, align_corners: bool, half: bool) -> tuple[Array, Array]:
    """For each pixel of the output those of the input, `[after, k]`, and their weights.

    Args:
        method: "bilinear", "nearest", "bicubic" or "area".
        before: The size of the input.
        after: The size of the output.
        align_corners: Whether the first and the last pixels lie on each other.
        half: Whether a pixel lies at the middle of its square.
    """
    scale = scale_of(before, after, align_corners)
    at = np.arange(after, dtype=np.float32)
    if method == "area":
        return _area(at * scale, (at + np.float32(1)) * scale, scale, before)
    if method == "nearest":
        place = (at + np.float32(0.5)) * scale if half else at * scale
        whole = np.floor(place + np.float32(0.5)) if align_corners else np.floor(place)
        places = np.clip(whole, 0, before - 1).astype(np.int64)[:, None]
        return places, np.ones_like(places, np.float32)
    place = (at + np.float32(0.5)) * scale - np.float32(0.5) if half else at * scale
    if method == "bicubic":
        return _cubic(place, before, half)
    low = np.floor(place)
    weight = (place - low).astype(np.float32)
    places = np.stack([np.maximum(low, 0), np.minimum(np.ceil(place), before - 1)], 1).astype(np.int64)
    return places, np.stack([1 - weight, weight], 1)


def _cubic(place: Array, before: int, half: bool) -> tuple[Array, Array]:
    a = -0.5 if half else -0.75
    low = np.floor(place)
    steps = np.rint((place - low) * _TABLE).astype(np.int64)

    def near(step: Array) -> Array:
        x = step / _TABLE
        made: Array = ((a + 2) * x - (a + 3)) * x * x + 1
        return made

    def far(step: Array) -> Array:
        x = step / _TABLE + 1
        made: Array = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
        return made

    weights = np.stack([far(steps), near(steps), near(_TABLE - steps), far(_TABLE - steps)], 1)
    raw = low.astype(np.int64)[:, None] + np.arange(-1, 3)
    places = np.clip(raw, 0, before - 1)
    if half:  # what lies outside does not count
        weights = np.where(raw == places, weights, 0)
        weights = weights / weights.sum(axis=1, keepdims=True)
    return places, weights.astype(np.float32)


def _area(begin: Array, end: Array, scale: Any, before: int) -> tuple[Array, Array]:
    first = np.floor(begin).astype(np.int64)
    if not scale:  # one pixel, of which each covers nothing
        return np.clip(first, 0, before - 1)[:, None], np.ones((len(first), 1), np.float32)
    count = int((np.ceil(end).astype(np.int64) - first).max())
    raw = first[:, None] + np.arange(count)
    lows, highs = np.maximum(raw, begin[:, None]), np.minimum(raw + 1, end[:, None])
    weights = np.maximum(highs - lows, 0) / scale
    return np.clip(raw, 0, before - 1), weights.astype(np.float32)


def matrix(places: Array, weights: Array, before: int) -> Array:
    """The same as a matrix `[after, before]`."""
    made = np.zeros((len(places), before), np.float64)
    np.add.at(made, (np.arange(len(places))[:, None], places), weights)
    return made


class Kept:
    """Arrays that follow from sizes alone: made once for a kernel, and on a device copied up once.

    Thread safety: may be called from several threads; each may make the arrays.

    Args:
        make: Makes them, of a namespace, an array beside which they are, and sizes.
    """

    def __init__(self, make: Callable[..., list[Any]]) -> None:
        self._make = make
        self._kept: dict[Any, list[Any]] = {}

    def __call__(self, xp: Any, like: Any, *sizes: int) -> list[Any]:
        """The arrays for sizes, beside an array and for its dtype."""
        from array_api_compat import device

        key = (*sizes, str(like.dtype), str(device(like)))
        found = self._kept.get(key)
        if found is None:
            found = self._make(xp, like, *sizes)
            if not any(map(is_traced, found)):
                if len(self._kept) >= _MOST:
                    self._kept.clear()
                self._kept[key] = found
        return found


def placed(xp: Any, images: Any, axis: int, places: Array, weights: Array) -> list[Any]:
    """The places and the weights of each tap in turn, beside images; no weights where there is one tap."""
    from array_api_compat import device

    own, made = device(images), []
    for tap in range(places.shape[1]):
        made.append(xp.asarray(places[:, tap], device=own))
        if places.shape[1] > 1:
            along = weights[:, tap].reshape(-1, *(1,) * (len(images.shape) - 1 - axis))
            made.append(xp.asarray(along, dtype=images.dtype, device=own))
    return made


def resampled(xp: Any, images: Any, axis: int, parts: list[Any]) -> Any:
    """Images with one axis resampled by what `placed` gives."""
    if len(parts) == 1:
        return xp.take(images, parts[0], axis=axis)
    total = None
    for places, weights in zip(parts[::2], parts[1::2], strict=True):
        part = xp.take(images, places, axis=axis) * weights
        total = part if total is None else total + part
    return total
