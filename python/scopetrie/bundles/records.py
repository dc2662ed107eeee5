"""Records in files, as in event files and TFRecord files: each with its length and checksums."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, Final

from .checksum import crc32c, masked

__all__ = ["read_records", "record"]

_MOST_AT_ONCE: Final = 1 << 24


def record(data: bytes) -> bytes:
    """Returns data as a record: their length with its checksum, and they with theirs.

    >>> len(record(b"hello")) - len(b"hello")
    16
    """
    length = struct.pack("<Q", len(data))
    return b"".join(
        (length, struct.pack("<I", masked(crc32c(length))), data, struct.pack("<I", masked(crc32c(data))))
    )


def read_records(file: Any) -> Iterator[bytes]:
    """Yields the data of records.

    Args:
        file: An open file of bytes.

    Raises:
        ValueError: If a record is cut off or changed; the message says where it begins.

    >>> import io
    >>> list(read_records(io.BytesIO(record(b"a") + record(b"bc"))))
    [b'a', b'bc']
    """
    at = 0
    while head := file.read(12):
        if len(head) < 12:
            raise ValueError(f"truncated record at {at}")
        length, check = struct.unpack("<QI", head)
        if masked(crc32c(head[:8])) != check:
            raise ValueError(f"corrupted record at {at}")
        data = _read(file, length + 4)
        if len(data) < length + 4:
            raise ValueError(f"truncated record at {at}")
        if masked(crc32c(data[:length])) != struct.unpack("<I", data[length:])[0]:
            raise ValueError(f"corrupted record at {at}")
        yield data[:length]
        at += length + 16


def _read(file: Any, size: int) -> bytes:
    """Reads so many bytes, or what there is: no memory is asked for that the file does not fill."""
    if size <= _MOST_AT_ONCE:
        return bytes(file.read(size))
    parts = []
    while size and (part := file.read(min(size, _MOST_AT_ONCE))):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
