"""Files of safetensors: what is in one, without its values; and how one is written.

A variable's key is its path with a separator for "/", "." unless told otherwise. Files of other programs have
nothing else, so their paths are read from the keys. Ours also have the paths, in the order in which the
variables were made: keys come in another order, and a path may have "." in it. The entry "scopetrie" of the
header's metadata is JSON:

    {"version": 1, "separator": ".", "paths": [...], "aliases": {path: path}, "frozen": [path, ...],
     "not_trainable": [path, ...], "dtypes": {path: name},
     "slices": {path: {"axis": axis, "sizes": [size, ...]}}}

"slices" says of what was saved as one that it is in parts: "w" of "w/part_0", "w/part_1" and so on.
"""

from __future__ import annotations

import json
import mmap
import os
import re
from collections.abc import Iterable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import numpy as np

from ..files import write_whole
from .stored_dtypes import NAMES, as_stored, dtype_of_name, from_stored, name_of

__all__ = ["StoredFile", "StoredVariable", "read_header", "write_file"]

_OURS: Final = "scopetrie"
_OS_ERROR: Final = re.compile(r"\(os error (\d+)\)")
_RESERVED: Final = "__metadata__"


class StoredVariable(NamedTuple):
    """A variable in a file.

    Attributes:
        path: Its path.
        dtype_name: The name of its dtype.
        dtype: The dtype, or None if it needs a package that is not installed.
        shape: Its shape.
        begin: Where its elements begin in the file, or those of the whole that it is a part of.
        nbytes: How many bytes they take.
        piece: For a part of what is kept as one: the shape of the whole, the axis, and where it begins there.
    """

    path: str
    dtype_name: str
    dtype: np.dtype[Any] | None
    shape: tuple[int, ...]
    begin: int
    nbytes: int
    piece: tuple[tuple[int, ...], int, int] | None = None


class StoredFile(NamedTuple):
    """What a file has, and the file itself, mapped into memory: whoever replaces it does not change this one.

    Attributes:
        name: The path of the file.
        variables: The variables by their paths, in the order in which they were made.
        aliases: Further paths of variables.
        frozen: The paths of those that are not to be changed.
        not_trainable: The paths of those that are not to be trained.
        content: The whole file.
    """

    name: str
    variables: dict[str, StoredVariable]
    aliases: dict[str, str]
    frozen: list[str]
    not_trainable: frozenset[str]
    content: mmap.mmap

    def array(self, variable: StoredVariable) -> np.ndarray[Any, Any]:
        """Returns the elements of a variable, without a copy.

        Raises:
            ImportError: If its dtype needs the package ml_dtypes.
            ValueError: If the elements are none of its dtype.
        """
        path, dtype_name, dtype, shape, begin, nbytes, piece = variable
        if dtype is None:
            raise ImportError(
                f"{self.name}: {path!r} is {dtype_name}, of which NumPy has no elements; "
                "if it is a small float, install the package ml_dtypes"
            )
        if not nbytes:
            return np.empty(shape, dtype)
        array: np.ndarray[Any, Any]
        if piece is None:
            array = np.ndarray(shape, dtype, self.content, begin)
        else:
            whole, axis, first = piece
            array = np.ndarray(whole, dtype, self.content, begin)
            at = (slice(None),) * axis + (slice(first, first + shape[axis]),)
            array = np.ascontiguousarray(array[at])  # no copy along the first axis
        if dtype.kind == "b" and array.view(np.uint8).max() > 1:
            raise ValueError(f"{self.name!r} is damaged: {path!r} is bool and has other bytes than 0 and 1")
        return array


def _library(call: str) -> Any:
    try:
        return import_module("safetensors")
    except ImportError:
        raise ImportError(
            f"{call} needs the package safetensors: install it, or scopetrie[checkpoints]"
        ) from None


def keys_of(paths: Iterable[str], separator: str) -> dict[str, str]:
    """Returns the path of each key.

    Args:
        paths: The paths.
        separator: What stands in a key for "/".

    Raises:
        ValueError: If two paths have one key, or one has a key that the format reserves.

    >>> keys_of(["a/b", "c"], ".")
    {'a.b': 'a/b', 'c': 'c'}
    """
    keys: dict[str, str] = {}
    for path in paths:
        key = path.replace("/", separator)
        before = keys.setdefault(key, path)
        if before is not path:
            raise ValueError(
                f"{before!r} and {path!r} would both have the key {key!r}: "
                "rename one, or give another separator="
            )
    if _RESERVED in keys:
        raise ValueError(f"no variable in a file can have the key {_RESERVED!r}: rename {keys[_RESERVED]!r}")
    return keys


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
    library = _library(call)
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
        key: library.TensorSpec(
            dtype=stored[path][0],
            shape=stored[path][1].shape,
            data_ptr=stored[path][1].__array_interface__["data"][0],
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
    metadata = {_OURS: json.dumps(facts)}  # one entry: the library writes several in any order
    with write_whole(name) as part:
        try:
            library.serialize_file(specs, part, metadata=metadata)
        except library.SafetensorError as error:
            number = _OS_ERROR.search(str(error))  # the library has no other word for a disk that is full
            if number is not None:
                raise OSError(int(number[1]), os.strerror(int(number[1])), os.fsdecode(name)) from None
            raise ValueError(f"{call}({os.fspath(name)!r}): {error}") from None


def read_header(call: str, name: str | os.PathLike[str], *, private: bool = False) -> StoredFile:
    """Reads what is in a file, without its values.

    Args:
        call: The public function, for errors.
        name: The path of the file.
        private: Whether its arrays may be changed: in memory, not in the file.

    Raises:
        ImportError: If the package safetensors is not installed.
        ValueError: If the file is damaged, or none of safetensors.
        OSError: If it cannot be read.
    """
    library = _library(call)
    name = os.fsdecode(name)
    with open(name, "rb") as file:
        try:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY if private else mmap.ACCESS_READ)
            # The library checks that the header is right and the data complete, without gaps or overlaps.
            with library.safe_open(name, framework="numpy") as opened:
                metadata = opened.metadata() or {}
            length = int.from_bytes(content[:8], "little")
            header = json.loads(content[8 : 8 + length])
            header.pop(_RESERVED, None)
            facts = _facts(metadata)
            variables = _variables(header, facts, 8 + length)
            return StoredFile(name, variables, *_names(facts, variables), content)
        except (
            library.SafetensorError,
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
            RecursionError,
        ) as error:
            raise ValueError(f"{call}: {name!r} is damaged, or no file of safetensors: {error}") from None


