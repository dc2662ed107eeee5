"""Lines and records of files."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import zlib
from collections.abc import Iterator
from typing import Any

from ..bundles.records import read_records
from ..errors import DataLossError, InvalidArgumentError
from ..file_errors import errors_of_files


class _Inflated(io.RawIOBase):
    """What zlib has compressed, as a file."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._inflate = zlib.decompressobj()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while True:
            kept = self._inflate.unconsumed_tail or self._file.read(1 << 16)
            data = self._inflate.decompress(kept, len(buffer)) if kept else self._inflate.flush()
            if data or not kept:
                buffer[: len(data)] = data[: len(buffer)]
                return min(len(data), len(buffer))

    def close(self) -> None:
        self._file.close()
        super().close()


def opened(path: bytes | str, compression: bytes | str = b"") -> Any:
    """A file to read bytes from.

    Args:
        path: The file.
        compression: "", "GZIP" or "ZLIB".

    Raises:
        InvalidArgumentError: If `compression` is another word.
        OpError: If the file cannot be opened, of v1's class.
    """
    name = os.fsdecode(path)
    kind = compression.decode() if isinstance(compression, bytes) else compression
    with errors_of_files(name):
        if kind == "GZIP":
            return gzip.open(name, "rb")
        if kind == "ZLIB":
            return io.BufferedReader(_Inflated(open(name, "rb")))
        if kind:
            raise InvalidArgumentError(None, None, f"Unsupported compression_type: {kind}.")
        return open(name, "rb")


def lines(path: bytes | str, compression: bytes | str = b"") -> Iterator[bytes]:
    """The lines of a file, without their ends."""
    with reading(path, compression) as file:
        for line in file:
            yield line.rstrip(b"\n").removesuffix(b"\r") if line.endswith(b"\n") else line


def fixed_records(
    path: bytes | str, size: int, header: int = 0, footer: int = 0, compression: bytes | str = b""
) -> Iterator[bytes]:
    """Records of one size.

    Args:
        path: The file.
        size: The bytes of a record.
        header: Bytes to skip at the start.
        footer: Bytes to leave out at the end.
        compression: "", "GZIP" or "ZLIB".

    Raises:
        InvalidArgumentError: If the bytes between header and footer are no whole number of records.
    """
    with reading(path, compression) as file:
        end = file.seek(0, os.SEEK_END) if not compression else len(file.read())
        file.seek(header)
        body = end - header - footer
        if body < 0 or body % size:
            raise InvalidArgumentError(
                None,
                None,
                f"Excess bytes found in {os.fsdecode(path)}: {body} bytes between the header and the footer "
                f"are no whole number of records of {size} bytes.",
            )
        for _ in range(body // size):
            yield file.read(size)


def records(path: bytes | str, compression: bytes | str = b"") -> Iterator[bytes]:
    """The records of a TFRecord file, which is opened at once.

    Raises:
        DataLossError: If the file ends within a record, or a checksum is wrong.
    """
    return _records(reading(path, compression, opened(path, compression)))


def _records(block: contextlib.AbstractContextManager[Any]) -> Iterator[bytes]:
    with block as file:
        try:
            yield from read_records(file)
        except ValueError as error:
            raise DataLossError(None, None, str(error)) from None


@contextlib.contextmanager
def reading(path: bytes | str, compression: bytes | str, given: Any = None) -> Iterator[Any]:
    """Opens a file for a block, or takes one that is open: errors of the operating system become v1's."""
    with opened(path, compression) if given is None else given as file:
        try:
            with errors_of_files(path):
                yield file
        except (OSError, EOFError, zlib.error) as error:
            raise DataLossError(None, None, f"{os.fsdecode(path)}: {error}") from None
