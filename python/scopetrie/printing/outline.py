"""What is printed of a graph, a scope, a session or a store: its variables as a tree, with totals.

Cost: one pass over the variables, one to two microseconds for each; nothing is worded that is not shown.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

__all__ = ["Facts", "Node", "Outline", "facts_of", "grow"]


class Facts(NamedTuple):
    """What is said of one variable.

    Attributes:
        dtype: The dtype's name.
        shape: The sizes, None for one that is not known; None where not even the rank is.
        elements: The number of elements, or None.
        nbytes: The bytes that they take, or None.
        notes: What is not ordinary, e.g. "not trainable".
    """

    dtype: str
    shape: Sequence[int | None] | None
    elements: int | None
    nbytes: int | None
    notes: str


def facts_of(dtype: str, itemsize: int, shape: Sequence[int | None] | None, *notes: str) -> Facts:
    """Returns the facts of a variable.

    Args:
        dtype: The dtype's name.
        itemsize: Bytes of an element; 0 where they vary.
        shape: The sizes.
        *notes: What is not ordinary; empty ones are left out.

    >>> facts_of("float32", 4, (2, 3), "not trainable", "")
    Facts(dtype='float32', shape=(2, 3), elements=6, nbytes=24, notes='not trainable')
    """
    known = [] if shape is None else [size for size in shape if size is not None]
    elements = math.prod(known) if shape is not None and len(known) == len(shape) else None
    nbytes = None if elements is None or not itemsize else elements * itemsize
    return Facts(dtype, shape, elements, nbytes, ", ".join(filter(None, notes)))


class Node:
    """A path: a variable, a scope with variables beneath it, or both.

    Attributes:
        variable: The variable's facts, or None.
        children: What is right beneath it, by the last part of the path, in creation order: a node, or the
            facts of a variable that has nothing beneath it.
        count: How many variables are beneath it, at any depth. The node itself does not count.
        elements: How many elements these have, as far as it is known.
        nbytes: The bytes that they take, as far as it is known.
        unknown: How many of them have no known number of bytes.
    """

    __slots__ = ("children", "count", "elements", "nbytes", "unknown", "variable")

    def __init__(self, variable: Facts | None = None) -> None:
        self.variable = variable
        self.children: dict[str, Node | Facts] = {}
        self.count = self.elements = self.nbytes = self.unknown = 0

    def add(self, facts: Facts) -> None:
        """Counts a variable beneath the node."""
        self.count += 1
        self.elements += facts.elements or 0
        self.nbytes += facts.nbytes or 0
        self.unknown += facts.nbytes is None

    def add_all(self, other: Node) -> None:
        """Counts what is beneath another node."""
        self.count += other.count
        self.elements += other.elements
        self.nbytes += other.nbytes
        self.unknown += other.unknown


class Outline(NamedTuple):
    """What the forms of output print.

    Attributes:
        title: What is printed, e.g. "Graph".
        facts: What is said of it before the totals, e.g. "12 operations".
        root: The tree.
    """

    title: str
    facts: tuple[str, ...]
    root: Node


def grow(rows: Iterable[tuple[str, Facts]]) -> Node:
    """Returns the tree of variables given with their paths, in creation order.

    >>> root = grow([("a/w", facts_of("int8", 1, [3])), ("a/b/w", facts_of("int8", 1, [5]))])
    >>> root.count, root.nbytes, root.children["a"].count
    (2, 8, 2)
    """
    root = Node()
    scopes: dict[str | None, Node] = {None: root}
    made: list[tuple[Node, Node]] = []  # nodes with their parents; a parent comes first

    def below(parent: Node, part: str) -> Node:
        child = parent.children.get(part)
        if not isinstance(child, Node):
            child = parent.children[part] = Node(child)
            made.append((child, parent))
        return child

    for path, facts in rows:
        place, slash, name = path.rpartition("/")
        key = place if slash else None
        scope = scopes.get(key)
        if scope is None:
            scope = root
            for part in place.split("/"):
                scope = below(scope, part)
            scopes[key] = scope
        known = scope.children.get(name)
        if isinstance(known, Node):
            known.variable = facts
        else:
            scope.children[name] = facts
        scope.add(facts)
    for child, parent in reversed(made):
        parent.add_all(child)
    return root
