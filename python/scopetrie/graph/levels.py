"""A graph's scopes, what is in each, and how many tensors go from one to another: what `Graph.show` draws.

Cost: one pass over the operations and one over their inputs. What is drawn is limited, whatever the graph's
size: of the rest only numbers are shown.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Final

from ..printing import facts_of, plural, type_text
from ..printing.picture import Item, Level

__all__ = ["levels_of"]

_ITEMS: Final = 40  # of one scope
_BOXES: Final = 1500  # of all scopes together
_HIDDEN: Final = frozenset({"Const"})


class _Scope:
    """A scope, and the boxes that are drawn of it.

    Attributes:
        path: Its path.
        parent: The scope around it, or None.
        depth: How many scopes are around it.
        scopes: The scopes right beneath it, by the last part of their paths.
        operations: Some of the operations right beneath it, by number.
        order: The scopes and the numbers of the operations right beneath it, as they were made.
        count: How many operations are beneath it, at any depth.
        hidden: How many constants are right beneath it.
        drawn: How many of those that are no constants.
        variable: The operation of its own name, if it is a variable's.
        items: The boxes.
        boxes: The places of scopes, operations, "in" and "out" among them; None where nothing is drawn.
        rest: The place of the box that stands for all others, or None.
        edges: How many tensors go from a box to another one.
    """

    __slots__ = (
        "boxes", "count", "depth", "drawn", "edges", "hidden", "items", "operations", "order", "parent",
        "path", "rest", "scopes", "variable",
    )  # fmt: skip

    def __init__(self, path: str, parent: _Scope | None) -> None:
        self.path = path
        self.parent = parent
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.scopes: dict[str, _Scope] = {}
        self.operations: dict[int, Any] = {}
        self.order: list[Any] = []  # scopes and numbers of operations, as they were made
        self.count = self.drawn = 0
        self.hidden = 0
        self.variable: Any = None
        self.boxes: dict[Any, int] | None = None
        self.items: list[Item] = []
        self.rest: int | None = None
        self.edges: dict[tuple[int, int], int] = {}


def levels_of(graph: Any, scope: str) -> list[Level]:
    """Returns the levels of a picture, the first one of which is the scope.

    Args:
        graph: The graph.
        scope: The path of the scope; "" is all.

    Raises:
        KeyError: If the graph has no scope of that path.
    """
    root, homes = _scopes(graph)
    top: _Scope | None = root
    for part in scope.split("/") if scope else ():
        top = None if top is None else top.scopes.get(part)
    if top is None:
        raise KeyError(f"Graph.show: the graph has no scope {scope!r}")
    chosen = _choose(top)
    _join(graph, homes, top)
    numbers = {id(each): at for at, each in enumerate(chosen)}
    return [_level(each, numbers) for each in chosen]


def _scopes(graph: Any) -> tuple[_Scope, list[_Scope | None]]:
    """The scopes of a graph, and that of each operation, by number; None for one that is never drawn."""
    root = _Scope("", None)
    known = {"": root}

    def scope_of(path: str) -> _Scope:
        found = known.get(path)
        if found is None:
            place, _, name = path.rpartition("/")
            parent = scope_of(place)
            found = known[path] = parent.scopes[name] = _Scope(path, parent)
            parent.order.append(found)
        return found

    homes: list[_Scope | None] = []
    for op in graph.get_operations():
        name, kind = op.name, op.type
        is_variable = kind == "VariableV2"  # with its initial value and reads, it is one box
        home = scope_of(name if is_variable else name.rpartition("/")[0])
        home.count += 1
        home.drawn += kind not in _HIDDEN
        homes.append(None if kind in _HIDDEN else home)
        if is_variable:
            home.variable = op
        elif kind in _HIDDEN:
            home.hidden += 1
        else:
            home.order.append(op._id)
            if len(home.operations) < _ITEMS:
                home.operations[op._id] = op
    for each in reversed(known.values()):  # a scope comes after the one around it
        if each.parent is not None:
            each.parent.count += each.count
            each.parent.drawn += each.drawn
            if not each.drawn:  # what makes an operation's constants is no scope of its own
                each.parent.hidden += each.hidden
    for each in known.values():
        each.order = [inner for inner in each.order if not isinstance(inner, _Scope) or inner.drawn]
    return root, homes


def _choose(top: _Scope) -> list[_Scope]:
    """Chooses what is drawn, level by level as long as there is room; returns the scopes that open."""
    chosen: list[_Scope] = []
    left = _BOXES
    waiting = deque([top])
    while waiting:
        scope = waiting.popleft()
        shown = scope.order if len(scope.order) <= _ITEMS else scope.order[: _ITEMS - 1]
        if len(shown) + 3 > left and chosen:
            continue
        left -= len(shown) + 3
        scope.boxes = {}
        for each in shown:
            scope.boxes[each] = len(scope.items)
            if isinstance(each, _Scope):
                scope.items.append(_scope_item(each))
                if each.variable is None:
                    waiting.append(each)
            else:
                op = scope.operations[each]
                scope.items.append(Item(op.name.rpartition("/")[2], "op", op.type))
        if len(shown) < len(scope.order):
            scope.rest = len(scope.items)
            scope.items.append(Item(f"{len(scope.order) - len(shown)} more", "more", ""))
        chosen.append(scope)
    return chosen


def _scope_item(scope: _Scope) -> Item:
    name = scope.path.rpartition("/")[2]
    if scope.variable is None:
        return Item(name, "scope", plural(scope.count, "operation"))
    tensor = scope.variable.outputs[0]
    dtype = tensor.dtype.base_dtype
    return Item(name, "variable", type_text(facts_of(dtype.name, dtype.size, tensor._dims)))


def _join(graph: Any, homes: list[_Scope | None], top: _Scope) -> None:
    """Counts the tensors that go from box to box, in each scope that is drawn."""
    for target, op in enumerate(graph.get_operations()):
        end = homes[target]
        if end is None:
            continue
        for tensor in op.inputs:
            source = tensor.op._id
            start = homes[source]
            if start is not end and start is not None:
                _across(start, source, end, target, top)
            elif start is not None and end.boxes is not None:
                _count(end, _box(end, source), _box(end, target))


def _across(start: _Scope, source: int, end: _Scope, target: int, top: _Scope) -> None:
    """Counts a tensor between two scopes: in the one around both, and in each that it leaves or enters."""
    leaving: Any = source
    entering: Any = target
    while start is not end:
        if start.depth >= end.depth:
            if start.boxes is not None and start.depth >= top.depth:
                _count(start, _box(start, leaving), _outside(start, "out"))
            leaving = start
            assert start.parent is not None
            start = start.parent
        else:
            if end.boxes is not None and end.depth >= top.depth:
                _count(end, _outside(end, "in"), _box(end, entering))
            entering = end
            assert end.parent is not None
            end = end.parent
    if start.boxes is not None:
        _count(start, _box(start, leaving), _box(start, entering))


def _box(scope: _Scope, each: Any) -> int | None:
    assert scope.boxes is not None
    return scope.boxes.get(each, scope.rest)


def _outside(scope: _Scope, name: str) -> int:
    assert scope.boxes is not None
    if name not in scope.boxes:
        scope.boxes[name] = len(scope.items)
        scope.items.append(Item(name, "outside", ""))
    return scope.boxes[name]


def _count(scope: _Scope, source: int | None, target: int | None) -> None:
    if source is not None and target is not None and source != target:
        scope.edges[source, target] = scope.edges.get((source, target), 0) + 1


def _level(scope: _Scope, numbers: dict[int, int]) -> Level:
    facts = [plural(scope.count, "operation")]
    if scope.hidden:
        facts.append(f"{plural(scope.hidden, 'constant')} not drawn")
    items, edges = scope.items, scope.edges
    boxes = scope.boxes or {}
    if "in" in boxes:  # what comes from outside stands first
        first = boxes["in"]
        order = [first, *(at for at in range(len(items)) if at != first)]
        place = {old: new for new, old in enumerate(order)}
        items = [items[old] for old in order]
        edges = {(place[a], place[b]): count for (a, b), count in edges.items()}
    children = [numbers[id(each)] for each in scope.order if isinstance(each, _Scope) and id(each) in numbers]
    return Level(scope.path, ", ".join(facts), items, edges, children)
