"""The `with` blocks of a graph for the default graph and control dependencies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from .. import _core
from .leaving import leave_surely

if TYPE_CHECKING:
    from .graph import Graph
    from .handles import Operation


_LEFT: Final = object()


class DefaultBlock:
    """`with graph.as_default()`; see `Graph.as_default`."""

    __slots__ = ("_graph",)

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def __enter__(self) -> Graph:
        _core.push_default_graph(self._graph)
        return self._graph

    # Three parameters, here and below: for a tuple there may be no memory, and the block would stay open.
    def __exit__(self, kind: object, error: object, trace: object) -> None:
        _core.pop_default_graph(self._graph)


class ControlBlock:
    """`with graph.control_dependencies(...)`; see `Graph.control_dependencies`."""

    __slots__ = ("_graph", "_operations")

    def __init__(self, graph: Graph, control_inputs: Iterable[Any] | None) -> None:
        self._graph = graph
        self._operations: list[Operation] | None = None
        if control_inputs is not None:
            # As in v1, control inputs that the current blocks have already are not added.
            known = set(graph._current_controls())
            given: dict[Any, None] = dict.fromkeys(
                each if type(each) is _core.Operation and each.graph is graph else graph._as_operation(each)
                for each in control_inputs
            )
            self._operations = [op for op in given if op not in known] if known else list(given)

    def __enter__(self) -> None:
        token = self._graph._enter_controls(self._operations)
        try:
            self._graph._placement.controls.append([self, token])
        except MemoryError:
            self._graph._exit_controls(token)
            raise

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        leave_surely(self)

    def _leave(self) -> None:
        blocks, exit_controls = self._graph._placement.controls, self._graph._exit_controls
        if not blocks or blocks[-1][0] is not self:
            raise AssertionError("control_dependencies: the block that was entered last must be left first")
        entry = blocks[-1]
        token, entry[1] = entry[1], _LEFT  # so that doing this again does not end another one
        if token is not _LEFT:
            exit_controls(token)
        blocks.pop()
