"""What a branch or loop takes from outside: tensors that it uses, and operations that it waits for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ...graph import Graph, Operation, Tensor

# Types without outputs whose operations are a Merge in v1, which has one.
_VALUED: Final = frozenset({"Assert", "If"})


class Outside:
    """What the operations of one branch or loop take from outside.

    An operation outside runs once, before the branch or loop, whichever branch is chosen.

    Args:
        graph: The graph.
        last: The id of the last operation outside.
        around: That of the last operation outside of the loop around, or -1.

    Attributes:
        captured: The tensors that are used, by id.
        awaited: The operations that are waited for, by id.
    """

    def __init__(self, graph: Graph, last: int, around: int) -> None:
        self.captured: dict[int, Tensor] = {}
        self.awaited: dict[int, Operation] = {}
        self._graph = graph
        self._last = last
        self._around = around
        self._loop = False
        self._gates: dict[int, list[Operation]] = {}
        self._seen: set[int] = set()
        self._waiting: list[Operation] = []

    def enter(self, entry: int, own: set[int]) -> None:
        """Makes it a loop, for which v1's rules are others: it takes in values, and waits for these.

        Where the operation that is the first in the loop to use a value has control inputs from outside, the
        value enters the loop after these.

        Args:
            entry: The id of the last operation outside of both the loop's functions.
            own: The ids of the loop's own tensors, made before.
        """
        self._loop = True
        inside = [self._graph.operation(at) for at in range(entry + 1, self._graph.version)]
        if not any(each._id <= entry for op in inside for each in op.control_inputs):
            return
        for op in inside:
            # Where an operand is a constant of the same block, only that has the block's control inputs.
            waits = [op, *(each.op for each in op.inputs if each.op.type == "Const")]
            outside = [each for one in waits for each in one.control_inputs if each._id <= entry]
            gates = [each for each in outside if each._id > self._around]
            for tensor in op.inputs:
                if tensor.op._id <= entry and tensor._id not in own:
                    self._gates.setdefault(tensor._id, gates)
            for each in outside:
                if each.outputs:
                    self._gates.setdefault(each.outputs[0]._id, [])

    def find(self, wanted: Iterable[Operation]) -> None:
        """Finds what operations need, and all inside that these need."""
        for op in wanted:
            self._wait_for(op)
        while self._waiting:
            op = self._waiting.pop()
            for tensor in op.inputs:
                self._use(tensor)
            for each in op.control_inputs:
                self._wait_for(each)

    def _use(self, tensor: Tensor) -> None:
        source = tensor.op
        # Feeds apply to the whole run, wherever the placeholder was made.
        if source._id > self._last and source.type != "Placeholder" and not _reads_variable(source):
            self._wait_for(source)
            return
        if not _is_variable(source):
            self.captured[tensor._id] = tensor
        for gate in self._gates.get(tensor._id, ()):
            self.awaited[gate._id] = gate

    def _wait_for(self, op: Operation) -> None:
        if op._id > self._last:
            if op._id not in self._seen:
                self._seen.add(op._id)
                self._waiting.append(op)
        elif not self._loop:
            # As v1: a branch in a loop waits for nothing outside that loop.
            if op._id > self._around:
                self.awaited[op._id] = op
        elif op.type in _VALUED:
            self.awaited[op._id] = op
        elif op.outputs and not _is_variable(op):
            # As v1: a loop takes what it waits for as a value, and does not wait for what has none.
            self.captured[op.outputs[0]._id] = op.outputs[0]


def _is_variable(op: Operation) -> bool:
    """Whether it is a variable, which is used where it stands: it is no value of one moment."""
    return not op.inputs and any(each.dtype._is_ref_dtype for each in op.outputs)


def _reads_variable(op: Operation) -> bool:
    """Whether an operation is the read that a variable has of its own.

    As in v1, that is outside of branches and loops even if the variable was made inside: a loop takes its
    value once, and gradients find the way to the variable.
    """
    if op.type != "Identity":
        return False
    source = op.inputs[0]
    return bool(source.dtype._is_ref_dtype) and op.name == f"{source.op.name}/read"
