"""Images as functions take them: of three dimensions or more, alone or several."""

from __future__ import annotations

from typing import Any

from ...graph import Operation, Tensor, control_dependencies
from ..array.dims import expand_dims, squeeze
from ..array.fill import identity
from ..array.shape import rank, shape
from ..array.split import unstack
from ..checks import Assert
from ..constant import convert_to_tensor
from ..control.asserts import assert_greater_equal, assert_positive


def image_checks(image: Tensor, least: int = 3) -> list[Operation]:
    """The checks that a run makes of an image whose shape is not known.

    Raises:
        ValueError: If it is known to have too few dimensions, or an empty one among the last three.
    """
    dims = image._dims
    if dims is not None and len(dims) < least:
        words = {3: "'image' (shape {}) must be at least three-dimensional.",
                 4: "'image' (shape {}) must be at least four-dimensional."}  # fmt: skip
        raise ValueError(words[least].format(image.shape))
    inner = None if dims is None else dims[-3:]
    if inner is not None and None not in inner:
        if 0 in inner:
            raise ValueError(f"inner 3 dims of 'image.shape' must be > 0: {image.shape}")
        return []
    found = [
        assert_positive(shape(image)[-3:], ["inner 3 dims of 'image.shape' must be > 0."]),
        assert_greater_equal(rank(image), least, message="'image' must be at least three-dimensional."),
    ]
    return found


def checked(image: Tensor) -> Tensor:
    """An image that is there once it has been checked."""
    return after(image_checks(image), image)


def after(checks: list[Operation], image: Tensor) -> Tensor:
    """A tensor that is there once checks are done."""
    with control_dependencies(checks):
        return identity(image, name="control_dependency")


def sizes_of(image: Tensor, rank: int) -> list[Any]:
    """The sizes of an image: ints as far as they are known, scalars otherwise."""
    dims = image._dims
    if dims is not None and None not in dims:
        return list(dims)
    measured = unstack(shape(image), rank)
    known = (None,) * rank if dims is None else dims
    return [size if size is not None else each for size, each in zip(known, measured, strict=True)]


def batch_of(image: Any) -> tuple[Tensor, bool]:
    """Images `[N, H, W, C]`, and whether there was but one, without the first dimension.

    Raises:
        ValueError: If the rank is known to be another.
    """
    made = convert_to_tensor(image, name="image")
    dims = made._dims
    if dims is None:  # as v1, which takes it for one image
        images = expand_dims(made, 0)
        images.set_shape([None] * 4)
        return images, True
    if len(dims) == 3:
        return expand_dims(made, 0), True
    if len(dims) != 4:
        raise ValueError(f"'image' (shape {made.shape}) must have either 3 or 4 dimensions.")
    return made, False


def alone(images: Tensor, is_alone: bool) -> Tensor:
    """The first image, if there is but one."""
    return squeeze(images, axis=[0]) if is_alone else images


def demand(condition: Any, text: str) -> list[Operation]:
    """The check of a condition in a run.

    Raises:
        ValueError: If it is known not to hold.
    """
    if isinstance(condition, Tensor):
        return [Assert(condition, [text])]
    if not condition:
        raise ValueError(text)
    return []
