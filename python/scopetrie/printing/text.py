"""A tree as aligned plain text: `print(x)`."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final, TypeAlias

from .excerpt import Left, Shown, excerpt
from .outline import Outline
from .words import columns, header

__all__ = ["Row", "aligned", "text"]

Row: TypeAlias = tuple[str, str, str, str]  # a name, and what is said of it

_LINES: Final = 36  # beneath the first one
_INDENT: Final = "  "  # no box drawing: not every terminal and log file can show it


def text(outline: Outline) -> str:
    """Returns fewer than 40 lines: the totals, then a line for each path, indented and in columns.

    >>> from scopetrie.printing.outline import Outline, facts_of, grow
    >>> rows = [("a/w", facts_of("float32", 4, (4, 3))), ("a/b", facts_of("int8", 1, (3,), "not trainable"))]
    >>> print(text(Outline("Store", (), grow(rows))))
    Store: 2 variables, 15 elements, 51 B
      a/   2 variables    51 B
        w  float32[4, 3]  48 B
        b  int8[3]         3 B  not trainable
    """
    rows: list[Row] = []

    def add(line: Shown | Left, depth: int) -> None:
        name, said, nbytes, notes = columns(line)
        rows.append((_INDENT * depth + name, said, nbytes, notes))
        if isinstance(line, Shown):
            for each in line.lines:
                add(each, depth + 1)

    for line in excerpt(outline.root, _LINES).lines:
        add(line, 1)
    return "\n".join([header(outline), *aligned(rows)])


def aligned(rows: Sequence[Row]) -> list[str]:
    """Returns lines of rows in columns; the third one, of numbers, is aligned to the right.

    >>> aligned([("w", "int8[300]", "300 B", ""), ("bias", "int8[3]", "3 B", "lazy")])
    ['w     int8[300]  300 B', 'bias  int8[3]      3 B  lazy']
    """
    # A row that has its first column only is a title.
    widths = [max((_width(row[at]) for row in rows if any(row[1:])), default=0) for at in range(3)]
    made = []
    for name, said, nbytes, notes in rows:
        left = f"{_filled(name, widths[0])}  {_filled(said, widths[1])}"
        made.append(f"{left}  {nbytes.rjust(widths[2])}  {notes}".rstrip())
    return made


def _width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(
        2 if unicodedata.east_asian_width(each) in "WF" else not unicodedata.combining(each) for each in text
    )


def _filled(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
