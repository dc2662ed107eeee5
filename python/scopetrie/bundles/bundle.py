"""Reading bundles."""

from __future__ import annotations

import math
import mmap
import os
import re
import struct
from typing import Any, Final, NamedTuple

import numpy as np

from ..dtypes import DType, as_dtype, string
from ..errors import DataLossError, NotFoundError, UnimplementedError
from .checksum import crc32c, masked
from .encodings import read_varint
from .messages import message
from .slices import Slice, read_slice
from .table import is_table, read_table

__all__ = ["Bundle", "Entry", "is_bundle", "open_bundle", "shard_name"]

_REFERENCE: Final = 100  # from here on, numbers of dtypes are those of references
_INDEX: Final = ".index"
_SHARD: Final = re.compile(r"\.data-\d{5,}-of-\d{5,}")


class Entry(NamedTuple):
    """A variable of a bundle, or a part of one.

    Attributes:
        name: The variable's name.
        dtype: Its dtype.
        shape: Its shape.
        stored: Its BundleEntryProto: where the elements are, or which parts there are.
    """

    name: str
    dtype: DType
    shape: tuple[int, ...]
    stored: Any


class Bundle:
    """The variables of a checkpoint in TensorFlow's format V2.

    Files are mapped into memory, and what is in them is believed only after a look.

    Args:
        name: The path of the files, without their endings.
        private: Whether arrays may be changed: in memory, not in the files.

    Raises:
        NotFoundError: If there are no such files.
        DataLossError: If the index is damaged, or none.
        UnimplementedError: If it is of a kind that is not read here.
        OSError: If it cannot be read.
        ImportError: If the package protobuf is not installed, or one for its compression.

    Attributes:
        name: The path of the files, without their endings.
        entries: The variables by their names, in the order of these.
    """

    def __init__(self, name: str | os.PathLike[str], private: bool = False) -> None:
        self.name = os.fsdecode(name)
        self._access = mmap.ACCESS_COPY if private else mmap.ACCESS_READ
        self._shards: dict[int, Any] = {}
        self.entries: dict[str, Entry] = {}
        self._parts: dict[bytes, Any] = {}
        try:
            with open(self.name + _INDEX, "rb") as file:
                content = file.read()
        except (FileNotFoundError, NotADirectoryError):
            if os.path.isfile(self.name):
                raise self._damaged("it is no checkpoint in format V2") from None
            raise not_found(self.name) from None
        try:
            self._read(content)
        except (ValueError, message_error()) as error:
            raise self._damaged(f"its index is damaged: {error}") from None

    def _read(self, content: bytes) -> None:
        header_class, entry_class = message("BundleHeaderProto"), message("BundleEntryProto")
        header = None
        for key, value in read_table(content):
            if not key:
                header = header_class.FromString(value)
            elif key[:1] == b"\x00":
                self._parts[key] = entry_class.FromString(value)
            else:
                name = key.decode()
                self.entries[name] = self._entry(name, entry_class.FromString(value))
        if header is None:
            raise ValueError("it has no header")
        self._count = header.num_shards
        if header.endianness != 0:
            raise self._unread("it was written on a machine whose numbers begin with their high bytes")

    def _entry(self, name: str, stored: Any) -> Entry:
        try:
            dtype = as_dtype(stored.dtype if 0 < stored.dtype < _REFERENCE else -1)
        except TypeError:
            raise ValueError(f"{name!r} has the unknown dtype {stored.dtype}") from None
        shape = tuple(dim.size for dim in stored.shape.dim)
        if stored.shape.unknown_rank or any(size < 0 for size in shape):
            raise ValueError(f"the shape of {name!r} is not known")
        return Entry(name, dtype, shape, stored)

    def entry(self, name: str) -> Entry:
        """Returns a variable.

        Raises:
            NotFoundError: If there is none of this name.
        """
        found = self.entries.get(name)
        if found is None:
            raise NotFoundError(None, None, f"Key {name} not found in checkpoint")
        return found

    def array(self, name: str, part: Slice | None = None) -> np.ndarray[Any, Any]:
        """Returns the elements of a variable, or of a part of it; without a copy if they lie in one piece.

        Args:
            name: The variable's name.
            part: Which part is wanted; None for the whole.

        Returns:
            An array; of objects, which are bytes, for a variable of strings. It can be changed if the bundle
            is private, or if the elements had to be put together.

        Raises:
            NotFoundError: If there is no such variable, or a file is missing.
            DataLossError: If the elements are damaged.
            UnimplementedError: If there is no such dtype in NumPy.
            TypeError: If it is bfloat16, and the package ml_dtypes is not installed.
        """
        entry = self.entry(name)
        try:
            if not entry.stored.slices:
                whole = self._elements(entry)
                return whole if part is None else whole[self._within(entry, part).where]
            return self._joined(entry, part)
        except ValueError as error:
            raise self._damaged(f"{name!r} is damaged: {error}") from None

    def _within(self, entry: Entry, part: Slice) -> Slice:
        if part.full_shape != entry.shape:
            raise ValueError(f"the whole is {list(entry.shape)}, and not {list(part.full_shape)}")
        return part

    def _joined(self, entry: Entry, wanted: Slice | None) -> np.ndarray[Any, Any]:
        """The elements of a variable, or of a part of it, from the parts that are stored."""
        kinds = entry.dtype.as_numpy_dtype
        shape = entry.shape if wanted is None else self._within(entry, wanted).shape
        begin = (0,) * len(shape) if wanted is None else wanted.begin
        pieces = []
        for stored_slice in entry.stored.slices:
            part, key = read_slice(entry.name, stored_slice, entry.shape)
            overlap = [
                (max(at, start), min(at + size, start + length))
                for at, size, start, length in zip(begin, shape, part.begin, part.shape, strict=True)
            ]
            if any(low >= high for low, high in overlap):
                continue
            stored = self._parts.get(key)
            if stored is None:
                raise ValueError("a part of it is not there")
            found = Entry(entry.name, entry.dtype, part.shape, stored)
            if (stored.dtype, tuple(dim.size for dim in stored.shape.dim)) != (
                entry.stored.dtype,
                part.shape,
            ):
                raise ValueError("a part of it is of another dtype or shape")
            pieces.append((overlap, part, self._elements(found)))
        # Allocated only when it is known that the file has so many elements.
        if sum(math.prod(high - low for low, high in overlap) for overlap, *_ in pieces) != math.prod(shape):
            raise ValueError("its parts are not the whole")
        if wanted is not None and len(pieces) == 1 and pieces[0][1].shape == shape:
            return pieces[0][2]
        made: np.ndarray[Any, Any] = np.empty(shape, kinds)
        is_set = np.zeros(shape, bool)
        for overlap, part, elements in pieces:
            into = tuple(slice(low - at, high - at) for (low, high), at in zip(overlap, begin, strict=True))
            out_of = tuple(
                slice(low - at, high - at) for (low, high), at in zip(overlap, part.begin, strict=True)
            )
            made[into] = elements[out_of]
            is_set[into] = True
        if not is_set.all():
            raise ValueError("its parts overlap, and are not the whole")
        return made

    def _elements(self, entry: Entry) -> np.ndarray[Any, Any]:
        """What is stored for one entry."""
        stored = entry.stored
        if stored.offset < 0 or stored.size < 0:
            raise ValueError("its place is before the beginning of the file")
        shard = self._shard(stored.shard_id)
        if stored.offset + stored.size > len(shard):
            raise ValueError("its place is beyond the end of the file")
        count = math.prod(entry.shape)
        if entry.dtype is string:
            return _texts(
                bytes(shard[stored.offset : stored.offset + stored.size]), count, stored.crc32c
            ).reshape(entry.shape)
        if entry.dtype.is_quantized or not entry.dtype.is_numpy_compatible:
            raise self._unread(f"{entry.name!r} is {entry.dtype.name}, of which NumPy has no elements")
        kind = np.dtype(entry.dtype.as_numpy_dtype)
        if stored.size != count * kind.itemsize:
            raise ValueError(f"{stored.size} bytes are not {count} elements of {kind}")
        if not count:
            return np.empty(entry.shape, kind)
        made: np.ndarray[Any, Any] = np.ndarray(entry.shape, kind, shard, stored.offset)
        if masked(crc32c(memoryview(shard)[stored.offset : stored.offset + stored.size])) != stored.crc32c:
            raise ValueError("its checksum is wrong")
        if entry.dtype.is_bool and made.view(np.uint8).max() > 1:
            raise ValueError("it has other bytes than 0 and 1")
        return made

    def _shard(self, number: int) -> Any:
        found = self._shards.get(number)
        if found is None:
            if not 0 <= number < self._count:
                raise ValueError("its file is not one of the bundle's")
            name = shard_name(self.name, number, self._count)
            try:
                with open(name, "rb") as file:
                    is_empty = os.fstat(file.fileno()).st_size == 0  # which cannot be mapped
                    found = b"" if is_empty else mmap.mmap(file.fileno(), 0, access=self._access)
            except FileNotFoundError:
                raise NotFoundError(None, None, f"{name}; No such file or directory") from None
            self._shards[number] = found
        return found

    def _damaged(self, what: str) -> DataLossError:
        return DataLossError(None, None, f"{self.name!r}: {what}")

    def _unread(self, what: str) -> UnimplementedError:
        return UnimplementedError(None, None, f"{self.name!r}: {what}")


