"""The bytes of files of images: PNG and JPEG; by Pillow."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np

from ... import dtypes
from ..._core import OpFunction
from ...graph import Tensor
from ...public import v1
from ..declare import attr, tensor
from ..registry import define_op
from .pixels import MODES, pillow

Array = np.ndarray[Any, Any]


def _encoded(pixels: Array, **options: Any) -> bytes:
    if pixels.ndim != 3:
        raise ValueError(f"image must be 3-dimensional{list(pixels.shape)}")
    if not pixels.size:
        raise ValueError("image must have at least one pixel")
    depth = pixels.shape[2]
    if depth not in MODES or (options["format"] == "JPEG" and depth not in (1, 3)):
        raise ValueError(f"image must have 1, 2, 3, or 4 channels, has {depth}")
    if pixels.dtype == np.uint16 and depth != 1:
        raise ValueError("Pillow writes 16 bits of gray only: give uint8, or one channel")
    plain = pixels[:, :, 0] if depth == 1 else pixels
    out = io.BytesIO()
    pillow().fromarray(np.ascontiguousarray(plain)).save(out, **options)
    return out.getvalue()


def _as_strings(images: Array, encode: Callable[[Array], bytes]) -> Array:
    """The bytes of each image, in the shape of what is before height, width and channels."""
    if images.ndim < 3:
        raise ValueError(f"image must be at least 3-dimensional{list(images.shape)}")
    made = np.empty(images.shape[:-3], object)
    for at in np.ndindex(made.shape):
        made[at] = encode(images[at])
    return made


def _before_pixels(image: Tensor, **attrs: Any) -> Any:
    image.shape.with_rank_at_least(3)
    return dtypes.string, None if image._dims is None else image._dims[:-3]


def _png_kernel(xp: Any, compression: int = -1) -> Any:
    level = {"compress_level": compression} if compression >= 0 else {}
    return lambda images: _as_strings(images, lambda image: _encoded(image, format="PNG", **level))


def _jpeg_kernel(
    xp: Any, format: str = "", quality: int = 95, progressive: bool = False, optimize_size: bool = False,
    chroma_downsampling: bool = True, density_unit: str = "in", x_density: int = 300, y_density: int = 300,
    xmp_metadata: str = "",
) -> Any:  # fmt: skip
    def encode(image: Any) -> Any:
        depth = image.shape[-1] if image.ndim else 0
        if format and {"grayscale": 1, "rgb": 3}.get(format) != depth:
            raise ValueError(f"format {format!r} does not go with {depth} channels")
        density = (x_density, y_density) if density_unit == "in" else (
            round(x_density * 2.54), round(y_density * 2.54)
        )  # fmt: skip
        made = np.empty((), object)
        made[()] = (
            _encoded(
                image, format="JPEG", quality=quality, progressive=progressive, optimize=optimize_size,
                subsampling=2 if chroma_downsampling else 0, dpi=density,
            )
        )  # fmt: skip
        return made

    return encode


_encode_png: OpFunction[Tensor] = define_op(
    "EncodePng", tensor("image", (dtypes.uint8, dtypes.uint16), host=True),
    rule=_before_pixels, kernel=_png_kernel,
    attributes=(attr("compression", int, -1),), host_outputs=True,
)  # fmt: skip
_encode_jpeg: OpFunction[Tensor] = define_op(
    "EncodeJpeg", tensor("image", (dtypes.uint8,), None, host=True),
    rule=lambda image, **attrs: (dtypes.string, ()), kernel=_jpeg_kernel,
    attributes=(
        attr("chroma_downsampling", bool, True), attr("density_unit", str, "in"), attr("format", str, ""),
        attr("optimize_size", bool, False), attr("progressive", bool, False), attr("quality", int, 95),
        attr("x_density", int, 300), attr("xmp_metadata", str, ""), attr("y_density", int, 300),
    ),
    host_outputs=True,
)  # fmt: skip


@v1("image.encode_png", "io.encode_png")
def encode_png(image: Any, compression: int = -1, name: str | None = None) -> Tensor:
    """Gives the bytes of a PNG file of an image.

    Args:
        image: An image `[H, W, C]` with 1 to 4 channels, uint8; or uint16 with one.
        compression: How much work is done to make it small, 0 to 9.
        name: The operation's name.

    Returns:
        A scalar string.
    """
    return _encode_png(image, compression=int(compression), name=name)


@v1("image.encode_jpeg", "io.encode_jpeg")
def encode_jpeg(
    image: Any, format: str = "", quality: int = 95, progressive: bool = False, optimize_size: bool = False,
    chroma_downsampling: bool = True, density_unit: str = "in", x_density: int = 300, y_density: int = 300,
    xmp_metadata: str = "", name: str | None = None,
) -> Tensor:  # fmt: skip
    """Gives the bytes of a JPEG file of an image.

    Args:
        image: An image `[H, W, C]` with 1 or 3 channels, uint8.
        format: "grayscale", "rgb", or "" for what the image is.
        quality: How good it is, 0 to 100.
        progressive: Whether a viewer can show it before it has all of it.
        optimize_size: Whether more work is done to make it small.
        chroma_downsampling: Whether colors are kept at half the resolution.
        density_unit: "in" or "cm".
        x_density: How many pixels there are in a unit.
        y_density: The same, downwards.
        xmp_metadata: Accepted for v1's sake; not written.
        name: The operation's name.

    Returns:
        A scalar string.
    """
    return _encode_jpeg(
        image, format=format, quality=int(quality), progressive=bool(progressive),
        optimize_size=bool(optimize_size), chroma_downsampling=bool(chroma_downsampling),
        density_unit=density_unit, x_density=int(x_density), y_density=int(y_density),
        xmp_metadata=xmp_metadata, name=name,
    )  # fmt: skip
