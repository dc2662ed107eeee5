"""TFRecord files: written and read record by record."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from typing import Any, Final, Self

from ..bundles.records import record
from ..data.files import records
from ..file_errors import errors_of_files
from ..public import v1


@v1("python_io.TFRecordCompressionType", "io.TFRecordCompressionType")
class TFRecordCompressionType:
    """How TFRecord files are compressed."""

    NONE: Final = 0
    ZLIB: Final = 1
    GZIP: Final = 2


_TYPES: Final = {"": "", "ZLIB": "ZLIB", "GZIP": "GZIP", 0: "", 1: "ZLIB", 2: "GZIP", None: ""}


@v1("python_io.TFRecordOptions", "io.TFRecordOptions")
class TFRecordOptions:
    """How a TFRecord file is written or read.

    Args:
        compression_type: "GZIP", "ZLIB", "" for none, or a `TFRecordCompressionType`.
        flush_mode: Accepted for v1's sake.
        input_buffer_size: Accepted for v1's sake.
        output_buffer_size: Accepted for v1's sake.
        window_bits: The size of zlib's window.
        compression_level: 0 to 9, from fast to small.
        compression_method: Accepted for v1's sake.
        mem_level: How much memory zlib takes.
        compression_strategy: zlib's strategy.

    Raises:
        ValueError: If there is no such compression.
    """

    def __init__(
        self, compression_type: Any = None, flush_mode: Any = None, input_buffer_size: Any = None,
        output_buffer_size: Any = None, window_bits: Any = None, compression_level: Any = None,
        compression_method: Any = None, mem_level: Any = None, compression_strategy: Any = None,
    ) -> None:  # fmt: skip
        self.get_compression_type_string(compression_type)
        self.compression_type = compression_type
        self.window_bits = window_bits
        self.compression_level = compression_level
        self.mem_level = mem_level
        self.compression_strategy = compression_strategy

    @classmethod
    def get_compression_type_string(cls, options: Any) -> str:
        """Returns "GZIP", "ZLIB" or "".

        Args:
            options: TFRecordOptions, or what it takes as `compression_type`.

        Raises:
            ValueError: If there is no such compression.
        """
        if isinstance(options, TFRecordOptions):
            return cls.get_compression_type_string(options.compression_type)
        try:
            return _TYPES[options]
        except (KeyError, TypeError):
            raise ValueError(f'Not a valid compression_type: "{options}"') from None


def _as_options(options: Any) -> TFRecordOptions:
    return options if isinstance(options, TFRecordOptions) else TFRecordOptions(options)


@v1("python_io.TFRecordWriter", "io.TFRecordWriter")
class TFRecordWriter:
    """Writes a TFRecord file, which TensorFlow reads, too.

    Args:
        path: The file; one that is there is replaced.
        options: TFRecordOptions, a `TFRecordCompressionType`, or "GZIP" or "ZLIB".

    Raises:
        NotFoundError: If the folder is missing.
        OpError: If the file cannot be made or written, of v1's class.

    It is a `with` block that closes the file.

    >>> import os, tempfile
    >>> import scopetrie as tf
    >>> path = os.path.join(tempfile.mkdtemp(), "a.tfrecord")
    >>> with tf.python_io.TFRecordWriter(path) as writer:
    ...     writer.write(b"first")
    ...     writer.write(b"second")
    >>> list(tf.python_io.tf_record_iterator(path))
    [b'first', b'second']
    """

    def __init__(self, path: Any, options: Any = None) -> None:
        given = _as_options(options)
        kind = given.get_compression_type_string(given)
        self._compress: Any = None
        if kind:
            self._compress = zlib.compressobj(
                -1 if given.compression_level is None else given.compression_level,
                zlib.DEFLATED,
                (given.window_bits or 15) + (16 if kind == "GZIP" else 0),
                given.mem_level or 9,
                given.compression_strategy or zlib.Z_DEFAULT_STRATEGY,
            )
        self._path = os.fspath(path)
        with errors_of_files(self._path):
            self._file: Any = open(self._path, "wb")  # noqa: SIM115

    def write(self, record: Any) -> None:
        """Writes a record.

        Args:
            record: Bytes, or text.

        Raises:
            RuntimeError: If the file is closed.
        """
        if self._file is None:
            raise RuntimeError("Writer is closed.")
        data = _framed(record)
        with errors_of_files(self._path):
            self._file.write(data if self._compress is None else self._compress.compress(data))

    def flush(self) -> None:
        """Writes out what is kept in memory."""
        if self._file is None:
            raise RuntimeError("Writer is closed.")
        with errors_of_files(self._path):
            if self._compress is not None:
                self._file.write(self._compress.flush(zlib.Z_SYNC_FLUSH))
            self._file.flush()

    def close(self) -> None:
        """Closes the file."""
        file, self._file = self._file, None
        if file is None:
            return
        with errors_of_files(self._path), file:
            if self._compress is not None:
                file.write(self._compress.flush())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _framed(data: Any) -> bytes:
    if isinstance(data, str):
        data = data.encode()
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise TypeError(f"expected bytes, {type(data).__name__} found")
    return record(bytes(data))


@v1("python_io.tf_record_iterator", "io.tf_record_iterator")
def tf_record_iterator(path: Any, options: Any = None) -> Iterator[bytes]:
    """Yields the records of a TFRecord file.

    Args:
        path: The file.
        options: TFRecordOptions, a `TFRecordCompressionType`, or "GZIP" or "ZLIB".

    Raises:
        NotFoundError: If there is no such file.
        DataLossError: If a record is cut off or changed.
    """
    given = _as_options(options)
    return records(os.fspath(path), given.get_compression_type_string(given))
