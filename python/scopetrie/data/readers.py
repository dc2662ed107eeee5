"""Datasets of files: of lines, of records of one size, of TFRecords."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .. import dtypes
from .._core import name_scope
from ..errors import InvalidArgumentError
from ..graph import Tensor
from ..ops.constant import convert_to_tensor
from ..public import v1, whole
from . import files
from .dataset import Dataset
from .nodes import dataset_node
from .sources import Element, Listed, Opened, Source, in_turn
from .structure import Component, Structure

_TEXT = Structure(b"", (Component(dtypes.string, ()),))


@whole
def _of_files(
    type: str, filenames: Any, inputs: Callable[[], list[Tensor]], read: Callable[..., Iterator[bytes]]
) -> Tensor:
    """A dataset of what a function reads from each file; the other inputs' values are its arguments."""
    with name_scope(None, type) as scope:
        names = filenames._variant_tensor if isinstance(filenames, Dataset) else None
        if names is None:
            names = convert_to_tensor(filenames, dtypes.string, name="filenames")
        others = inputs()

    def make(state: Any, paths: Any, *values: Any) -> Source:
        arguments = [each[()] for each in values]
        if not isinstance(paths, Source):
            paths = Listed([(each,) for each in np.atleast_1d(paths).ravel().tolist()])

        def one(element: Element) -> Source:
            path = element[0] if isinstance(element[0], bytes) else np.asarray(element[0])[()]
            return Opened(lambda: map(_as_element, read(path, *arguments)))

        return in_turn(paths, one)

    return dataset_node(type, [names, *others], make, name=scope)


def _as_element(text: bytes) -> Element:
    return (text,)


def _compression(kind: Any) -> Tensor:
    return convert_to_tensor("" if kind is None else kind, dtypes.string, name="compression_type")


def _size(value: Any, name: str) -> Tensor:
    return convert_to_tensor(0 if value is None else value, dtypes.int64, name=name)


@v1("data.TextLineDataset")
class TextLineDataset(Dataset):
    r"""The lines of text files, without their ends.

    Args:
        filenames: The names of the files: a string tensor, or a dataset of strings.
        compression_type: "", "GZIP" or "ZLIB".
        buffer_size: Accepted for v1's sake.
        num_parallel_reads: Accepted for v1's sake: files are read one after the other.

    >>> import scopetrie as tf
    >>> with open("two.txt", "w") as file:
    ...     _ = file.write("one\ntwo\n")
    >>> element = tf.data.TextLineDataset("two.txt").make_one_shot_iterator().get_next()
    >>> with tf.Session() as session:
    ...     print(session.run(element), session.run(element))
    b'one' b'two'
    """

    def __init__(
        self,
        filenames: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        num_parallel_reads: Any = None,
    ) -> None:
        made = _of_files("TextLineDataset", filenames, lambda: [_compression(compression_type)], files.lines)
        super().__init__(made, _TEXT)


@v1("data.TFRecordDataset")
class TFRecordDataset(Dataset):
    """The records of TFRecord files.

    Args:
        filenames: The names of the files: a string tensor, or a dataset of strings.
        compression_type: "", "GZIP" or "ZLIB".
        buffer_size: Accepted for v1's sake.
        num_parallel_reads: Accepted for v1's sake: files are read one after the other.
    """

    def __init__(
        self,
        filenames: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        num_parallel_reads: Any = None,
    ) -> None:
        made = _of_files(
            "TFRecordDataset", filenames, lambda: [_compression(compression_type)], files.records
        )
        super().__init__(made, _TEXT)


@v1("data.FixedLengthRecordDataset")
class FixedLengthRecordDataset(Dataset):
    """Records of one size.

    Args:
        filenames: The names of the files: a string tensor, or a dataset of strings.
        record_bytes: The bytes of a record.
        header_bytes: Bytes to skip at the start of a file.
        footer_bytes: Bytes to leave out at its end.
        buffer_size: Accepted for v1's sake.
        compression_type: "", "GZIP" or "ZLIB".
        num_parallel_reads: Accepted for v1's sake: files are read one after the other.
    """

    def __init__(
        self,
        filenames: Any,
        record_bytes: Any,
        header_bytes: Any = None,
        footer_bytes: Any = None,
        buffer_size: Any = None,
        compression_type: Any = None,
        num_parallel_reads: Any = None,
    ) -> None:
        def read(path: bytes, size: Any, header: Any, footer: Any, kind: Any) -> Iterator[bytes]:
            if size <= 0:
                raise InvalidArgumentError(
                    None, None, f"record_bytes must be greater than zero, but is {size}."
                )
            return files.fixed_records(path, int(size), int(header), int(footer), kind)

        def inputs() -> list[Tensor]:
            return [
                _size(record_bytes, "record_bytes"),
                _size(header_bytes, "header_bytes"),
                _size(footer_bytes, "footer_bytes"),
                _compression(compression_type),
            ]

        super().__init__(_of_files("FixedLengthRecordDataset", filenames, inputs, read), _TEXT)
