"""Brightness, contrast and colors of images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import dtypes
from ..._core import OpFunction, name_scope
from ...dtypes import DTypeLike, as_dtype
from ...graph import Tensor
from ...public import v1
from ..array.fill import identity
from ..constant import convert_to_tensor
from ..declare import FLOATS, tensor
from ..elementwise.arithmetic import add, floor_div, multiply, pow
from ..elementwise.cast import cast, cast_node
from ..elementwise.compare import greater_equal
from ..math.clipping import saturate_cast
from ..random.draws import random_uniform
from ..registry import Kernel, define_op
from .checked import after, demand
from .color_spaces import to_hsv, to_rgb, turned


def _colors(type: str, kernel: Kernel, *more: str) -> OpFunction[Tensor]:
    def rule(images: Tensor, *rest: Tensor) -> Any:
        dims = images._dims
        least = 3 if more else 1
        if dims is not None and len(dims) < least:
            raise ValueError(f"Shape must be at least rank {least} but is rank {len(dims)}")
        if dims is not None and dims[-1] not in (None, 3):
            raise ValueError(f"Dimension must be 3 but is {dims[-1]}")
        # As v1, which takes what is turned or dulled for images of the shape that it knows.
        return images.dtype.base_dtype, dims if more or dims is None else (*dims[:-1], 3)

    scalars = [tensor(each, (dtypes.float32,), None) for each in more]
    return define_op(type, tensor("images", FLOATS), *scalars, rule=rule, kernel=kernel)


def _checked(images: Any, least: int = 1) -> None:
    if len(images.shape) < least:
        raise ValueError(f"input must be at least {least}-D, got shape{list(images.shape)}")
    if not images.shape or images.shape[-1] != 3:
        raise ValueError(f"input must have 3 channels but instead has {images.shape[-1:]} channels.")


def _hsv_kernel(convert: Callable[[Any, Any], Any]) -> Kernel:
    def kernel(xp: Any) -> Any:
        def compute(images: Any) -> Any:
            _checked(images)
            return convert(xp, images)

        return compute

    return kernel


def _hue_kernel(xp: Any) -> Any:
    def turn(images: Any, delta: Any) -> Any:
        _checked(images, 3)
        return turned(xp, images, xp.astype(delta, images.dtype))

    return turn


def _saturation_kernel(xp: Any) -> Any:
    def change(images: Any, scale: Any) -> Any:
        _checked(images, 3)
        hsv = to_hsv(xp, images)
        wanted = hsv[..., 1] * xp.astype(scale, images.dtype)
        wanted = xp.minimum(xp.maximum(wanted, xp.zeros_like(wanted)), xp.ones_like(wanted))
        return to_rgb(xp, xp.stack([hsv[..., 0], wanted, hsv[..., 2]], axis=-1))

    return change


def _contrast_kernel(xp: Any) -> Any:
    def change(images: Any, factor: Any) -> Any:
        if len(images.shape) < 3:
            raise ValueError(f"input must be at least 3-D, got shape{list(images.shape)}")
        mean = xp.mean(images, axis=(-3, -2), keepdims=True)
        return (images - mean) * xp.astype(factor, images.dtype) + mean

    return change


rgb_to_hsv_node = _colors("RGBToHSV", _hsv_kernel(to_hsv))
hsv_to_rgb_node = _colors("HSVToRGB", _hsv_kernel(to_rgb))
_adjust_hue = _colors("AdjustHue", _hue_kernel, "delta")
_adjust_saturation = _colors("AdjustSaturation", _saturation_kernel, "scale")
_adjust_contrast: OpFunction[Tensor] = define_op(
    "AdjustContrastv2", tensor("images", FLOATS), tensor("contrast_factor", (dtypes.float32,), None),
    rule=lambda images, factor: (images.dtype.base_dtype, images.shape.with_rank_at_least(3)._dims),
    kernel=_contrast_kernel,
)  # fmt: skip


@v1("image.rgb_to_hsv")
def rgb_to_hsv(images: Any, name: str | None = None) -> Tensor:
    """Gives hue, saturation and value of colors.

    Args:
        images: Red, green and blue along the last axis, `[..., 3]`, in [0, 1].
        name: The operation's name.

    Returns:
        A tensor like the input.
    """
    return rgb_to_hsv_node(images, name=name)


@v1("image.hsv_to_rgb")
def hsv_to_rgb(images: Any, name: str | None = None) -> Tensor:
    """Gives red, green and blue of colors.

    Args:
        images: Hue, saturation and value along the last axis, `[..., 3]`, in [0, 1].
        name: The operation's name.

    Returns:
        A tensor like the input.
    """
    return hsv_to_rgb_node(images, name=name)


@v1("image.convert_image_dtype")
def convert_image_dtype(
    image: Any, dtype: DTypeLike, saturate: bool = False, name: str | None = None
) -> Tensor:
    """Gives images another dtype: floats are in [0, 1], ints up to the dtype's largest.

    Args:
        image: A tensor of numbers.
        dtype: The dtype.
        saturate: Whether what is out of range becomes the nearest value.
        name: The operations' scope.

    Returns:
        A tensor of the shape of `image`.

    Raises:
        AttributeError: If the dtype is no dtype of numbers.

    >>> import scopetrie as tf
    >>> with tf.Session() as session:
    ...     print(session.run(tf.image.convert_image_dtype(tf.constant([0.0, 0.5, 1.0]), tf.uint8)))
    [  0 127 255]
    """
    images = convert_to_tensor(image, name="image")
    made = as_dtype(dtype)
    own = images.dtype.base_dtype
    if not made.is_floating and not made.is_integer:
        raise AttributeError("dtype must be either floating point or integer")
    if not own.is_floating and not own.is_integer:
        raise AttributeError("image dtype must be either floating point or integer")
    if made is own:
        return identity(images, name=name)
    with name_scope(name, "convert_image", [images]) as scope:
        if own.is_integer and made.is_integer:
            return _between_ints(images, made, saturate, scope)
        if own.is_floating and made.is_floating:
            return cast_node(images, DstT=made, name=scope)
        if own.is_integer:
            long = cast(images, made)
            return multiply(long, 1.0 / own.max, name=scope)
        scale = made.max + 0.5  # rounds
        long = multiply(images, scale, name="Mul")
        return saturate_cast(long, made, name=scope) if saturate else cast(long, made, name=scope)


def _between_ints(images: Tensor, made: Any, saturate: bool, scope: str) -> Tensor:
    own = images.dtype.base_dtype
    if own.max > made.max:
        scale = (own.max + 1) // (made.max + 1)
        small = floor_div(images, scale, name="floordiv")
        return saturate_cast(small, made, name=scope) if saturate else cast(small, made, name=scope)
    large = saturate_cast(images, made) if saturate else cast(images, made)
    return multiply(large, (made.max + 1) // (own.max + 1), name=scope)


def _as_floats(images: Tensor) -> tuple[Tensor, Any]:
    """Images as floats to compute with, and their dtype."""
    own = images.dtype.base_dtype
    if own.is_floating and own in (dtypes.float16, dtypes.float32):
        return images, own
    return convert_image_dtype(images, dtypes.float32), own


@v1("image.adjust_brightness")
def adjust_brightness(image: Any, delta: Any) -> Tensor:
    """Adds a number to images.

    Args:
        image: Images of any shape; ints count as fractions of the dtype's largest.
        delta: The number.

    Returns:
        A tensor like the input; ints are cut off at the ends of their range.
    """
    with name_scope(None, "adjust_brightness", [image, delta]) as scope:
        images = convert_to_tensor(image, name="image")
        own = images.dtype.base_dtype
        is_float = own in (dtypes.float16, dtypes.float32)
        made = images if is_float else convert_image_dtype(images, dtypes.float32)
        brighter = add(made, cast(delta, made.dtype.base_dtype), name=scope)
        return convert_image_dtype(brighter, own, saturate=True)


@v1("image.random_brightness")
def random_brightness(image: Any, max_delta: Any, seed: int | None = None) -> Tensor:
    """Adds a random number to images.

    Args:
        image: Images of any shape.
        max_delta: What the number is below, and above with the other sign.
        seed: The operation's seed.

    Returns:
        A tensor like the input.

    Raises:
        ValueError: If `max_delta` is negative.
    """
    if max_delta < 0:
        raise ValueError("max_delta must be non-negative.")
    return adjust_brightness(image, random_uniform([], -max_delta, max_delta, seed=seed))


@v1("image.adjust_contrast")
def adjust_contrast(images: Any, contrast_factor: Any) -> Tensor:
    """Moves each channel away from its mean.

    Args:
        images: Images `[..., H, W, C]`.
        contrast_factor: How much farther away.

    Returns:
        A tensor like the input.
    """
    with name_scope(None, "adjust_contrast", [images, contrast_factor]) as scope:
        given = convert_to_tensor(images, name="images")
        made, own = _as_floats(given)
        changed = _adjust_contrast(made, contrast_factor, name=scope)
        return convert_image_dtype(changed, own, saturate=True)


@v1("image.random_contrast")
def random_contrast(image: Any, lower: Any, upper: Any, seed: int | None = None) -> Tensor:
    """Changes the contrast of images by a random factor.

    Args:
        image: Images `[..., H, W, C]`.
        lower: The smallest factor.
        upper: What the factor is below.
        seed: The operation's seed.

    Returns:
        A tensor like the input.

    Raises:
        ValueError: If the factors are negative or not in order.
    """
    _check_range(lower, upper)
    return adjust_contrast(image, random_uniform([], lower, upper, seed=seed))


def _check_range(lower: Any, upper: Any) -> None:
    if upper <= lower:
        raise ValueError("upper must be > lower.")
    if lower < 0:
        raise ValueError("lower must be non-negative.")


@v1("image.adjust_saturation")
def adjust_saturation(image: Any, saturation_factor: Any, name: str | None = None) -> Tensor:
    """Changes the saturation of colors.

    Args:
        image: Red, green and blue along the last axis, `[..., 3]`.
        saturation_factor: The factor.
        name: The operations' scope.

    Returns:
        A tensor like the input.
    """
    with name_scope(name, "adjust_saturation", [image]):
        given = convert_to_tensor(image, name="image")
        made, own = _as_floats(given)
        return convert_image_dtype(_adjust_saturation(made, saturation_factor), own)


@v1("image.random_saturation")
def random_saturation(image: Any, lower: Any, upper: Any, seed: int | None = None) -> Tensor:
    """Changes the saturation of colors by a random factor.

    Args:
        image: Red, green and blue along the last axis, `[..., 3]`.
        lower: The smallest factor.
        upper: What the factor is below.
        seed: The operation's seed.

    Returns:
        A tensor like the input.

    Raises:
        ValueError: If the factors are negative or not in order.
    """
    _check_range(lower, upper)
    return adjust_saturation(image, random_uniform([], lower, upper, seed=seed))


@v1("image.adjust_hue")
def adjust_hue(image: Any, delta: Any, name: str | None = None) -> Tensor:
    """Turns the hue of colors.

    Args:
        image: Red, green and blue along the last axis, `[..., 3]`.
        delta: By how much of a whole turn, in [-1, 1].
        name: The operations' scope.

    Returns:
        A tensor like the input.
    """
    with name_scope(name, "adjust_hue", [image]):
        given = convert_to_tensor(image, name="image")
        made, own = _as_floats(given)
        return convert_image_dtype(_adjust_hue(made, delta), own)


@v1("image.random_hue")
def random_hue(image: Any, max_delta: Any, seed: int | None = None) -> Tensor:
    """Turns the hue of colors at random.

    Args:
        image: Red, green and blue along the last axis, `[..., 3]`.
        max_delta: How far at most, in [0, 0.5].
        seed: The operation's seed.

    Returns:
        A tensor like the input.

    Raises:
        ValueError: If `max_delta` is out of range.
    """
    if max_delta > 0.5:
        raise ValueError("max_delta must be <= 0.5.")
    if max_delta < 0:
        raise ValueError("max_delta must be non-negative.")
    return adjust_hue(image, random_uniform([], -max_delta, max_delta, seed=seed))


_GAMMA = "Gamma should be a non-negative real number."


@v1("image.adjust_gamma")
def adjust_gamma(image: Any, gamma: Any = 1, gain: Any = 1) -> Tensor:
    """Raises images to a power, and multiplies them.

    Args:
        image: Images of any shape.
        gamma: The power.
        gain: The factor.

    Returns:
        A tensor like the input.

    Raises:
        ValueError: If the power is negative.
    """
    with name_scope(None, "adjust_gamma", [image, gamma, gain]):
        given = convert_to_tensor(image, name="image")
        made, own = _as_floats(given)
        if isinstance(gamma, Tensor):
            made = after(demand(greater_equal(gamma, 0), _GAMMA), made)
        elif gamma < 0:
            raise ValueError(_GAMMA)
        curved = multiply(gain, pow(made, gamma, name="pow"), name="mul")
        return convert_image_dtype(curved, own, saturate=True)
