"""Compilation of a fetch: from a graph to a flat list of steps.

There are three linear passes: forward over the nodes, to fold constants and resolve variables and identities
(`Resolution`); backward over the remaining calls, to find each value's last use; forward again, to assign
slots and to let elementwise functions write into operands that are dead.

Invariants of the steps:
    A slot holds one value at a time and is cleared after the value's last use, so a run keeps only values
    alive that a later step or the caller needs. A step writes only into an array that was made in this run by
    an elementwise function, or by one that promises to make new arrays, and that no other kernel has seen:
    another kernel may have kept an alias of its operand.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..graph import Graph
from .cells import Cell, Initialization
from .resolution import NEW, Node, Resolution
from .state import State
from .steps import Kind, Output, Shapes, Step

# For graphs with more nodes the garbage collector is off during compilation: there is no garbage, and
# traversing the new objects repeatedly would take as long as making them.
_MANY: Final = 10_000
_NOTHING: Final[Any] = ()


class Compilation:
    """The compilation of one plan.

    Args:
        graph: The graph.
        state: The session's variables and counters, which stateful kernels are bound to.
        fetches: Ids of the fetched tensors.
        targets: Ids of operations to run for their effects.
        feeds: Ids of the tensors whose values the caller provides.
        first: Operations below this id that others only wait for are done.

    Attributes:
        steps: The steps, in order.
        slots: The slots' content at the start of a run: first the feeds, then constants and empty slots.
        constants: The slots of the constants.
        outputs: The outputs, one for each fetch.

    Raises:
        InvalidArgumentError: If a placeholder is needed and not fed.
        UnimplementedError: If an operation has no kernel.
    """

    def __init__(
        self,
        graph: Graph,
        state: State,
        fetches: Sequence[int],
        targets: Sequence[int],
        feeds: Sequence[int],
        first: int = 0,
    ) -> None:
        self.steps: list[Step] = []
        self.slots: list[Any] = [None] * len(feeds)
        self.constants: list[int] = []
        self._feeds = {tensor: slot for slot, tensor in enumerate(feeds)}
        self._where = dict(self._feeds)
        self._shared: dict[tuple[int, ...], tuple[int, ...]] = {}
        self._resolved = Resolution(graph, state, feeds)
        collecting = graph.version > _MANY and gc.isenabled()
        if collecting:
            gc.disable()
        try:
            self.outputs = self._compile(self._nodes(graph, state, fetches, targets, feeds, first), fetches)
        finally:
            # Drop what only the compilation needs first, so that the collector has less to traverse.
            self._resolved.calls.clear()
            if collecting:
                gc.enable()

    def _nodes(
        self,
        graph: Graph,
        state: State,
        fetches: Sequence[int],
        targets: Sequence[int],
        feeds: Sequence[int],
        first: int,
    ) -> list[Node]:
        """Returns the nodes that are needed, but for those that only set many variables to a number.

        The store does those, in one step that comes first.
        """
        wanted = list(fetches), list(targets), list(feeds)
        if state.store is None or state.check_values or first:
            return graph.prune(*wanted, first)
        nodes, initials = graph._needed(*wanted)
        if initials:
            step = Step(targets[0], Initialization(state.store, graph, initials), (), None, (), ())
            self.steps.append(step)
        return nodes

    def _compile(self, nodes: list[Node], fetches: Sequence[int]) -> list[Output]:
        resolved = self._resolved
        resolved.resolve(nodes)
        kept = {resolved.same_as.get(tensor, tensor) for tensor in fetches}
        # A fetched variable gives its value at the end of the run, as in v1, where a read aliases its memory.
        late = kept.intersection(resolved.reads)
        dying, used, viewed = self._last_uses(kept - late)
        fresh = self._place(dying, used, viewed, late | resolved.superseded)
        return [self._output(tensor, fresh) for tensor in fetches]

    def _last_uses(self, kept: set[int]) -> tuple[list[Sequence[int]], set[int], set[int]]:
        """Finds the arguments that are dead after each call.

        Returns:
            The arguments that are dead after each call; the values that are used; the values that a
            non-elementwise function has seen.
        """
        used = kept.union(self._feeds, self._resolved.constants)
        viewed: set[int] = set()
        dying: list[Sequence[int]] = []
        for _, _, arguments, _, arity in reversed(self._resolved.calls):
            dies: Sequence[int] = ()
            for tensor in arguments:
                if tensor not in used:
                    used.add(tensor)
                    dies = (*dies, tensor)
            dying.append(dies)
            if arity != len(arguments):
                viewed.update(arguments)
        dying.reverse()
        return dying, used, viewed

    def _place(
        self, dying: list[Sequence[int]], used: set[int], viewed: set[int], idle: set[int]
    ) -> dict[int, Kind]:
        """Makes the steps, without reads for `idle` values that are not used.

        Other unused reads check that the variable is initialized: something has a control dependency on them.

        Returns:
            The kinds of the values that nothing else can alias.
        """
        where, slots, steps = self._where, self.slots, self.steps
        find, forget, derive = where.__getitem__, where.pop, Shapes(self._resolved).derive
        free: list[int] = []
        fresh: dict[int, Kind] = {}
        # Share equal tuples of slots: a long plan has few different ones.
        shared = self._shared.setdefault
        for (op_id, function, arguments, results, arity), dies in zip(
            self._resolved.calls, dying, strict=True
        ):
            if not arity and type(function) is Cell and results[0] not in used and results[0] in idle:
                continue
            try:
                places = tuple(map(find, arguments))
                places = shared(places, places)
            except KeyError:  # a constant that no earlier step uses
                places = tuple([self._slot_of(tensor) for tensor in arguments])
            dead: Any = [*map(forget, dies)] if dies else _NOTHING
            into = None
            if arity == NEW:
                if len(results) == 1 and results[0] >= 0:
                    fresh[results[0]] = derive(results[0], ())
            elif arity and arity == len(places):
                (result,) = results
                kind = fresh[result] = derive(result, arguments) if result >= 0 else None
                if dead and kind is not None:
                    for at, tensor in enumerate(dies):
                        if kind == fresh.get(tensor) and tensor not in viewed:
                            into = dead.pop(at)
                            break
            free += dead
            made = _NOTHING
            for tensor in results:
                if into is not None:
                    slot = into
                elif free:
                    slot = free.pop()
                    if slot in dead:
                        dead.remove(slot)
                else:
                    slot = len(slots)
                    slots.append(None)
                where[tensor] = slot
                made = (*made, slot)
            made = shared(made, made)
            for tensor in results:
                if tensor not in used:
                    slot = forget(tensor)
                    dead = [*dead, slot]
                    free.append(slot)
            steps.append(tuple.__new__(Step, (op_id, function, places, into, made, dead or _NOTHING)))
        return fresh

    def _slot_of(self, tensor: int) -> int:
        slot = self._where.get(tensor)
        if slot is None:
            slot = self._where[tensor] = len(self.slots)
            self.slots.append(self._resolved.constants[tensor])
            self.constants.append(slot)
        return slot

    def _output(self, tensor: int, fresh: Mapping[int, Kind]) -> Output:
        resolved = self._resolved
        if tensor in self._feeds:
            return Output(self._feeds[tensor], owned=True)  # v1 returns the fed array itself
        if tensor in resolved.cells:
            return Output(-1, resolved.cells[tensor])
        tensor = resolved.same_as.get(tensor, tensor)
        if tensor in resolved.reads:
            return Output(-1, resolved.reads[tensor])
        slot, owned = self._slot_of(tensor), tensor in fresh
        return Output(slot, owned=owned, fed=not owned and tensor not in resolved.constants)
