"""Which part of a tree is shown in a given number of lines."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import Final, NamedTuple

from .outline import Facts, Node

__all__ = ["Left", "Shown", "excerpt"]

# How many children of one node are shown at most; tried from the first one on until all lines fit.
_WIDTHS: Final = (300, 100, 50, 24, 16, 12, 8, 6, 4)


class Left(NamedTuple):
    """What a line of dots stands for: siblings that are not shown."""

    siblings: int
    variables: int


class Shown:
    """A line: a node, and the lines beneath it.

    Attributes:
        name: The node's path, from the node of the line above.
        node: The node.
        lines: The lines beneath it.
        is_cut: Whether there are nodes beneath it of which none is shown.
    """

    __slots__ = ("is_cut", "lines", "name", "node")

    def __init__(self, name: str, node: Node) -> None:
        self.name = name
        self.node = node
        self.lines: list[Shown | Left] = []
        self.is_cut = False


def excerpt(root: Node, lines: int) -> Shown:
    """Chooses what to show of a tree: all of it, or the first nodes of each level and the last one.

    Looks at no more nodes than are shown, so it takes the same time for a tree of any size.

    Args:
        root: The tree.
        lines: How many lines there may be beneath the root.
    """
    for width in _WIDTHS:
        shown, is_whole = _cut(root, width, lines)
        if is_whole:
            break
    return shown


def _cut(root: Node, width: int, lines: int) -> tuple[Shown, bool]:
    """Shows at most so many children of a node, level by level, as long as there are lines left."""
    top = Shown("", root)
    waiting = deque([top])
    is_whole = True
    while waiting:
        shown = waiting.popleft()
        children = shown.node.children
        needed = min(len(children), width)
        if needed > lines:
            shown.is_cut, is_whole = True, False
            continue
        lines -= needed
        if len(children) <= width:
            shown.lines += [_line(*item) for item in children.items()]
        else:
            shown.lines += [_line(*item) for item in islice(children.items(), width - 2)]
            last = _line(*next(reversed(children.items())))
            seen = [*shown.lines, last]
            count = sum(
                each.node.count + bool(each.node.variable) for each in seen if isinstance(each, Shown)
            )
            shown.lines += [Left(len(children) - len(seen), shown.node.count - count), last]
        waiting.extend(each for each in shown.lines if isinstance(each, Shown) and each.node.children)
    return top, is_whole


def _line(name: str, child: Node | Facts) -> Shown:
    """The line of a node; a scope that has one child only is shown together with it."""
    parts = [name]
    while isinstance(child, Node) and child.variable is None and len(child.children) == 1:
        (part,) = child.children  # not items(): where memory ends, Python 3.11 ends the process in them
        child = child.children[part]
        parts.append(part)
    return Shown("/".join(parts), child if isinstance(child, Node) else Node(child))
