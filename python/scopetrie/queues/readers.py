"""Readers: they take the names of files from a queue, and give what is in the files, piece by piece."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np

from .. import dtypes
from ..data import files
from ..errors import CancelledError, InvalidArgumentError
from ..graph import Operation, Tensor
from ..locks import Lock
from ..ops.constant import convert_to_tensor
from ..ops.control.trace import taped
from ..ops.declare import index, tensor
from ..ops.registry import define_op, listed
from ..public import v1, whole
from . import nodes
from .queue import QueueBase

Pieces: TypeAlias = Callable[[bytes], Iterator[tuple[bytes, bytes]]]


class Reading:
    """Where a reader is, in one session.

    Thread safety: several threads may read; each gets other pieces.

    Args:
        pieces: Gives the keys and values of a file.
    """

    def __init__(self, pieces: Pieces) -> None:
        self._pieces = pieces
        self._current: Iterator[tuple[bytes, bytes]] | None = None
        self._reading = Lock()
        self._is_closed = False
        self.records = self.units = 0

    @whole
    def read(self, queue: Any, most: int, deadline: float | None) -> list[tuple[bytes, bytes]]:
        """Returns the next pieces, at least one: of another file when one is at its end.

        Args:
            queue: The queue of names.
            most: The number of pieces to read at most; fewer where a file ends.
            deadline: When to give up waiting for a name.

        Raises:
            OutOfRangeError: If there are no more names.
        """
        with self._reading:
            while True:
                if self._is_closed:
                    raise CancelledError(None, None, "Session has been closed.")
                if self._current is None:
                    ((name,),) = queue.take(1, deadline)
                    self._current = self._pieces(
                        bytes(name if isinstance(name, bytes) else np.asarray(name)[()])
                    )
                try:
                    found = list(itertools.islice(self._current, most))
                except BaseException:
                    self._current = None
                    raise
                if found:
                    self.records += len(found)
                    return found
                self._current = None
                self.units += 1

    def reset(self) -> None:
        """Forgets the file and the counts."""
        with self._reading:
            self._current = None
            self.records = self.units = 0

    def close(self) -> None:
        """Drops the file. A thread that reads is not waited for."""
        self._is_closed = True
        self._current = None


def _reader(type: str) -> Any:
    def kernel(xp: Any, state: Any, pieces: Pieces, shared_name: str) -> Any:
        name = shared_name or f"reader {state.op_id}"
        return lambda: taped(state.resource(name, lambda: Reading(pieces)))

    return define_op(type, rule=lambda **attrs: nodes.HANDLE, kernel=kernel, stateful=True)


_READERS: Final = {
    name: _reader(f"{name}V2")
    for name in (
        "FixedLengthRecordReader", "IdentityReader", "TFRecordReader", "TextLineReader", "WholeFileReader",
    )
}  # fmt: skip


def _read_kernel(xp: Any, state: Any) -> Any:
    def read(reader: Any, queue: Any) -> list[Any]:
        ((key, value),) = reader[()].read(queue[()], 1, state.deadline())
        return [key, value]

    return read


def _read_up_to_kernel(xp: Any, state: Any) -> Any:
    def read(reader: Any, queue: Any, count: Any) -> list[Any]:
        if count < 1:
            raise InvalidArgumentError(None, None, "num_records must be positive")
        found = reader[()].read(queue[()], int(count), state.deadline())
        columns = []
        for each in zip(*found, strict=True):
            columns.append(np.empty(len(found), object))
            columns[-1][:] = each
        return columns

    return read


_TEXTS: Final = [(dtypes.string, ()), (dtypes.string, ())]
_read = define_op(
    "ReaderReadV2", tensor("reader_handle", attr=None), tensor("queue_handle", attr=None),
    rule=lambda reader, queue: list(_TEXTS), kernel=_read_kernel, stateful=True, host_outputs=True,
)  # fmt: skip
_read_up_to = define_op(
    "ReaderReadUpToV2", tensor("reader_handle", attr=None), tensor("queue_handle", attr=None),
    index("num_records", (dtypes.int64,), None),
    rule=lambda reader, queue, count: [(dtypes.string, (None,))] * 2, kernel=_read_up_to_kernel,
    stateful=True, host_outputs=True,
)  # fmt: skip
_records = define_op(
    "ReaderNumRecordsProducedV2", tensor("reader_handle", attr=None), stateful=True, host_outputs=True,
    rule=lambda reader: (dtypes.int64, ()),
    kernel=lambda xp, state: lambda reader: np.int64(reader[()].records),
)  # fmt: skip
_units = define_op(
    "ReaderNumWorkUnitsCompletedV2", tensor("reader_handle", attr=None), stateful=True, host_outputs=True,
    rule=lambda reader: (dtypes.int64, ()),
    kernel=lambda xp, state: lambda reader: np.int64(reader[()].units),
)  # fmt: skip


def _reset_kernel(xp: Any, state: Any) -> Any:
    def reset(reader: Any) -> Any:
        reader[()].reset()
        return ()

    return reset


_reset = define_op(
    "ReaderResetV2", tensor("reader_handle", attr=None), rule=lambda reader: [], kernel=_reset_kernel,
    stateful=True,
)  # fmt: skip


class ReaderReadV2(NamedTuple):
    """What `read` gives: where a piece is from, and the piece."""

    key: Tensor
    value: Tensor


class ReaderReadUpToV2(NamedTuple):
    """What `read_up_to` gives: where pieces are from, and the pieces."""

    keys: Tensor
    values: Tensor


@v1("ReaderBase")
class ReaderBase:
    """The base class of readers.

    Args:
        reader_ref: The tensor of the reader.
        supports_serialize: Accepted for v1's sake.
    """

    def __init__(self, reader_ref: Tensor, supports_serialize: bool = False) -> None:
        self._reader_ref = reader_ref

    @property
    def reader_ref(self) -> Tensor:
        """The tensor of the reader."""
        return self._reader_ref

    @property
    def supports_serialize(self) -> bool:
        """False: where a reader is, is not saved."""
        return False

    @whole
    def read(self, queue: Any, name: str | None = None) -> ReaderReadV2:
        """Makes tensors of the next piece, and where it is from.

        Args:
            queue: A queue of names of files.
            name: The operation's name.

        Returns:
            The named tuple (key, value) of string scalars. A run raises `errors.OutOfRangeError` if the queue
            is closed and empty.
        """
        ref = queue.queue_ref if isinstance(queue, QueueBase) else queue
        return ReaderReadV2(*listed(_read(self._reader_ref, ref, name=name)))

    @whole
    def read_up_to(self, queue: Any, num_records: Any, name: str | None = None) -> ReaderReadUpToV2:
        """Makes tensors of the next pieces of a file, and where they are from.

        Args:
            queue: A queue of names of files.
            num_records: How many at most.
            name: The operation's name.

        Returns:
            The named tuple (keys, values) of string vectors.
        """
        ref = queue.queue_ref if isinstance(queue, QueueBase) else queue
        count = convert_to_tensor(num_records, dtypes.int64, name="num_records")
        return ReaderReadUpToV2(*listed(_read_up_to(self._reader_ref, ref, count, name=name)))

    def num_records_produced(self, name: str | None = None) -> Tensor:
        """Makes a tensor of the number of pieces read so far.

        Args:
            name: The operation's name.

        Returns:
            An int64 scalar.
        """
        made: Tensor = _records(self._reader_ref, name=name)
        return made

    def num_work_units_completed(self, name: str | None = None) -> Tensor:
        """Makes a tensor of the number of files read to their end.

        Args:
            name: The operation's name.

        Returns:
            An int64 scalar.
        """
        made: Tensor = _units(self._reader_ref, name=name)
        return made

    def reset(self, name: str | None = None) -> Operation:
        """Makes an operation after which the reader begins with the next file.

        Args:
            name: The operation's name.

        Returns:
            The operation.
        """
        made: Any = _reset(self._reader_ref, name=name)
        operation: Operation = made
        return operation


def _made(kind: str, pieces: Pieces, name: str | None) -> Tensor:
    made: Tensor = _READERS[kind](pieces=pieces, shared_name="", name=name or f"{kind}V2")
    return made


def _numbered(path: bytes, values: Iterator[bytes], first: int = 0) -> Iterator[tuple[bytes, bytes]]:
    return ((path + b":%d" % at, value) for at, value in enumerate(values, first))


@v1("TextLineReader")
class TextLineReader(ReaderBase):
    """Gives the lines of files, without their ends; the key is "file:line".

    Args:
        skip_header_lines: The number of lines to leave out at the start of each file.
        name: The operation's name.
    """

    def __init__(self, skip_header_lines: Any = None, name: str | None = None) -> None:
        skipped = int(skip_header_lines or 0)

        def pieces(path: bytes) -> Iterator[tuple[bytes, bytes]]:
            return itertools.islice(_numbered(path, files.lines(path), 1), skipped, None)

        super().__init__(_made("TextLineReader", pieces, name))


@v1("WholeFileReader")
class WholeFileReader(ReaderBase):
    """Gives files as a whole; the key is the file.

    Args:
        name: The operation's name.
    """

    def __init__(self, name: str | None = None) -> None:
        def pieces(path: bytes) -> Iterator[tuple[bytes, bytes]]:
            with files.reading(path, b"") as file:
                yield path, file.read()

        super().__init__(_made("WholeFileReader", pieces, name))


@v1("IdentityReader")
class IdentityReader(ReaderBase):
    """Gives the names themselves, as key and as value.

    Args:
        name: The operation's name.
    """

    def __init__(self, name: str | None = None) -> None:
        super().__init__(_made("IdentityReader", lambda path: iter([(path, path)]), name))


@v1("TFRecordReader")
class TFRecordReader(ReaderBase):
    """Gives the records of TFRecord files; the key is "file:number".

    Args:
        name: The operation's name.
        options: Accepted for v1's sake: files are not compressed, or use `tf.data.TFRecordDataset`.
    """

    def __init__(self, name: str | None = None, options: Any = None) -> None:
        super().__init__(_made("TFRecordReader", lambda path: _numbered(path, files.records(path)), name))


@v1("FixedLengthRecordReader")
class FixedLengthRecordReader(ReaderBase):
    """Gives records of one size; the key is "file:number".

    Args:
        record_bytes: The bytes of a record.
        header_bytes: Bytes to skip at the start of a file.
        footer_bytes: Bytes to leave out at its end.
        hop_bytes: The distance from one record to the next; only that of `record_bytes`.
        name: The operation's name.
        encoding: "", "GZIP" or "ZLIB".

    Raises:
        ValueError: If `record_bytes` is not positive, or `hop_bytes` another number.
    """

    def __init__(
        self,
        record_bytes: Any,
        header_bytes: Any = None,
        footer_bytes: Any = None,
        hop_bytes: Any = None,
        name: str | None = None,
        encoding: Any = None,
    ) -> None:
        size, header, footer = int(record_bytes), int(header_bytes or 0), int(footer_bytes or 0)
        if size <= 0:
            raise ValueError(f"record_bytes must be positive, but is {size}")
        if hop_bytes not in (None, 0, size):
            raise ValueError(f"FixedLengthRecordReader(hop_bytes={hop_bytes}): records do not overlap here.")

        def pieces(path: bytes) -> Iterator[tuple[bytes, bytes]]:
            return _numbered(path, files.fixed_records(path, size, header, footer, encoding or b""))

        super().__init__(_made("FixedLengthRecordReader", pieces, name))
