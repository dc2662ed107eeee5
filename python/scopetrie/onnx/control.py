"""Branches and loops: graphs inside a graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import dtypes
from ..graph import Tensor
from ..ops.control.trace import Body
from ..ops.folding import constant_value
from .arrays import Empty, Rows, Slot, Written
from .conversion import Conversion
from .elementwise import filled
from .selection import needed
from .slicing import LAST
from .step import Held, Step, Value, convert
from .table import converts


@converts("Enter", "Exit", "Merge", "TensorArrayGatherV3", to="", note="Nothing: the value itself.")
def _passed_on(step: Step) -> Held:
    return step.holding(0)


def _run(inside: Conversion, body: Body, given: Sequence[Value | Held]) -> list[Tensor]:
    """Converts a traced body into a graph in the making; returns its output tensors.

    Args:
        inside: The graph in the making.
        body: The body.
        given: The values of its first feeds; the others have their values outside.
    """
    graph = body.graph
    for number, each in zip(body.feeds, given, strict=False):
        inside.held[number] = each if isinstance(each, Held) else Held(each)
    outputs = [graph.tensor(each) for each in body.outputs]
    operations = needed(graph, outputs, body.feeds, body.first)
    inside.reserve(operations)
    convert(inside, operations, body.feeds)
    return outputs


def _closed(inside: Conversion, name: str, inputs: Sequence[Value], outputs: Sequence[Value]) -> Any:
    """A graph with its inputs and outputs: what is made outside, or is an output already, is handed on."""
    own = {id(value) for node in inside.nodes for value in node.outputs}
    made: list[Value] = []
    for each in outputs:
        value = each
        if id(each) not in own or any(each is other for other in made):
            (value,) = inside.emit("Identity", [each], {}, inside.names.unique_name(f"{name}/output"))
            value.shape = each.shape
        made.append(value)
    return inside.ir.Graph(list(inputs), made, nodes=inside.nodes, name=name)


def _results(step: Step, places: Sequence[int] | None = None) -> list[tuple[Any, Any]]:
    """The (element type, shape) of the results, all or some."""
    conversion = step.conversion
    found = []
    specs = step.attrs["specs"]
    for dtype, dims in specs if places is None else [specs[at] for at in places]:
        kind = conversion.dtype_of(dtype)
        if kind is None:
            step.refuse(f"ONNX has no values of {dtype.name}, as arrays of rows and the like are.")
        found.append((kind, None if dims is None else conversion.ir.Shape(dims)))
    return found


def _described(step: Step, values: Sequence[Value], specs: Any = None) -> list[Value]:
    for value, (kind, shape) in zip(values, specs or _results(step), strict=True):
        value.type = step.conversion.ir.TensorType(kind)
        value.shape = shape
    return list(values)


@converts("If", to="Identity If", note="Where the condition is constant, the branch that is taken.")
def _if(step: Step) -> list[Held] | list[Value]:
    if not step.attrs["specs"]:
        step.refuse("its branches give nothing, and are run for their effects.")
    condition = step.input(0)
    if (
        condition.const_value is not None
    ):  # as of a switch that trains unless told otherwise: one branch is left
        inside = step.conversion.inner()
        inside.nodes = step.conversion.nodes
        key = "then" if condition.const_value.numpy() else "otherwise"
        return [inside.holding(each) for each in _run(inside, step.attrs[key], [])]
    branches = {}
    for key, word in (("then", "then_branch"), ("otherwise", "else_branch")):
        inside = step.conversion.inner()
        outputs = _run(inside, step.attrs[key], [])
        values = [inside.plain(each) for each in outputs]
        branches[word] = _closed(inside, f"{step.op.name}/{key}", [], values)
    return _described(step, step.emit_all("If", [condition], len(step.attrs["specs"]), **branches))


def _inputs(step: Step, names: Sequence[str], like: Sequence[Any]) -> list[Value]:
    """The inputs of a loop's graph: for each name an (element type, shape)."""
    ir = step.conversion.ir
    unique = step.conversion.names.unique_name
    return [
        ir.Value(name=unique(f"{step.op.name}/{name}"), type=ir.TensorType(kind), shape=shape)
        for name, (kind, shape) in zip(names, like, strict=True)
    ]


def _round(step: Step, variables: Sequence[Any]) -> list[Value]:
    """The inputs of a loop's graph: the number of the round, the condition, the variables."""
    ir = step.conversion.ir
    like = [(ir.DataType.INT64, ir.Shape([])), (ir.DataType.BOOL, ir.Shape([])), *variables]
    names = ["round", "condition", *(f"variable_{at}" for at in range(len(variables)))]
    return _inputs(step, names, like)


@converts("While", to="Cast Concat ConstantOfShape Gather Identity Loop Max Reshape Shape Slice Sub")
def _while(step: Step) -> list[Held]:
    attrs, conversion = step.attrs, step.conversion
    test, body, count = attrs["test"], attrs["step"], int(attrs["count"])
    held = [step.holding(at) for at in range(count)]
    arrays = {at: each for at, each in enumerate(held) if isinstance(each, Empty)}
    kept = [at for at in range(count) if at not in arrays]
    first = [step.input(at) for at in kept]
    limit = None
    if attrs["limited"]:
        limit = step.cast(step.input(len(step.inputs) - 1), None)
        limit = step.emit("Max", limit, step.index(0))
    slots: dict[int, Held] = {at: Slot() for at in arrays}

    def given(values: Sequence[Value]) -> list[Held]:
        rest = iter(values)
        return [slots[at] if at in slots else Held(next(rest)) for at in range(count)]

    before = conversion.inner()
    before.nodes = conversion.nodes  # what is asked before the first round is asked in the graph around
    (holds,) = _run(before, test, given(first))
    inside = conversion.inner()
    specs = _results(step, kept)
    inputs = _round(step, specs)
    made = _run(inside, body, given(inputs[2:]))
    outputs = [inside.plain(made[at]) for at in kept]
    rows = [_row(step, inside.holding(made[at]), slots[at]) for at in arrays]
    (again,) = _run(inside, test, given(outputs))
    graph = _closed(inside, f"{step.op.name}/body", inputs, [inside.plain(again), *outputs, *rows])
    loop = step.emit_all("Loop", [limit, before.plain(holds), *first], count, body=graph)
    _described(step, loop[: len(kept)], specs)
    results: list[Held] = [Held()] * count
    for at, value in zip(kept, loop, strict=False):
        results[at] = Held(value)
    for (at, array), value, row in zip(arrays.items(), loop[len(kept) :], rows, strict=True):
        value.type = row.type
        results[at] = Rows(_filled_up(step, value, array.size, step.dtype(at)))
    return results


