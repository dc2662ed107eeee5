"""Writing bundles."""

from __future__ import annotations

import math
import os
import struct
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from ..dtypes import as_dtype, string
from ..files import write_whole
from .bundle import shard_name
from .checksum import crc32c, masked
from .encodings import varint
from .messages import message
from .slices import Slice, write_slice
from .table import table_bytes

__all__ = ["Part", "write_bundle"]


class Part(NamedTuple):
    """A variable to be written, or a part of one.

    Attributes:
        name: The variable's name.
        array: The elements; bytes in an array of objects for strings.
        place: Which part they are; None for all of it.
    """

    name: str
    array: np.ndarray[Any, Any]
    place: Slice | None = None


def write_bundle(name: str | os.PathLike[str], parts: Iterable[Part]) -> None:
    """Writes a checkpoint in TensorFlow's format V2, in one shard.

    Both of its files take their places when they are complete and on the disk, the index last. Where there is
    a checkpoint of the name already, a process that ends between the two leaves an index that does not fit
    the elements, which its checksums tell.

    Args:
        name: The path of the files, without their endings.
        parts: What is to be written.

    Raises:
        ValueError: If a variable is there twice, or its parts differ in the shape of the whole or in dtype.
        OSError: If a file cannot be written.
        ImportError: If the package protobuf is not installed.
    """
    text = os.fsdecode(name)
    entries: dict[bytes, Any] = {}
    header = message("BundleHeaderProto")(num_shards=1)
    header.version.producer = 1
    entries[b""] = header
    with write_whole(shard_name(text, 0, 1)) as path, open(path, "wb") as file:
        at = 0
        for part in parts:
            entry = _added(entries, part)
            entry.offset = at
            for piece in _pieces(part.array, entry):
                file.write(piece)
                at += len(piece)
            entry.size = at - entry.offset
    content = table_bytes((key, entries[key].SerializeToString()) for key in sorted(entries))
    with write_whole(f"{text}.index") as path, open(path, "wb") as file:
        file.write(content)


def _added(entries: dict[bytes, Any], part: Part) -> Any:
    """Adds the entry of a part, and that of the whole if it is the first one."""
    kind = message("BundleEntryProto")
    key = part.name.encode()
    number = as_dtype(string if part.array.dtype.hasobject else part.array.dtype).as_datatype_enum
    entry = kind(dtype=number)
    entry.shape.SetInParent()  # a scalar has a shape, too
    for size in part.array.shape:
        entry.shape.dim.add(size=size)
    if not key or key[:1] == b"\x00":
        raise ValueError(f"no variable of a checkpoint can be called {part.name!r}")
    if part.place is not None:
        whole = entries.setdefault(key, kind(dtype=number))
        sizes = [dim.size for dim in whole.shape.dim]
        if not whole.slices:
            for size in part.place.full_shape:
                whole.shape.dim.add(size=size)
        elif (whole.dtype, sizes) != (number, list(part.place.full_shape)):
            raise ValueError(f"the parts of {part.name!r} are not those of one variable")
        key = write_slice(part.name, whole.slices.add(), part.place)
    if key in entries:
        raise ValueError(f"{part.name!r} would be written twice")
    entries[key] = entry
    return entry


def _pieces(array: np.ndarray[Any, Any], entry: Any) -> list[Any]:
    """The bytes of an array; its checksum goes into its entry."""
    if not array.dtype.hasobject:
        data: Any = memoryview(np.ascontiguousarray(array).reshape(-1).view(np.uint8))  # type: ignore[arg-type,unused-ignore]
        entry.crc32c = masked(crc32c(data))
        return [data]
    texts = [bytes(each) for each in array.ravel().tolist()]
    assert len(texts) == math.prod(array.shape)
    before = crc32c(b"".join(struct.pack("<I" if len(each) < 1 << 32 else "<Q", len(each)) for each in texts))
    sums = struct.pack("<I", masked(before))
    rest = b"".join(texts)
    entry.crc32c = masked(crc32c(rest, crc32c(sums, before)))
    return [b"".join(varint(len(each)) for each in texts), sums, rest]
