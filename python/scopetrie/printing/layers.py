"""A layered drawing of a small graph: which box stands where.

Boxes stand in rows, so that edges point down. The order within a row is the mean of where the boxes above
stand (the barycenter method of Sugiyama, Tagawa and Toda, 1981). Libraries for it either need a program
outside Python (graphviz) or are no longer kept (grandalf), and a picture of a scope is small.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

__all__ = ["Box", "Drawing", "draw"]

HEIGHT: Final = 34  # of a box, in pixels, as all numbers here
_BETWEEN_ROWS: Final = 34
_BETWEEN_BOXES: Final = 16
_MARGIN: Final = 8
_SWEEPS: Final = 4
_WIDEST: Final = 1400  # a row that is wider is broken into several


class Box(NamedTuple):
    """Where a box stands: its left upper corner, and its width."""

    x: float
    y: float
    width: float


class Drawing(NamedTuple):
    """A drawing: the boxes in the order in which they were given, and the size of the whole."""

    boxes: list[Box]
    width: float
    height: float


def draw(widths: Sequence[float], edges: Mapping[tuple[int, int], int]) -> Drawing:
    """Returns where boxes stand.

    Args:
        widths: The widths of the boxes, in an order in which most edges go forwards.
        edges: Pairs of boxes, with how many edges there are.

    >>> drawing = draw([50, 60, 70], {(0, 1): 1, (0, 2): 1})
    >>> drawing.boxes[0].y < drawing.boxes[1].y == drawing.boxes[2].y
    True
    """
    above: list[list[int]] = [[] for _ in widths]
    for source, target in edges:
        if source < target:  # what goes back does not decide where boxes stand
            above[target].append(source)
    rows = _rows(widths, above)
    _order(rows, above)
    totals = [sum(widths[each] for each in row) + _BETWEEN_BOXES * (len(row) - 1) for row in rows]
    widest = max(totals, default=0)
    boxes = [Box(0, 0, 0)] * len(widths)
    for at, (row, total) in enumerate(zip(rows, totals, strict=True)):
        x = _MARGIN + (widest - total) / 2
        for each in row:
            boxes[each] = Box(x, _MARGIN + at * (HEIGHT + _BETWEEN_ROWS), widths[each])
            x += widths[each] + _BETWEEN_BOXES
    height = len(rows) * (HEIGHT + _BETWEEN_ROWS) - _BETWEEN_ROWS + 2 * _MARGIN
    return Drawing(boxes, widest + 2 * _MARGIN, height)


def _rows(widths: Sequence[float], above: Sequence[Sequence[int]]) -> list[list[int]]:
    """The rows: each box beneath all boxes that point to it; a row that is too wide is broken."""
    depths: list[int] = []
    for sources in above:
        depths.append(max((depths[each] + 1 for each in sources), default=0))
    layers: list[list[int]] = [[] for _ in range(max(depths, default=-1) + 1)]
    for each, depth in enumerate(depths):
        layers[depth].append(each)
    rows: list[list[int]] = []
    for layer in layers:
        row: list[int] = []
        width = 0.0
        for each in layer:
            if row and width + widths[each] > _WIDEST:
                rows.append(row)
                row, width = [], 0.0
            row.append(each)
            width += widths[each] + _BETWEEN_BOXES
        rows.append(row)
    return rows


def _order(rows: list[list[int]], above: Sequence[Sequence[int]]) -> None:
    """Sorts the boxes of each row by where the ones stand that they are joined with."""
    beneath: list[list[int]] = [[] for _ in above]
    for target, sources in enumerate(above):
        for source in sources:
            beneath[source].append(target)
    place = {each: at / len(row) for row in rows for at, each in enumerate(row)}

    def mean(each: int, joined: Sequence[Sequence[int]]) -> float:
        others = joined[each]
        return sum(place[other] for other in others) / len(others) if others else place[each]

    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        for row in rows if down else reversed(rows):
            row.sort(key=lambda each: mean(each, above if down else beneath))
            for at, each in enumerate(row):
                place[each] = at / len(row)
