"""Which part of a variable has which rows."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

__all__ = ["Cut", "Route", "Slice", "checked_ids", "route"]

_MOST_SHORT: Final = 1 << 15


class Slice(NamedTuple):
    """A part of a variable: its name, where it begins along each axis, and its sizes."""

    path: str
    offset: tuple[int, ...]
    sizes: tuple[int, ...]

    def of(self, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Returns the part of an array of the whole."""
        return array[tuple(slice(at, at + size) for at, size in zip(self.offset, self.sizes, strict=True))]


class Cut(NamedTuple):
    """How a variable is cut: along which axis, and into which parts."""

    axis: int
    parts: tuple[Slice, ...]


class Route(NamedTuple):
    """What one part is asked for: its number, where in the ids these are, and the rows of the part."""

    part: int
    positions: Any  # an array of numbers, or a slice
    rows: np.ndarray[Any, Any]


def checked_ids(call: str, ids: Any, count: int) -> np.ndarray[Any, Any]:
    """Returns ids as an int64 array.

    Raises:
        TypeError: If they are no integers.
        IndexError: If one is out of range.
    """
    array = np.asarray(ids)
    if array.dtype.kind not in "iu" and array.size:
        raise TypeError(f"{call}: ids are integers, not {array.dtype}")
    array = array.astype(np.int64, copy=False)
    if array.size and (int(array.min()) < 0 or int(array.max()) >= count):
        at = np.argwhere((array < 0) | (array >= count))[0]
        where = "".join(f"[{place}]" for place in at.tolist())
        raise IndexError(f"{call}: indices{where} = {int(array[tuple(at)])} is not in [0, {count})")
    return array


def route(cut: Cut, ids: np.ndarray[Any, Any], strategy: str = "div") -> list[Route]:
    """Deals ids out to the parts of a variable.

    Args:
        cut: How the variable is cut.
        ids: Numbers of rows, of rank 1 and in range.
        strategy: "div": ids are rows of the whole. "mod", as v1 has it: id i is row i // n of part i % n.

    Returns:
        One for each part that has some of the rows, in order.

    >>> parts = (Slice("w/part_0", (0,), (3,)), Slice("w/part_1", (3,), (2,)))
    >>> [
    ...     (each.part, each.positions.tolist(), each.rows.tolist())
    ...     for each in route(Cut(0, parts), np.array([4, 0, 2, 3]))
    ... ]
    [(0, [1, 2], [0, 2]), (1, [0, 3], [1, 0])]
    """
    count = len(cut.parts)
    if cut.axis != 0 and count > 1:
        return [Route(part, slice(None), ids) for part in range(count)] if len(ids) else []
    if count == 1:
        return [Route(0, slice(None), ids)] if len(ids) else []
    if strategy == "mod":
        owner, rows = ids % count, ids // count
    else:
        begins = np.array([part.offset[0] for part in cut.parts], np.int64)
        owner = np.searchsorted(begins, ids, side="right") - 1
        rows = ids - begins[owner]
    # NumPy sorts short integers by radix, in linear time.
    order = np.argsort(owner.astype(np.int16) if count < _MOST_SHORT else owner, kind="stable")
    ends = np.cumsum(np.bincount(owner, minlength=count))
    routes = []
    begin = 0
    for part, end in enumerate(ends.tolist()):
        if end > begin:
            positions = order[begin:end]
            routes.append(Route(part, positions, rows[positions]))
        begin = end
    return routes
