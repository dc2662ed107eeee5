"""Parts of tensors, cut out and put in another order."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from .. import dtypes
from .step import Step, Value
from .table import converts

LAST: Final = np.iinfo(np.int64).max  # an end of a slice beyond any


@converts("Slice", to="Add Cast Equal Slice Where")
def _slice(step: Step) -> Value:
    begin, size = step.known(1), step.known(2)
    if begin is not None and size is not None:
        ends = np.where(size == -1, LAST, begin.astype(np.int64) + size)
        return step.emit("Slice", step.input(0), step.index(begin), step.index(ends))
    first, count = step.index_input(1), step.index_input(2)
    whole = step.emit("Equal", count, step.index(-1))
    last = step.emit("Where", whole, step.index(LAST), step.emit("Add", first, count))
    return step.emit("Slice", step.input(0), first, last)


class _Cut:
    """What a strided slice does to a tensor: slices by axis, then axes that go, then axes that come."""

    def __init__(self, step: Step) -> None:
        masks = {
            name: int(step.attrs[f"{name}_mask"])
            for name in ("begin", "end", "ellipsis", "new_axis", "shrink_axis")
        }
        count = _length(step, 1)
        used = sum(1 for i in range(count) if not (masks["new_axis"] | masks["ellipsis"]) >> i & 1)
        self.entries: list[tuple[int, int]] = []  # which entry cuts which axis
        self.gone: list[int] = []
        self.come: list[int] = []
        self.masks = masks
        axis, place = 0, 0
        for i in range(count):
            bit = 1 << i
            if masks["ellipsis"] & bit:
                axis += step.rank(0) - used
                place += step.rank(0) - used
            elif masks["new_axis"] & bit:
                self.come.append(place)
                place += 1
            else:
                self.entries.append((i, axis))
                if masks["shrink_axis"] & bit:
                    self.gone.append(axis)
                else:
                    place += 1
                axis += 1


def _length(step: Step, at: int) -> int:
    dims = step.dims(at)
    if dims is None or dims[0] is None:
        step.refuse("how many slices there are must be known.")
    return dims[0]


@converts("StridedSlice", to="Add Cast Equal Gather Identity Slice Squeeze Unsqueeze Where",
          note="Known strides.")  # fmt: skip
def _strided_slice(step: Step) -> Value:
    cut, masks = _Cut(step), None
    masks = cut.masks
    strides = step.ints(3, "the strides")
    begin, end = step.known(1), step.known(2)
    value = step.input(0)
    if cut.entries:
        places = [i for i, _ in cut.entries]
        steps = [1 if masks["shrink_axis"] >> i & 1 else strides[i] for i in places]
        if begin is not None and end is not None:
            firsts, lasts = step.index(_firsts(begin, cut, steps)), step.index(_lasts(begin, end, cut, steps))
        else:
            firsts, lasts = _computed(step, cut, steps)
        axes = [axis for _, axis in cut.entries]
        value = step.emit("Slice", value, firsts, lasts, step.index(axes), step.index(steps))
    if cut.gone:
        value = step.emit("Squeeze", value, step.index(cut.gone))
    if cut.come:
        value = step.emit("Unsqueeze", value, step.index(cut.come))
    return value if cut.entries or cut.come else step.emit("Identity", value)


def _firsts(begin: Any, cut: _Cut, steps: list[int]) -> list[int]:
    made = []
    for (i, _), by in zip(cut.entries, steps, strict=True):
        open_ = cut.masks["begin"] >> i & 1 and not cut.masks["shrink_axis"] >> i & 1
        made.append((0 if by > 0 else LAST) if open_ else int(begin[i]))
    return made


def _lasts(begin: Any, end: Any, cut: _Cut, steps: list[int]) -> list[int]:
    made = []
    for (i, _), by in zip(cut.entries, steps, strict=True):
        if cut.masks["shrink_axis"] >> i & 1:
            made.append(int(begin[i]) + 1 or LAST)
        elif cut.masks["end"] >> i & 1:
            made.append(LAST if by > 0 else -LAST)
        else:
            made.append(int(end[i]))
    return made


def _computed(step: Step, cut: _Cut, steps: list[int]) -> tuple[Value, Value]:
    """Begins and ends that are computed: those that are left open, or take one index, are put in."""
    places = step.index([i for i, _ in cut.entries])
    begin = step.emit("Gather", step.index_input(1), places)
    end = step.emit("Gather", step.index_input(2), places)
    single = np.array([bool(cut.masks["shrink_axis"] >> i & 1) for i, _ in cut.entries])
    for name in ("begin", "end"):
        bits = np.array([bool(cut.masks[name] >> i & 1) for i, _ in cut.entries]) & ~single
        if not bits.any():
            continue
        far = [(0 if name == "begin" else LAST) if by > 0 else (LAST if name == "begin" else -LAST)
               for by in steps]  # fmt: skip
        chosen = step.number(bits, dtypes.bool)
        if name == "begin":
            begin = step.emit("Where", chosen, step.index(far), begin)
        else:
            end = step.emit("Where", chosen, step.index(far), end)
    if single.any():
        after = step.emit("Add", begin, step.index(1))
        after = step.emit("Where", step.emit("Equal", after, step.index(0)), step.index(LAST), after)
        end = step.emit("Where", step.number(single, dtypes.bool), after, end)
    return begin, end


@converts("ReverseV2", to="Slice Identity", note="Known axes.")
def _reverse(step: Step) -> Value:
    axes = step.ints(1, "the axes")
    if not axes:
        return step.emit("Identity", step.input(0))
    count = len(axes)
    return step.emit(
        "Slice", step.input(0), step.index([LAST] * count), step.index([-LAST] * count), step.index(axes),
        step.index([-1] * count),
    )  # fmt: skip


@converts("Roll", to="Concat Slice Identity", note="Known shifts and axes, and sizes of these.")
def _roll(step: Step) -> Value:
    value = step.input(0)
    dims = step.dims(0)
    rolled = False
    for by, axis in zip(step.ints(1, "the shifts"), step.ints(2, "the axes"), strict=False):
        size = None if dims is None else dims[axis]
        if size is None:
            step.refuse("the sizes of the axes that are rolled must be known.")
        at = -by % size if size else 0
        if not at:
            continue
        axes = step.index([axis])
        parts = [
            step.emit("Slice", value, step.index([first]), step.index([last]), axes)
            for first, last in ((at, LAST), (0, at))
        ]
        value, rolled = step.emit("Concat", *parts, axis=axis), True
    return value if rolled else step.emit("Identity", value)


@converts("ReverseSequence", to="Cast ReverseSequence", note="The axes 0 and 1.")
def _reverse_sequence(step: Step) -> Value:
    batch, time = int(step.attrs["batch_dim"]), int(step.attrs["seq_dim"])
    if {batch, time} != {0, 1}:
        step.refuse("ONNX reverses along the axes 0 and 1 only: transpose before.")
    return step.emit("ReverseSequence", step.input(0), step.index_input(1), batch_axis=batch, time_axis=time)
