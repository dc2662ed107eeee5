"""What datasets are while a session runs: sources of elements, which are opened again and again.

An element is a tuple of arrays. Iterators survive an error of a function that they call: the element is
lost, and the next one follows, as in v1. So none of these here is a generator where it calls the program's
functions.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from ..errors import InvalidArgumentError, OpError, OutOfRangeError
from ..ops.control.trace import taped

Element: TypeAlias = tuple[Any, ...]


class Source:
    """A sequence of elements. `open()` begins it anew."""

    def open(self) -> Iterator[Element]:
        """Returns an iterator over the elements."""
        raise NotImplementedError


class Listed(Source):
    """Elements that are there.

    Args:
        elements: The elements.
    """

    def __init__(self, elements: Iterable[Element]) -> None:
        self._elements = elements

    def open(self) -> Iterator[Element]:
        """Returns an iterator over the elements."""
        return iter(self._elements)


class Opened(Source):
    """What a function opens.

    Args:
        function: Returns an iterator over elements.
    """

    def __init__(self, function: Callable[[], Iterator[Element]]) -> None:
        self._function = function

    def open(self) -> Iterator[Element]:
        """Calls the function."""
        return self._function()


def numbers(bounds: Sequence[int], dtype: Any) -> Source:
    """Consecutive numbers.

    Args:
        bounds: What Python's `range` takes: start, stop, step.
        dtype: NumPy's type of them.

    Raises:
        InvalidArgumentError: If the step is 0.
    """
    if bounds[2] == 0:
        raise InvalidArgumentError(None, None, "step must be a non-zero integer.")
    return Opened(lambda: ((dtype(each),) for each in range(*bounds)))


def mapped(source: Source, function: Callable[[Element], Element]) -> Source:
    """What a function makes of each element."""
    return Opened(lambda: map(function, source.open()))


def filtered(source: Source, predicate: Callable[[Element], Element]) -> Source:
    """The elements for which a predicate gives true."""
    return Opened(lambda: filter(lambda element: bool(predicate(element)[0]), source.open()))


def in_turn(sources: Source, function: Callable[[Element], Source]) -> Source:
    """The elements of what a function makes of each element, one after the other."""
    return Opened(lambda: itertools.chain.from_iterable(map(_then_open(function), sources.open())))


def _then_open(function: Callable[[Element], Source]) -> Callable[[Element], Iterator[Element]]:
    return lambda element: function(element).open()


def concatenated(*sources: Source) -> Source:
    """The elements of several, one after the other."""
    return Opened(lambda: itertools.chain.from_iterable(map(operator.methodcaller("open"), sources)))


def repeated(source: Source, count: int) -> Source:
    """The elements, `count` times over; a negative count means forever."""
    return Opened(lambda: _Repeated(source, count))


def taken(source: Source, count: int) -> Source:
    """The first elements; all if the count is negative."""
    return Opened(lambda: itertools.islice(source.open(), count if count >= 0 else None))


def skipped(source: Source, count: int) -> Source:
    """All but the first elements; none if the count is negative."""
    return Opened(lambda: itertools.islice(source.open(), count, None)) if count >= 0 else Listed(())


def sharded(source: Source, shards: int, index: int) -> Source:
    """Every so manieth element.

    Raises:
        InvalidArgumentError: If there is no such shard.
    """
    check_shard(shards, index)
    return Opened(lambda: itertools.islice(source.open(), index, None, shards))


def check_shard(shards: int, index: int) -> None:
    """Refuses a shard that there is not.

    Raises:
        InvalidArgumentError: If there is no such shard.
    """
    if shards < 1:
        raise InvalidArgumentError(
            None, None, f"Number of shards must be greater than zero (currently num_shards = {shards})."
        )
    if not 0 <= index < shards:
        raise InvalidArgumentError(
            None, None, f"Index must be between 0 and {shards - 1} (currently index = {index})."
        )


def zipped(*sources: Source) -> Source:
    """Elements of several side by side, as many as the shortest has."""
    return Opened(lambda: map(_joined, zip(*(each.open() for each in sources), strict=False)))


def _joined(parts: tuple[Element, ...]) -> Element:
    return tuple(itertools.chain(*parts))


def counted(source: Source, start: int) -> Source:
    """The elements, each after its number."""
    return Opened(
        lambda: map(
            lambda number, element: (np.int64(number), *element), itertools.count(start), source.open()
        )
    )


def shuffled(source: Source, size: int, random: Callable[[], Any]) -> Source:
    """The elements, each drawn out of a buffer of so many.

    Args:
        source: The elements.
        size: The size of the buffer.
        random: Gives the source of random numbers for a pass.
    """
    return Opened(lambda: _Shuffled(source.open(), size, random()))


def without_errors(source: Source) -> Source:
    """The elements whose computation does not fail."""
    return Opened(lambda: _WithoutErrors(source.open()))


def windows(source: Source, size: int, shift: int, stride: int, drop_remainder: bool) -> Source:
    """Elements of sources, one for each component: windows over consecutive elements."""
    for name, value in (("size", size), ("shift", shift), ("stride", stride)):
        if value <= 0:
            title = {"size": "Window size", "shift": "Window shift", "stride": "Window stride"}[name]
            raise InvalidArgumentError(None, None, f"{title} must be greater than zero.")
    return Opened(lambda: _Windows(source.open(), size, shift, stride, drop_remainder))


class Cached(Source):
    """Elements that are kept once they have all been there.

    Args:
        source: The elements.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._kept: list[Element] | None = None

    def open(self) -> Iterator[Element]:
        """Returns an iterator over what is kept, or over the source."""
        return iter(self._kept) if self._kept is not None else _Keeping(self._source.open(), self._keep)

    def _keep(self, elements: list[Element]) -> None:
        self._kept = elements


