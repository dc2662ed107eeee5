"""Images in files as Pillow reads them, and their pixels as arrays."""

from __future__ import annotations

import io
from importlib import import_module
from typing import Any

import numpy as np

from ...dtypes import DType

Array = np.ndarray[Any, Any]
BEGINNINGS = {
    "PNG": b"\x89PNG\r\n\x1a\n",
    "JPEG": b"\xff\xd8\xff",
    "GIF": b"GIF8",
    "BMP": b"BM",
}
MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


def pillow() -> Any:
    """The module PIL.Image.

    Raises:
        ImportError: If Pillow is not installed; the message says how to install it.
    """
    try:
        return import_module("PIL.Image")
    except ImportError:
        raise ImportError(
            "Reading and writing images needs the package Pillow, which is an extra: "
            "pip install scopetrie[images]"
        ) from None


def kind_of(data: bytes) -> str | None:
    """Which kind of image file bytes are; None if it is none of `BEGINNINGS`."""
    return next((kind for kind, begin in BEGINNINGS.items() if data.startswith(begin)), None)


def opened(data: bytes, kinds: tuple[str, ...], op: str) -> Any:
    """Reads an image.

    Args:
        data: The bytes of the file.
        kinds: Which kinds of files are taken.
        op: The type of the operation, for errors.

    Raises:
        ValueError: If the file is of another kind, or damaged.
        ImportError: If Pillow is not installed.
    """
    found = kind_of(data)
    if found is None:
        raise ValueError(
            f"Unknown image file format. One of JPEG, PNG, GIF, BMP required: {op} got {len(data)} bytes "
            f"that begin with {data[:8]!r}"
        )
    if found not in kinds:
        raise ValueError(f"Trying to decode {found} format using {op}, which takes {' and '.join(kinds)}")
    try:
        image = pillow().open(io.BytesIO(data))
        image.load()
    except (OSError, SyntaxError, ValueError) as error:
        raise ValueError(f"Invalid {found} data, size {len(data)}: {error}") from None
    return image


def pixels_of(image: Any, channels: int, op: str) -> Array:
    """The pixels of a Pillow image, `[H, W, C]`."""
    if image.mode.startswith("I"):  # 16 bits of gray
        deep = np.asarray(image).astype(np.uint16)[:, :, None]
        if channels in (0, 1):
            return deep
        gray = np.repeat(deep, 3 if channels > 2 else 1, axis=2)
        rest = np.full((*deep.shape[:2], 1), 65535, np.uint16)
        return np.concatenate([gray, rest], axis=2) if channels in (2, 4) else gray
    if channels not in range(5):
        raise ValueError(f"channels must be 0, 1, 2, 3, or 4, got {channels}")
    mode = MODES.get(channels)
    if channels == 0:
        own = {"1": "L", "P": "RGBA" if "transparency" in image.info else "RGB"}.get(image.mode, image.mode)
        if image.mode in ("L", "RGB") and "transparency" in image.info:
            own += "A"
        mode = own if own in MODES.values() else "RGB"
    made = np.asarray(image if image.mode == mode else image.convert(mode))
    return made[:, :, None] if made.ndim == 2 else made


def typed(pixels: Array, dtype: DType) -> Array:
    """Pixels in 8 or 16 bits."""
    wanted = np.dtype(dtype.as_numpy_dtype)
    if pixels.dtype == wanted:
        return np.ascontiguousarray(pixels)
    if wanted == np.uint8:
        return (pixels >> 8).astype(np.uint8)
    return pixels.astype(np.uint16) * np.uint16(257)


def frames_of(image: Any) -> Array:
    """The frames of a GIF, each with what it leaves of those before, `[N, H, W, 3]`."""
    found = []
    for at in range(getattr(image, "n_frames", 1)):
        image.seek(at)
        found.append(np.asarray(image.convert("RGB")))
    return np.stack(found)


def smaller(pixels: Array, ratio: int) -> Array:
    """Means of squares of pixels."""
    high, wide = -(-pixels.shape[0] // ratio), -(-pixels.shape[1] // ratio)
    rows = [min(at, pixels.shape[0] - 1) for at in range(high * ratio)]
    columns = [min(at, pixels.shape[1] - 1) for at in range(wide * ratio)]
    squares = pixels[rows][:, columns].reshape(high, ratio, wide, ratio, -1).astype(np.float64)
    made: Array = np.rint(squares.mean(axis=(1, 3))).astype(pixels.dtype)
    return made
