"""Parts of images, and images with margins."""

from __future__ import annotations

from typing import Any

from ... import dtypes
from ..._core import name_scope
from ...graph import Tensor
from ...public import v1
from ..array.join import stack
from ..array.pad import pad
from ..array.shape import reshape, shape
from ..array.slice import slice_
from ..constant import convert_to_tensor
from ..elementwise.arithmetic import maximum, minimum, multiply, realdiv, subtract
from ..elementwise.cast import cast
from ..elementwise.compare import equal
from .checked import after, alone, batch_of, checked, demand, image_checks, sizes_of


@v1("image.crop_to_bounding_box")
def crop_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> Tensor:
    """Cuts a box out of images.

    Args:
        image: Images `[N, H, W, C]`, or one without the first dimension.
        offset_height: The first row of the box.
        offset_width: Its first column.
        target_height: Its height.
        target_width: Its width.

    Returns:
        Images of the box's size.

    Raises:
        ValueError: If the box is known to be empty or to reach beyond the images.
    """
    with name_scope(None, "crop_to_bounding_box", [image]):
        images, is_alone = batch_of(image)
        checks = image_checks(images)
        _, height, width, _ = sizes_of(images, 4)
        checks += demand(offset_width >= 0, "offset_width must be >= 0.")
        checks += demand(offset_height >= 0, "offset_height must be >= 0.")
        checks += demand(target_width > 0, "target_width must be > 0.")
        checks += demand(target_height > 0, "target_height must be > 0.")
        checks += demand(width >= target_width + offset_width, "width must be >= target + offset.")
        checks += demand(height >= target_height + offset_height, "height must be >= target + offset.")
        images = after(checks, images)
        begin = stack([0, offset_height, offset_width, 0])
        size = stack([shape(images)[0], target_height, target_width, shape(images)[3]])
        cut = slice_(images, begin, size)
        known = [None if isinstance(each, Tensor) else each for each in (target_height, target_width)]
        dims = images._dims or (None,) * 4
        cut.set_shape([dims[0], *known, dims[3]])
        return alone(cut, is_alone)


@v1("image.pad_to_bounding_box")
def pad_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> Tensor:
    """Puts images into larger ones of zeros.

    Args:
        image: Images `[N, H, W, C]`, or one without the first dimension.
        offset_height: How many rows are above.
        offset_width: How many columns are before.
        target_height: The height of the result.
        target_width: Its width.

    Returns:
        Images of the size.

    Raises:
        ValueError: If the images are known not to fit.
    """
    with name_scope(None, "pad_to_bounding_box", [image]):
        images, is_alone = batch_of(image)
        _, height, width, _ = sizes_of(images, 4)
        right = target_width - offset_width - width
        below = target_height - offset_height - height
        checks = image_checks(images)
        checks += demand(offset_height >= 0, "offset_height must be >= 0")
        checks += demand(offset_width >= 0, "offset_width must be >= 0")
        checks += demand(right >= 0, "width must be <= target - offset")
        checks += demand(below >= 0, "height must be <= target - offset")
        images = after(checks, images)
        margins = stack([0, 0, offset_height, below, offset_width, right, 0, 0])
        padded = pad(images, reshape(margins, [4, 2]))
        known = [None if isinstance(each, Tensor) else each for each in (target_height, target_width)]
        dims = images._dims or (None,) * 4
        padded.set_shape([dims[0], *known, dims[3]])
        return alone(padded, is_alone)


