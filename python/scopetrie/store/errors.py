"""What a store raises of its own."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from ..similar import similar

__all__ = ["MissingVariableError", "missing", "scopes_of"]

_MOST_LOOKED_AT = 10_000


class MissingVariableError(KeyError, ValueError):
    """There is no variable of a path: a KeyError, as of mappings, and a ValueError, as TensorFlow 1 has it.

    >>> import scopetrie as st
    >>> store = st.Store()
    >>> w = store.get("tower/w", (2,))
    >>> store["tower/ww"]
    Traceback (most recent call last):
      ...
    scopetrie.store.errors.MissingVariableError: there is no variable 'tower/ww'; near to it are 'tower/w'
    """

    __str__ = Exception.__str__  # KeyError's would show the text as a literal


def scopes_of(paths: Iterable[str]) -> set[str]:
    """The scopes in which the variables of some paths are, and those above them."""
    found: set[str] = set()
    for path in islice(paths, _MOST_LOOKED_AT):
        while (path := path.rpartition("/")[0]) and path not in found:
            found.add(path)
    return found


def missing(path: object, paths: Iterable[str], what: str = "variable") -> MissingVariableError:
    """The error for a path of which there is no variable (or scope); it names the nearest of `paths`."""
    if not isinstance(path, str):
        return MissingVariableError(
            f"a {what}'s path is a str, not {type(path).__name__}: there is none for {path!r}"
        )
    near = similar(path, paths, cutoff=0.5)
    hint = f"; near to it are {', '.join(map(repr, near))}" if near else ""
    return MissingVariableError(f"there is no {what} {path!r}{hint}")
