"""Where a variable was made, and who took the names before its own."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from .. import _core
from ..printing import name_text
from .errors import missing

__all__ = ["Place", "Why", "place_of", "why"]

_NUMBERED: Final = re.compile(r"(.+?)_([1-9][0-9]*)")
_MOST_TAKEN: Final = 20  # names that are listed


class Place(NamedTuple):
    """The line of a program that made a variable.

    Attributes:
        path: The variable's path.
        file: The file, or "" if the line is not known.
        line: The number of the line, or 0.
        function: The function, or "".
    """

    path: str
    file: str
    line: int
    function: str

    def __str__(self) -> str:
        if not self.file:
            return f"{name_text(self.path)}, made nobody knows where"
        return f"{name_text(self.path)}, made at {self.file}:{self.line}, in {self.function}"


class Why(NamedTuple):
    """What `Store.why` gives.

    Attributes:
        path: The path that was asked for.
        place: Where its variable was made; of a scope, its first one.
        taken: The names that were taken before the path's own was made by numbering: for "layer_2/w" these
            are "layer" and "layer_1", each with the place of the first variable that has it.
    """

    path: str
    place: Place
    taken: dict[str, Place]

    def __str__(self) -> str:
        lines = [str(self.place).replace(", made", ": made", 1)]
        lines += [f"  {name_text(name)} was taken by {place}" for name, place in self.taken.items()]
        return "\n".join(lines)


def place_of(variable: Any) -> Place:
    """Returns where a variable was made."""
    file, line, function = variable._site or ("", 0, "")
    return Place(variable.path, file, line, function)


def why(store: _core.Store, path: str) -> Why:
    """See `Store.why`."""
    found = _first(store, path)
    if found is None:
        raise missing(path, store)
    taken: dict[str, Place] = {}
    parts = path.split("/")
    for depth, part in enumerate(parts):
        numbered = _NUMBERED.fullmatch(part)
        if numbered is None:
            continue
        scope = "".join(f"{each}/" for each in parts[:depth])
        base, number = numbered[1], int(numbered[2])
        for before in range(min(number, _MOST_TAKEN)):
            name = f"{scope}{base}" + (f"_{before}" if before else "")
            first = _first(store, name)
            if first is not None:
                taken[name] = place_of(first)
    return Why(path, place_of(found), taken)


def _first(store: _core.Store, path: str) -> Any:
    """The variable of a path, or the first one beneath it."""
    if not isinstance(path, str):
        return None
    found = store._find(path)
    return found if found is not None or not path else next(iter(store._variables(path)), None)
