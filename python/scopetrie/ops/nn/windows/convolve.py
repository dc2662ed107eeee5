"""The convolution of channels-last arrays, as matrix products."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import numpy as np
from array_api_compat import device

from ...array.indices import rows_of
from .window import (
    Geometry,
    borders,
    in_one_pass,
    padded,
    strided_windows,
    strides_of,
    window_counts,
    window_slices,
)

# Bytes of windows to write out at a time. On a CPU they fit in a core's own cache, so that the product reads
# them from there; on a device few launches matter more.
_HOST_BYTES: Final = 3 << 18
_DEVICE_BYTES: Final = 256 << 20
# Windows to write out at a time at least: a product of fewer rows is slower for what the filter costs.
_LEAST: Final = 256
# A filter is narrow with fewer outputs than this. Products with a narrow filter of at most so many
# multiplications skip the copies that BLAS else makes first, which cost more than the product.
_NARROW: Final = 16
_SMALL_PRODUCT: Final = 1_000_000
# Up to so many channels a window's lines are so short that copying the windows one by one takes longer than
# their product: then one element of all windows is copied after another.
_FEW_CHANNELS: Final = 2


def group_count(channels: int, depth: int, out_depth: int) -> int:
    """The number of groups of channels that are convolved apart.

    Args:
        channels: The channels of the input.
        depth: Those of the filter.
        out_depth: Those of the output.

    Raises:
        ValueError: If they do not go together.
    """
    groups = channels // depth if depth else 0
    if groups * depth != channels or (groups and out_depth % groups):
        raise ValueError(f"input depth must be evenly divisible by filter depth: {channels} vs {depth}")
    return groups


def convolve(xp: Any, x: Any, taps: Any, shape: Geometry) -> Any:
    """Convolves a channels-last array.

    Every window becomes a row of one matrix, which is multiplied by the filter as another: nearly all the
    time goes to the library's matrix product. Where the library lets us write into arrays, the rows are made
    a part at a time, in memory that is used again and again.

    Args:
        xp: The array namespace.
        x: An array `[N, spatial..., C]`.
        taps: The filter `[spatial..., C / groups, D]`.
        shape: How windows slide.

    Returns:
        A new array `[N, spatial..., D]`.
    """
    window = taps.shape[:-2]
    depth, out_depth = taps.shape[-2:]
    groups = group_count(x.shape[-1], depth, out_depth)
    if groups != 1:
        each = out_depth // groups
        parts = [
            convolve(xp, x[..., g * depth : (g + 1) * depth], taps[..., g * each : (g + 1) * each], shape)
            for g in range(groups)
        ]
        return xp.concat(parts, axis=-1)
    sizes = x.shape[1:-1]
    counts = window_counts(sizes, window, shape)
    result = (x.shape[0], *counts, out_depth)
    matrix = xp.reshape(taps, (math.prod(window) * depth, out_depth))
    if math.prod(window) == 1 and set(shape.strides) == {1}:
        x = padded(xp, x, borders(sizes, window, shape))
        return xp.reshape(xp.matmul(rows_of(xp, x, len(x.shape) - 1), matrix), result)
    if strides_of(xp) is None:
        x = padded(xp, x, borders(sizes, window, shape))
        patches = xp.concat(window_slices(x, window, counts, shape), axis=-1)
        return xp.reshape(xp.matmul(rows_of(xp, patches, len(patches.shape) - 1), matrix), result)
    return _in_parts(xp, x, window, counts, shape, matrix, result)


def _in_parts(
    xp: Any, x: Any, window: tuple[int, ...], counts: list[int], shape: Geometry, matrix: Any,
    result: tuple[int, ...],
) -> Any:  # fmt: skip
    """The product of all windows and the filter, made a part after another."""
    out = xp.empty(result, dtype=x.dtype, device=device(x))
    if not (math.prod(result[:-1]) and matrix.shape[0]):
        out[...] = 0
        return out
    for part, patches in written_out(xp, x, window, counts, shape, result[-1]):
        xp.matmul(patches, matrix, out=xp.reshape(out[part], (patches.shape[0], result[-1])))
    return out


def written_out(
    xp: Any, x: Any, window: tuple[int, ...], counts: Sequence[int], shape: Geometry, width: int
) -> Iterator[tuple[tuple[slice, slice], Any]]:
    """Writes the windows of an array out as the rows of matrices, a part after another.

    Args:
        xp: The array namespace, whose arrays can be written to.
        x: An array `[N, spatial..., C]` without padding.
        window: The sizes of the windows, of which there is at least one.
        counts: How many there are along each spatial dimension.
        shape: How they slide.
        width: The number of columns of what the matrices are multiplied by.

    Returns:
        For each part, its key in the first two dimensions; and a matrix, whose memory the next one uses.
    """
    channels = x.shape[-1]
    length = math.prod(window) * channels
    by_entry = channels <= _FEW_CHANNELS
    if unfold := in_one_pass(xp, "unfold", x):
        write = _native_writer(unfold, np.ascontiguousarray(x), window, counts, shape)
    else:
        write = _strided_writer(xp, x, window, counts, shape)
    memory: Any = None
    for part, rows in parts_of(x, length, counts, width):
        if memory is None:  # the first part is as large as any
            memory = xp.empty(rows * length, dtype=x.dtype, device=device(x))
        flat = memory[: rows * length]
        patches = xp.reshape(flat, (length, rows) if by_entry else (rows, length))
        write(part, patches, by_entry)
        yield part, patches.T if by_entry else patches


def _native_writer(
    unfold: Any, x: Any, window: tuple[int, ...], counts: Sequence[int], shape: Geometry
) -> Callable[[tuple[slice, slice], Any, bool], None]:
    def write(part: tuple[slice, slice], matrix: Any, by_entry: bool) -> None:
        lines, first = placed(x.shape[1:-1], window, counts, shape, part[1])
        unfold(x[part[0]], matrix, by_entry, lines, window, shape.strides, shape.dilations, first)

    return write


def placed(
    sizes: Sequence[int], window: Sequence[int], counts: Sequence[int], shape: Geometry, lines: slice
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """How many windows a part has along each spatial dimension, and where the first of them begins."""
    start, stop, _ = lines.indices(counts[0])
    first = [-before for before, _ in borders(sizes, window, shape)]
    first[0] += start * shape.strides[0]
    return (stop - start, *counts[1:]), tuple(first)


def _strided_writer(
    xp: Any, x: Any, window: tuple[int, ...], counts: Sequence[int], shape: Geometry
) -> Callable[[tuple[slice, slice], Any, bool], None]:
    wide = padded(xp, x, borders(x.shape[1:-1], window, shape))
    windows = strided_windows(xp, wide, window, counts, shape)
    rank = len(window)

    def write(part: tuple[slice, slice], matrix: Any, by_entry: bool) -> None:
        source = windows[part]
        if by_entry:
            source = xp.permute_dims(source, (*range(rank + 1, 2 * rank + 2), *range(rank + 1)))
        xp.reshape(matrix, source.shape)[...] = source

    return write


def parts_of(
    x: Any, length: int, counts: Sequence[int], width: int
) -> Iterator[tuple[tuple[slice, slice], int]]:
    """Divides the windows of an array into parts whose rows of `length` elements fit into a cache.

    Args:
        x: An array of images.
        length: The number of elements of a row.
        counts: How many windows there are along each spatial dimension.
        width: The number of columns of what the rows are multiplied by.

    Returns:
        For each part, its key in the first two dimensions, and its number of windows.
    """
    images, (lines, *more) = x.shape[0], counts
    line = math.prod(more)  # windows in one entry of the first spatial dimension
    on_host = device(x) == "cpu"
    most = (_HOST_BYTES if on_host else _DEVICE_BYTES) // (length * x.dtype.itemsize)
    if on_host and width < _NARROW:
        most = min(most, _SMALL_PRODUCT // (length * width))
    for part in _parts(images, lines, max(1, max(most, _LEAST) // line)):
        yield (
            part,
            line
            * math.prod(len(range(*key.indices(n))) for key, n in zip(part, (images, lines), strict=True)),
        )


def _parts(images: int, lines: int, most: int) -> Iterator[tuple[slice, slice]]:
    """Divides images into parts of about `most` lines: of several images, or of one."""
    if most >= lines:
        for first, last in _divided(images, most // lines):
            yield slice(first, last), slice(None)
    else:
        spans: Sequence[tuple[int, int]] = [*_divided(lines, most)]
        for image in range(images):
            for first, last in spans:
                yield slice(image, image + 1), slice(first, last)


def _divided(count: int, most: int) -> Iterator[tuple[int, int]]:
    """Divides a range evenly into as few spans of at most `most` as there can be, the first the longest."""
    each = -(-count // -(-count // most))
    for first in range(0, count, each):
        yield first, min(first + each, count)
