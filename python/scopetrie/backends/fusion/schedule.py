"""Which kernels compute a trace: as few as its reductions and its shapes need.

A kernel computes all values of one shape that depend on equally many reductions and have something in
common. What it needs of others is computed again in each of its threads, unless it was stored already, or
takes long and is broadcast. Reductions are the library's; what they take is stored.

Invariants: a kernel reads a variable that it writes only at the element that it writes, and runs after all
others that read what the variable was.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple, TypeAlias

from .expressions import SLOW
from .rows import Rows, find_rows
from .trace import Node, Noted, NotTraceableError

# A kernel takes 4,096 bytes of arguments; so many pointers leave room for sizes.
_MOST_ROOTS: Final = 120
# So many slow functions are computed again for each element that they are broadcast to, rather than stored.
_MOST_SLOW: Final = 2


class Root(NamedTuple):
    """What a kernel stores.

    Attributes:
        node: The value.
        kind: "value" (a new array), "cell" (the memory of a variable) or "fault" (a flag that is set).
        at: Which variable or flag; -1 for a value.
    """

    node: Node
    kind: str
    at: int = -1


class Kernel:
    """A kernel: what it stores, and what it loads.

    Attributes:
        shape: The shape of all that it stores.
        level: How many reductions, one after the other, come before it.
        roots: What it stores.
        nodes: What it computes, in order.
        loads: What it loads, in order: inputs, views, and values that other kernels or reductions store.
    """

    __slots__ = ("level", "loads", "nodes", "roots", "shape")

    def __init__(self, level: int, shape: tuple[int, ...], roots: list[Root]) -> None:
        self.level = level
        self.shape = shape
        self.roots = roots
        self.nodes: list[Node] = []
        self.loads: list[Node] = []


Step: TypeAlias = Kernel | Node | Rows


class Schedule:
    """The steps that compute a trace.

    Args:
        outputs: The values that are wanted.
        writes: New values of variables, by their number.
        noted: Checks of values.
        strided: Inputs that are not in one piece.

    Attributes:
        waves: Steps that do not depend on each other, wave by wave: kernels, and reductions and views.
        faults: The nodes of flags, in the order of `noted`.
    """

    def __init__(
        self,
        outputs: Iterable[Node],
        writes: Mapping[int, Node],
        noted: Sequence[Noted] = (),
        strided: Collection[Node] = (),
    ) -> None:
        self._levels: dict[Node, int] = {}
        self._slow: dict[Node, int] = {}
        self._stored: set[Node] = set()
        self.faults = [_elements(each.flag) for each in noted]
        wanted = [*outputs, *(each.array for each in noted)]
        for each in wanted:
            if each.name == "cell":
                raise NotTraceableError("a variable's memory as a result")
        roots = [Root(each, "value") for each in wanted if _is_made(each)]
        roots += [Root(node, "cell", at) for at, node in writes.items()]
        roots += [Root(node, "fault", at) for at, node in enumerate(self.faults)]
        self._order = _sorted([root.node for root in roots] + [each for each in wanted if not _is_made(each)])
        self._rows = find_rows(self._order, set(wanted), strided)
        self._by_rows: set[Node] = set()
        if self._rows is not None:
            self._by_rows.update(self._rows.stores)
            roots = [each for each in roots if each.kind != "value" or each.node not in self._by_rows]
            ends = [*(root.node for root in roots), *(each for each in wanted if each not in self._by_rows)]
            self._order = _sorted(ends, self._by_rows.__contains__)
        self._find_levels()
        for each in self._order:
            if each in self._stored and not any(root.node is each for root in roots):
                roots.append(Root(each, "value"))
        self._stored.update(root.node for root in roots if root.kind == "value")
        self.waves = self._waves(self._kernels(roots))

    def _find_levels(self) -> None:
        for node in self._order:
            level, slow = 0, int(node.name in SLOW)
            if node in self._by_rows:
                self._levels[node], self._slow[node] = 1, 0
                continue
            for each in node.inputs:
                at = self._levels[each]
                if node.kind in ("reduce", "view"):
                    at += 1
                    if _is_made(each) and each not in self._by_rows:
                        self._stored.add(each)
                elif each.shape != node.shape and each.size > 1 and self._slow[each] > _MOST_SLOW:
                    self._stored.add(each)
                    at += 1
                level = max(level, at)
                slow = min(slow + self._slow[each], _MOST_SLOW + 1)
            self._levels[node] = level
            self._slow[node] = slow if node.kind in ("map", "cast") and node not in self._stored else 0

    def _kernels(self, roots: Iterable[Root]) -> list[Kernel]:
        """Returns a kernel for each set of results of one shape and level that have something in common."""
        found: dict[Any, list[Root]] = {}
        for root in dict.fromkeys(roots):
            found.setdefault((self._levels[root.node], root.node.shape), []).append(root)
        made = []
        for (level, shape), own in found.items():
            for part in _connected(own, partial(self._is_loaded, level)):
                made += [
                    Kernel(level, shape, part[first : first + _MOST_ROOTS])
                    for first in range(0, len(part), _MOST_ROOTS)
                ]
        for kernel in made:
            self._fill(kernel)
        return made

    def joined(self, kernels: Sequence[Kernel]) -> Kernel:
        """Returns a kernel that does the work of several, of one shape and in one wave."""
        made = Kernel(
            kernels[0].level, kernels[0].shape, [root for kernel in kernels for root in kernel.roots]
        )
        self._fill(made)
        return made

    def _is_loaded(self, level: int, node: Node) -> bool:
        """Whether a kernel of a level loads a value that another step has stored."""
        if node.kind in ("input", "view", "reduce") or node in self._by_rows:
            return True
        return node in self._stored and self._levels[node] < level

    def _fill(self, kernel: Kernel) -> None:
        """Finds what a kernel computes and what it loads."""
        is_loaded = partial(self._is_loaded, kernel.level)
        for node in _sorted([root.node for root in kernel.roots], is_loaded):
            (kernel.loads if is_loaded(node) else kernel.nodes).append(node)

    def _waves(self, kernels: Sequence[Kernel]) -> list[list[Step]]:
        steps: list[Step] = [
            each for each in self._order if each.kind in ("view", "reduce") and each not in self._by_rows
        ]
        steps += kernels
        makers: dict[Node, Step] = {each: each for each in steps if isinstance(each, Node)}
        if self._rows is not None:
            steps.append(self._rows)
            makers.update(dict.fromkeys(self._rows.stores, self._rows))
        readers: dict[int, list[Step]] = {}
        for kernel in kernels:
            for root in kernel.roots:
                if root.kind == "value":
                    makers[root.node] = kernel
        after: dict[int, list[Step]] = {}
        for step in steps:
            taken = step.inputs if isinstance(step, Node) else step.loads
            after[id(step)] = [makers[each] for each in taken if each in makers]
            for each in taken:
                if each.name == "cell":
                    readers.setdefault(each.value, []).append(step)
        for kernel in kernels:
            for root in kernel.roots:
                if root.kind == "cell":
                    others = [each for each in readers.get(root.at, ()) if each is not kernel]
                    after[id(kernel)] += others
        depths: dict[int, int] = {}
        for step in steps:
            _find_depth(step, after, depths)
        waves: list[list[Step]] = [[] for _ in range(max(depths.values(), default=-1) + 1)]
        for step in steps:
            waves[depths[id(step)]].append(step)
        return waves


def _connected(roots: Sequence[Root], is_loaded: Callable[[Node], bool]) -> list[list[Root]]:
    """Returns results in sets that have a value in common, numbers aside."""
    parts: list[list[Root]] = []
    owner: dict[Node, int] = {}
    for root in roots:
        seen = [node for node in _sorted([root.node], is_loaded) if node.size > 1 and node.kind != "const"]
        met = sorted({owner[node] for node in seen if node in owner})
        at = met[0] if met else len(parts)
        if not met:
            parts.append([])
        parts[at].append(root)
        for other in met[1:]:
            parts[at] += parts[other]
            parts[other] = []
            owner.update({node: at for node, own in owner.items() if own == other})
        owner.update(dict.fromkeys(seen, at))
    return [part for part in parts if part]


def _find_depth(first: Any, after: Mapping[int, Sequence[Any]], depths: dict[int, int]) -> None:
    stack, open_ = [first], set()
    while stack:
        step = stack[-1]
        if id(step) in depths:
            stack.pop()
            continue
        left = [each for each in after[id(step)] if id(each) not in depths]
        if left:
            if id(step) in open_:
                raise NotTraceableError("variables whose updates need each other's values")
            open_.add(id(step))
            stack += left
            continue
        depths[id(step)] = 1 + max((depths[id(each)] for each in after[id(step)]), default=-1)
        stack.pop()


def _is_made(node: Node) -> bool:
    """Whether a value as a result has to be stored by a kernel."""
    return node.kind in ("map", "cast", "const") or node.name == "number"


def _elements(flag: Node) -> Node:
    if flag.kind != "reduce" or flag.name != "any" or flag.shape:
        raise NotTraceableError("a check that is no test of elements")
    return flag.inputs[0]


def _sorted(nodes: Iterable[Node], is_leaf: Any = None) -> list[Node]:
    """Returns nodes and what they are computed of, each after what it needs."""
    done: dict[Node, None] = {}
    for first in nodes:
        stack = [first]
        while stack:
            node = stack[-1]
            if node in done:
                stack.pop()
                continue
            left = (
                []
                if is_leaf is not None and is_leaf(node)
                else [each for each in node.inputs if each not in done]
            )
            if left:
                stack += reversed(left)
            else:
                done[node] = None
                stack.pop()
    return list(done)
