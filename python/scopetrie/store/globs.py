"""Patterns of paths: `*` is one part of a path or a piece of one, `**` any number of parts."""

from __future__ import annotations

import functools
import re

__all__ = ["Glob", "glob"]

_WILD = re.compile(r"\*+")


class Glob:
    """A pattern, compiled.

    Attributes:
        pattern: The pattern.
        place: The scope beneath which all that matches is.
        wildcards: How many there are.
    """

    __slots__ = ("_match", "_texts", "pattern", "place", "wildcards")

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        parts = pattern.split("/")
        first_wild = next((at for at, part in enumerate(parts) if "*" in part), len(parts) - 1)
        self.place = "/".join(parts[:first_wild])
        self._texts = _WILD.split(pattern)
        self.wildcards = len(self._texts) - 1
        self._match = re.compile("".join(_expressions(parts)), re.DOTALL).fullmatch

    def match(self, path: str) -> tuple[str, ...] | None:
        """Returns what the wildcards stand for in a path, or None if the pattern does not match it.

        >>> Glob("encoder/*/w").match("encoder/layer_1/w"), Glob("**/w").match("w"), Glob("*").match("a/b")
        (('layer_1',), ('',), None)
        """
        found = self._match(path)
        return None if found is None else tuple(each or "" for each in found.groups())

    def fill(self, captured: tuple[str, ...]) -> str:
        """Returns the pattern with something in place of its wildcards, in order.

        Where a `**` stands for nothing, the slash next to it goes, too.

        >>> Glob("tower/*").fill(("w",)), Glob("tower/**/w").fill(("",))
        ('tower/w', 'tower/w')
        """
        made = self._texts[0]
        for value, text in zip(captured, self._texts[1:], strict=False):
            is_empty = not value and (not made or made.endswith("/"))
            made += value + (text[1:] if is_empty and text.startswith("/") else text)
            if is_empty and not text:
                made = made[:-1]
        return made


def _expressions(parts: list[str]) -> list[str]:
    """The regular expressions of a path's parts and of the slashes between them."""
    made: list[str] = []
    for at, part in enumerate(parts):
        is_last = at == len(parts) - 1
        if part == "**":
            made.append("(.+)" if is_last else "(?:(.+)/)?")
            continue
        if part == "*":
            made.append("([^/]+)")
        else:
            made += ["([^/]*)".join(map(re.escape, _WILD.split(part)))]
        if not is_last:
            made.append("/")
    return made


@functools.lru_cache(maxsize=256)
def glob(pattern: str) -> Glob:
    """Returns a pattern, compiled once.

    Raises:
        ValueError: If `**` is not a whole part of it.
    """
    for part in pattern.split("/"):
        if "**" in part and part != "**":
            raise ValueError(f"{pattern!r}: `**` stands for whole parts of a path: write it between slashes")
    return Glob(pattern)
