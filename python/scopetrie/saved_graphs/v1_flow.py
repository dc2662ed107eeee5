"""GraphDefs with TensorFlow 1's branches and loops, as GraphDefs with nodes that run bodies.

The nodes keep their names. A Switch becomes an Identity, as its value is one for both branches; a LoopCond
and a NextIteration do, too, which are the results of a loop's functions. An If or a While is new, with a name
in the scope of what it gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ..summary.bodies import fill_body
from .v1_contexts import Contexts, Loop, Place, split_input
from .v1_order import InOrder, Region

__all__ = ["with_bodies"]

_TYPES: Final = frozenset({
    "ControlTrigger", "LoopCond", "NextIteration", "RefEnter", "RefSwitch", "Switch",
})  # fmt: skip
_REFERENCES: Final = frozenset({"RefEnter", "RefSwitch"})
_REFUSED: Final = frozenset({"RefExit", "RefMerge", "RefNextIteration"})
# Attributes that only v1's nodes have.
_OWN: Final = (
    "N", "_class", "_output_shapes", "frame_name", "is_constant", "parallel_iterations",
)  # fmt: skip
_VARIABLES: Final = ("Variable", "VariableV2")


def with_bodies(nodes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns the nodes of a GraphDef with nodes that run bodies in place of v1's branches and loops.

    Args:
        nodes: The nodes by their names.

    Returns:
        The same if there are none of v1's; else other nodes, in an order in which those of a body come after
        all that it takes from outside.

    Raises:
        ValueError: If they are put together in another way than by v1's functions.
    """
    if not any(node.op in _TYPES for node in nodes.values()):
        return nodes
    for node in nodes.values():
        if node.op in _REFUSED:
            raise ValueError(
                f"Node {node.name!r} of type {node.op}: what a branch gives or a loop goes on with is "
                "a value here, and cannot be a variable's own memory. Give its value: tf.identity(variable)"
            )
    return _Flow(nodes).made()


