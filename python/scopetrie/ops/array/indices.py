"""Indices that kernels make and look at: whether they are in range, and where they point."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...backends import host_view
from ...backends.deferred import defer
from ...dtypes import DType
from ...errors import InvalidArgumentError


def readable(array: Any) -> bool:
    """Whether an array is NumPy's, whatever computes: NumPy's own functions take it.

    A kernel that only wants to check values asks `host_view`, which shows those of other libraries, too.
    """
    return isinstance(array, (np.ndarray, np.generic))


def are_packed(*arrays: Any) -> bool:
    """Whether arrays are NumPy's floats or doubles in C order, which functions of the extension take."""
    for each in arrays:
        if not isinstance(each, np.ndarray) or each.dtype.char not in "fd" or not each.flags.c_contiguous:
            return False
    return True


def check_indices(indices: Any, size: int, what: str = "indices", *, negative: bool = False) -> None:
    """Refuses indices that are negative or not below `size`, where `host_view` shows them.

    Args:
        indices: An array of ints of any shape.
        size: How many there are to choose from.
        what: The name of the indices in v1's message.
        negative: Whether negative ones are allowed.

    Raises:
        InvalidArgumentError: If one is out of range; the message has the first of them.
    """
    view = host_view(indices)
    if view is None:
        defer(
            indices,
            lambda array: _beyond(array, size, negative).any(),
            lambda host: check_indices(host, size, what, negative=negative),
        )
        return
    indices = view
    if not indices.size:
        return
    if indices.max() < size and (negative or indices.min() >= 0):
        return
    outside = _beyond(indices, size, negative)
    place = np.argwhere(outside)[0] if indices.ndim else ()
    at = what + (f"[{','.join(map(str, place))}]" if indices.ndim else "")
    raise InvalidArgumentError(None, None, f"{at} = {indices[tuple(place)]} is not in [0, {size})")


def _beyond(indices: Any, size: int, negative: bool) -> Any:
    return indices >= size if negative else (indices < 0) | (indices >= size)


def check_tuples(indices: Any, sizes: tuple[int, ...], what: str) -> None:
    """Refuses tuples of indices `[..., depth]` that point outside an array of the first `depth` sizes.

    They are looked at where `host_view` shows them.

    Args:
        indices: An array of tuples of ints.
        sizes: The array's shape.
        what: What v1's message calls the array.

    Raises:
        InvalidArgumentError: If one is out of range; the message has the first of them.
    """
    depth = indices.shape[-1]
    if depth > len(sizes):
        raise InvalidArgumentError(
            None, None, f"index innermost dimension must be <= {what} rank; saw: {depth} vs. {len(sizes)}"
        )
    view = host_view(indices)
    if view is None:
        if depth:
            limits = sizes[:depth]
            defer(
                indices,
                lambda array: _outside(array, limits),
                lambda host: check_tuples(host, sizes, what),
            )
        return
    indices = view
    if not indices.size:
        return
    bounds = np.asarray(sizes[:depth], np.int64)
    rows = indices.reshape(-1, depth)
    if (rows.min(axis=0) >= 0).all() and (rows.max(axis=0) < bounds).all():
        return
    outside = ((rows < 0) | (rows >= bounds)).any(axis=1)
    first = int(np.argmax(outside))
    place = np.unravel_index(first, indices.shape[:-1]) if indices.ndim > 1 else ()
    at = f"indices[{','.join(map(str, place))}]" if indices.ndim > 1 else "indices"
    shown = ", ".join(map(str, rows[first]))
    raise InvalidArgumentError(None, None, f"{at} = [{shown}] does not index into {what} shape {list(sizes)}")


def _outside(tuples: Any, sizes: tuple[int, ...]) -> Any:
    """Whether a tuple is out of range, where they are."""
    found = None
    for at, size in enumerate(sizes):
        column = tuples[..., at]
        outside = ((column < 0) | (column >= size)).any()
        found = outside if found is None else found | outside
    return found


def flat_positions(xp: Any, indices: Any, sizes: tuple[int, ...]) -> Any:
    """Index tuples `[..., depth]` as positions among the flattened first `depth` dimensions."""
    depth = indices.shape[-1]
    if math.prod(sizes[:depth]) > xp.iinfo(indices.dtype).max:
        indices = xp.astype(indices, xp.int64)
    at = xp.zeros_like(indices[..., 0]) if depth else zeros_beside(xp, indices, indices.shape[:-1])
    for i in range(depth):
        at = at * sizes[i] + indices[..., i]
    return at


def rows_of(xp: Any, array: Any, lead: int) -> Any:
    """An array with its first `lead` dimensions made into one, whatever sizes are 0."""
    if lead == 1:
        return array
    return xp.reshape(array, (math.prod(array.shape[:lead]), *array.shape[lead:]))


def zeros_beside(xp: Any, like: Any, shape: tuple[int, ...]) -> Any:
    """An array of zeros, or of empty strings, of a shape, beside another array and of its dtype."""
    if getattr(like.dtype, "hasobject", False):
        return np.full(shape, b"", object)
    from array_api_compat import device

    return xp.zeros(shape, dtype=like.dtype, device=device(like))


def zeros_of(xp: Any, dtype: DType, shape: tuple[Any, ...]) -> Any:
    """An array of zeros, or of empty strings, of a shape and a dtype."""
    if dtype.as_numpy_dtype is object:
        return np.full(shape, b"", object)
    return xp.zeros(shape, dtype=getattr(xp, dtype.name, dtype.as_numpy_dtype))


def nothing(xp: Any, like: Any, shape: tuple[int, ...]) -> Any:
    """An array without elements, of a shape that has a 0, beside another array and of its dtype."""
    return xp.reshape(xp.reshape(like, (math.prod(like.shape),))[:0], shape)


def count_up(xp: Any, like: Any, length: int) -> Any:
    """0, 1, ... `length` - 1 with the dtype of `like` and on its device."""
    from array_api_compat import device

    return xp.arange(length, dtype=like.dtype, device=device(like))
