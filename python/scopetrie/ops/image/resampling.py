"""Where the pixels of a resized image come from: places in the input and their weights, along one axis."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

Array = np.ndarray[Any, Any]
_TABLE: Final = 1024  # as v1, weights of cubics are looked up in a table of so many steps


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


def resampled(xp: Any, images: Any, axis: int, places: Array, weights: Array) -> Any:
    """Images with one axis resampled."""
    from array_api_compat import device

    own = device(images)
    total = None
    for tap in range(places.shape[1]):
        part = xp.take(images, xp.asarray(places[:, tap], device=own), axis=axis)
        if places.shape[1] > 1:
            along = weights[:, tap].reshape(-1, *(1,) * (len(images.shape) - 1 - axis))
            part = part * xp.asarray(along, dtype=images.dtype, device=own)
        total = part if total is None else total + part
    return total
