"""NumPy's .npz files as the source of a store."""

from __future__ import annotations

import mmap
import zipfile
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import numpy as np

from .dtypes import name_of
from .stored_file import StoredVariable

__all__ = ["NpzFile", "read_npz"]

_MOST_GROWTH: Final = 1100  # zlib makes 1032 bytes of one at best


class _Mapped(mmap.mmap):
    """A mapped file, which zipfile asks whether one can seek in it."""

    def seekable(self) -> bool:
        """Yes; before Python 3.13, `mmap` does not say."""
        return True


class NpzFile(NamedTuple):
    """What a file has.

    Attributes:
        name: The path of the file.
        variables: The variables by their paths, in the order of the file.
        content: The file.
        aliases: Further paths of variables: there are none.
        frozen: The paths of those that are not to be changed: none.
        not_trainable: The paths of those that are not to be trained: the file does not say.
    """

    name: str
    variables: dict[str, StoredVariable]
    content: zipfile.ZipFile
    aliases: Mapping[str, str] = MappingProxyType({})
    frozen: Sequence[str] = ()
    not_trainable: frozenset[str] = frozenset()

    def array(self, variable: StoredVariable) -> np.ndarray[Any, Any]:
        """Returns the elements of a variable.

        Raises:
            ValueError: If they are damaged.
        """
        try:
            with self.content.open(f"{variable.path}.npy") as member:
                made: np.ndarray[Any, Any] = np.lib.format.read_array(member, allow_pickle=False)
            if made.dtype == bool and made.size and made.view(np.uint8).max() > 1:
                raise ValueError("it is bool and has other bytes than 0 and 1")
            return made
        except Exception as error:  # of NumPy's and zipfile's, which raise many
            raise ValueError(f"{self.name!r} is damaged: {variable.path!r}: {error}") from None


def read_npz(call: str, name: str) -> NpzFile:
    """Reads what is in a file, without its values.

    Args:
        call: The public function, for errors.
        name: The path of the file.

    Raises:
        ValueError: If the file is damaged, or has other things than arrays of numbers.
        OSError: If it cannot be read.
    """
    path = ""
    try:
        with open(name, "rb") as file:
            # Mapped: whoever replaces the file does not change this one.
            mapped: Any = _Mapped(file.fileno(), 0, access=mmap.ACCESS_READ)
        content = zipfile.ZipFile(mapped)
        variables: dict[str, StoredVariable] = {}
        for info in content.infolist():
            path = info.filename.removesuffix(".npy")
            if path == info.filename:
                raise ValueError("there is something else in it than arrays")
            if path in variables:
                raise ValueError("it is there twice")
            if info.file_size > _MOST_GROWTH * info.compress_size + 64:
                raise ValueError("it is longer than its compressed form can be")
            variables[path] = _variable(content, info, path)
        return NpzFile(name, variables, content)
    except OSError:
        raise
    except Exception as error:  # of NumPy's and zipfile's, which raise many
        at = f" at {path!r}" if path else ""
        raise ValueError(f"{call}: {name!r} is damaged, or no .npz file of numbers{at}: {error}") from None


def _variable(content: zipfile.ZipFile, info: zipfile.ZipInfo, path: str) -> StoredVariable:
    with content.open(info) as member:
        version = np.lib.format.read_magic(member)
        if version == (1, 0):
            shape, _, dtype = np.lib.format.read_array_header_1_0(member)
        elif version == (2, 0):
            shape, _, dtype = np.lib.format.read_array_header_2_0(member)
        else:
            raise ValueError(f"it has the unknown version {version}")
        begin = member.tell()
    if dtype.hasobject or dtype.kind not in "biufcV" or dtype.names:
        raise ValueError(f"it is {dtype}, and a store has numbers only")
    if not dtype.isnative:
        raise ValueError("its numbers are of a machine that begins them with their high bytes")
    count = 1
    for size in shape:
        count *= size
    if begin + count * dtype.itemsize != info.file_size or any(size < 0 for size in shape):
        raise ValueError(f"{info.file_size - begin} bytes are not {list(shape)} elements of {dtype}")
    return StoredVariable(path, name_of(dtype), dtype, tuple(shape), begin, info.file_size - begin)
