"""The calls of a plan that run at the workers of a cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, Protocol

from ...backends import Array
from ...errors import UnimplementedError
from ..cells import Cell
from ..part_cells import PartCell, run_at_part

__all__ = ["PartCalls"]

_LOOK_UPS: Final = frozenset(("Gather", "GatherV2"))


class Resolving(Protocol):
    """What is needed of a Resolution."""

    calls: list[Any]
    constants: dict[int, Array]
    reads: dict[int, Cell]

    def _new(self, like: int) -> int: ...

    def _new_object(self) -> int: ...


class PartCalls:
    """Makes two calls of each operation on a part: one sends a message, and a later one waits for the answer.

    So messages to several parts are on their way at once. An answer is waited for where somebody needs it,
    before the part gets another message, and at the end of the plan.

    Args:
        resolution: The resolution that the calls belong to.
    """

    def __init__(self, resolution: Resolving) -> None:
        self._resolution = resolution
        # By shard: operation, the value that is the function to wait, results.
        self._sent: dict[int, tuple[int, int, tuple[int, ...]]] = {}
        self._awaited: set[int] = set()  # results of those

    def take(
        self, node: Any, variables: Sequence[Cell], inputs: tuple[int, ...], results: tuple[int, ...]
    ) -> tuple[int, ...] | None:
        """Makes the calls of a node if it runs at a part.

        Args:
            node: The node.
            variables: The variables that it refers to.
            inputs: Its other inputs.
            results: What it gives.

        Returns:
            None if it does. Otherwise the inputs, with what is read from parts.

        Raises:
            UnimplementedError: If it refers to variables in several places.
        """
        op_id, op_def, _, _, _, attrs = node
        if not self._awaited.isdisjoint(inputs):
            self.wait()
        reads = self._resolution.reads
        cells = [each for each in variables if isinstance(each, PartCell)]
        if cells:
            shards = {each.shard for each in cells}
            if len(shards) > 1 or len(cells) < len(variables):
                names = ", ".join(each.name for each in variables)
                raise UnimplementedError(
                    None, None, f"{op_def.type} refers to variables in several places of a cluster: {names}"
                )
            facts, kernel = [each.facts for each in cells], (op_def.type, op_def.kernel.__module__, attrs)
            send = partial(cells[0].begin, run_at_part, kernel, facts, bool(results))
            self._send(op_id, cells[0].shard, send, self._read(op_id, inputs), results)
            return None
        table = reads.get(inputs[0]) if inputs else None
        if isinstance(table, PartCell) and op_def.type in _LOOK_UPS and self._takes_rows(inputs, attrs):
            self._send(op_id, table.shard, table.gather, self._read(op_id, inputs[1:]), results)
            return None
        return self._read(op_id, inputs)

    def wait(self) -> None:
        """Makes the calls that wait for all answers."""
        for op_id, function, results in self._sent.values():
            self._resolution.calls.append((op_id, _wait_for if results else _wait, (function,), results, 0))
        self._sent.clear()
        self._awaited.clear()

    def _takes_rows(self, inputs: tuple[int, ...], attrs: Any) -> bool:
        if attrs and attrs.get("batch_dims"):
            return False
        if len(inputs) < 3:
            return True
        axis = self._resolution.constants.get(inputs[2])
        return axis is not None and int(axis) == 0

    def _send(
        self,
        op_id: int,
        shard: int,
        send: Callable[..., Any],
        inputs: tuple[int, ...],
        results: tuple[int, ...],
    ) -> None:
        if shard in self._sent:
            self.wait()
        function = self._resolution._new_object()
        self._resolution.calls.append((op_id, send, inputs, (function,), 0))
        self._sent[shard] = op_id, function, results
        self._awaited.update(results)

    def _read(self, op_id: int, inputs: tuple[int, ...]) -> tuple[int, ...]:
        """The inputs, with calls that read what is a part."""
        values = []
        for each in inputs:
            cell = self._resolution.reads.get(each)
            if isinstance(cell, PartCell):
                if cell.shard in self._sent:
                    self.wait()
                read = self._resolution._new(each)
                self._resolution.calls.append((op_id, cell.read, (), (read,), 0))
                each = read
            values.append(each)
        return tuple(values)


def _wait(function: Callable[[], Any]) -> None:
    function()


def _wait_for(function: Callable[[], Any]) -> Any:
    return function()
