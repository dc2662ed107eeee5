"""Colors as sums of others: brightness, luma and chroma."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ... import dtypes
from ..._core import name_scope
from ...graph import Tensor
from ...public import v1
from ..array.dims import expand_dims
from ..array.fill import ones
from ..array.join import concat
from ..array.pad import tile
from ..array.shape import rank
from ..constant import constant, convert_to_tensor
from ..elementwise.arithmetic import subtract
from ..linalg.contraction import tensordot
from .checked import after
from .colors import convert_image_dtype


@v1("image.rgb_to_grayscale")
def rgb_to_grayscale(images: Any, name: str | None = None) -> Tensor:
    """Gives the brightness of colors.

    Args:
        images: Red, green and blue along the last axis, `[..., 3]`.
        name: The operations' scope.

    Returns:
        A tensor `[..., 1]` with the dtype of the input.
    """
    with name_scope(name, "rgb_to_grayscale", [images]) as scope:
        given = convert_to_tensor(images, name="images")
        own = given.dtype.base_dtype
        made = convert_image_dtype(given, dtypes.float32)
        gray = expand_dims(tensordot(made, [0.2989, 0.587, 0.114], [-1, -1]), -1)
        return convert_image_dtype(gray, own, name=scope)


@v1("image.grayscale_to_rgb")
def grayscale_to_rgb(images: Any, name: str | None = None) -> Tensor:
    """Makes colors of brightness: three channels like the one.

    Args:
        images: Images `[..., 1]`.
        name: The operations' scope.

    Returns:
        Images `[..., 3]`.

    Raises:
        ValueError: If the last size is known to be another than 1.
    """
    with name_scope(name, "grayscale_to_rgb", [images]) as scope:
        given = convert_to_tensor(images, name="images")
        dims = given._dims
        if dims is not None and len(dims) < 1:
            raise ValueError("A grayscale image (shape ()) must be at least two-dimensional.")
        if dims is not None and dims[-1] not in (1, None):
            raise ValueError("Last dimension of a grayscale image should be size 1.")
        given = after([], given)
        before = expand_dims(subtract(rank(given), 1, name="sub"), 0)
        counts = concat([ones(before, dtype=dtypes.int32), expand_dims(constant(3), 0)], 0)
        made = tile(given, counts, name=scope)
        if dims is not None:
            made.set_shape([*dims[:-1], 3])
        return made


Matrix = list[list[float]]


def _mixing(summary: str, rows: Matrix, doc: str) -> Callable[[Any], Tensor]:
    def mix(images: Any) -> Tensor:
        given = convert_to_tensor(images, name="images")
        weights = convert_to_tensor(rows, given.dtype.base_dtype, name="kernel")
        axis = len(given._dims) - 1 if given._dims is not None else rank(given) - 1
        return tensordot(given, weights, axes=[[axis], [0]])

    mix.__doc__ = f"""{summary}

    Args:
        images: {doc} along the last axis, `[..., 3]`.

    Returns:
        A tensor like the input.
    """
    return mix


_TO_YIQ: Final[Matrix] = [
    [0.299, 0.59590059, 0.2115],
    [0.587, -0.27455667, -0.52273617],
    [0.114, -0.32134392, 0.31119955],
]
_FROM_YIQ: Final[Matrix] = [
    [1, 1, 1],
    [0.95598634, -0.27201283, -1.10674021],
    [0.6208248, -0.64720424, 1.70423049],
]
_TO_YUV: Final[Matrix] = [
    [0.299, -0.14714119, 0.61497538],
    [0.587, -0.28886916, -0.51496512],
    [0.114, 0.43601035, -0.10001026],
]
_FROM_YUV: Final[Matrix] = [[1, 1, 1], [0, -0.394642334, 2.03206185], [1.13988303, -0.58062185, 0]]
rgb_to_yiq = _mixing("Gives luma and chroma (YIQ) of colors.", _TO_YIQ, "Red, green and blue")
yiq_to_rgb = _mixing("Gives red, green and blue of colors.", _FROM_YIQ, "Luma and chroma (YIQ)")
rgb_to_yuv = _mixing("Gives luma and chroma (YUV) of colors.", _TO_YUV, "Red, green and blue")
yuv_to_rgb = _mixing("Gives red, green and blue of colors.", _FROM_YUV, "Luma and chroma (YUV)")
rgb_to_yiq = v1("image.rgb_to_yiq")(rgb_to_yiq)
yiq_to_rgb = v1("image.yiq_to_rgb")(yiq_to_rgb)
rgb_to_yuv = v1("image.rgb_to_yuv")(rgb_to_yuv)
yuv_to_rgb = v1("image.yuv_to_rgb")(yuv_to_rgb)