def _texts(data: bytes, count: int, checksum: int) -> np.ndarray[Any, Any]:
    """The strings of a variable: their lengths, a checksum of these, and the strings."""
    if count > len(data):  # each has a length of a byte at least
        raise ValueError(f"{len(data)} bytes are not {count} strings")
    lengths, at = [], 0
    for _ in range(count):
        length, at = read_varint(data, at)
        lengths.append(length)
    if at + 4 + sum(lengths) != len(data):
        raise ValueError("its strings are longer or shorter than their place")
    before = crc32c(b"".join(struct.pack("<I" if each < 1 << 32 else "<Q", each) for each in lengths))
    if struct.pack("<I", masked(before)) != data[at : at + 4]:
        raise ValueError("the checksum of its strings' lengths is wrong")
    if masked(crc32c(data[at:], before)) != checksum:
        raise ValueError("its checksum is wrong")
    at += 4
    made: np.ndarray[Any, Any] = np.empty(count, object)
    for number, length in enumerate(lengths):
        made[number] = data[at : at + length]
        at += length
    return made


def shard_name(name: str, number: int, count: int) -> str:
    """Returns the path of a file of elements."""
    return f"{name}.data-{number:05d}-of-{count:05d}"


def is_bundle(name: str) -> bool:
    """Whether there is a bundle of a name; that of its index will do, too."""
    return os.path.isfile(name + _INDEX) or (name.endswith(_INDEX) and os.path.isfile(name))


