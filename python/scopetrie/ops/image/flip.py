"""Images mirrored and turned."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..._core import name_scope
from ...graph import Tensor
from ...public import v1
from ..array.fill import identity
from ..array.reverse import reverse
from ..array.shape import rank, reshape, shape, transpose
from ..constant import convert_to_tensor
from ..control.branch import case, cond
from ..elementwise.arithmetic import add, floormod, multiply, subtract
from ..elementwise.cast import cast
from ..elementwise.compare import equal, less
from ..elementwise.unary import round
from ..random.draws import random_uniform
from .checked import checked


def _flip(image: Any, axis: int, name: str) -> Tensor:
    with name_scope(None, name, [image]):
        images = checked(convert_to_tensor(image, name="image"))
        dims = images._dims
        if dims is None:
            made: Tensor = cond(
                equal(rank(images), 3),
                lambda: reverse(images, [axis]),
                lambda: reverse(images, [axis + 1]),
            )
            return made
        if len(dims) not in (3, 4):
            raise ValueError(f"'image' (shape {images.shape}) must have either 3 or 4 dimensions.")
        return reverse(images, [axis + len(dims) - 3])


@v1("image.flip_left_right")
def flip_left_right(image: Any) -> Tensor:
    """Mirrors images: left becomes right.

    Args:
        image: Images `[N, H, W, C]`, or one without the first dimension.

    Returns:
        A tensor like the input.

    Raises:
        ValueError: If the shape does not fit.
    """
    return _flip(image, 1, "flip_left_right")


@v1("image.flip_up_down")
def flip_up_down(image: Any) -> Tensor:
    """Mirrors images: above becomes below.

    Args:
        image: Images `[N, H, W, C]`, or one without the first dimension.

    Returns:
        A tensor like the input.

    Raises:
        ValueError: If the shape does not fit.
    """
    return _flip(image, 0, "flip_up_down")


def _random_flip(image: Any, axis: int, seed: int | None, name: str) -> Tensor:
    with name_scope(None, name, [image]) as scope:
        images = checked(convert_to_tensor(image, name="image"))
        dims = images._dims
        if dims is None:
            made: Tensor = cond(
                equal(rank(images), 3),
                lambda: _one(images, axis, seed, scope),
                lambda: _several(images, axis, seed),
            )
            return made
        if len(dims) == 3:
            return _one(images, axis, seed, scope)
        if len(dims) == 4:
            return _several(images, axis, seed)
        raise ValueError(f"'image' (shape {images.shape}) must have either 3 or 4 dimensions.")


def _one(image: Tensor, axis: int, seed: int | None, scope: str) -> Tensor:
    chance = less(random_uniform([], 0, 1.0, seed=seed), 0.5)
    made: Tensor = cond(chance, lambda: reverse(image, [axis]), lambda: image, name=scope)
    made.set_shape(image.shape)
    return made


def _several(images: Tensor, axis: int, seed: int | None) -> Tensor:
    count = shape(images)[0]
    chance = reshape(random_uniform([count], 0, 1.0, seed=seed), [count, 1, 1, 1])
    flips = cast(round(chance), images.dtype.base_dtype)
    other = reverse(images, [axis + 1])
    flipped = multiply(flips, other, name="mul")
    return add(flipped, multiply(subtract(1, flips, name="sub"), images, name="mul"), name="add")


@v1("image.random_flip_left_right")
def random_flip_left_right(image: Any, seed: int | None = None) -> Tensor:
    """Mirrors each image with the chance of a half: left becomes right.

    Args:
        image: Images `[N, H, W, C]`, or one without the first dimension.
        seed: The operation's seed.

    Returns:
        A tensor like the input.

    Raises:
        ValueError: If the shape does not fit.
    """
    return _random_flip(image, 1, seed, "random_flip_left_right")


@v1("image.random_flip_up_down")
def random_flip_up_down(image: Any, seed: int | None = None) -> Tensor:
    """Mirrors each image with the chance of a half: above becomes below.

    Args:
        image: Images `[N, H, W, C]`, or one without the first dimension.
        seed: The operation's seed.

    Returns:
        A tensor like the input.

    Raises:
        ValueError: If the shape does not fit.
    """
    return _random_flip(image, 0, seed, "random_flip_up_down")


@v1("image.transpose_image", "image.transpose")
def transpose_image(image: Any, name: str | None = None) -> Tensor:
    """Exchanges rows and columns of images.

    Args:
        image: Images `[N, H, W, C]`, or one without the first dimension.
        name: The operations' scope.

    Returns:
        Images `[N, W, H, C]`.

    Raises:
        ValueError: If the shape does not fit.
    """
    with name_scope(name, "transpose", [image]):
        images = checked(convert_to_tensor(image, name="image"))
        dims = images._dims
        if dims is None:
            made: Tensor = cond(
                equal(rank(images), 3),
                lambda: transpose(images, [1, 0, 2], name="transpose"),
                lambda: transpose(images, [0, 2, 1, 3], name="transpose"),
            )
            return made
        if len(dims) not in (3, 4):
            raise ValueError(f"'image' (shape {images.shape}) must have either 3 or 4 dimensions.")
        return transpose(images, [1, 0, 2] if len(dims) == 3 else [0, 2, 1, 3], name="transpose")


@v1("image.rot90")
def rot90(image: Any, k: Any = 1, name: str | None = None) -> Tensor:
    """Turns images by quarters, counter-clockwise.

    Args:
        image: Images `[N, H, W, C]`, or one without the first dimension.
        k: How many quarters.
        name: The operations' scope.

    Returns:
        The turned images.

    Raises:
        ValueError: If the shape does not fit.
    """
    with name_scope(name, "rot90", [image, k]) as scope:
        images = checked(convert_to_tensor(image, name="image"))
        quarters = convert_to_tensor(k, "int32", name="k")
        quarters.shape.assert_has_rank(0)
        quarters = floormod(quarters, 4, name="mod")
        dims = images._dims
        if dims is None:
            made: Tensor = cond(
                equal(rank(images), 3),
                lambda: _turned(images, quarters, 0, scope),
                lambda: _turned(images, quarters, 1, scope),
            )
            return made
        if len(dims) not in (3, 4):
            raise ValueError(f"'image' (shape {images.shape}) must have either 3 or 4 dimensions.")
        return _turned(images, quarters, len(dims) - 3, scope)


def _turned(images: Tensor, quarters: Tensor, lead: int, scope: str) -> Tensor:
    axes = [*range(lead), lead + 1, lead, lead + 2]
    branches: list[tuple[Tensor, Callable[[], Tensor]]] = [
        (equal(quarters, 1), lambda: transpose(reverse(images, [lead + 1]), axes)),
        (equal(quarters, 2), lambda: reverse(images, [lead, lead + 1])),
        (equal(quarters, 3), lambda: reverse(transpose(images, axes), [lead + 1])),
    ]
    made: Tensor = case(branches, default=lambda: identity(images), exclusive=True, name=scope)
    dims = images._dims or (None,) * (lead + 3)
    made.set_shape([*dims[:lead], None, None, dims[-1]])
    return made
