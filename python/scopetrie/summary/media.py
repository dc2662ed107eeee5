"""Images as PNG and sound as WAV, for summaries."""

from __future__ import annotations

import io
import struct
import wave
import zlib
from typing import Any, Final

import numpy as np

__all__ = ["as_bytes", "png", "wav"]

_COLOURS: Final = {1: 0, 3: 2, 4: 6}  # PNG's numbers for grey, red-green-blue, and that with opacity
_SMALLEST: Final = 1e-6  # images whose values are smaller are black


def as_bytes(
    image: np.ndarray[Any, Any], bad_color: tuple[int, ...] = (255, 0, 0, 255)
) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Returns an image of floats as bytes, scaled as v1 does.

    Values from 0 up are scaled such that the largest is 255; if there are negative ones, 0 becomes 128.

    Args:
        image: Floats; [height, width, channels].
        bad_color: What pixels become that have a value that is infinite or not a number.
    """
    finite = np.isfinite(image)
    good = finite.all(axis=-1, keepdims=True)
    kind: Any = np.float64 if image.dtype == np.float64 else np.float32
    values = np.where(good, image, 0).astype(kind)
    low, high = (float(f(image[finite], initial=0)) for f in (np.min, np.max))
    largest = max(-low, high)
    offset, top = (128, 127) if low < 0 else (0, 255)
    scale = kind(0 if largest < _SMALLEST else top / largest)
    made = (values * scale + kind(offset)).astype(np.uint8)
    return np.where(good, made, np.array(bad_color[: image.shape[-1]], np.uint8))


def png(image: np.ndarray[Any, np.dtype[np.uint8]]) -> bytes:
    """Returns an image as a PNG file.

    Args:
        image: Bytes; [height, width, channels], with 1, 3 or 4 channels.
    """
    height, width, channels = image.shape
    rows = np.zeros(
        (height, 1 + width * channels), np.uint8
    )  # each begins with the number of its filter: none
    rows[:, 1:] = image.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, _COLOURS[channels], 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes())), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def wav(sound: np.ndarray[Any, Any], rate: float) -> bytes:
    """Returns sound as a WAV file of 16 bits.

    Args:
        sound: Floats from -1 to 1; [frames, channels]. What is beyond is cut off.
        rate: Frames a second.
    """
    scaled = np.asarray(sound, np.float64) * 32768
    samples = np.clip(np.copysign(np.floor(np.abs(scaled) + 0.5), scaled), -32768, 32767).astype("<i2")
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(sound.shape[1])
        file.setsampwidth(2)
        file.setframerate(int(rate))
        file.writeframes(samples.tobytes())
    return made.getvalue()