def open_bundle(name: str | os.PathLike[str], private: bool = False) -> Bundle:
    """Returns the bundle of a name, or of one of its files.

    Raises:
        NotFoundError: If there is none.
        DataLossError: If it is damaged; and so on, see `Bundle`.
    """
    text = os.fsdecode(name)
    if os.path.isfile(text):
        bare = text.removesuffix(_INDEX) if text.endswith(_INDEX) else _SHARD.sub("", text)
        if bare != text:
            return Bundle(bare, private)
        if not os.path.isfile(text + _INDEX):
            with open(text, "rb") as file:
                file.seek(max(0, os.fstat(file.fileno()).st_size - 8))
                is_old = is_table(file.read())
            if is_old:
                raise UnimplementedError(
                    None,
                    None,
                    f"{text!r} is a checkpoint of format V1, of before TensorFlow 0.12; restore it there and "
                    "save it again, which makes one of format V2",
                )
    return Bundle(text, private)


def not_found(name: str) -> NotFoundError:
    """The error for a checkpoint that is not there, as v1 words it."""
    return NotFoundError(
        None,
        None,
        f"Unsuccessful TensorSliceReader constructor: Failed to find any matching files for {name}",
    )


def message_error() -> type[Exception]:
    """What protobuf raises for bytes that are no message."""
    from importlib import import_module

    message("BundleHeaderProto")  # says which package is missing
    found: type[Exception] = import_module("google.protobuf.message").DecodeError
    return found
