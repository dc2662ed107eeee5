"""Colors between their spaces, in NumPy and its like."""

from __future__ import annotations

from typing import Any


def to_hsv(xp: Any, rgb: Any) -> Any:
    """Hue, saturation and value of red, green and blue, along the last axis."""
    r, g, b = (rgb[..., at] for at in range(3))
    value = xp.maximum(xp.maximum(r, g), b)
    span = value - xp.minimum(xp.minimum(r, g), b)
    zero, one = xp.zeros_like(value), xp.ones_like(value)
    saturation = xp.where(value > 0, span / xp.where(value > 0, value, one), zero)
    norm = 1 / (6 * xp.where(span > 0, span, one))
    hue = xp.where(
        r == value, norm * (g - b), xp.where(g == value, norm * (b - r) + 2 / 6, norm * (r - g) + 4 / 6)
    )
    hue = xp.where(span > 0, hue, zero)
    hue = xp.where(hue < 0, hue + 1, hue)
    return xp.stack([hue, saturation, value], axis=-1)


def to_rgb(xp: Any, hsv: Any) -> Any:
    """Red, green and blue of hue, saturation and value, along the last axis."""
    hue, saturation, value = (hsv[..., at] for at in range(3))
    return xp.stack([(1 - saturation + saturation * each) * value for each in _pure(xp, hue)], axis=-1)


def _pure(xp: Any, hue: Any) -> list[Any]:
    """Red, green and blue of hues at full saturation and value."""
    six = hue * 6
    zero, one = xp.zeros_like(six), xp.ones_like(six)
    parts = (xp.abs(six - 3) - 1, 2 - xp.abs(six - 2), 2 - xp.abs(six - 4))
    return [xp.minimum(xp.maximum(each, zero), one) for each in parts]


def turned(xp: Any, rgb: Any, delta: Any) -> Any:
    """Colors whose hue is moved; as v1, the least and the largest part stay what they are, below 0, too."""
    low = xp.minimum(xp.minimum(rgb[..., 0], rgb[..., 1]), rgb[..., 2])
    hsv = to_hsv(xp, rgb)
    hue = hsv[..., 0] + delta
    high = hsv[..., 2]
    span = high - low
    parts = [xp.where(each == 1, high, low + span * each) for each in _pure(xp, hue - xp.floor(hue))]
    return xp.stack(parts, axis=-1)
