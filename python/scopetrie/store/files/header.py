"""Reading the headers of files of safetensors."""

from __future__ import annotations

import json
import math
import mmap
import os
import re
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from .dtypes import NAMES, as_stored, dtype_of_name, from_stored
from .keys import OURS, keys_of, library
from .stored_file import StoredFile, StoredVariable

__all__ = ["read_header"]

_NUMBER: Final = re.compile(r"\d+")


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
    package = library(call)
    name = os.fsdecode(name)
    try:
        while True:
            with open(name, "rb") as file:
                access = mmap.ACCESS_COPY if private else mmap.ACCESS_READ
                content = mmap.mmap(file.fileno(), 0, access=access)
                # The library checks that the header is right and the data complete, without gaps or overlaps.
                with package.safe_open(name, framework="numpy") as opened:
                    stat = os.fstat(file.fileno())
                    if not os.path.samestat(stat, os.stat(name)):
                        continue  # a writer has replaced the file between the two
                    facts = _facts(opened.metadata() or {})
                    variables = _variables(opened, facts, content)
            return StoredFile(name, variables, *_names(facts, variables), content, stat)
    except (
        package.SafetensorError,
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
    given = json.loads(metadata.get(OURS, "{}"))
    if given.get("version", 1) != 1:
        raise ValueError(f"it is of a later version of scopetrie, {given['version']!r}")
    for name, default in facts.items():
        value = given.get(name, default)
        if type(value) is not type(default):
            raise ValueError(f"its {name!r} is a {type(value).__name__}")
        facts[name] = value
    return facts


def _variables(opened: Any, facts: dict[str, Any], content: mmap.mmap) -> dict[str, StoredVariable]:
    """What is in a file that the library has opened: our paths in their order, then the other keys."""
    found: dict[str, StoredVariable] = {}
    kinds: dict[Any, tuple[str, np.dtype[Any] | None, tuple[int, ...], int]] = {}  # many have the same
    separator, dtypes = facts["separator"], facts["dtypes"]
    paths = keys_of(facts["paths"], separator)
    new, piece = tuple.__new__, opened.get_slice
    begin = 8 + int.from_bytes(content[:8], "little")
    for key in opened.offset_keys():  # in the order of their elements, which follow one another
        entry = piece(key)
        code, shape = entry.get_dtype(), tuple(entry.get_shape())
        kind = kinds.get((code, shape))
        if kind is None:
            kind = kinds[code, shape] = *_dtype_of_code(code), shape, _bits(code) * math.prod(shape) // 8
        name, dtype, shape, nbytes = kind
        path = paths.get(key)
        if path is None:
            path = key.replace(separator if separator else "/", "/")
        if path in found:
            raise ValueError(f"two of its entries are called {path!r}")
        if path in dtypes and dtype is not None:
            name = dtypes[path]
            dtype, shape = _other_dtype(path, name, dtype, shape)
        # The class itself takes twice as long.
        found[path] = new(StoredVariable, (path, name, dtype, shape, begin, nbytes, None))
        begin += nbytes
    if begin != len(content):
        raise ValueError(f"its elements end at {begin:,} of {len(content):,} bytes")
    ordered = {path: found[path] for path in paths.values() if path in found}  # others may have left out some
    variables = ordered if len(ordered) == len(found) else ordered | found
    return _with_parts(variables, facts["slices"]) if facts["slices"] else variables


def _dtype_of_code(code: str) -> tuple[str, np.dtype[Any] | None]:
    """The name and the dtype of the format's code; the code and None if NumPy has no such dtype."""
    name = NAMES.get(code)
    return (code, None) if name is None else (name, dtype_of_name(name))


def _bits(code: str) -> int:
    """How many bits an element takes: the first number in the code."""
    number = _NUMBER.search(code)
    return 8 if number is None else int(number[0])  # BOOL


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
