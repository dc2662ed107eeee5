"""What a program gives several of: each has to be of one type."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

__all__ = ["all_of"]


def all_of(given: Iterable[Any] | None, kind: type, words: str) -> tuple[Any, ...]:
    """What is given, or nothing for None.

    Args:
        given: What is given.
        kind: The type.
        words: What an error says before the first that is of another one.

    Raises:
        TypeError: If there is such a one.
    """
    found = tuple(given or ())
    for each in found:
        if not isinstance(each, kind):
            raise TypeError(f"{words}{each}")
    return found
