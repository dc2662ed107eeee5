"""Writing files of safetensors."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from ..._core import address_of
from ...files import write_whole
from .dtypes import as_stored, name_of
from .keys import OURS, keys_of, library

__all__ = ["write_file"]

_OS_ERROR: Final = re.compile(r"\(os error (\d+)\)")


def write_file(
    call: str,
    name: str | os.PathLike[str],
    arrays: Mapping[str, np.ndarray[Any, Any]],
    aliases: Mapping[str, str],
    frozen: Iterable[str],
    not_trainable: Iterable[str],
    separator: str = ".",
    slices: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Writes variables to a file that takes the place of `name` when it is complete.

    Args:
        call: The public function, for errors.
        name: The path of the file.
        arrays: The elements by path, in C order, as the variables were made.
        aliases: Further paths of variables.
        frozen: The paths of those that are not to be changed.
        not_trainable: The paths of those that are not to be trained.
        separator: What stands in keys for "/".
        slices: The axis and the sizes of the parts of arrays that are variables in parts.

    Raises:
        ImportError: If the package safetensors is not installed.
        TypeError: If the separator is no str.
        ValueError: If a dtype cannot be written, or two paths have one key.
        OSError: If the file cannot be written.
    """
    package = library(call)
    if not isinstance(separator, str):
        raise TypeError(f"{call}: separator={separator!r}: a str is needed")
    try:
        keys = keys_of(arrays, separator)
    except ValueError as error:
        raise ValueError(f"{call}({os.fspath(name)!r}): {error}") from None
    dtypes, stored = {}, {}
    for path, array in arrays.items():
        made = as_stored(array)
        if made is None:
            raise ValueError(
                f"{call}({os.fspath(name)!r}): {path!r} is {array.dtype}, which no file can have"
            )
        if made[0] != name_of(array.dtype):
            dtypes[path] = name_of(array.dtype)
        stored[path] = made
    specs = {
        key: package.TensorSpec(
            dtype=stored[path][0],
            shape=stored[path][1].shape,
            data_ptr=address_of(stored[path][1]),
            data_len=stored[path][1].nbytes,
        )
        for key, path in keys.items()
    }
    facts = {
        "version": 1,
        "separator": separator,
        "paths": list(arrays),
        "aliases": dict(aliases),
        "frozen": list(frozen),
        "not_trainable": list(not_trainable),
        "dtypes": dtypes,
    }
    if slices:
        facts["slices"] = dict(slices)
    metadata = {OURS: json.dumps(facts)}  # one entry: the library writes several in any order
    with write_whole(name) as part:
        try:
            package.serialize_file(specs, part, metadata=metadata)
        except package.SafetensorError as error:
            number = _OS_ERROR.search(str(error))  # the library has no other word for a disk that is full
            if number is not None:
                raise OSError(int(number[1]), os.strerror(int(number[1])), os.fsdecode(name)) from None
            raise ValueError(f"{call}({os.fspath(name)!r}): {error}") from None
