"""A tree as HTML for notebooks: `_repr_html_`."""

from __future__ import annotations

from html import escape
from typing import Final

from .excerpt import Left, Shown, excerpt
from .outline import Outline
from .words import columns, header

__all__ = ["html"]

_LINES: Final = 1000
_OPEN: Final = 20  # a node with more lines than that beneath it is closed at first
_STYLE: Final = "font-family:monospace;line-height:1.5"
_BENEATH: Final = "margin-left:1.5em"
_FAINT: Final = "opacity:0.65;margin-left:1em"


def html(outline: Outline) -> str:
    """Returns nested <details>, which open and close by a click; all text is escaped."""
    shown = excerpt(outline.root, _LINES)
    lines = "".join(_line(line, depth=1) for line in shown.lines)
    title = escape(header(outline))
    return f'<div style="{_STYLE}"><details open><summary>{title}</summary>{lines}</details></div>'


def _line(line: Shown | Left, depth: int) -> str:
    name, *rest = (escape(each) for each in columns(line))
    said = "".join(f'<span style="{_FAINT}">{each}</span>' for each in rest if each)
    if isinstance(line, Left) or not line.lines:
        return f'<div style="{_BENEATH}">{name}{said}</div>'
    is_open = " open" if depth < 3 and len(line.lines) <= _OPEN else ""
    beneath = "".join(_line(each, depth + 1) for each in line.lines)
    return f'<details style="{_BENEATH}"{is_open}><summary>{name}{said}</summary>{beneath}</details>'
