"""What a name that was not found may have meant.

Example:
    >>> similar("kernal", ["bias", "kernel"])
    ['kernel']
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Final

__all__ = ["similar"]

_MOST_COMPARED: Final = 10_000  # comparing takes some ten microseconds each


def similar(name: str, names: Iterable[str], cutoff: float = 0.6) -> list[str]:
    """Returns up to three of the names that are like a name, the most alike first.

    Args:
        name: The name.
        names: Those that are there; the first 10,000 are compared.
        cutoff: How alike they are at least, from 0 to 1; `difflib` says what that means.
    """
    import difflib  # it is slow to import, and only errors need it

    return difflib.get_close_matches(name, islice(names, _MOST_COMPARED), cutoff=cutoff)