class _Flow:
    def __init__(self, nodes: Mapping[str, Any]) -> None:
        self._nodes = nodes
        self._found = Contexts(nodes)
        self._made: dict[str, Any] = {}
        self._within: dict[str, frozenset[Place]] = {}
        self._results: dict[str, str] = {}  # what a Merge or Exit hands on
        self._regions: dict[str, Region] = {}
        self._owner: dict[str, str] = {}  # the innermost region that a node is inside of
        self._begins = {each.enter for loop in self._found.loops.values() for each in loop.variables}
        self._rank = {name: at for at, name in enumerate(self._found.order)}

    def made(self) -> dict[str, Any]:
        """Makes all nodes."""
        branches = self._branches()
        waiting: list[tuple[frozenset[Place], Any]] = [
            (within, (key, merges)) for (key, within, _), merges in branches.items()
        ]
        waiting += [(self._found.around(frame), frame) for frame in self._found.loops]
        names: dict[int, str] = {}
        for number, (_, what) in enumerate(waiting):
            names[number] = self._name(what)
        for name in self._found.order:
            self._add(name)
        # From the innermost outwards: a region takes what those inside of it take from outside.
        for number, (within, what) in sorted(enumerate(waiting), key=lambda each: -len(each[1][0])):
            if isinstance(what, str):
                self._add_loop(names[number], self._found.loops[what], what, within)
            else:
                key, merges = what
                self._add_branches(names[number], key, merges, within)
        return {name: self._made[name] for name in InOrder(self._made, self._regions, self._owner).order()}

    def _branches(self) -> dict[tuple[str, frozenset[Place], int], list[str]]:
        """The Merges of each condition."""
        found: dict[tuple[str, frozenset[Place], int], list[str]] = {}
        levels: dict[str, dict[str, int]] = {}
        shared = any(self._found.is_shared(key) for key, _, _ in self._found.sides.values())
        for name in self._found.order:
            # Conditions of one tensor are told apart by which of them take what others give.
            level: dict[str, int] = {}
            for text in self._nodes[name].input if shared else ():
                for key, number in levels.get(split_input(text)[0], {}).items():
                    level[key] = max(level.get(key, 0), number)
            if name in self._found.sides:
                key = self._found.condition(name)[0]
                at = level.get(key, 0)
                found.setdefault((key, self._found.of(name), at), []).append(name)
                if self._found.is_shared(key):
                    level[key] = at + 1
            levels[name] = level
        return found

    def _name(self, what: Any) -> str:
        """A name for the node of a loop or of branches, and notes what it gives."""
        if isinstance(what, str):
            loop = self._found.loops[what]
            base, kind = loop.condition, "While"
            given = [each.exit for each in loop.variables]
        else:
            base, kind = what[1][0], "If"
            given = what[1]
        scope = base.rpartition("/")[0]
        name = f"{scope}/{kind}" if scope else kind
        number = 0
        while name in self._nodes or name in self._regions:
            number += 1
            name = f"{scope}/{kind}_{number}" if scope else f"{kind}_{number}"
        self._regions[name] = Region(None, frozenset())
        for at, each in enumerate(given):
            self._results[each] = f"{name}:{at}" if at else name
        return name

    def _add(self, name: str) -> None:
        """Adds a node of v1's, without the Switches and the like before it."""
        node = self._nodes[name]
        self._within[name] = self._found.of(name)
        if node.op in _REFERENCES:
            return
        made = type(node)()
        made.CopyFrom(node)
        kind = {"LoopCond": "Identity", "NextIteration": "Identity", "Switch": "Identity", "Enter": "Enter",
                "ControlTrigger": "NoOp", "Merge": "Merge", "Exit": "Exit"}.get(node.op)  # fmt: skip
        inputs = [self._text(each) for each in node.input]
        if kind == "Enter" and name not in self._begins:
            kind = "Identity"  # it hands in what stays
        if kind is not None:
            made.op = kind
            for each in _OWN:
                made.attr.pop(each, None)
            waits = [each for each in inputs if each.startswith("^")]
            if name in self._results:
                inputs = [self._results[name], *waits]
            elif kind != "NoOp":
                inputs = [*[each for each in inputs if not each.startswith("^")][:1], *waits]
        del made.input[:]
        made.input.extend(inputs)
        self._made[name] = made

    def _text(self, text: str) -> str:
        """An input, as the new nodes have it."""
        while True:
            source, output = split_input(text)
            node = self._nodes.get(source)
            if node is None or output < 0:
                return text
            if node.op in _REFERENCES:
                text = node.input[0]
                continue
            if node.op == "Merge" and output == 1:
                raise ValueError(
                    f"Node {source!r} of type Merge: which of its inputs it took (its output 1) is not kept"
                )
            return source if node.op == "Switch" else text

    def _add_branches(self, name: str, key: str, merges: list[str], within: frozenset[Place]) -> None:
        node = self._start(name, "If", within)
        predicate = self._text(self._found.predicates[key])
        bodies = []
        for attribute, side in (("then", True), ("otherwise", False)):
            outputs = [self._text(self._found.condition(each)[1 + side]) for each in merges]
            bodies.append((attribute, outputs, *self._inside(name, outputs, (key, side), ())))
        taken = list(dict.fromkeys(each for _, _, _, feeds in bodies for each in feeds))
        node.input.extend([predicate, *taken, *self._regions[name].waits])
        for attribute, outputs, members, feeds in bodies:
            function = node.attr[attribute].func
            fill_body(function, outputs, feeds, [1 + taken.index(each) for each in feeds], "")
            self._regions[name].bodies.append((function, members))

    def _add_loop(self, name: str, loop: Loop, frame: str, within: frozenset[Place]) -> None:
        node = self._start(name, "While", within)
        firsts = [self._made[each.enter].input[0] for each in loop.variables]
        merges = [each.merge for each in loop.variables]
        # A variable that only the condition takes has no Switch.
        starts = [each.switch or each.merge for each in loop.variables]
        self._regions[name].before += [*merges, *starts]
        bodies = []
        for attribute, outputs, own in (
            ("test", [loop.condition], merges),
            ("step", [each.following for each in loop.variables], starts),
        ):
            members, feeds = self._inside(name, outputs, (frame, None), own)
            bodies.append((attribute, outputs, own, members, feeds))
        taken = list(dict.fromkeys(each for *_, feeds in bodies for each in feeds))
        node.input.extend([*firsts, *taken, *self._regions[name].waits])
        count = len(firsts)
        for attribute, outputs, own, members, feeds in bodies:
            function = node.attr[attribute].func
            places = [*range(count), *(count + taken.index(each) for each in feeds)]
            fill_body(function, outputs, [*own, *feeds], places, "")
            function.attr["own"].list.s.extend(each.encode() for each in own)
            shapes = [self._nodes[each].attr["_output_shapes"].list.shape for each in merges]
            if all(shapes):
                function.attr["own"].list.shape.extend(each[0] for each in shapes)
            self._regions[name].bodies.append((function, members))
        node.attr["count"].i = count
        node.attr["limited"].b = False

    def _start(self, name: str, op: str, within: frozenset[Place]) -> Any:
        node = type(next(iter(self._nodes.values())))(name=name, op=op)
        node.attr["specs"].list.SetInParent()
        self._made[name] = node
        self._within[name] = within
        region = self._regions[name]
        region.node, region.within = node, within
        self._rank[name] = len(self._rank)
        return node

    def _inside(
        self, name: str, outputs: Iterable[str], place: Place, own: Iterable[str]
    ) -> tuple[list[str], list[str]]:
        """The nodes inside of a body, and the tensors that it takes from outside."""
        members: dict[str, None] = {}
        feeds: dict[str, None] = {}
        taken = set(own)
        region = self._regions[name]
        waiting = list(outputs)
        while waiting:
            text = waiting.pop()
            source, output = split_input(text)
            if source in taken or source in members:
                continue
            if place in self._within.get(source, ()) and source in self._made:
                members[source] = None
                waiting += reversed(self._made[source].input)
                if source in self._regions:
                    waiting += [f"^{each}" for each in self._regions[source].before]
            elif self._op(source) in _VARIABLES:
                region.before.append(source)
            elif output < 0:
                region.waits[text] = None
            else:
                feeds[text.removesuffix(":0")] = None
        for each in members:
            self._owner.setdefault(each, name)
        return sorted(members, key=self._rank.__getitem__), list(feeds)

    def _op(self, name: str) -> str:
        node = self._nodes.get(name)
        return "" if node is None else str(node.op)
