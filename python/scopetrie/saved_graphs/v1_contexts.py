"""In which branches and loops the nodes of a GraphDef of TensorFlow 1 are.

TensorFlow 1 has no nodes that run bodies. A Switch hands a value to one of two branches, a Merge takes that
of the branch that runs, and Enter, NextIteration and Exit lead into, round and out of a loop. Which nodes are
in a branch follows from the Switches that their inputs come from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

__all__ = ["Contexts", "Loop", "LoopVariable", "Place", "in_order", "split_input"]

# What a node is in: a branch (the key of a condition, and the side), or a loop (its frame, and None).
Place: TypeAlias = tuple[str, bool | None]

_SWITCHES: Final = ("Switch", "RefSwitch")
_ENTERS: Final = ("Enter", "RefEnter")


def split_input(text: str) -> tuple[str, int]:
    """Returns the node and the output that an input names; -1 for a node that is waited for.

    >>> split_input("split:1"), split_input("x"), split_input("^w/Assign")
    (('split', 1), ('x', 0), ('w/Assign', -1))
    """
    if text.startswith("^"):
        return text[1:], -1
    name, _, number = text.partition(":")
    return name, int(number or 0)


class LoopVariable(NamedTuple):
    """The names of the nodes of one variable of a loop; "" for a Switch or Exit that there is not."""

    enter: str
    merge: str
    following: str
    switch: str
    exit: str


class Loop(NamedTuple):
    """A loop.

    Attributes:
        condition: The name of its LoopCond.
        variables: Its variables.
        enters: The names of all its Enter nodes, also of those that hand in what stays.
    """

    condition: str
    variables: list[LoopVariable]
    enters: list[str]


class Contexts:
    """The branches and loops that the nodes of a GraphDef are in.

    Args:
        nodes: The nodes by their names.

    Attributes:
        loops: The loops by their frames.
        order: The names of the nodes, each after its inputs.
        sides: Of each Merge of branches: the condition's key, and its inputs where that is false and true.
        predicates: The conditions by their keys, as inputs.

    Raises:
        ValueError: If Switches, Merges and the like are put together in another way than by v1's functions.
    """

    def __init__(self, nodes: Mapping[str, Any]) -> None:
        self._nodes = nodes
        self._same: dict[str, str] = {}
        self._pivots: dict[str, int] = {}
        self._within: dict[str, frozenset[Place]] = {}
        self.sides: dict[str, tuple[str, str, str]] = {}
        self.predicates: dict[str, str] = {}
        self.loops = _find_loops(nodes)
        self.order = list(_ordered(nodes, self.loops))
        for name in self.order:
            self._within[name] = self._place(name)

    def of(self, name: str) -> frozenset[Place]:
        """The branches and loops that a node is in."""
        return frozenset((self._key(key), side) for key, side in self._within[name])

    def around(self, frame: str) -> frozenset[Place]:
        """Those that a loop is in."""
        return frozenset[Place]().union(*(self.of(each) for each in self.loops[frame].enters))

    def condition(self, merge: str) -> tuple[str, str, str]:
        """The key of the condition of a Merge of branches, and its inputs where that is false and true."""
        key, on_false, on_true = self.sides[merge]
        return self._key(key), on_false, on_true

    def is_shared(self, key: str) -> bool:
        """Whether several conditions have a key: those of one tensor, if nothing is between it and them."""
        return self._pivots.get(self._key(key), 0) > 1

    def _place(self, name: str) -> frozenset[Place]:
        node = self._nodes[name]
        inputs = [each for each in node.input if not _is_round(self._nodes, node, each)]
        if node.op == "Exit":
            frame = self._frame_of(name)
            return self.around(frame)
        if node.op == "Merge" and len(inputs) == 2:
            return self._joined(name, *inputs)
        found = self._settled(frozenset[Place]().union(*map(self._behind, inputs)))
        if node.op in _SWITCHES and not self._is_of_loop(node):
            key = _switch_key(node)
            if key == name:
                self._pivots.setdefault(key, 1)
                self.predicates.setdefault(key, node.input[1])
            else:
                self.predicates[self._key(key)] = node.input[1]
        return found

    def _behind(self, text: str) -> frozenset[Place]:
        """What is in the same branches and loops as an input."""
        source, output = split_input(text)
        node, found = self._nodes.get(source), self._within.get(source, frozenset())
        if node is None or output < 0:
            return found
        if node.op in _ENTERS:
            return found | {(node.attr["frame_name"].s.decode(), None)}
        if node.op in _SWITCHES and not self._is_of_loop(node):
            return found | {(_switch_key(node), bool(output))}
        return found

    def _joined(self, name: str, first: str, second: str) -> frozenset[Place]:
        a, b = (
            {(self._key(key), side) for key, side in self._settled(self._behind(each))}
            for each in (first, second)
        )
        pairs = [(key, key, side) for key, side in a if side is not None and (key, not side) in b]
        pairs += [
            (key, other, side)
            for key, side in sorted(a - b, key=str)
            for other, opposite in sorted(b - a, key=str)
            if side is not None and opposite is (not side) and self._root(key) == self._root(other)
        ]
        if not pairs:
            raise ValueError(
                f"Node {name!r} of type Merge joins no two branches of one condition: only branches and "
                "loops as tf.cond, tf.case and tf.while_loop build them are read"
            )
        key, other, side = pairs[0]
        self._unite(key, other)
        self.sides[name] = (key, second, first) if side else (key, first, second)
        key = self._key(key)
        return frozenset((each, side) for each, side in a | b if self._key(each) != key)

    def _settled(self, found: frozenset[Place]) -> frozenset[Place]:
        """Notes that conditions of one tensor, on whose same side a node is, are one."""
        chosen = {(self._key(key), side) for key, side in found if side is not None}
        if len(chosen) > 1:
            by_root: dict[Any, str] = {}
            for key, side in sorted(chosen):
                self._unite(by_root.setdefault((self._root(key), side), key), key)
        return found

    def _key(self, key: str) -> str:
        while key in self._same:
            key = self._same[key]
        return key

    def _unite(self, one: str, other: str) -> None:
        one, other = self._key(one), self._key(other)
        if one == other:
            return
        # A Switch of the condition by itself only says where a branch begins.
        kept, gone = (other, one) if one in self._nodes and self._is_pivot(one) else (one, other)
        self._same[gone] = kept
        self._pivots[kept] = self._pivots.get(kept, 0) + self._pivots.get(gone, 0)

    def _is_pivot(self, name: str) -> bool:
        node = self._nodes[name]
        return node.op in _SWITCHES and _switch_key(node) == name

    def _root(self, key: str) -> str:
        """The tensor that a condition is, behind Identities."""
        text = self.predicates.get(key, key)
        node = self._nodes.get(split_input(text)[0])
        while node is not None and node.op == "Identity" and not node.input[0].startswith("^"):
            text = node.input[0]
            node = self._nodes.get(split_input(text)[0])
        return text.removesuffix(":0")

    def _is_of_loop(self, node: Any) -> bool:
        return _behind_identities(self._nodes, node.input[1]) == "LoopCond"

    def _frame_of(self, exit_name: str) -> str:
        for frame, loop in self.loops.items():
            if any(each.exit == exit_name for each in loop.variables):
                return frame
        raise ValueError(f"Node {exit_name!r} of type Exit is that of no loop")


def _switch_key(node: Any) -> str:
    """The condition of a Switch; its own name if it only says where a branch begins."""
    name: str = node.name
    predicate: str = node.input[1]
    return name if node.input[0] == predicate else predicate.removesuffix(":0") + ":0"


def _behind_identities(nodes: Mapping[str, Any], text: str) -> str:
    """The type of the node that an input comes from."""
    node = nodes.get(split_input(text)[0])
    while node is not None and node.op == "Identity":
        node = nodes.get(split_input(node.input[0])[0])
    return "" if node is None else str(node.op)


def _is_round(nodes: Mapping[str, Any], node: Any, text: str) -> bool:
    """Whether an input of a Merge comes from the round before."""
    source = nodes.get(split_input(text)[0])
    return node.op == "Merge" and source is not None and source.op == "NextIteration"


def _find_loops(nodes: Mapping[str, Any]) -> dict[str, Loop]:
    loops: dict[str, Loop] = {}
    ends: dict[str, dict[str, str]] = {"Switch": {}, "Exit": {}}
    for node in nodes.values():
        if node.op in ends:
            ends[node.op].setdefault(split_input(node.input[0])[0], node.name)
        if node.op in _ENTERS:
            loop = loops.setdefault(node.attr["frame_name"].s.decode(), Loop("", [], []))
            loop.enters.append(node.name)
    for node in nodes.values():
        sources = [split_input(each)[0] for each in node.input]
        if node.op != "Merge" or len(sources) < 2 or not _is_round(nodes, node, node.input[1]):
            continue
        enter = nodes.get(sources[0])
        if enter is None or enter.op != "Enter":
            raise ValueError(f"Node {node.name!r}: its loop does not begin with an Enter")
        frame = enter.attr["frame_name"].s.decode()
        switch = ends["Switch"].get(node.name, "")
        found = LoopVariable(enter.name, node.name, sources[1], switch, ends["Exit"].get(switch, ""))
        loops[frame].variables.append(found)
        if switch and not loops[frame].condition:
            condition = split_input(nodes[switch].input[1])[0]
            loops[frame] = loops[frame]._replace(condition=condition)
    for frame, loop in loops.items():
        if not loop.condition:
            raise ValueError(f"The loop {frame!r} has no condition: nothing of its variables is handed on")
    return loops


def _ordered(nodes: Mapping[str, Any], loops: Mapping[str, Loop]) -> Iterator[str]:
    """The names of the nodes, each after its inputs; an Exit after all that enters its loop."""
    more = {each.exit: loop.enters for loop in loops.values() for each in loop.variables if each.exit}

    def is_later(node: Any, text: str) -> bool:
        return _is_round(nodes, node, text)

    return in_order(nodes, lambda text: split_input(text)[0], more, is_later)


def in_order(
    nodes: Mapping[str, Any],
    source_of: Callable[[str], str],
    more: Mapping[str, Iterable[str]] | None = None,
    is_later: Callable[[Any, str], bool] = lambda node, text: False,
) -> Iterator[str]:
    """The names of nodes, each after its inputs.

    Args:
        nodes: The nodes by their names.
        source_of: The node that an input names.
        more: Nodes that come before some, besides their inputs.
        is_later: Whether an input of a node comes after it.

    Raises:
        ValueError: If a node waits for itself.
    """
    done: set[str] = set()
    for name in nodes:
        waiting, opened = [name], set()
        while waiting:
            current = waiting[-1]
            node = nodes[current]
            needed = [source_of(each) for each in node.input if not is_later(node, each)]
            needed += (more or {}).get(current, ())
            needed = [each for each in needed if each in nodes and each not in done]
            if not needed:
                waiting.pop()
                if current not in done:
                    done.add(current)
                    yield current
            elif current in opened:
                raise ValueError(f"Node {current!r} waits for itself")
            else:
                opened.add(current)
                waiting += reversed(needed)
