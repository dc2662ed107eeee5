"""Sources whose elements are the rows of arrays: a batch takes many rows at once.

Shuffling, repeating, taking and skipping then work on the numbers of rows, and only a batch touches the
arrays: a slice of them where the rows follow one another, a gather where they do not.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from .sources import Element, Source

# Numbers of rows: a range where they follow one another.
Numbers: TypeAlias = "range | np.ndarray[Any, np.dtype[np.int64]]"
Chunks: TypeAlias = Callable[[], Iterator[Numbers]]
# Where a buffer has been filled, so many rows are drawn at a time.
_DRAWN = 1024


class Rows(Source):
    """Rows of arrays.

    Args:
        arrays: Arrays of one length.
        chunks: Gives the numbers of the rows, in order; all rows if left out.
    """

    def __init__(self, arrays: Sequence[Any], chunks: Chunks | None = None) -> None:
        self._arrays = arrays
        count = len(arrays[0])
        self._chunks: Chunks = (lambda: iter([range(count)])) if chunks is None else chunks

    def open(self) -> Iterator[Element]:
        """Returns an iterator over the rows."""
        arrays = self._arrays
        for chunk in self._chunks():
            for at in chunk:
                yield tuple([each[at, ...] for each in arrays])

    def repeated(self, count: int) -> Rows:
        """The rows, `count` times over; a negative count means forever."""
        chunks = self._chunks

        def repeat() -> Iterator[Numbers]:
            for _ in itertools.count() if count < 0 else range(count):
                empty = True
                for chunk in chunks():
                    empty = empty and not len(chunk)
                    yield chunk
                if empty:
                    return

        return Rows(self._arrays, repeat)

    def part(self, start: int, stop: int | None) -> Rows:
        """The rows from one place on, up to another."""
        chunks = self._chunks

        def between() -> Iterator[Numbers]:
            at = 0
            for chunk in chunks():
                if stop is not None and at >= stop:
                    return
                first = max(start - at, 0)
                found = chunk[first : None if stop is None else max(stop - at, 0)]
                at += len(chunk)
                if len(found):
                    yield found

        return Rows(self._arrays, between)

    def shuffled(self, size: int, random: Callable[[], Any]) -> Rows:
        """The rows, each drawn out of a buffer of so many; see `sources.shuffled`."""
        chunks = self._chunks

        def draw() -> Iterator[Numbers]:
            numbers = random()
            generator = np.random.default_rng(numbers.getrandbits(64))
            waiting = chunks()
            buffer, rest = _filled(waiting, size)
            if rest is None:
                generator.shuffle(buffer)
                yield buffer
                return
            upcoming = itertools.chain(rest, itertools.chain.from_iterable(waiting))
            while True:
                more = np.fromiter(itertools.islice(upcoming, _DRAWN), np.int64)
                places = (generator.random(len(more)) * len(buffer)).astype(np.int64)
                drawn = np.empty(len(more), np.int64)
                for at, (place, number) in enumerate(zip(places.tolist(), more.tolist(), strict=True)):
                    drawn[at] = buffer[place]
                    buffer[place] = number
                yield drawn
                if len(more) < _DRAWN:
                    generator.shuffle(buffer)
                    yield buffer
                    return

        return Rows(self._arrays, draw)

    def batched(self, size: int, drop_remainder: bool) -> Iterator[Element]:
        """Batches of so many rows."""
        arrays = self._arrays
        pieces: list[Numbers] = []
        found = 0
        for chunk in self._chunks():
            at = 0
            while found + len(chunk) - at >= size:
                piece = chunk[at : at + size - found]
                at += len(piece)
                yield self._gathered([*pieces, piece])
                pieces, found = [], 0
            if at < len(chunk):
                pieces.append(chunk[at:])
                found += len(chunk) - at
        if found and not drop_remainder and arrays:
            yield self._gathered(pieces)

    def _gathered(self, pieces: list[Numbers]) -> Element:
        (first, *others) = pieces
        if isinstance(first, range) and not others and first.step == 1:
            return tuple([each[first.start : first.stop] for each in self._arrays])
        at = np.concatenate([np.asarray(each, np.int64) for each in pieces]) if others else np.asarray(first)
        return tuple([each.take(at, axis=0) for each in self._arrays])


def _filled(chunks: Iterator[Numbers], size: int) -> tuple[Any, Numbers | None]:
    """A buffer of the first so many numbers, and what is left of the chunk; None if nothing follows."""
    pieces: list[Any] = []
    found = 0
    for chunk in chunks:
        pieces.append(np.asarray(chunk[: size - found], np.int64))
        found += len(pieces[-1])
        if found == size and len(pieces[-1]) < len(chunk):
            return np.concatenate(pieces), chunk[len(pieces[-1]) :]
    return (np.concatenate(pieces) if pieces else np.empty(0, np.int64)), None
