"""The order of nodes that run bodies and of those inside."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

from .v1_contexts import Place, split_input

__all__ = ["InOrder", "Region"]


class Region:
    """A branch's or loop's node, and the bodies that it runs."""

    def __init__(self, node: Any, within: frozenset[Place]) -> None:
        self.node = node
        self.within = within
        self.before: list[str] = []  # what has to be there besides its inputs
        self.waits: dict[str, None] = {}  # what its nodes wait for outside
        self.bodies: list[tuple[Any, list[str]]] = []  # the attribute, and the nodes inside


class InOrder:
    """The order of nodes: a body's all together, after what they take from outside."""

    def __init__(self, made: dict[str, Any], regions: dict[str, Region], owner: dict[str, str]) -> None:
        self._made = made
        self._regions = regions
        self._owner = owner
        self._done: dict[str, None] = {}

    def order(self) -> list[str]:
        """The names of all nodes."""
        inside = self._owner
        for name in [each for each in self._made if each not in inside] + list(self._made):
            self._emit(name)
        return list(self._done)

    def _emit(self, name: str) -> None:
        # A stack of names, and of bodies that begin; deep graphs are deeper than Python's own stack.
        waiting: list[Any] = [name]
        opened: set[str] = set()
        while waiting:
            current = waiting[-1]
            if not isinstance(current, str):
                waiting.pop()
                current()
                continue
            if current in self._done or current not in self._made:
                waiting.pop()
                continue
            region = self._regions.get(current)
            if current in opened:
                waiting.pop()
                self._done[current] = None
                continue
            opened.add(current)
            bodies: list[Any] = []
            for function, members in region.bodies if region is not None else ():
                begin, end = self._around(function)
                bodies += [begin, *members, end]
            waiting += [*reversed(bodies), *reversed(self._needs(current, region))]

    def _needs(self, name: str, region: Region | None) -> list[str]:
        sources = [split_input(each)[0] for each in self._made[name].input]
        needed = []
        for each in [*sources, *(region.before if region is not None else ())]:
            # Something outside that takes what is inside comes after the whole.
            top = each
            while top in self._owner and not self._is_inside(name, self._owner[top]):
                top = self._owner[top]
            needed += [each] if top == each else [top, each]
        return needed

    def _is_inside(self, name: str, region: str) -> bool:
        while name != region:
            if name not in self._owner:
                return False
            name = self._owner[name]
        return True

    def _around(self, function: Any) -> tuple[Callable[[], None], Callable[[], None]]:
        """What is called before the nodes of a body and after them: the first one is noted."""
        start = 0

        def begin() -> None:
            nonlocal start
            start = len(self._done)

        def end() -> None:
            made = list(islice(self._done, start, start + 1))
            function.attr["first"].s = (made[0] if made else "").encode()

        return begin, end
