"""Images as the bytes of files: PNG, JPEG, GIF, BMP; by Pillow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ... import dtypes
from ..._core import OpFunction, name_scope
from ...dtypes import DType, DTypeLike, as_dtype
from ...graph import Tensor
from ...public import v1
from ..constant import convert_to_tensor, index_array
from ..declare import attr, index, tensor
from ..elementwise.compare import equal
from ..folding import known_elements
from ..registry import define_op
from ..strings.text import substr
from .colors import convert_image_dtype
from .pixels import BEGINNINGS, frames_of, kind_of, opened, pixels_of, smaller, typed

Array = np.ndarray[Any, Any]
_CONTENTS = tensor("contents", (dtypes.string,), None, host=True)


def _bytes_of(value: Any) -> bytes:
    array = np.asarray(value, dtype=object)
    if array.ndim:
        raise ValueError(f"contents must be scalar but got shape {list(array.shape)}")
    found = array.item()
    return found if isinstance(found, bytes) else str(found).encode()


def _decoder(kinds: tuple[str, ...], op: str) -> Callable[..., Any]:
    def kernel(xp: Any, channels: int = 0, dtype: DType = dtypes.uint8, ratio: int = 1, **attrs: Any) -> Any:
        def decode(contents: Any) -> Any:
            data = _bytes_of(contents)
            image = opened(data, kinds, op)
            if op == "DecodeBmp" and channels not in (0, {"L": 1, "RGB": 3, "RGBA": 4}.get(image.mode, 3)):
                raise ValueError("channels attribute does not match bits per pixel from file")
            if getattr(image, "n_frames", 1) > 1 and op in ("DecodePng", "DecodeJpeg"):
                raise ValueError(f"Got {image.n_frames} frames, but animated gif can only be decoded by "
                                 "tf.io.decode_gif or tf.io.decode_image")  # fmt: skip
            made = typed(pixels_of(image, channels, op), dtype)
            return smaller(made, ratio) if ratio != 1 else made

        return decode

    return kernel


def _decode_rule(contents: Tensor, channels: int = 0, dtype: DType = dtypes.uint8, **attrs: Any) -> Any:
    if contents._dims:
        raise ValueError(f"Shape must be rank 0 but is rank {len(contents._dims)}")
    return dtype, (None, None, channels or None)


_decode_png: OpFunction[Tensor] = define_op(
    "DecodePng", _CONTENTS, rule=_decode_rule, kernel=_decoder(("PNG", "JPEG", "GIF"), "DecodePng"),
    attributes=(attr("channels", int, 0), attr("dtype", DType, dtypes.uint8)), host_outputs=True,
)  # fmt: skip
_decode_jpeg: OpFunction[Tensor] = define_op(
    "DecodeJpeg", _CONTENTS, rule=_decode_rule, kernel=_decoder(("JPEG", "PNG", "GIF"), "DecodeJpeg"),
    attributes=(
        attr("acceptable_fraction", float, 1.0), attr("channels", int, 0), attr("dct_method", str, ""),
        attr("fancy_upscaling", bool, True), attr("ratio", int, 1),
        attr("try_recover_truncated", bool, False),
    ),
    host_outputs=True,
)  # fmt: skip
_decode_bmp: OpFunction[Tensor] = define_op(
    "DecodeBmp", _CONTENTS, rule=_decode_rule, kernel=_decoder(("BMP",), "DecodeBmp"),
    attributes=(attr("channels", int, 0),), host_outputs=True,
)  # fmt: skip


def _gif_kernel(xp: Any) -> Any:
    return lambda contents: frames_of(opened(_bytes_of(contents), ("GIF",), "DecodeGif"))


_decode_gif: OpFunction[Tensor] = define_op(
    "DecodeGif", _CONTENTS, rule=lambda contents: (dtypes.uint8, (None, None, None, 3)), kernel=_gif_kernel,
    host_outputs=True,
)  # fmt: skip


def _image_kernel(
    xp: Any, channels: int = 0, dtype: DType = dtypes.uint8, expand_animations: bool = True
) -> Any:
    def decode(contents: Any) -> Any:
        data = _bytes_of(contents)
        image = opened(data, tuple(BEGINNINGS), "DecodeImage")
        if kind_of(data) == "GIF":
            if channels not in (0, 3):
                raise ValueError(f"channels must be 0 or 3 for GIF, got {channels}")
            frames = frames_of(image)
            made = frames if expand_animations else frames[0]
        else:
            made = pixels_of(image, channels, "DecodeImage")
        if dtype.is_floating:
            return (made / np.float32(np.iinfo(made.dtype).max)).astype(dtype.as_numpy_dtype)
        return typed(made, dtype)

    return decode


_decode_image: OpFunction[Tensor] = define_op(
    "DecodeImage", _CONTENTS,
    rule=lambda contents, dtype=dtypes.uint8, expand_animations=True, channels=0: (
        dtype, None if expand_animations else (None, None, channels or None)
    ),
    kernel=_image_kernel,
    attributes=(
        attr("channels", int, 0), attr("dtype", DType, dtypes.uint8), attr("expand_animations", bool, True),
    ),
    host_outputs=True,
)  # fmt: skip


@v1("image.decode_png", "io.decode_png")
def decode_png(
    contents: Any, channels: int = 0, dtype: DTypeLike = dtypes.uint8, name: str | None = None
) -> Tensor:
    """Reads an image of the bytes of a PNG file (or a JPEG file, or a GIF with one frame).

    Args:
        contents: A scalar string: the bytes.
        channels: How many channels the image is to have, 1 to 4; as many as in the file if 0.
        dtype: uint8 or uint16.
        name: The operation's name.

    Returns:
        An image `[H, W, C]`.
    """
    return _decode_png(contents, channels=int(channels or 0), dtype=as_dtype(dtype), name=name)


@v1("image.decode_jpeg", "io.decode_jpeg")
def decode_jpeg(
    contents: Any, channels: int = 0, ratio: int = 1, fancy_upscaling: bool = True,
    try_recover_truncated: bool = False, acceptable_fraction: float = 1, dct_method: str = "",
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """Reads an image of the bytes of a JPEG file (or a PNG file, or a GIF with one frame).

    Args:
        contents: A scalar string: the bytes.
        channels: How many channels the image is to have, 1 or 3; as many as in the file if 0.
        ratio: By how much the image is made smaller: 1, 2, 4 or 8.
        fancy_upscaling: Accepted for v1's sake: Pillow decides.
        try_recover_truncated: Accepted for v1's sake: a file that is cut off is an error.
        acceptable_fraction: Accepted for v1's sake.
        dct_method: Accepted for v1's sake.
        name: The operation's name.

    Returns:
        An image `[H, W, C]`, uint8. Other decoders may differ by one or two in a pixel.
    """
    return _decode_jpeg(
        contents, channels=int(channels or 0), ratio=int(ratio), fancy_upscaling=bool(fancy_upscaling),
        try_recover_truncated=bool(try_recover_truncated), acceptable_fraction=float(acceptable_fraction),
        dct_method=dct_method, name=name,
    )  # fmt: skip


def _cropped_kernel(xp: Any, **attrs: Any) -> Any:
    decode = _decoder(("JPEG",), "DecodeAndCropJpeg")(xp, **attrs)

    def crop(contents: Any, window: Any) -> Any:
        top, left, high, wide = (int(each) for each in window)
        image = decode(contents)
        if top < 0 or left < 0 or top + high > image.shape[0] or left + wide > image.shape[1]:
            raise ValueError(f"Invalid crop_window {[top, left, high, wide]} of an image {list(image.shape)}")
        return np.ascontiguousarray(image[top : top + high, left : left + wide])

    return crop


def _cropped_rule(contents: Tensor, window: Tensor, **attrs: Any) -> Any:
    made, dims = _decode_rule(contents, **attrs)
    known = known_elements(window)
    return made, dims if known is None else (known[2], known[3], dims[2])


_decode_and_crop: OpFunction[Tensor] = define_op(
    "DecodeAndCropJpeg", _CONTENTS, index("crop_window", (dtypes.int32,), None),
    rule=_cropped_rule, kernel=_cropped_kernel,
    attributes=(attr("channels", int, 0), attr("ratio", int, 1)), host_outputs=True,
)  # fmt: skip


@v1("image.decode_and_crop_jpeg", "io.decode_and_crop_jpeg")
def decode_and_crop_jpeg(
    contents: Any, crop_window: Any, channels: int = 0, ratio: int = 1, fancy_upscaling: bool = True,
    try_recover_truncated: bool = False, acceptable_fraction: float = 1, dct_method: str = "",
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """Reads a part of an image of the bytes of a JPEG file.

    Args:
        contents: A scalar string: the bytes.
        crop_window: The first row and column, the height and the width.
        channels: How many channels the image is to have; as many as in the file if 0.
        ratio: By how much the image is made smaller.
        fancy_upscaling: Accepted for v1's sake.
        try_recover_truncated: Accepted for v1's sake.
        acceptable_fraction: Accepted for v1's sake.
        dct_method: Accepted for v1's sake.
        name: The operation's name.

    Returns:
        An image, uint8.
    """
    window = index_array(crop_window)
    return _decode_and_crop(contents, window, channels=int(channels or 0), ratio=int(ratio), name=name)


@v1("image.decode_bmp", "io.decode_bmp")
def decode_bmp(contents: Any, channels: int = 0, name: str | None = None) -> Tensor:
    """Reads an image of the bytes of a BMP file.

    Args:
        contents: A scalar string: the bytes.
        channels: How many channels the file is to have; as many as it has if 0.
        name: The operation's name.

    Returns:
        An image `[H, W, C]`, uint8.
    """
    return _decode_bmp(contents, channels=int(channels or 0), name=name)


@v1("image.decode_gif", "io.decode_gif")
def decode_gif(contents: Any, name: str | None = None) -> Tensor:
    """Reads the frames of the bytes of a GIF file.

    Args:
        contents: A scalar string: the bytes.
        name: The operation's name.

    Returns:
        The frames `[N, H, W, 3]`, uint8.
    """
    return _decode_gif(contents, name=name)


@v1("image.decode_image", "io.decode_image")
def decode_image(
    contents: Any, channels: int | None = None, dtype: DTypeLike = dtypes.uint8, name: str | None = None,
    expand_animations: bool = True,
) -> Tensor:  # fmt: skip
    """Reads an image of the bytes of a PNG, JPEG, GIF or BMP file.

    Args:
        contents: A scalar string: the bytes.
        channels: How many channels the image is to have; as many as in the file by default.
        dtype: The dtype; floats are in [0, 1].
        name: The operations' scope.
        expand_animations: Whether a GIF gives all of its frames, `[N, H, W, 3]`, rather than the first.

    Returns:
        An image `[H, W, C]`, or frames; of no static shape if it may be frames.
    """
    with name_scope(name, "decode_image"):
        made = as_dtype(dtype)
        if made not in (dtypes.float32, dtypes.uint8, dtypes.uint16):
            return convert_image_dtype(
                _decode_image(
                    contents, channels=int(channels or 0), dtype=dtypes.uint16,
                    expand_animations=bool(expand_animations),
                ),
                made,
            )  # fmt: skip
        return _decode_image(
            contents, channels=int(channels or 0), dtype=made, expand_animations=bool(expand_animations)
        )


@v1("image.is_jpeg", "io.is_jpeg")
def is_jpeg(contents: Any, name: str | None = None) -> Tensor:
    """Whether strings begin as JPEG files do.

    Args:
        contents: Strings.
        name: The operations' scope.

    Returns:
        A tensor of booleans.
    """
    with name_scope(name, "is_jpeg"):
        return equal(substr(convert_to_tensor(contents), 0, 3), b"\xff\xd8\xff", name="Equal")


def _shape_kernel(xp: Any, output_type: DType = dtypes.int32) -> Any:
    def measure(contents: Any) -> Any:
        image = opened(_bytes_of(contents), ("JPEG",), "ExtractJpegShape")
        depth = {"L": 1, "CMYK": 4}.get(image.mode, 3)
        return np.array([image.height, image.width, depth], output_type.as_numpy_dtype)

    return measure


_extract_shape: OpFunction[Tensor] = define_op(
    "ExtractJpegShape", _CONTENTS,
    rule=lambda contents, output_type=dtypes.int32: (output_type, (3,)), kernel=_shape_kernel,
    attributes=(attr("output_type", DType, dtypes.int32),), host_outputs=True,
)  # fmt: skip


@v1("image.extract_jpeg_shape", "io.extract_jpeg_shape")
def extract_jpeg_shape(
    contents: Any, output_type: DTypeLike = dtypes.int32, name: str | None = None
) -> Tensor:
    """Gives the shape of the image in the bytes of a JPEG file.

    Args:
        contents: A scalar string: the bytes.
        output_type: int32 or int64.
        name: The operation's name.

    Returns:
        The height, the width and the number of channels.
    """
    return _extract_shape(contents, output_type=as_dtype(output_type), name=name)
