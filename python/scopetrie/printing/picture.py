"""A picture of nested scopes, as `Graph.show()` gives it: SVG, in HTML that opens and closes by itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Final, NamedTuple

from .layers import HEIGHT, Box, draw

__all__ = ["Item", "Level", "Picture"]

_LETTER: Final = 7.3  # the width of a letter, in pixels
_LONGEST: Final = 30  # letters of a name that are shown
_OPEN: Final = 2  # levels are open at first
_STYLE: Final = """
.stp{font:13px/1.5 system-ui,sans-serif;color:inherit}
.stp details{margin:2px 0 2px 14px;border-left:1px solid #8886;padding-left:8px}
.stp summary{cursor:pointer;font-family:ui-monospace,monospace}
.stp summary i{opacity:.65;font-style:normal;margin-left:1em}
.stp div{overflow-x:auto}
.stp svg{display:block;font:12px ui-monospace,monospace}
.stp text{fill:currentColor;text-anchor:middle}
.stp .n{font-size:10px;opacity:.65}
.stp rect{stroke:#8889;fill:#8882}
.stp .scope rect{fill:#4a90d955}
.stp .variable rect{fill:#e8a33d55}
.stp .outside rect,.stp .more rect{fill:none;stroke-dasharray:4 3}
.stp path{fill:none;stroke:currentColor;opacity:.45}
.stp path.back{stroke-dasharray:4 3}
""".strip()
# What a file of one picture needs besides, since it is in no page.
_ALONE: Final = _STYLE.replace(".stp svg", "svg").replace(".stp ", "").replace("currentColor", "#888")


class Item(NamedTuple):
    """A box.

    Attributes:
        name: What is written in it.
        kind: "scope", "variable", "op", "outside" or "more".
        note: What is written beneath: the op's type, the shape, how many operations there are.
        level: The number of the level that the scope opens, or None.
    """

    name: str
    kind: str
    note: str
    level: int | None = None


class Level(NamedTuple):
    """What is right beneath a scope.

    Attributes:
        path: The scope; "" is all.
        facts: What is said of it.
        items: The boxes, in the order of creation.
        edges: How many tensors go from a box to another one.
        children: The numbers of the levels beneath it.
    """

    path: str
    facts: str
    items: list[Item]
    edges: dict[tuple[int, int], int]
    children: list[int]


class Picture:
    """A picture of a graph's scopes, made by `Graph.show`. Notebooks show it by themselves.

    Args:
        title: What is shown.
        levels: The scopes that can be opened; the first one is the whole.
    """

    def __init__(self, title: str, levels: list[Level]) -> None:
        self._title = title
        self._levels = levels

    def __repr__(self) -> str:
        what = f"{self._title}, {self._levels[0].facts}"
        return f"<Picture of {what}: save('graph.html') writes it, and a notebook shows it>"

    def _repr_html_(self) -> str:
        """Returns the picture as a part of a page, for notebooks."""
        return f'<div class="stp"><style>{_STYLE}</style>{self._opened(0, 0)}</div>'

    def html(self) -> str:
        """Returns the picture as a page of its own: SVG and CSS, no script, nothing from elsewhere."""
        title = escape(self._title)
        return (
            f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            "<style>:root{color-scheme:light dark}</style></head><body>"
            f"{self._repr_html_()}</body></html>\n"
        )

    def svg(self, scope: str = "") -> str:
        """Returns what is right beneath a scope as an SVG image.

        Args:
            scope: The path of the scope.

        Raises:
            KeyError: If the picture has no scope of that path.
        """
        for level in self._levels:
            if level.path == scope:
                return _svg(level, f"<style>{_ALONE}</style>")
        raise KeyError(f"Picture.svg: there is no scope {scope!r} in the picture of {self._title}")

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the picture to a file.

        Args:
            path: The file: `.html` for all scopes, which open and close; `.svg` for the first level as an
                image.

        Raises:
            ValueError: If the file's name ends otherwise.
            OSError: If the file cannot be written.
        """
        file = Path(path)
        if file.suffix not in (".html", ".svg"):
            raise ValueError(f"Picture.save: the file's name ends in .html or .svg, not {file.name!r}")
        text = self.html() if file.suffix == ".html" else self.svg(self._levels[0].path)
        file.write_text(text, encoding="utf-8")

    def _opened(self, number: int, depth: int) -> str:
        level = self._levels[number]
        name = escape(level.path if depth == 0 else level.path.rpartition("/")[2]) or escape(self._title)
        is_open = " open" if depth < _OPEN else ""
        beneath = "".join(self._opened(each, depth + 1) for each in level.children)
        return (
            f"<details{is_open}><summary>{name}<i>{escape(level.facts)}</i></summary>"
            f"<div>{_svg(level)}</div>{beneath}</details>"
        )


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"


def _svg(level: Level, more: str = "") -> str:
    widths = [
        max(len(_short(each.name)), len(_short(each.note)) * 0.85, 3) * _LETTER + 14 for each in level.items
    ]
    drawing = draw(widths, level.edges)
    size = f'width="{drawing.width:.0f}" height="{drawing.height:.0f}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{more}'
        f"{''.join(_edges(level, drawing.boxes))}{''.join(_boxes(level, drawing.boxes))}</svg>"
    )


def _boxes(level: Level, boxes: list[Box]) -> Iterator[str]:
    for item, box in zip(level.items, boxes, strict=True):
        middle = box.x + box.width / 2
        note = f'<text class="n" x="{middle:.0f}" y="{box.y + 28:.0f}">{escape(_short(item.note))}</text>'
        yield (
            f'<g class="{item.kind}"><title>{escape(f"{item.name} {item.note}".strip())}</title>'
            f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{box.width:.0f}" height="{HEIGHT}" '
            f'rx="{15 if item.kind == "variable" else 4}"/>'
            f'<text x="{middle:.0f}" y="{box.y + (15 if item.note else 21):.0f}">{escape(_short(item.name))}'
            f"</text>{note if item.note else ''}</g>"
        )


def _edges(level: Level, boxes: list[Box]) -> Iterator[str]:
    for (source, target), count in level.edges.items():
        start, end = boxes[source], boxes[target]
        back = end.y <= start.y
        x1, x2 = start.x + start.width / 2, end.x + end.width / 2
        y1, y2 = (start.y, end.y + HEIGHT) if back and end.y < start.y else (start.y + HEIGHT, end.y)
        bend = (y1 + y2) / 2
        style = ' class="back"' if back else ""
        curve = f"M{x1:.0f} {y1:.0f}C{x1:.0f} {bend:.0f} {x2:.0f} {bend:.0f} {x2:.0f} {y2:.0f}"
        yield f'<path{style} d="{curve}"/>'
        if count > 1:
            x, y = (x1 + x2) / 2, bend + 3
            yield f'<text class="n" x="{x:.0f}" y="{y:.0f}">\N{MULTIPLICATION SIGN}{count}</text>'
