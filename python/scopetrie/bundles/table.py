"""Sorted tables in files, in LevelDB's format: what the index of a bundle is.

A table is blocks of entries, a block with the last key and the place of each of those, and a footer with the
place of that block. A key is stored without the bytes that it shares with the key before it. Every block is
followed by a byte that says how it is compressed, and by its checksum.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Final

from .checksum import crc32c, masked
from .encodings import read_varint, varint

__all__ = ["is_table", "read_table", "table_bytes"]

_MAGIC: Final = (0xDB4775248B80FB57).to_bytes(8, "little")
_FOOTER: Final = 48  # bytes
_TRAILER: Final = 5  # bytes after each block
_BLOCK: Final = 1 << 16  # bytes after which another block is begun
_RESTART: Final = 16  # keys after which one is stored whole
# A damaged or hostile file must not grow in memory: keys and blocks are at most so many times as long as it.
# Snappy makes 21 of one at best, and keys share less.
_MOST_GROWTH: Final = 64


def is_table(data: bytes) -> bool:
    """Whether the end of some bytes is that of a table."""
    return data[-8:] == _MAGIC


def read_table(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yields the keys and values of a table, in order.

    Args:
        data: The whole file.

    Raises:
        ValueError: If it is damaged; some entries may have been yielded before.
        ImportError: If a block is compressed, and the package cramjam is not installed.
    """
    if len(data) < _FOOTER or not is_table(data):
        raise ValueError("it does not end as a table does")
    left = _MOST_GROWTH * len(data)
    footer = data[-_FOOTER:]
    _, at = _read_handle(footer, 0)  # a block about the table, in which there is nothing
    index, _ = _read_handle(footer, at)
    before: bytes | None = None
    for _, place in _entries(_block(data, *index)):
        block = _block(data, *_read_handle(place, 0)[0])
        left -= len(block)
        for key, value in _entries(block):
            left -= len(key)
            if left < 0:
                raise ValueError("its keys are longer than a file of its size can have")
            if before is not None and key <= before:
                raise ValueError("its keys are not in order")
            yield key, value
            before = key


def _read_handle(data: bytes, at: int) -> tuple[tuple[int, int], int]:
    """The place and size of a block."""
    begin, at = read_varint(data, at)
    size, at = read_varint(data, at)
    return (begin, size), at


def _block(data: bytes, begin: int, size: int) -> bytes:
    end = begin + size
    if end + _TRAILER > len(data) - _FOOTER:
        raise ValueError("a block of it is beyond its end")
    content, kind = data[begin:end], data[end]
    (stored,) = struct.unpack_from("<I", data, end + 1)
    if masked(crc32c(data[begin : end + 1])) != stored:
        raise ValueError("the checksum of a block of it is wrong")
    if kind == 0:
        return content
    if kind == 1:
        return _decompressed(content)
    raise ValueError(f"a block of it is compressed in the unknown way {kind}")


def _decompressed(content: bytes) -> bytes:
    length, _ = read_varint(content, 0)
    if length > _MOST_GROWTH * len(content):
        raise ValueError("a block of it says that it is longer than its compressed form can be")
    try:
        snappy = import_module("cramjam").snappy
    except ImportError:
        raise ImportError(
            "its index is compressed by snappy: install the package cramjam to read it"
        ) from None
    try:
        return bytes(snappy.decompress_raw(content))
    except Exception as error:  # the library has its own classes
        raise ValueError(f"a block of it cannot be decompressed: {error}") from None


def _entries(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The entries of a block. What keys share with one another is read from entry to entry."""
    if len(block) < 4:
        raise ValueError("a block of it is too short")
    (restarts,) = struct.unpack_from("<I", block, len(block) - 4)
    end = len(block) - 4 - 4 * restarts
    if end < 0:
        raise ValueError("a block of it is too short")
    at, key = 0, b""
    while at < end:
        shared, at = read_varint(block, at)
        unshared, at = read_varint(block, at)
        size, at = read_varint(block, at)
        if shared > len(key) or at + unshared + size > end:
            raise ValueError("an entry of it is beyond the end of its block")
        key = key[:shared] + block[at : at + unshared]
        at += unshared
        yield key, block[at : at + size]
        at += size


def table_bytes(entries: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Returns a table of entries.

    Args:
        entries: Keys and values, in the order of the keys.

    >>> list(read_table(table_bytes([(b"bias", b"1"), (b"biases", b"2")])))
    [(b'bias', b'1'), (b'biases', b'2')]
    """
    made = bytearray()
    places = []
    block, key = _Block(), b""

    def finish(block: _Block) -> bytes:
        content = block.content()
        handle = varint(len(made)) + varint(len(content))
        made.extend(content)
        made.append(0)
        made.extend(struct.pack("<I", masked(crc32c(content + b"\x00"))))
        return handle

    for key, value in entries:  # the last one is used below
        block.add(key, value)
        if len(block.made) >= _BLOCK:
            places.append((key, finish(block)))
            block = _Block()
    if block.made or not places:
        places.append((key, finish(block)))
    about = finish(_Block())
    index = _Block()
    for key, handle in places:
        index.add(key, handle)
    footer = about + finish(index)
    return bytes(made) + footer.ljust(_FOOTER - len(_MAGIC), b"\x00") + _MAGIC


class _Block:
    """A block that is being written."""

    def __init__(self) -> None:
        self.made = bytearray()
        self._restarts: list[int] = []
        self._count = 0
        self._key = b""

    def add(self, key: bytes, value: bytes) -> None:
        shared = 0
        if self._count % _RESTART == 0:
            self._restarts.append(len(self.made))
        else:
            same = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(key, self._key, strict=False))
            shared = sum(1 for _ in same)
        self.made += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        self._key = key
        self._count += 1

    def content(self) -> bytes:
        restarts = self._restarts or [0]
        return bytes(self.made) + struct.pack(f"<{len(restarts) + 1}I", *restarts, len(restarts))