def _row(step: Step, held: Held, slot: Held) -> Value:
    """The row that a round adds to an array; refuses the loop if it does not write them in order."""
    if not isinstance(held, Written) or held.slot is not slot or not _counts(step, held.index):
        step.refuse("an array of rows is exported if each round writes the row of its number, and no other.")
    return held.row


def _counts(step: Step, index: Tensor) -> bool:
    """Whether a tensor of a loop's body is the number of the round: a variable that goes 0, 1, 2, ..."""
    body = step.attrs["step"]
    own = list(body.feeds[: int(step.attrs["count"])])
    if _source(index, own)._id not in own:
        return False
    at = own.index(_source(index, own)._id)
    first = constant_value(step.inputs[at])
    after = _source(body.graph.tensor(body.outputs[at]), own).op
    if first is None or first.ndim or int(first) != 0 or after.type != "AddV2":
        return False
    terms = list(after.inputs)
    steps = [constant_value(each) for each in terms]
    return any(
        _source(term, own)._id == own[at] and by is not None and not by.ndim and int(by) == 1
        for term, by in zip(terms, reversed(steps), strict=True)
    )


def _source(tensor: Tensor, own: Sequence[int]) -> Tensor:
    """What identities hand on, up to a variable of the loop."""
    while tensor._id not in own and tensor.op.type == "Identity":
        tensor = tensor.op.inputs[0]
    return tensor


def _filled_up(step: Step, rows: Value, size: Value, dtype: dtypes.DType) -> Value:
    """The rows that a loop has stacked, and zeros for those that it did not come to."""
    shape = step.emit("Shape", rows)
    missing = step.emit("Sub", size, step.emit("Gather", shape, step.index(0)))
    missing = step.emit("Reshape", missing, step.index([1]))
    rest = step.emit("Slice", shape, step.index([1]), step.index([LAST]))
    blank = filled(step, step.emit("Concat", missing, rest, axis=0), 0, dtype)
    return step.emit("Concat", rows, blank, axis=0)


def _entries(inside: Conversion, step: Step, place: Value, count: int) -> list[Value]:
    """The entries of the first inputs at a place, inside a loop."""
    made = []
    for at in range(count):
        name = inside.names.unique_name(f"{step.op.name}/entry")
        (entry,) = inside.emit("Gather", [step.input(at), place], {"axis": 0}, name)
        dims = step.dims(at)
        entry.shape = None if dims is None else inside.ir.Shape(dims[1:])
        made.append(entry)
    return made


def _length(step: Step) -> Value:
    shape = step.emit("Shape", step.input(0))
    return step.emit("Gather", shape, step.index(0))


@converts("Map", to="Gather Identity Loop Shape")
def _map(step: Step) -> list[Value]:
    attrs = step.attrs
    inside = step.conversion.inner()
    inputs = _round(step, [])
    entries = _entries(inside, step, inputs[0], int(attrs["count"]))
    outputs = [inside.plain(each) for each in _run(inside, attrs["step"], entries)]
    graph = _closed(inside, f"{step.op.name}/body", inputs, [inputs[1], *outputs])
    always = step.number(True, dtypes.bool)
    return _described(step, step.emit_all("Loop", [_length(step), always], len(outputs), body=graph))


@converts("Fold", to="Gather Identity Loop Shape Slice Sub", note="With a start (`initializer`).")
def _fold(step: Step) -> list[Value]:
    attrs = step.attrs
    count, start = int(attrs["count"]), int(attrs["start"])
    if not start:
        step.refuse("it begins with the first entry: give it an initializer.")
    conversion = step.conversion
    inside = conversion.inner()
    totals = [step.input(count + at) for at in range(start)]
    specs = [(each.dtype, each.shape) for each in totals]
    inputs = _round(step, specs)
    length = _length(step)
    place = inputs[0]
    if attrs["reverse"]:
        last = step.emit("Sub", length, step.index(1))
        (place,) = inside.emit("Sub", [last, place], {}, inside.names.unique_name(f"{step.op.name}/place"))
    entries = _entries(inside, step, place, count)
    outputs = [inside.plain(each) for each in _run(inside, attrs["step"], [*inputs[2:], *entries])]
    results = [inputs[1], *outputs, *(outputs if attrs["every"] else [])]
    graph = _closed(inside, f"{step.op.name}/body", inputs, results)
    always = step.number(True, dtypes.bool)
    made = step.emit_all("Loop", [length, always, *totals], len(results) - 1, body=graph)
    made = made[start:] if attrs["every"] else made
    if attrs["every"] and attrs["reverse"]:
        far = step.index([2**63 - 1]), step.index([-(2**63 - 1)])
        made = [step.emit("Slice", each, *far, step.index([0]), step.index([-1])) for each in made]
    return _described(step, made)