class _Elements(Iterator[Element]):
    """An iterator that goes on after an error."""

    def __next__(self) -> Element:
        raise NotImplementedError


class _Keeping(_Elements):
    def __init__(self, elements: Iterator[Element], keep: Callable[[list[Element]], None]) -> None:
        self._elements = elements
        self._keep = keep
        self._kept: list[Element] = []

    def __next__(self) -> Element:
        try:
            element = next(self._elements)
        except StopIteration:
            self._keep(self._kept)
            raise
        self._kept.append(element)
        return element


class _Repeated(_Elements):
    def __init__(self, source: Source, count: int) -> None:
        self._source = source
        self._left = count
        self._elements: Iterator[Element] | None = None

    def __next__(self) -> Element:
        while True:
            empty = self._elements is None
            if self._elements is None:
                if self._left == 0:
                    raise StopIteration
                self._left -= 1
                self._elements = self._source.open()
            try:
                return next(self._elements)
            except StopIteration:
                self._elements = None
                if empty:  # as v1: an endless repetition of nothing ends
                    self._left = 0


class _Shuffled(_Elements):
    def __init__(self, elements: Iterator[Element], size: int, random: Any) -> None:
        self._elements: Iterator[Element] | None = elements
        self._size = size
        self._random = random
        self._buffer: list[Element] = []

    def __next__(self) -> Element:
        buffer = self._buffer
        while self._elements is not None and len(buffer) < self._size:
            try:
                buffer.append(next(self._elements))
            except StopIteration:
                self._elements = None
        if not buffer:
            raise StopIteration
        at = self._random.randrange(len(buffer))
        buffer[at], buffer[-1] = buffer[-1], buffer[at]
        return buffer.pop()


class _WithoutErrors(_Elements):
    def __init__(self, elements: Iterator[Element]) -> None:
        self._elements = elements

    def __next__(self) -> Element:
        while True:
            try:
                return next(self._elements)
            except OutOfRangeError:
                raise StopIteration from None
            except (OpError, ArithmeticError, LookupError, TypeError, ValueError):
                continue


class _Windows(_Elements):
    def __init__(
        self, elements: Iterator[Element], size: int, shift: int, stride: int, drop_remainder: bool
    ) -> None:
        self._elements = elements
        self._shift = shift
        self._stride = stride
        self._span = (size - 1) * stride + 1
        self._drops = drop_remainder
        self._buffer: list[Element] = []
        self._skip = 0

    def __next__(self) -> Element:
        for _ in itertools.islice(self._elements, self._skip):
            pass
        self._skip = 0
        self._buffer += itertools.islice(self._elements, self._span - len(self._buffer))
        if not self._buffer or (self._drops and len(self._buffer) < self._span):
            raise StopIteration
        window = self._buffer[:: self._stride]
        self._skip = max(self._shift - len(self._buffer), 0)
        self._buffer = self._buffer[self._shift :]
        return tuple(taped(Listed([(each,) for each in parts])) for parts in zip(*window, strict=True))


class Interleaved(Source):
    """The elements of several sources at a time, in turns.

    Args:
        sources: The elements that the sources are made of.
        function: Makes a source of one.
        cycle: How many sources take turns.
        block: How many elements one gives in its turn.
    """

    def __init__(
        self, sources: Source, function: Callable[[Element], Source], cycle: int, block: int
    ) -> None:
        for name, value in (("cycle_length", cycle), ("block_length", block)):
            if value < 1:
                raise InvalidArgumentError(None, None, f"`{name}` must be > 0")
        self._sources = sources
        self._function = function
        self._cycle = cycle
        self._block = block

    def open(self) -> Iterator[Element]:
        """Returns an iterator over the elements."""
        return _Turns(map(_then_open(self._function), self._sources.open()), self._cycle, self._block)


class _Turns(_Elements):
    def __init__(self, opened: Iterator[Iterator[Element]], cycle: int, block: int) -> None:
        self._opened: Iterator[Iterator[Element]] | None = opened
        self._places: list[Iterator[Element] | None] = [None] * cycle
        self._block = block
        self._at = 0
        self._given = 0

    def __next__(self) -> Element:
        while True:
            elements = self._places[self._at]
            if elements is not None:
                try:
                    element = next(elements)
                except StopIteration:
                    self._places[self._at] = None
                    self._pass_on()
                    continue
                self._given += 1
                if self._given == self._block:
                    self._pass_on()
                return element
            if self._opened is not None:
                try:
                    self._places[self._at] = next(self._opened)
                except StopIteration:
                    self._opened = None
            elif any(self._places):
                self._pass_on()
            else:
                raise StopIteration

    def _pass_on(self) -> None:
        self._at = (self._at + 1) % len(self._places)
        self._given = 0


def components(elements: Sequence[Element]) -> list[tuple[Any, ...]]:
    """Elements by component."""
    return list(zip(*elements, strict=True))
