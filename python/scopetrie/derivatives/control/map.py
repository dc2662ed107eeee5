"""Gradients of functions applied along the first dimension of tensors: map_fn, foldl, foldr, scan."""

from __future__ import annotations

from typing import Any

from ...graph import Operation, Tensor
from ...ops.array.fill import identity, zeros_like
from ...ops.control.branch import union
from ...ops.control.map import entry, stacked
from ...ops.control.trace import Body
from ...ops.declare import mixed
from ...ops.registry import define_op, listed
from ..declare import attributes, gradient
from .bodies import (
    Backward,
    alone,
    backward_runner,
    backward_specs,
    like,
    placed,
    trace_backward,
    trainable,
)
from .rows import no_gradient

Grads = list[Tensor | None]


def _map_kernel(
    xp: Any, state: Any, step: Backward, count: int, constants: int, rows: int, specs: Any
) -> Any:
    run = backward_runner(state, step)

    def compute(tape: Any, *values: Any) -> Any:
        by_rows, rest = values[:count], values[count:]
        totals = [no_gradient(xp, each) for each in rest[:constants]]
        found = []
        for at, kept in enumerate(tape[()]):
            made = run(kept, [*(each[at, ...] for each in by_rows), *rest])
            found.append(made[:rows])
            totals = [total + part for total, part in zip(totals, made[rows:], strict=True)]
        return alone([*stacked(xp, found, specs[:rows]), *totals])

    return compute


_map_grad = define_op(
    "MapGrad", mixed("inputs", host=False), rule=backward_specs, kernel=_map_kernel, stateful=True
)


@gradient("Map", partial=True)
def _map(op: Operation, *grads: Tensor | None) -> Grads:
    found, inputs, tape = attributes(op), op.inputs, op.outputs[-1]
    body: Body = found["step"]
    count, graph = found["count"], op.graph
    made: Grads = [None] * len(inputs)
    chosen = trainable(grads[:-1])
    varied = trainable(inputs[:count])
    fixed = [at for at in trainable(inputs) if at >= count]
    if not chosen or not (varied or fixed):
        return made
    by_rows = [grads[at] for at in chosen]
    given = [entry(each, name="TensorArrayReadV3") for each in by_rows]
    entries = [graph.tensor(body.feeds[at]) for at in varied]
    constants = [inputs[at] for at in fixed]
    ys = [graph.tensor(body.outputs[at]) for at in chosen]
    traced = trace_backward(body, count, ys, [*entries, *constants], given, given[-1].op)
    outside = union(constants, traced.outside)
    results = listed(
        _map_grad(
            [tape, *by_rows, *outside], step=placed(traced, len(given), outside), count=len(given),
            constants=len(constants), rows=len(varied), name="TensorArrayGatherV3",
            specs=like([*(inputs[at] for at in varied), *constants]),
        )
    )  # fmt: skip
    for at, each in zip([*varied, *fixed], results, strict=True):
        made[at] = each
    return made


def _fold_kernel(
    xp: Any, state: Any, step: Backward, totals: int, rows: int, constants: int, begun: bool, reverse: bool,
    every: bool, specs: Any,
) -> Any:  # fmt: skip
    run = backward_runner(state, step)

    def compute(tape: Any, *values: Any) -> Any:
        grads, rest = values[:totals], values[totals:]
        sums = [no_gradient(xp, each) for each in rest[:constants]]
        record = tape[()]
        first = 0 if begun else 1
        length = len(record) + first
        order = range(length)
        places = list(reversed(order)) if reverse else list(order)
        carried = None if every else list(grads)
        found: list[Any] = [None] * length
        for at in range(length - 1, first - 1, -1):
            if every:
                here = [each[places[at], ...] for each in grads]
                carried = here if carried is None else [a + b for a, b in zip(carried, here, strict=True)]
            made = run(record[at - first], [*(carried or ()), *rest])
            carried = made[:totals]
            found[places[at]] = made[totals : totals + rows]
            sums = [total + part for total, part in zip(sums, made[totals + rows :], strict=True)]
        if not begun:  # the first total was the first entry
            if every:
                here = [each[places[0], ...] for each in grads]
                carried = here if carried is None else [a + b for a, b in zip(carried, here, strict=True)]
            found[places[0]] = carried
        starts = carried or [] if begun else []
        if begun and carried is None:  # there was nothing to go through
            starts = [xp.zeros(each.shape[1:], dtype=each.dtype) for each in grads]
        return alone([*starts, *stacked(xp, found, specs[len(starts) : len(starts) + rows]), *sums])

    return compute


_fold_grad = define_op(
    "FoldGrad", mixed("inputs", host=False), rule=backward_specs, kernel=_fold_kernel, stateful=True
)


@gradient("Fold", partial=True)
def _fold(op: Operation, *grads: Tensor | None) -> Grads:
    found, inputs, tape = attributes(op), op.inputs, op.outputs[-1]
    body: Body = found["step"]
    count, start, every, graph = found["count"], found["start"], found["every"], op.graph
    totals = start or count
    made: Grads = [None] * len(inputs)
    varied = trainable(op.outputs[:-1])
    elems = trainable(inputs[:count])
    fixed = [at for at in trainable(inputs) if at >= count + start]
    if not varied:
        return made
    by_totals = [zeros_like(op.outputs[at]) if grads[at] is None else grads[at] for at in varied]
    within = [graph.tensor(body.feeds[at]) for at in varied]
    entries = [graph.tensor(body.feeds[totals + at]) for at in elems]
    constants = [inputs[at] for at in fixed]
    make: Any = entry if every else identity
    given = [make(each, name="TensorArrayReadV3" if every else "Enter") for each in by_totals]
    for each, like_it in zip(given, within, strict=True):
        each._set_dims(like_it._dims)
    ys = [graph.tensor(body.outputs[at]) for at in varied]
    xs = [*within, *entries, *constants]
    traced = trace_backward(body, totals + count, ys, xs, given, given[-1].op)
    outside = union(constants, traced.outside)
    starts = [count + at for at in varied] if start else []
    wanted = [*starts, *elems, *fixed]
    results = listed(
        _fold_grad(
            [tape, *by_totals, *outside], step=placed(traced, len(given), outside), totals=len(varied),
            rows=len(elems), constants=len(constants), begun=bool(start), reverse=found["reverse"],
            every=every, specs=like([inputs[at] for at in wanted]), name="Exit",
        )
    )  # fmt: skip
    for at, each in zip(wanted, results, strict=True):
        made[at] = each
    return made
