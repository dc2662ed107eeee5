"""The names of variables in files of safetensors, and what else is in the header of ours.

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

from collections.abc import Iterable
from importlib import import_module
from typing import Any, Final

__all__ = ["OURS", "keys_of", "library"]

OURS: Final = "scopetrie"
_RESERVED: Final = "__metadata__"


def library(call: str) -> Any:
    """Returns the package that reads and writes such files.

    Args:
        call: The public function, for errors.

    Raises:
        ImportError: If it is not installed.
    """
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
    named = list(paths)
    # All at once; a path with "\0" in it makes another number of them.
    keys = "\0".join(named).replace("/", separator).split("\0")
    if len(keys) != len(named):
        keys = [path.replace("/", separator) for path in named]
    found = dict(zip(keys, named, strict=True))
    if len(found) < len(named):
        seen: dict[str, str] = {}
        for key, path in zip(keys, named, strict=True):
            if key in seen:
                raise ValueError(
                    f"{seen[key]!r} and {path!r} would both have the key {key!r}: "
                    "rename one, or give another separator="
                )
            seen[key] = path
    if _RESERVED in found:
        raise ValueError(f"no variable in a file can have the key {_RESERVED!r}: rename {found[_RESERVED]!r}")
    return found
