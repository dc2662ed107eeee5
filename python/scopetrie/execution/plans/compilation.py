"""Compilation of a fetch: from a graph to a flat list of steps.

There are three linear passes: forward over the nodes, to fold constants and resolve variables and identities
(`Resolution`); backward over the remaining calls, to find each value's last use; forward again, to assign
slots and to let elementwise functions write into operands that are dead. The extension makes the last two.

Invariants of the steps:
    A slot holds one value at a time and is cleared after the value's last use, so a run keeps only values
    alive that a later step or the caller needs. A step writes only into an array that was made in this run by
    an elementwise function, or by one that promises to make new arrays, and that no other kernel has seen:
    another kernel may have kept an alias of its operand.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from contextlib import nullcontext
from typing import Any, Final

from ..._core import place_calls
from ...backends import Backend
from ...garbage import collecting_later
from ...graph import Graph
from ..cells import Cell
from ..state import State
from .placement import Node
from .resolution import Call, Resolution
from .steps import Output, Shapes, Step

# For graphs with more nodes the garbage collector is off during compilation: there is no garbage, and
# traversing the new objects repeatedly would take as long as making them.
_MANY: Final = 10_000


class Compilation:
    """The compilation of one plan.

    Args:
        graph: The graph.
        state: The session's variables and counters, which stateful kernels are bound to.
        fetches: Ids of the fetched tensors.
        targets: Ids of operations to run for their effects.
        feeds: Ids of the tensors whose values the caller provides.
        first: Operations below this id that others only wait for are done.
        hosted: Ids of the fed tensors whose values are on the host; None if the plan is to say it.
        inner: Whether the plan is part of another one, to which its values go.

    Attributes:
        steps: The steps, in order.
        slots: The slots' content at the start of a run: first the feeds, then constants and empty slots.
        constants: The slots of the constants.
        outputs: The outputs, one for each fetch.
        hosted: Ids of the fed tensors whose values a run takes on the host, not on the device.

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
        hosted: Container[int] | None = None,
        inner: bool = False,
    ) -> None:
        self._inner = inner
        self._joins = state.backend.on_host and state.backend.in_place and not state.check_values
        self.steps: list[Step] = []
        self.slots: list[Any] = [None] * len(feeds)
        self.constants: list[int] = []
        self._feeds = {tensor: slot for slot, tensor in enumerate(feeds)}
        self._graph = graph
        self._where: dict[int, int] = {}  # the slots of what is fetched
        self._resolved = Resolution(graph, state, feeds)
        with collecting_later() if graph.version > _MANY else nullcontext():
            try:
                # A store sets variables to numbers many at a time.
                in_store = (
                    state.store is not None
                    and not state.backend.keeps_variables
                    and state.parts is None
                    and not state.check_values
                    and not first
                )
                needed = graph._needed if in_store else graph.prune
                nodes = needed(list(fetches), list(targets), list(feeds), first)
                self.outputs = self._compile(nodes, fetches, hosted)
                self.hosted = self._resolved.hosted
            finally:
                # Drop what only the compilation needs first, so that the collector has less to traverse.
                if not self._resolved.operations:
                    self._resolved.calls.clear()

    @property
    def may_fuse(self) -> bool:
        """Whether there are operations that `fuse` is to look at."""
        return bool(self._resolved.operations)

    def fuse(self, feeds: int, fetches: Sequence[int], backend: Backend) -> bool:
        """Fuses what can be fused: steps, slots, constants and outputs are then others.

        Args:
            feeds: The number of fed tensors.
            fetches: Ids of the fetched tensors.
            backend: The library that computes.

        Returns:
            Whether there is anything.
        """
        resolved = self._resolved
        library = backend.fusion() if resolved.operations else None
        if library is None:
            return False
        from .regions import Regions  # imported late: only devices fuse

        found = Regions(
            library,
            resolved.calls,
            resolved.operations,
            resolved.constants,
            resolved.numbers(),
            resolved.reads,
            resolved.spec,
            self._kept(fetches),
            backend.place,
        )
        if found.regions:
            self.slots, self.constants = [None] * feeds, []
            self.outputs = self._place(found.calls, fetches)
        resolved.calls.clear()
        return bool(found.regions)

    def _compile(
        self, nodes: list[Node], fetches: Sequence[int], hosted: Container[int] | None
    ) -> list[Output]:
        self._resolved.resolve(nodes, fetches, hosted)
        if self._inner:
            self._resolved.same_as.update(self._resolved.leave(fetches))
        calls = self._resolved.calls
        if self._resolved.sums and self._joins:
            from .sums import join_sums  # imported late: few programs train

            calls = join_sums(self._resolved, self._kept(fetches))
        return self._place(calls, fetches)

    def _kept(self, fetches: Sequence[int]) -> set[int]:
        return {self._resolved.same_as.get(tensor, tensor) for tensor in fetches}

    def _place(self, calls: list[Call], fetches: Sequence[int]) -> list[Output]:
        """Makes steps of calls, and returns the outputs."""
        resolved = self._resolved
        kept = self._kept(fetches)
        # A fetched variable gives its value at the end of the run, as in v1, where a read aliases its memory.
        late = kept.intersection(resolved.reads)
        # Late and superseded reads of variables are left out, unless their values are used. Other reads that
        # nothing uses check that the variable is initialized: something has a control dependency on them.
        steps, constants, self._where, fresh = place_calls(
            self._graph,
            calls,
            self._feeds,
            kept - late,
            resolved.constants,
            late | resolved.superseded,
            kept,
            self.slots,
            Cell,
            Step,
            Shapes(resolved).like,
        )
        self.steps = steps
        self.constants += constants
        return [self._output(tensor, fresh) for tensor in fetches]

    def _slot_of(self, tensor: int) -> int:
        slot = self._where.get(tensor)
        if slot is None:
            slot = self._where[tensor] = len(self.slots)
            self.slots.append(self._resolved.constants[tensor])
            self.constants.append(slot)
        return slot

    def _output(self, tensor: int, fresh: Container[int]) -> Output:
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
