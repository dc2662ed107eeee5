"""Images in another size."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Any

import numpy as np

from ... import dtypes
from ..._core import OpFunction, name_scope
from ...graph import Tensor
from ...public import v1
from ..array.dims import expand_dims, squeeze
from ..array.join import stack
from ..constant import convert_to_tensor, index_array
from ..declare import REALS, attr, index, tensor
from ..elementwise.arithmetic import maximum, minimum, multiply, realdiv, subtract
from ..elementwise.cast import cast
from ..elementwise.unary import floor, round
from ..folding import constant_value, dims_from
from ..registry import Spec, define_op
from .checked import after, alone, batch_of, demand, image_checks, sizes_of
from .crop import pad_to_bounding_box
from .resampling import Kept, placed, resampled, taps


@v1("image.ResizeMethod")
class ResizeMethod(IntEnum):
    """How `resize_images` resizes."""

    BILINEAR = 0
    NEAREST_NEIGHBOR = 1
    BICUBIC = 2
    AREA = 3


def _kernel(method: str) -> Callable[..., Any]:
    def kernel(xp: Any, align_corners: bool = False, half_pixel_centers: bool = False) -> Any:
        def make(xp: Any, images: Any, axis: int, before: int, after_: int) -> list[Any]:
            found = taps(method, before, after_, align_corners, half_pixel_centers)
            return placed(xp, images, axis, *found)

        kept = Kept(make)

        def resize(images: Any, size: Any) -> Any:
            if len(images.shape) != 4:
                raise ValueError(f"input must be 4-dimensional[{','.join(map(str, images.shape))}]")
            if tuple(size.shape) != (2,):
                raise ValueError(f"shape_t must have two elements {list(size.shape)}")
            wanted = [int(each) for each in size]
            if min(wanted) <= 0:
                raise ValueError("output dimensions must be positive")
            if 0 in images.shape[1:]:
                raise ValueError("input image must be of non-zero size")
            # Halves are added up as the float32 that they become.
            if method != "nearest" and images.dtype != xp.float64:
                images = xp.astype(images, xp.float32)
            for axis, after_ in ((1, wanted[0]), (2, wanted[1])):
                images = resampled(xp, images, axis, kept(xp, images, axis, images.shape[axis], after_))
            return images if method == "nearest" else xp.astype(images, xp.float32)

        return resize

    return kernel


def _rule(keeps_type: bool) -> Callable[..., Spec]:
    def rule(images: Tensor, size: Tensor, **attrs: Any) -> Spec:
        dims = images.shape.with_rank(4).as_list()
        if size._dims not in (None, (2,), (None,)):
            raise ValueError(f"Dimension must be 2 but is {size._dims[0] if size._dims else 0}")
        wanted = dims_from(size) or (None, None)
        wanted = wanted if len(wanted) == 2 else (None, None)
        made = images.dtype.base_dtype if keeps_type else dtypes.float32
        return made, (dims[0], *wanted, dims[3])

    return rule


def _op(type: str, method: str) -> OpFunction[Tensor]:
    attributes = [attr("align_corners", bool, False)]
    if method != "area":
        attributes.append(attr("half_pixel_centers", bool, False))
    return define_op(
        type, tensor("images", REALS), index("size", (dtypes.int32,), None),
        rule=_rule(method == "nearest"), kernel=_kernel(method), attributes=tuple(attributes),
    )  # fmt: skip


_bilinear = _op("ResizeBilinear", "bilinear")
_nearest = _op("ResizeNearestNeighbor", "nearest")
_bicubic = _op("ResizeBicubic", "bicubic")
_area = _op("ResizeArea", "area")


def _resized(
    op: OpFunction[Tensor], images: Any, size: Any, align_corners: Any, half_pixel_centers: Any,
    name: str | None,
) -> Tensor:  # fmt: skip
    return op(
        images, index_array(size), align_corners=bool(align_corners),
        half_pixel_centers=bool(half_pixel_centers), name=name,
    )  # fmt: skip


@v1("image.resize_bilinear")
def resize_bilinear(
    images: Any, size: Any, align_corners: bool = False, name: str | None = None,
    half_pixel_centers: bool = False,
) -> Tensor:  # fmt: skip
    """Resizes images: each pixel is interpolated between four.

    Args:
        images: Images `[N, H, W, C]` of numbers.
        size: The height and the width.
        align_corners: Whether the corners' pixels lie on each other.
        name: The operation's name.
        half_pixel_centers: Whether a pixel lies at the middle of its square.

    Returns:
        Images `[N, *size, C]`, float32.
    """
    return _resized(_bilinear, images, size, align_corners, half_pixel_centers, name)


@v1("image.resize_nearest_neighbor")
def resize_nearest_neighbor(
    images: Any, size: Any, align_corners: bool = False, name: str | None = None,
    half_pixel_centers: bool = False,
) -> Tensor:  # fmt: skip
    """Resizes images: each pixel is one of the input.

    Args:
        images: Images `[N, H, W, C]` of numbers.
        size: The height and the width.
        align_corners: Whether the corners' pixels lie on each other.
        name: The operation's name.
        half_pixel_centers: Whether a pixel lies at the middle of its square.

    Returns:
        Images `[N, *size, C]` with the dtype of the input.

    >>> import scopetrie as tf
    >>> with tf.Session() as session:
    ...     image = tf.constant([[1, 2], [3, 4]], shape=[1, 2, 2, 1])
    ...     print(session.run(tf.image.resize_nearest_neighbor(image, [2, 4]))[0, :, :, 0])
    [[1 1 2 2]
     [3 3 4 4]]
    """
    return _resized(_nearest, images, size, align_corners, half_pixel_centers, name)


@v1("image.resize_bicubic")
def resize_bicubic(
    images: Any, size: Any, align_corners: bool = False, name: str | None = None,
    half_pixel_centers: bool = False,
) -> Tensor:  # fmt: skip
    """Resizes images: each pixel is interpolated between sixteen, by cubics.

    Args:
        images: Images `[N, H, W, C]` of numbers.
        size: The height and the width.
        align_corners: Whether the corners' pixels lie on each other.
        name: The operation's name.
        half_pixel_centers: Whether a pixel lies at the middle of its square.

    Returns:
        Images `[N, *size, C]`, float32.
    """
    return _resized(_bicubic, images, size, align_corners, half_pixel_centers, name)


@v1("image.resize_area")
def resize_area(images: Any, size: Any, align_corners: bool = False, name: str | None = None) -> Tensor:
    """Resizes images: each pixel is the mean of the area that it covers.

    Args:
        images: Images `[N, H, W, C]` of numbers.
        size: The height and the width.
        align_corners: Whether the corners' pixels lie on each other.
        name: The operation's name.

    Returns:
        Images `[N, *size, C]`, float32.
    """
    return _area(images, index_array(size), align_corners=bool(align_corners), name=name)


_RESIZE: dict[int, Callable[..., Tensor]] = {
    ResizeMethod.BILINEAR: resize_bilinear,
    ResizeMethod.NEAREST_NEIGHBOR: resize_nearest_neighbor,
    ResizeMethod.BICUBIC: resize_bicubic,
    ResizeMethod.AREA: resize_area,
}


@v1("image.resize_images", "image.resize")
def resize_images(
    images: Any, size: Any, method: Any = ResizeMethod.BILINEAR, align_corners: bool = False,
    preserve_aspect_ratio: bool = False, name: str | None = None,
) -> Tensor:  # fmt: skip
    """Resizes images.

    Args:
        images: Images `[N, H, W, C]`, or one without the first dimension.
        size: The height and the width.
        method: A `ResizeMethod`.
        align_corners: Whether the corners' pixels lie on each other.
        preserve_aspect_ratio: Whether `size` is the size of a box that the images are to fit in.
        name: The operations' scope.

    Returns:
        Images of the size, float32 unless the method is NEAREST_NEIGHBOR; the input itself, if it has the
        size.

    Raises:
        ValueError: If the shapes do not fit, or there is no such method.
    """
    with name_scope(name, "resize", [images, size]):
        made = convert_to_tensor(images, name="images")
        dims = made._dims
        if dims is None:
            raise ValueError("'images' contains no shape.")
        is_alone = len(dims) == 3
        if is_alone:
            made, dims = expand_dims(made, 0), (1, *dims)
        elif len(dims) != 4:
            raise ValueError("'images' must have either 3 or 4 dimensions.")
        count, height, width, depth = dims
        try:
            wanted = convert_to_tensor(index_array(size), dtypes.int32, name="size")
        except (TypeError, ValueError):
            raise ValueError("'size' must be a 1-D int32 Tensor") from None
        if wanted._dims not in (None, (2,), (None,)):
            raise ValueError("'size' must be a 1-D Tensor of 2 elements: new_height, new_width")
        box = constant_value(wanted)
        known = None if box is None else box.tolist()
        if preserve_aspect_ratio:
            wanted = _fitting(made, wanted)
            known = None if None in (known, height, width) else _fitted(height, width, known)
        if known is not None and [height, width] == known:
            return squeeze(made, axis=[0]) if is_alone else made
        resize = _RESIZE.get(method)
        if resize is None:
            raise ValueError(f"Resize method is not implemented: {method}")
        resized = resize(made, wanted, align_corners=align_corners)
        if known is not None:
            resized.set_shape([count, *known, depth])
        return alone(resized, is_alone)


def _fitted(height: Any, width: Any, box: Any) -> list[int]:
    """What `_fitting` gives in a run."""
    scale = min(np.float32(box[0]) / np.float32(height), np.float32(box[1]) / np.float32(width))
    return [int(np.rint(scale * np.float32(each))) for each in (height, width)]


def _fitting(images: Tensor, size: Tensor) -> Tensor:
    """The largest size in a box that keeps the ratio of height and width."""
    _, high, wide, _ = sizes_of(images, 4)

    def ratio(at: int, own: Any) -> Tensor:
        top = cast(size[at], dtypes.float32)
        return realdiv(top, cast(own, dtypes.float32), name="truediv")

    scale = minimum(ratio(0, high), ratio(1, wide))

    def scaled(own: Any) -> Tensor:
        return cast(round(multiply(scale, cast(own, dtypes.float32), name="mul")), dtypes.int32)

    return stack([scaled(high), scaled(wide)], name="size")


@v1("image.resize_image_with_pad")
def resize_image_with_pad(
    image: Any, target_height: Any, target_width: Any, method: Any = ResizeMethod.BILINEAR,
    align_corners: bool = False,
) -> Tensor:  # fmt: skip
    """Resizes images without a change of their ratio, and pads them with zeros to a size.

    Args:
        image: Images `[N, H, W, C]`, or one without the first dimension.
        target_height: The height.
        target_width: The width.
        method: A `ResizeMethod`.
        align_corners: Whether the corners' pixels lie on each other.

    Returns:
        Images of the size.

    Raises:
        ValueError: If the shape does not fit, or the size is not above 0.
    """
    with name_scope(None, "resize_image_with_pad", [image]):
        images, is_alone = batch_of(image)
        checks = image_checks(images)
        checks += demand(target_width > 0, "target_width must be > 0.")
        checks += demand(target_height > 0, "target_height must be > 0.")
        images = after(checks, images)
        _, height, width, _ = sizes_of(images, 4)
        high, wide = cast(height, dtypes.float32), cast(width, dtypes.float32)
        top, side = cast(target_height, dtypes.float32), cast(target_width, dtypes.float32)
        ratio = maximum(realdiv(wide, side, name="truediv"), realdiv(high, top, name="truediv"))
        new_high, new_wide = realdiv(high, ratio, name="truediv"), realdiv(wide, ratio, name="truediv")
        rows, columns = cast(floor(new_high), dtypes.int32), cast(floor(new_wide), dtypes.int32)
        above = realdiv(subtract(top, new_high, name="sub"), 2.0, name="truediv")
        before = realdiv(subtract(side, new_wide, name="sub"), 2.0, name="truediv")
        above, before = floor(above), floor(before)
        above = maximum(0, cast(above, dtypes.int32))
        before = maximum(0, cast(before, dtypes.int32))
        resized = resize_images(images, [rows, columns], method, align_corners)
        sizes = (height, width, target_height, target_width)
        if not any(isinstance(each, Tensor) for each in sizes):
            a, b, c, d = (np.float32(each) for each in sizes)
            least = max(b / d, a / c)
            resized.set_shape([None, int(np.floor(a / least)), int(np.floor(b / least)), None])
        padded = pad_to_bounding_box(resized, above, before, target_height, target_width)
        return alone(padded, is_alone)
