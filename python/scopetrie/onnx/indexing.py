"""Taking and putting elements by their positions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import dtypes
from .elementwise import filled
from .slicing import LAST
from .step import Step, Value
from .table import converts


@converts("GatherV2", to="Cast Gather GatherND Unsqueeze", note="A known axis.")
def _gather(step: Step) -> Value:
    (axis,), batch = step.ints(2, "its axis"), int(step.attrs["batch_dims"])
    if not batch:
        indices = step.input(1)
        if step.dtype(1) not in (dtypes.int32, dtypes.int64):
            indices = step.cast(indices, None)
        return step.emit("Gather", step.input(0), indices, axis=axis)
    if axis < 0:
        axis += step.rank(0)
    if batch < 0:
        batch += step.rank(1)
    if axis != batch:
        step.refuse("ONNX gathers in batches along the first axis after these alone: transpose before.")
    places = step.emit("Unsqueeze", step.cast(step.input(1), None), step.index([-1]))
    return step.emit("GatherND", step.input(0), places, batch_dims=batch)


@converts("GatherNd", to="Cast GatherND")
def _gather_nd(step: Step) -> Value:
    _strict(step)
    return step.emit("GatherND", step.input(0), step.cast(step.input(1), None))


def _strict(step: Step) -> None:
    if step.attrs["bad_indices_policy"] not in ("", "DEFAULT", "ERROR"):
        step.refuse("indices out of range are an error in ONNX: leave out bad_indices_policy.")


def scattered(step: Step, into: Value, places: Value, updates: Value, how: str) -> Value:
    """A tensor with rows put in: `how` is what ONNX calls it, "" to overwrite."""
    more: dict[str, Any] = {"reduction": how} if how else {}
    return step.emit("ScatterND", into, places, updates, **more)


@converts("ScatterNd", to="Cast ConstantOfShape ScatterND")
def _scatter_nd(step: Step) -> Value:
    _strict(step)
    blank = filled(step, step.index_input(2), 0, step.dtype(1))
    return scattered(step, blank, step.cast(step.input(0), None), step.input(1), "add")


def _scatter_into(how: str) -> Callable[[Step], Value]:
    def convert(step: Step) -> Value:
        _strict(step)
        return scattered(step, step.input(0), step.cast(step.input(1), None), step.input(2), how)

    return convert


for _type, _how in (("Add", "add"), ("Max", "max"), ("Min", "min"), ("Update", "")):
    converts(f"TensorScatter{_type}", to="Cast ScatterND")(_scatter_into(_how))


@converts("TensorScatterSub", to="Cast Neg ScatterND")
def _scatter_sub(step: Step) -> Value:
    _strict(step)
    places, taken = step.cast(step.input(1), None), step.emit("Neg", step.input(2))
    return scattered(step, step.input(0), places, taken, "add")


@converts("OneHot", to="Cast Equal Range Unsqueeze Where")
def _one_hot(step: Step) -> Value:
    # ONNX's OneHot counts negative indices from the end, where v1 has nothing; runtimes lack most types.
    axis = int(step.attrs["axis"])
    after = 0 if axis == -1 else step.rank(0) - axis
    depth = step.cast(step.input(1), None)
    places = step.emit("Range", step.index(0), depth, step.index(1))
    if after:
        places = step.emit("Unsqueeze", places, step.index(list(range(1, after + 1))))
    indices = step.emit("Unsqueeze", step.cast(step.input(0), None), step.index([axis]))
    return step.emit("Where", step.emit("Equal", indices, places), step.input(2), step.input(3))


@converts("Where", to="Cast NonZero Transpose")
def _where(step: Step) -> Value:
    return step.emit("Transpose", step.emit("NonZero", step.input(0)), perm=[1, 0])


@converts("InvertPermutation", to="Cast Range ScatterElements Shape Size")
def _invert_permutation(step: Step) -> Value:
    kind = step.dtype(0)
    order = step.input(0)
    count = step.cast(step.emit("Size", order), kind)
    places = step.emit("Range", step.number(0), count, step.number(1))
    return step.emit("ScatterElements", order, order, places)


def _unique(outputs: int) -> Callable[[Step], list[Value]]:
    def convert(step: Step) -> list[Value]:
        # Runtimes have it for int64 among the integers.
        value = step.cast(step.input(0), None) if step.dtype(0).is_integer else step.input(0)
        values, _, inverse, counts = step.emit_all("Unique", [value], 4, sorted=0)
        found = [inverse, counts][: outputs - 1]
        return [step.cast(values, step.dtype(0)), *(step.cast(each, step.out_dtype(1)) for each in found)]

    return convert


converts("Unique", to="Cast Unique")(_unique(2))
converts("UniqueWithCounts", to="Cast Unique")(_unique(3))


@converts("UnsortedSegmentSum", "UnsortedSegmentProd", "UnsortedSegmentMax", "UnsortedSegmentMin",
    to="Add Cast Concat ConstantOfShape Less Reshape ScatterND Shape Slice Unsqueeze Where")  # fmt: skip
def _unsorted_segment(step: Step) -> Value:
    kind = step.op.type.removeprefix("UnsortedSegment")
    number = step.index_input(2)
    count = step.emit("Reshape", number, step.index([1]))
    ids = step.cast(step.input(1), None)
    # Rows with a negative id go to one more row, which is cut off.
    ids = step.emit("Where", step.emit("Less", ids, step.index(0)), number, ids)
    made = _segments(step, step.emit("Add", count, step.index([1])), ids, kind, step.rank(1))
    return step.emit("Slice", made, step.index([0]), count, step.index([0]))


def _segments(step: Step, count: Value, ids: Value, kind: str, rank: int) -> Value:
    row = step.emit("Slice", step.emit("Shape", step.input(0)), step.index([rank]), step.index([LAST]))
    dtype = step.dtype(0)
    first = {"Sum": 0, "Prod": 1, "Max": dtype.min, "Min": dtype.max}[kind]
    blank = filled(step, step.emit("Concat", count, row, axis=0), first)
    how = {"Sum": "add", "Prod": "mul", "Max": "max", "Min": "min"}[kind]
    return scattered(step, blank, step.emit("Unsqueeze", ids, step.index([-1])), step.input(0), how)


@converts("SegmentSum", to="Add Cast Concat ConstantOfShape ScatterND Shape Slice Unsqueeze",
          note="At least one row.")  # fmt: skip
def _segment_sum(step: Step) -> Value:
    ids = step.cast(step.input(1), None)
    last = step.emit("Slice", ids, step.index([-1]), step.index([LAST]))
    return _segments(step, step.emit("Add", last, step.index([1])), ids, "Sum", 1)


@converts("NonMaxSuppressionV3", to="Cast Gather NonMaxSuppression Reshape Squeeze Unsqueeze")
def _non_max_suppression(step: Step) -> Value:
    boxes = step.emit("Unsqueeze", step.input(0), step.index([0]))
    scores = step.emit("Unsqueeze", step.input(1), step.index([0, 1]))
    count = step.emit("Reshape", step.index_input(2), step.index([1]))
    found = step.emit("NonMaxSuppression", boxes, scores, count, step.input(3), step.input(4))
    return step.cast(step.emit("Gather", found, step.index(2), axis=1), step.out_dtype())
