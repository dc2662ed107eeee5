"""CRC-32C, the checksum of bundles and of event files.

The package google-crc32c computes it where it is installed. Without it, NumPy does: the data are cut into
lanes that are worked on side by side, and the sums of the lanes are joined.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any, Final

import numpy as np

__all__ = ["crc32c", "masked"]

_POLYNOMIAL: Final = 0x82F63B78  # Castagnoli's, reflected
_LANE: Final = 1024  # bytes
_CHUNK: Final = 1 << 20  # bytes that are copied at a time for the library, which wants `bytes`

Words = np.ndarray[Any, np.dtype[np.uint32]]


def crc32c(data: Any, before: int = 0) -> int:
    """Returns the checksum of bytes.

    Args:
        data: Something with a buffer of contiguous bytes.
        before: The checksum of the bytes before these.

    >>> hex(crc32c(b"123456789")), crc32c(b"6789", crc32c(b"12345")) == crc32c(b"123456789")
    ('0xe3069283', True)
    """
    view = memoryview(data).cast("B")
    extend = _library()
    if extend is None:
        return _by_numpy(np.frombuffer(view, np.uint8), before)
    for begin in range(0, len(view), _CHUNK):
        before = extend(before, bytes(view[begin : begin + _CHUNK]))
    return before


def masked(checksum: int) -> int:
    """Returns the form in which a checksum is stored, so that sums of data with sums in them are no worse.

    >>> hex(masked(0xE3069283))
    '0xc78ab0e5'
    """
    return ((checksum >> 15 | checksum << 17) + 0xA282EAD8) & 0xFFFFFFFF


@cache
def _library() -> Any:
    try:
        found = import_module("google_crc32c")
    except ImportError:
        return None
    return found.extend if found.implementation == "c" else None  # the other is slower than NumPy


def _by_numpy(data: np.ndarray[Any, np.dtype[np.uint8]], before: int) -> int:
    state = np.array([before ^ 0xFFFFFFFF], np.uint32)
    lanes = len(data) // _LANE
    if lanes > 1:
        # A lane's own sum begins at 0; that of all before is moved past it and added: the sum is linear.
        sums = _stepped(data[: lanes * _LANE].reshape(lanes, _LANE).T, np.zeros(lanes, np.uint32))
        state = _joined(sums, state)
        data = data[lanes * _LANE :]
    for begin in range(0, len(data), _LANE):
        state = _stepped(data[begin : begin + _LANE, None], state)
    return int(state[0]) ^ 0xFFFFFFFF


def _stepped(columns: np.ndarray[Any, np.dtype[np.uint8]], state: Words) -> Words:
    """The states after one column of bytes after the other."""
    table = _table()
    for column in columns:
        state = table[(state ^ column) & 0xFF] ^ (state >> 8)
    return state


def _joined(sums: Words, state: Words) -> Words:
    """The state after lanes whose sums begin at 0."""
    length = _LANE
    while len(sums) > 1:
        if len(sums) % 2:  # the first one has no neighbour
            state = _moved(state, length) ^ sums[:1]
            sums = sums[1:]
        sums = _moved(sums[::2], length) ^ sums[1::2]
        length *= 2
    return _moved(state, length) ^ sums


def _moved(states: Words, zeros: int) -> Words:
    """The states after so many bytes that are zero: a power of two, at least `_LANE`."""
    tables = _move(zeros)
    moved: Words = tables[0][states & 0xFF]
    for at in range(1, 4):
        moved = moved ^ tables[at][(states >> np.uint32(8 * at)) & 0xFF]
    return moved


@cache
def _table() -> Words:
    values = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        values = np.where(values & 1, values >> 1 ^ np.uint32(_POLYNOMIAL), values >> 1)
    return values


@cache
def _move(zeros: int) -> Words:
    """For each byte of a state what it contributes after some zeros."""
    bytes_of_state = np.arange(256, dtype=np.uint32) << (
        np.arange(4, dtype=np.uint32)[:, None] * np.uint32(8)
    )
    if zeros == 1:
        moved: Words = _table()[bytes_of_state & 0xFF] ^ (bytes_of_state >> 8)
        return moved
    return _moved(_moved(bytes_of_state, zeros // 2), zeros // 2)
