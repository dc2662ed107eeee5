"""Patches of images."""

from __future__ import annotations

from typing import Any

from .... import dtypes
from ....errors import OutOfRangeError, UnimplementedError
from ....graph import Tensor
from ....public import v1
from ...array.dims import renamed
from ...declare import COMPLEX, FLOATS, INTEGERS, Ints, attr, tensor
from ...faults import check_choice
from ...registry import define_op
from .window import (
    borders,
    geometry,
    padded,
    window_counts,
    window_slices,
)


def _patch_kernel(
    xp: Any, ksizes: tuple[int, ...], strides: tuple[int, ...], rates: tuple[int, ...], padding: str
) -> Any:
    shape, window = geometry("NHWC", strides, rates, padding), tuple(ksizes[1:3])

    def extract(x: Any) -> Any:
        for name, each in (("ksizes", ksizes), ("strides", strides), ("rates", rates)):
            if len(each) != 4 or each[0] != 1 or each[3] != 1:
                raise UnimplementedError(
                    None, None, f"Only support {name} across space: {list(each)} must be [1, rows, cols, 1]"
                )
            if min(each) < 1:
                raise OutOfRangeError(None, None, f"{name} is out of range.")
        counts = window_counts(x.shape[1:3], window, shape)
        whole = padded(xp, x, borders(x.shape[1:3], window, shape))
        return xp.concat(window_slices(whole, window, counts, shape), axis=-1)

    return extract


_extract = define_op(
    "ExtractImagePatches", tensor("images", (*FLOATS, *INTEGERS, *COMPLEX, dtypes.bool)),
    kernel=_patch_kernel,
    attributes=(attr("ksizes", Ints), attr("padding", str), attr("rates", Ints), attr("strides", Ints)),
)  # fmt: skip


@v1("extract_image_patches", "image.extract_image_patches")
def extract_image_patches(
    images: Any, ksizes: Any = None, strides: Any = None, rates: Any = None, padding: Any = None,
    name: str | None = None, sizes: Any = None,
) -> Tensor:  # fmt: skip
    """Puts the elements of each window of images into the depth.

    Args:
        images: A tensor `[N, H, W, C]`.
        ksizes: Sizes of the window, one for each dimension.
        strides: Steps of the window, one for each dimension.
        rates: Distances between the window's entries, one for each dimension.
        padding: "SAME" or "VALID".
        name: The operation's name.
        sizes: Another name of `ksizes`.

    Returns:
        A tensor `[N, H', W', h * w * C]`.
    """
    ksizes = renamed(ksizes, "ksizes", sizes, "sizes")
    check_choice(padding, "padding", "ExtractImagePatches", ("SAME", "VALID"))
    listed = {
        key: tuple(int(x) for x in each)
        for key, each in (("ksizes", ksizes), ("strides", strides), ("rates", rates))
    }
    return _extract(images, padding=padding, name=name, **listed)


@v1("image.extract_patches")
def extract_patches(
    images: Any, sizes: Any, strides: Any, rates: Any, padding: str, name: str | None = None
) -> Tensor:
    """Cuts images into patches; `extract_image_patches` under the name of v1's later versions.

    Args:
        images: Images `[N, H, W, C]`.
        sizes: The size of the patches: `[1, rows, columns, 1]`.
        strides: How far apart they are: `[1, rows, columns, 1]`.
        rates: How far apart their pixels are: `[1, rows, columns, 1]`.
        padding: "SAME" or "VALID".
        name: The operation's name.

    Returns:
        A tensor `[N, rows, columns, patch]`.
    """
    return extract_image_patches(images, sizes, strides, rates, padding, name)
