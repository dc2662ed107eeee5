"""The convolution of channels-last arrays, as matrix products."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final

from array_api_compat import device

from ..array.indices import rows_of
from .window import Geometry, borders, padded, strided_windows, window_counts, window_slices

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
    groups = x.shape[-1] // depth if depth else 0
    if groups * depth != x.shape[-1] or (groups and out_depth % groups):
        raise ValueError(f"input depth must be evenly divisible by filter depth: {x.shape[-1]} vs {depth}")
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
    x = padded(xp, x, borders(sizes, window, shape))
    if math.prod(window) == 1 and set(shape.strides) == {1}:
        return xp.reshape(xp.matmul(rows_of(xp, x, len(x.shape) - 1), matrix), result)
    windows = strided_windows(xp, x, window, counts, shape)
    if windows is None:
        patches = xp.concat(window_slices(x, window, counts, shape), axis=-1)
        return xp.reshape(xp.matmul(rows_of(xp, patches, len(patches.shape) - 1), matrix), result)
    return _in_parts(xp, windows, matrix, result)


def _in_parts(xp: Any, windows: Any, matrix: Any, result: tuple[int, ...]) -> Any:
    """The product of all windows and the filter, made a part after another."""
    out = xp.empty(result, dtype=windows.dtype, device=device(windows))
    if not math.prod(windows.shape):
        out[...] = 0
        return out
    for part, patches in written_out(xp, windows, len(result) - 2, result[-1]):
        xp.matmul(patches, matrix, out=xp.reshape(out[part], (patches.shape[0], result[-1])))
    return out


def written_out(xp: Any, windows: Any, rank: int, width: int) -> Iterator[tuple[tuple[slice, slice], Any]]:
    """Writes windows out as the rows of matrices, a part after another.

    Args:
        xp: The array namespace, whose arrays can be written to.
        windows: All windows, `[N, counts..., window..., C]`; there is at least one.
        rank: The number of spatial dimensions.
        width: The number of columns of what the matrices are multiplied by.

    Returns:
        For each part, its key in the first two dimensions; and a matrix, whose memory the next one uses.
    """
    images, lines, *more = windows.shape[: rank + 1]
    entries = windows.shape[rank + 1 :]
    length = math.prod(entries)
    line = math.prod(more)  # windows in one entry of the first spatial dimension
    on_host = device(windows) == "cpu"
    most = (_HOST_BYTES if on_host else _DEVICE_BYTES) // (length * windows.dtype.itemsize)
    if on_host and width < _NARROW:
        most = min(most, _SMALL_PRODUCT // (length * width))
    by_entry = entries[-1] <= _FEW_CHANNELS
    memory: Any = None
    for part in _parts(images, lines, max(1, max(most, _LEAST) // line)):
        source = windows[part]
        rows = source.shape[0] * source.shape[1] * line
        if memory is None:  # the first part is as large as any
            memory = xp.empty(rows * length, dtype=windows.dtype, device=device(windows))
        flat = memory[: rows * length]
        if by_entry:
            axes = (*range(rank + 1, 2 * rank + 2), *range(rank + 1))
            source = xp.permute_dims(source, axes)
            patches = xp.reshape(flat, (length, rows)).T
        else:
            patches = xp.reshape(flat, (rows, length))
        xp.reshape(flat, source.shape)[...] = source
        yield part, patches


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
