"""Batches of elements, with and without padding, and their rows."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ..errors import DataLossError, InvalidArgumentError
from ..ops.node_text import Dims, dims_text
from .rows import Rows
from .sources import Element, Opened, Source, components


def batched(source: Source, size: int, drop_remainder: bool) -> Source:
    """So many elements at a time, stacked.

    Raises:
        InvalidArgumentError: If the size is no positive number.
    """
    if size <= 0:
        raise InvalidArgumentError(None, None, "Batch size must be greater than zero.")
    if isinstance(source, Rows):
        return Opened(lambda: source.batched(size, drop_remainder))
    return Opened(lambda: _Batches(source.open(), size, drop_remainder, _stacked_all))


def padded(
    source: Source, size: int, drop_remainder: bool, shapes: Sequence[Dims], values: Sequence[Any]
) -> Source:
    """So many elements at a time, stacked, each padded to the same shape.

    Args:
        source: The elements.
        size: How many.
        drop_remainder: Whether fewer at the end are left out.
        shapes: For each component the shape; where it has None, that of the largest element counts.
        values: For each component what fills it up.

    Raises:
        InvalidArgumentError: If the size is no positive number.
    """
    if size <= 0:
        raise InvalidArgumentError(None, None, "Batch size must be greater than zero.")

    def pad(elements: Sequence[Element]) -> Element:
        parts = components(elements)
        return tuple(
            _padded(part, dims, value) for part, dims, value in zip(parts, shapes, values, strict=True)
        )

    return Opened(lambda: _Batches(source.open(), size, drop_remainder, pad))


class _Batches(Iterator[Element]):
    def __init__(
        self,
        elements: Iterator[Element],
        size: int,
        drop_remainder: bool,
        join: Callable[[Sequence[Element]], Element],
    ) -> None:
        self._elements = elements
        self._size = size
        self._drops = drop_remainder
        self._join = join

    def __next__(self) -> Element:
        found = list(itertools.islice(self._elements, self._size))
        if not found or (self._drops and len(found) < self._size):
            raise StopIteration
        return self._join(found)


def _stacked_all(elements: Sequence[Element]) -> Element:
    return tuple([stacked(part, at) for at, part in enumerate(components(elements))])


def stacked(parts: Sequence[Any], at: int) -> Any:
    """Arrays of one shape as rows of one.

    Args:
        parts: The arrays.
        at: The number of the component, for the error.

    Raises:
        InvalidArgumentError: If they have several shapes.
    """
    first = parts[0]
    shape = getattr(first, "shape", ())
    for number, each in enumerate(parts):
        if getattr(each, "shape", ()) != shape:
            raise InvalidArgumentError(
                None,
                None,
                f"Cannot batch tensors with different shapes in component {at}. First element had shape "
                f"{dims_text(shape)} and element {number} had shape {dims_text(each.shape)}.",
            )
    if shape:
        return np.stack(parts)
    if isinstance(first, bytes) or first.dtype.hasobject:
        made = np.empty(len(parts), object)
        made[:] = [each if isinstance(each, bytes) else each[()] for each in parts]
        return made
    return np.array(parts, first.dtype)


def _padded(parts: Sequence[Any], dims: Dims, value: Any) -> Any:
    arrays = [np.array(each, object) if isinstance(each, bytes) else np.asarray(each) for each in parts]
    rank = arrays[0].ndim
    if dims is None:
        dims = (None,) * rank
    if any(each.ndim != len(dims) for each in arrays):
        found = next(each for each in arrays if each.ndim != len(dims))
        raise InvalidArgumentError(
            None,
            None,
            "All elements in a batch must have the same rank as the padded shape for component: expected "
            f"rank {len(dims)} but got element with rank {found.ndim}",
        )
    shape = tuple(
        max(each.shape[axis] for each in arrays) if size is None else size for axis, size in enumerate(dims)
    )
    dtype: Any = object if arrays[0].dtype.kind in "SO" else arrays[0].dtype
    made = np.full((len(arrays), *shape), value, dtype)
    for row, each in enumerate(arrays):
        if any(size > room for size, room in zip(each.shape, shape, strict=True)):
            raise DataLossError(
                None,
                None,
                "Attempted to pad to a smaller size than the input element: "
                f"{dims_text(each.shape)} into {dims_text(shape)}.",
            )
        place: Any = (row, *map(slice, each.shape))
        made[place] = each if shape else each[()]
    return made


def unbatched(source: Source) -> Source:
    """The rows of elements."""
    return Opened(lambda: itertools.chain.from_iterable(map(_rows, source.open())))


def _rows(element: Element) -> Iterator[Element]:
    lengths = {len(each) for each in element}
    if len(lengths) > 1:
        raise InvalidArgumentError(
            None,
            None,
            "Input element must have the same batch size in each component. Component sizes: "
            f"{sorted(lengths)}",
        )
    return Rows(element).open()


def padded_together(parts: Sequence[Any], at: int) -> Any:
    """Arrays of one rank as rows of one, filled up to the largest with 0 or b"".

    Args:
        parts: The arrays.
        at: The number of the component.
    """
    is_text = isinstance(parts[0], bytes) or parts[0].dtype.hasobject
    return _padded(parts, None, b"" if is_text else 0)
