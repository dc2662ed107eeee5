"""Images made alike, compared, and how they change from pixel to pixel."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import dtypes
from ..._core import name_scope
from ...graph import Operation, Tensor, control_dependencies
from ...public import v1
from ..array.fill import identity, zeros
from ..array.join import concat, stack
from ..array.pad import pad, tile
from ..array.shape import reshape, shape, shape_n
from ..array.split import unstack
from ..checks import Assert
from ..constant import constant, convert_to_tensor
from ..elementwise.arithmetic import add, maximum, multiply, realdiv, squared_difference, subtract
from ..elementwise.cast import cast
from ..elementwise.compare import equal, greater_equal
from ..elementwise.unary import abs as abs_
from ..elementwise.unary import log, rsqrt, sqrt, square
from ..math.reduce import reduce_all, reduce_mean, reduce_prod, reduce_sum
from ..math.sequence import range_
from ..nn.activation import softmax
from ..nn.windows.conv_depthwise import depthwise_conv2d
from .checked import checked
from .colors import convert_image_dtype

_RANKS = "images1 and images2 must have the same shape"


@v1("image.per_image_standardization")
def per_image_standardization(image: Any) -> Tensor:
    """Moves and scales each image to the mean 0 and the variance 1.

    Args:
        image: Images `[..., H, W, C]`.

    Returns:
        A tensor of the shape of the input, of floats. The divisor is at least 1 / sqrt(H * W * C).

    Raises:
        ValueError: If there are less than three dimensions.
    """
    with name_scope(None, "per_image_standardization", [image]) as scope:
        given = convert_to_tensor(image, name="image")
        images = checked(given)
        if images.dtype.base_dtype is not dtypes.float32:
            images = cast(images, dtypes.float32)
        count = reduce_prod(shape(images)[-3:])
        mean = reduce_mean(images, axis=[-1, -2, -3], keepdims=True)
        with name_scope("reduce_std"):
            with name_scope("reduce_variance"):
                centre = reduce_mean(images, [-1, -2, -3], keepdims=True)
                spread = square(subtract(images, centre, name="sub"))
                spread = reduce_mean(spread, [-1, -2, -3], keepdims=True)
            deviation = sqrt(spread)
        least = rsqrt(cast(count, images.dtype.base_dtype))
        divisor = maximum(deviation, least)
        return realdiv(subtract(images, mean, name="sub"), divisor, name=scope)


@v1("image.total_variation")
def total_variation(images: Any, name: str | None = None) -> Tensor:
    """Sums the differences of pixels that are neighbours.

    Args:
        images: Images `[N, H, W, C]`, or one without the first dimension.
        name: The operations' scope.

    Returns:
        A sum for each image, `[N]`; a scalar for one.

    Raises:
        ValueError: If there are neither three nor four dimensions.
    """
    with name_scope(name, "total_variation"):
        given = convert_to_tensor(images)
        rank = None if given._dims is None else len(given._dims)
        if rank == 3:
            down, across = (
                subtract(given[1:], given[:-1], name="sub"),
                subtract(given[:, 1:], given[:, :-1], name="sub"),
            )
            axes = None
        elif rank == 4:
            down = subtract(given[:, 1:], given[:, :-1], name="sub")
            across = subtract(given[:, :, 1:], given[:, :, :-1], name="sub")
            axes = [1, 2, 3]
        else:
            raise ValueError("'images' must be either 3 or 4-dimensional.")
        return add(reduce_sum(abs_(down), axis=axes), reduce_sum(abs_(across), axis=axes), name="add")


def _comparable(a: Tensor, b: Tensor) -> list[Operation]:
    """The checks that two images can be compared.

    Raises:
        ValueError: If they are known not to be.
    """
    dims, others = a.shape.with_rank_at_least(3), b.shape.with_rank_at_least(3)
    dims[-3:].assert_is_compatible_with(others[-3:])
    if dims.rank is not None and others.rank is not None:
        for one, other in zip(dims[:-3].as_list()[::-1], others[:-3].as_list()[::-1], strict=False):
            if not (one is None or other is None or one == other or 1 in (one, other)):
                raise ValueError(f"Two images are not compatible: {a.shape} and {b.shape}")
    first, second = shape_n([a, b])
    enough = Assert(greater_equal(size_of(first), 3), [first, second], summarize=10)
    alike = Assert(reduce_all(equal(first[-3:], second[-3:])), [first, second], summarize=10)
    return [enough, alike]


def size_of(sizes: Tensor) -> Any:
    """How many sizes a vector has."""
    return shape(sizes)[0] if not sizes._dims or sizes._dims[0] is None else constant(sizes._dims[0])


@v1("image.psnr")
def psnr(a: Any, b: Any, max_val: Any, name: str | None = None) -> Tensor:
    """Gives the peak signal to noise ratio of two images, in decibel.

    Args:
        a: Images `[..., H, W, C]`.
        b: Images of the same shape.
        max_val: The largest value that a pixel may have.
        name: The operations' scope.

    Returns:
        A ratio for each pair of images.

    Raises:
        ValueError: If the shapes do not go together.
    """
    with name_scope(name, "PSNR", [a, b]):
        first, second = convert_to_tensor(a, name="a"), convert_to_tensor(b, name="b")
        peak = cast(max_val, first.dtype.base_dtype)
        peak = convert_image_dtype(peak, dtypes.float32)
        first = convert_image_dtype(first, dtypes.float32)
        second = convert_image_dtype(second, dtypes.float32)
        noise = reduce_mean(squared_difference(first, second), [-3, -2, -1])
        signal = realdiv(multiply(20, log(peak), name="mul"), log(10.0), name="truediv")
        ratio = subtract(signal, multiply(np.float32(10 / np.log(10)), log(noise), name="mul"), name="psnr")
        with control_dependencies(_comparable(first, second)):
            return identity(ratio)


def _window(size: int, sigma: float, channels: Any) -> Tensor:
    """A Gaussian filter for each channel."""
    at = subtract(cast(range_(size), dtypes.float32), (size - 1) / 2.0, name="sub")
    weights = multiply(square(at), np.float32(-0.5 / sigma**2), name="mul")
    plane = add(reshape(weights, [1, -1]), reshape(weights, [-1, 1]), name="add")
    plane = reshape(softmax(reshape(plane, [1, -1])), [size, size, 1, 1])
    return tile(plane, stack([1, 1, channels, 1]))


def _similarity(
    x: Tensor, y: Tensor, peak: Any, size: int, sigma: float, k1: float, k2: float, as_map: bool = False
) -> tuple[Tensor, Tensor]:
    """The structural similarity of each channel, and its part of contrast and structure."""
    c1, c2 = square(multiply(peak, k1)), square(multiply(peak, k2))
    checks = [
        Assert(reduce_all(greater_equal(sizes[-3:-1], size)), [sizes, size], summarize=8)
        for sizes in shape_n([x, y])
    ]
    with control_dependencies(checks):
        x = identity(x)
    depth = x._dims[-1] if x._dims is not None and x._dims[-1] is not None else shape(x)[-1]
    kernel = _window(size, sigma, depth)

    def blurred(images: Tensor) -> Tensor:
        sizes = shape(images)
        flat = reshape(images, concat([[-1], sizes[-3:]], 0))
        made = depthwise_conv2d(flat, kernel, strides=[1, 1, 1, 1], padding="VALID")
        return reshape(made, concat([sizes[:-3], shape(made)[1:]], 0))

    mean_x, mean_y = blurred(x), blurred(y)
    product = multiply(multiply(mean_x, mean_y), 2.0)
    squares = add(square(mean_x), square(mean_y))
    luminance = realdiv(add(product, c1), add(squares, c1))
    both = multiply(blurred(multiply(x, y)), 2.0)
    powers = blurred(add(square(x), square(y)))
    structure = realdiv(add(subtract(both, product), c2), add(subtract(powers, squares), c2))
    if as_map:
        return multiply(luminance, structure), structure
    return reduce_mean(multiply(luminance, structure), [-3, -2]), reduce_mean(structure, [-3, -2])


@v1("image.ssim")
def ssim(
    img1: Any, img2: Any, max_val: Any, filter_size: int = 11, filter_sigma: float = 1.5, k1: float = 0.01,
    k2: float = 0.03, return_index_map: bool = False,
) -> Tensor:  # fmt: skip
    """Gives the structural similarity of two images; 1 if they are the same.

    Args:
        img1: Images `[..., H, W, C]`, at least as large as the filter.
        img2: Images of the same shape.
        max_val: The largest value that a pixel may have.
        filter_size: The size of the Gaussian filter.
        filter_sigma: Its width.
        k1: The first constant of the formula.
        k2: The second one.
        return_index_map: Whether the similarity at each place is returned rather than the mean.

    Returns:
        A similarity for each pair of images, `[...]`.

    Raises:
        ValueError: If the shapes do not go together.
    """
    with name_scope(None, "SSIM", [img1, img2]):
        first, second = convert_to_tensor(img1, name="img1"), convert_to_tensor(img2, name="img2")
        with control_dependencies(_comparable(first, second)):
            first = identity(first)
        peak = cast(max_val, first.dtype.base_dtype)
        peak = convert_image_dtype(peak, dtypes.float32)
        first = convert_image_dtype(first, dtypes.float32)
        second = convert_image_dtype(second, dtypes.float32)
        made, _ = _similarity(first, second, peak, filter_size, filter_sigma, k1, k2, as_map=return_index_map)
        return reduce_mean(made, [-1])


@v1("image.image_gradients")
def image_gradients(image: Any) -> tuple[Tensor, Tensor]:
    """Gives the differences of pixels that are neighbours.

    Args:
        image: Images `[N, H, W, C]`.

    Returns:
        The differences downwards and to the right, with zeros in the last row and column.

    Raises:
        ValueError: If there are not four dimensions.
    """
    images = convert_to_tensor(image)
    if images._dims is None or len(images._dims) != 4:
        raise ValueError(f"image_gradients expects a 4D tensor [batch_size, h, w, d], not {images.shape}.")
    count, high, wide, depth = unstack(shape(images))
    down = subtract(images[:, 1:, :, :], images[:, :-1, :, :], name="sub")
    across = subtract(images[:, :, 1:, :], images[:, :, :-1, :], name="sub")
    kind = images.dtype.base_dtype
    down = concat([down, zeros(stack([count, 1, wide, depth]), kind)], 1)
    down = reshape(down, shape(images))
    across = concat([across, zeros(stack([count, high, 1, depth]), kind)], 2)
    return down, reshape(across, shape(images))


@v1("image.sobel_edges")
def sobel_edges(image: Any) -> Tensor:
    """Gives Sobel's edges of images.

    Args:
        image: Images `[N, H, W, C]` of floats.

    Returns:
        The edges downwards and to the right along a new last axis, `[N, H, W, C, 2]`.
    """
    images = convert_to_tensor(image)
    static = images.shape
    sizes = shape(images)
    kernels = np.array(
        [[[-1, -2, -1], [0, 0, 0], [1, 2, 1]], [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]], np.float32
    ).astype(images.dtype.base_dtype.as_numpy_dtype)
    weights = constant(kernels.transpose(1, 2, 0)[:, :, None, :])
    weights = tile(weights, stack([1, 1, sizes[-1], 1], name="sobel_filters/multiples"), name="sobel_filters")
    padded = pad(images, [[0, 0], [1, 1], [1, 1], [0, 0]], mode="REFLECT")
    found = depthwise_conv2d(padded, weights, strides=[1, 1, 1, 1], padding="VALID", name="depthwise")
    made = reshape(found, concat([sizes, [2]], 0))
    made.set_shape(static.concatenate([2]))
    return made
