"""Arrays of rows: those that are read are tensors, those that loops write are what the loops stack.

A TensorArray that is filled by `unstack` is the tensor of its rows. One that a loop writes a row of in each
round, from the first to the last, is what the loop stacks: `tf.nn.dynamic_rnn` does both. Any other use is
refused.
"""

from __future__ import annotations

from typing import Final

from ..graph import Tensor
from ..ops.folding import constant_value
from .conversion import Held, Value
from .step import Step
from .table import converts

__all__ = ["Empty", "Rows", "Slot", "Written"]

_ALONE: Final = (
    "of an array of rows, only `unstack`, `stack`, reads, and in a loop the writes of one row in each round, "
    "from the first on, are exported. Use tf.map_fn or tf.scan."
)


class Rows(Held):
    """An array that has rows: `plain` is the tensor of them."""

    __slots__ = ()


class Empty(Held):
    """An array without rows yet.

    Attributes:
        size: How many there will be, as int64.
    """

    __slots__ = ("size",)

    def __init__(self, size: Value) -> None:
        super().__init__()
        self.size = size


class Slot(Held):
    """The array that a loop writes, inside the loop."""

    __slots__ = ()


class Written(Held):
    """The same after the row of a round has been written.

    Attributes:
        slot: What was written to.
        index: The tensor that says which row.
        row: The row.
    """

    __slots__ = ("index", "row", "slot")

    def __init__(self, slot: Slot, index: Tensor, row: Value) -> None:
        super().__init__()
        self.slot = slot
        self.index = index
        self.row = row


def _is_whole(indices: Tensor) -> bool:
    """Whether indices count from 0 on."""
    op = indices.op
    if op.type == "Range":
        first, step = constant_value(op.inputs[0]), constant_value(op.inputs[2])
        return first is not None and step is not None and (int(first), int(step)) == (0, 1)
    known = constant_value(indices)
    return known is not None and known.ravel().tolist() == list(range(known.size))


@converts("TensorArray", to="Cast", note="See `TensorArrayWrite`.")
def _array(step: Step) -> Held:
    return Empty(step.index_input(0))


@converts("TensorArrayScatter", to="", note="All rows of an empty array (`unstack`).")
def _unstack(step: Step) -> Held:
    if not isinstance(step.holding(2), Empty) or not _is_whole(step.inputs[0]):
        step.refuse(_ALONE)
    return Rows(step.input(1))


@converts("TensorArrayGather", to="Gather", note="Of an array that has all its rows (`stack`).")
def _stack(step: Step) -> Held | Value:
    rows = _rows(step, 1)
    if _is_whole(step.inputs[0]):
        return Held(rows)
    return step.emit("Gather", rows, step.input(0), axis=0)


@converts("TensorArrayRead", to="Gather", note="Of an array that has all its rows.")
def _read(step: Step) -> Value:
    return step.emit("Gather", _rows(step, 1), step.input(0), axis=0)


@converts("TensorArraySize", to="Cast Gather Shape")
def _size(step: Step) -> Value:
    held = step.holding(0)
    if isinstance(held, Empty):
        return step.cast(held.size, step.out_dtype())
    shape = step.emit("Shape", _rows(step, 0))
    return step.cast(step.emit("Gather", shape, step.index(0)), step.out_dtype())


@converts("TensorArrayWrite", to="", note="In a loop, one row in each round, from the first to the last.")
def _write(step: Step) -> Held:
    slot = step.holding(2)
    if not isinstance(slot, Slot):
        step.refuse(_ALONE)
    return Written(slot, step.inputs[0], step.input(1))


def _rows(step: Step, at: int) -> Value:
    held = step.holding(at)
    if not isinstance(held, Rows):
        step.refuse(_ALONE)
    return held.plain