@v1("image.central_crop")
def central_crop(image: Any, central_fraction: float) -> Tensor:
    """Cuts the margins of images off.

    Args:
        image: Images `[N, H, W, C]`, or one without the first dimension.
        central_fraction: How much of the height and of the width is left, in (0, 1].

    Returns:
        The middle of the images; the input itself for 1.

    Raises:
        ValueError: If the fraction is out of range.
    """
    with name_scope(None, "central_crop", [image]):
        images = convert_to_tensor(image, name="image")
        if not isinstance(central_fraction, Tensor):
            if not 0.0 < central_fraction <= 1.0:
                raise ValueError("central_fraction must be within (0, 1]")
            if central_fraction == 1.0:
                return images
        images = checked(images)
        dims = images._dims
        if dims is None or len(dims) not in (3, 4):
            raise ValueError("`image` should either be a Tensor with rank = 3 or rank = 4. "
                             f"Had rank = {None if dims is None else len(dims)}.")  # fmt: skip
        lead = len(dims) - 3
        known = dims[lead : lead + 2]
        begins: list[Any] = []
        lengths: list[Any] = []
        sizes = [size if size is not None else shape(images)[lead + at] for at, size in enumerate(known)]
        for size in sizes:
            begin, length = _middle(size, central_fraction)
            begins.append(begin)
            lengths.append(length)
        begin = stack([*([0] * lead), *begins, 0])
        cut = slice_(images, begin, stack([*([-1] * lead), *lengths, -1]))
        static = [None if isinstance(each, Tensor) else each for each in lengths]
        cut.set_shape([*dims[:lead], *static, dims[-1]])
        return cut


def _middle(size: Any, fraction: Any) -> tuple[Any, Any]:
    """Where the middle of an axis begins, and how long it is."""
    if not isinstance(size, Tensor) and not isinstance(fraction, Tensor):
        begin = int((size - size * fraction) / 2)
        return begin, size - begin * 2
    long = cast(size, dtypes.float64)
    part = multiply(long, cast(fraction, dtypes.float64), name="mul")
    at = cast(realdiv(subtract(long, part, name="sub"), 2.0, name="truediv"), dtypes.int32)
    return at, subtract(size, multiply(at, 2, name="mul"), name="sub")


@v1("image.resize_image_with_crop_or_pad", "image.resize_with_crop_or_pad")
def resize_image_with_crop_or_pad(image: Any, target_height: Any, target_width: Any) -> Tensor:
    """Cuts the margins of images off, or pads them with zeros, evenly on both sides, to a size.

    Args:
        image: Images `[N, H, W, C]`, or one without the first dimension.
        target_height: The height.
        target_width: The width.

    Returns:
        Images of the size.

    Raises:
        ValueError: If the shape does not fit, or the size is not above 0.

    >>> import scopetrie as tf
    >>> tf.image.resize_image_with_crop_or_pad(tf.zeros([32, 32, 3]), 28, 40).shape.as_list()
    [28, 40, 3]
    """
    with name_scope(None, "resize_image_with_crop_or_pad", [image]):
        images, is_alone = batch_of(image)
        checks = image_checks(images)
        checks += demand(target_width > 0, "target_width must be > 0.")
        checks += demand(target_height > 0, "target_height must be > 0.")
        images = after(checks, images)
        target_height, target_width = (
            after(checks, each) if isinstance(each, Tensor) else each
            for each in (target_height, target_width)
        )
        _, height, width, _ = sizes_of(images, 4)
        cut_left, pad_left = _shifts(target_width, width)
        cut_top, pad_top = _shifts(target_height, height)
        cropped = crop_to_bounding_box(
            images, cut_top, cut_left, _least(target_height, height), _least(target_width, width)
        )
        resized = pad_to_bounding_box(cropped, pad_top, pad_left, target_height, target_width)
        _, made_height, made_width, _ = sizes_of(resized, 4)
        found = demand(_same(made_height, target_height), "resized height is not correct.")
        found += demand(_same(made_width, target_width), "resized width is not correct.")
        return alone(after(found, resized), is_alone)


def _shifts(target: Any, size: Any) -> tuple[Any, Any]:
    """What is cut off in front, and what is added there."""
    more = target - size
    if not isinstance(more, Tensor):
        return max(-more // 2, 0), max(more // 2, 0)
    return maximum(-more // 2, 0), maximum(more // 2, 0)


def _least(a: Any, b: Any) -> Any:
    return minimum(a, b) if isinstance(a, Tensor) or isinstance(b, Tensor) else min(a, b)


def _same(a: Any, b: Any) -> Any:
    return equal(a, b) if isinstance(a, Tensor) or isinstance(b, Tensor) else a == b
