"""What the kernel of a stateful operation sees of a session."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from ..backends import Backend
from .cells import Cell
from .state import Made, Resource, State


class OpState:
    """The view of a session for the kernel of one stateful operation.

    Args:
        state: The session's state.
        op_id: The operation's id in the graph.
        variables: The variables that the operation references (its "ref:" inputs), in order.
        on_host: Whether the kernel computes on the host.
        library: The backend of the operation's device; by default the session's.

    Attributes:
        op_id: The operation's id in the graph.
        variables: The variables that it refers to.
        backend: The library that computes.
        xp: Its array namespace.
    """

    __slots__ = ("_state", "backend", "op_id", "variables", "xp")

    def __init__(
        self,
        state: State,
        op_id: int,
        variables: Sequence[Cell] = (),
        on_host: bool = False,
        library: Backend | None = None,
    ) -> None:
        self._state = state
        self.op_id = op_id
        self.variables = variables
        # Of variables that the library cannot hold, it is NumPy.
        usual = state.backend if library is None else library
        own: Backend = variables[0].backend if variables else usual
        self.backend = state.host if on_host else own
        self.xp = self.backend.xp

    @property
    def variable(self) -> Cell:
        """The only variable that the operation references."""
        (cell,) = self.variables
        return cell

    def plan(
        self, graph: Any, fetches: Sequence[int], targets: Sequence[int], feeds: Sequence[int], first: int
    ) -> Callable[..., Any]:
        """Returns a function for a branch or a loop's body, which runs in the same session.

        Args:
            graph: The graph.
            fetches: Ids of the tensors to compute.
            targets: Ids of operations to run for their effects.
            feeds: Ids of the tensors whose values are passed.
            first: Operations below this id are outside, and done.

        Returns:
            A function of the fed values, which returns a list.
        """
        make = partial(
            self._state.planner, graph, self._state, fetches, targets, feeds, inner=True, first=first
        )
        if self.backend.on_host:
            plan = make()
            return lambda *values: plan.execute(*values)
        # A plan for each way in which the values are spread: a loop's counter is on the host.
        plans: dict[tuple[bool, ...], Any] = {}

        def run(*values: Any) -> Any:
            homes = tuple([isinstance(each, (np.ndarray, np.generic)) for each in values])
            plan = plans.get(homes)
            if plan is None:
                hosted = {tensor for tensor, is_hosted in zip(feeds, homes, strict=True) if is_hosted}
                plan = plans[homes] = make(hosted=hosted)
            return plan.execute(*values)

        return run

    def resource(self, name: str, make: Callable[[], Made]) -> Made:
        """Returns what the operation keeps in the session under a name; makes it at first use."""
        return self._state.resource(self.op_id, name, make)

    def resources(self) -> list[Resource]:
        """Returns all that operations keep in the session."""
        return self._state.resources()

    def deadline(self) -> float | None:
        """When an operation that begins to wait has to give up, by `time.monotonic`; None for never."""
        return self._state.deadline()

    def counter(self) -> int:
        """Returns how often this operation has drawn in this session, and increments it."""
        return self._state.count(self.op_id)