def _facts(metadata: Mapping[str, str]) -> dict[str, Any]:
    """What only our files say of themselves."""
    facts: dict[str, Any] = {"version": 1, "separator": ".", "paths": [], "aliases": {}, "dtypes": {}}
    facts |= {"frozen": [], "not_trainable": [], "slices": {}}
    given = json.loads(metadata.get(_OURS, "{}"))
    if given.get("version", 1) != 1:
        raise ValueError(f"it is of a later version of scopetrie, {given['version']!r}")
    for name, default in facts.items():
        value = given.get(name, default)
        if type(value) is not type(default):
            raise ValueError(f"its {name!r} is a {type(value).__name__}")
        facts[name] = value
    return facts


def _variables(header: dict[str, Any], facts: dict[str, Any], begin: int) -> dict[str, StoredVariable]:
    variables: dict[str, StoredVariable] = {}
    kinds: dict[str, tuple[str, np.dtype[Any] | None]] = {}  # by the format's code
    separator, dtypes = facts["separator"], facts["dtypes"]
    new, take = tuple.__new__, header.pop
    entries = [(path, take(key, None)) for key, path in keys_of(facts["paths"], separator).items()]
    entries += [(key.replace(separator, "/") if separator else key, entry) for key, entry in header.items()]
    for path, entry in entries:
        if entry is None:
            continue  # another program has left it out
        if path in variables:
            raise ValueError(f"two of its entries are called {path!r}")
        first, last = entry["data_offsets"]
        code = entry["dtype"]
        kind = kinds.get(code)
        if kind is None:
            known = NAMES.get(code)
            kind = kinds[code] = (code, None) if known is None else (known, dtype_of_name(known))
        name, dtype = kind
        shape = tuple(entry["shape"])
        if path in dtypes and dtype is not None:
            name = dtypes[path]
            dtype, shape = _other_dtype(path, name, dtype, shape)
        # The class itself takes twice as long.
        variables[path] = new(StoredVariable, (path, name, dtype, shape, begin + first, last - first, None))
    return _with_parts(variables, facts["slices"]) if facts["slices"] else variables


def _with_parts(variables: dict[str, StoredVariable], slices: dict[str, Any]) -> dict[str, StoredVariable]:
    """The variables, with their parts in place of those that are kept as one."""
    found: dict[str, StoredVariable] = {}
    for path, variable in variables.items():
        made = [variable]
        if path in slices:
            axis, sizes = slices[path]["axis"], slices[path]["sizes"]
            whole, total = variable.shape, 0
            if not 0 <= axis < len(whole) or any(size < 0 for size in sizes) or sum(sizes) != whole[axis]:
                raise ValueError(f"the parts of {path!r} are not those of {list(whole)}")
            made = []
            for number, size in enumerate(sizes):
                shape = (*whole[:axis], size, *whole[axis + 1 :])
                nbytes = variable.nbytes // max(1, whole[axis]) * size
                made.append(
                    variable._replace(
                        path=f"{path}/part_{number}", shape=shape, nbytes=nbytes, piece=(whole, axis, total)
                    )
                )
                total += size
        for each in made:
            if each.path in found:
                raise ValueError(f"two of its entries are called {each.path!r}")
            found[each.path] = each
    return found


def _other_dtype(
    path: str, name: str, stored: np.dtype[Any], shape: tuple[int, ...]
) -> tuple[np.dtype[Any] | None, tuple[int, ...]]:
    """The dtype and shape of a variable whose dtype the format does not have."""
    dtype = dtype_of_name(name)
    if dtype is None:
        return None, shape
    wanted = as_stored(np.empty((0,), dtype))
    if wanted is None or wanted[0] != stored.name or (wanted[1].ndim == 2 and shape[-1:] != (2,)):
        raise ValueError(f"{path!r} is kept as {stored}{list(shape)}, which cannot be {name}")
    return dtype, from_stored(dtype, shape)


def _names(
    facts: dict[str, Any], variables: dict[str, StoredVariable]
) -> tuple[dict[str, str], list[str], frozenset[str]]:
    """Aliases, frozen variables and those not to be trained, as far as they are there."""
    aliases = {alias: path for alias, path in facts["aliases"].items() if path in variables}
    if twice := aliases.keys() & variables.keys():
        raise ValueError(f"two of its entries are called {min(twice)!r}")
    frozen = [path for path in facts["frozen"] if path in variables]
    return aliases, frozen, frozenset(facts["not_trainable"])
