"""Where a part of a variable is in the whole: as text, as v1 writes it, and as a key of a bundle."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from .encodings import ordered_number, ordered_signed, ordered_text

__all__ = ["Slice", "parse_slice", "read_slice", "write_slice"]

_WHOLE_AXIS: Final = -1  # the length of an axis that is not cut


class Slice(NamedTuple):
    """A part of a whole.

    Attributes:
        full_shape: The shape of the whole.
        begin: Where the part begins, along each axis.
        shape: Its size along each axis.
    """

    full_shape: tuple[int, ...]
    begin: tuple[int, ...]
    shape: tuple[int, ...]

    @property
    def where(self) -> tuple[slice, ...]:
        """What the part is of an array."""
        return tuple(slice(at, at + size) for at, size in zip(self.begin, self.shape, strict=True))


def parse_slice(text: str) -> Slice:
    """Reads the text of v1's SaveV2: the whole's sizes, then `begin,size` of each axis, or "-" for all of it.

    Raises:
        ValueError: If it is no such text, or the part is not within the whole.

    >>> parse_slice("5 2 3,2:-")
    Slice(full_shape=(5, 2), begin=(3, 0), shape=(2, 2))
    """
    *sizes, parts = text.split(" ")
    full = tuple(map(int, sizes))
    if not full:
        raise ValueError("there are no sizes in it")
    pairs = [
        (0, size) if part == "-" else tuple(map(int, part.split(",")))
        for part, size in zip(parts.split(":"), full, strict=True)
    ]
    made = Slice(full, tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs))
    _check(made)
    return made


def _check(part: Slice) -> None:
    """Refuses a part that is not within its whole.

    Raises:
        ValueError: With what is wrong.
    """
    for at, size, whole in zip(part.begin, part.shape, part.full_shape, strict=True):
        if at < 0 or size < 0 or at + size > whole:
            raise ValueError(f"a part of {size} at {at} is not within {whole}")


def read_slice(name: str, message: Any, full_shape: tuple[int, ...]) -> tuple[Slice, bytes]:
    """Returns the part that a TensorSliceProto says, and the key under which a bundle has it.

    Raises:
        ValueError: If it is not within the whole.
    """
    extents = [
        (each.start, each.length) if each.WhichOneof("has_length") else (0, _WHOLE_AXIS)
        for each in message.extent
    ]
    sizes = [
        whole if size == _WHOLE_AXIS else size for (_, size), whole in zip(extents, full_shape, strict=True)
    ]
    made = Slice(full_shape, tuple(begin for begin, _ in extents), tuple(sizes))
    _check(made)
    return made, _key(name, extents)


def write_slice(name: str, message: Any, part: Slice) -> bytes:
    """Writes a part into a TensorSliceProto; returns the key under which a bundle has it."""
    extents = list(zip(part.begin, part.shape, strict=True))
    for begin, size in extents:
        message.extent.add(start=begin, length=size)
    return _key(name, extents)


def _key(name: str, extents: list[tuple[int, int]]) -> bytes:
    made = ordered_number(0) + ordered_text(name.encode()) + ordered_number(len(extents))
    return made + b"".join(ordered_signed(each) for extent in extents for each in extent)
