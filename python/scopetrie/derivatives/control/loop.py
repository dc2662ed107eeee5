"""Gradients of loops: the rounds are gone through from the last to the first."""

from __future__ import annotations

from typing import Any

from ...graph import Operation, Tensor
from ...ops.array.fill import identity, zeros_like
from ...ops.control.branch import union
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

Grads = list[Tensor | None]


def _while_kernel(xp: Any, state: Any, step: Backward, count: int, constants: int, specs: Any) -> Any:
    run = backward_runner(state, step)

    def compute(tape: Any, *values: Any) -> Any:
        carried, rest = list(values[:count]), values[count:]
        totals = [xp.zeros_like(each) for each in rest[:constants]]
        for kept in reversed(tape[()]):
            made = run(kept, [*carried, *rest])
            carried = made[:count]
            totals = [total + part for total, part in zip(totals, made[count:], strict=True)]
        return alone([*carried, *totals])

    return compute


_while_grad = define_op(
    "WhileGrad", mixed("inputs", host=False), rule=backward_specs, kernel=_while_kernel, stateful=True
)


@gradient("While", partial=True)
def _while(op: Operation, *grads: Tensor | None) -> Grads:
    found, inputs, tape = attributes(op), op.inputs, op.outputs[-1]
    body: Body = found["step"]
    count, graph = found["count"], op.graph
    made: Grads = [None] * len(inputs)
    varied = trainable(inputs[:count])
    if not varied:
        return made
    limit = len(inputs) - 1 if found["limited"] else len(inputs)
    fixed = [at for at in trainable(inputs) if count <= at < limit]
    variables = [graph.tensor(body.feeds[at]) for at in varied]
    constants = [inputs[at] for at in fixed]
    starts = [zeros_like(op.outputs[at]) if grads[at] is None else grads[at] for at in varied]
    given = [identity(each, name="Enter") for each in starts]
    for each, variable in zip(given, variables, strict=True):
        each._set_dims(variable._dims)
    ys = [graph.tensor(body.outputs[at]) for at in varied]
    traced = trace_backward(body, count, ys, [*variables, *constants], given, given[-1].op)
    outside = union(constants, traced.outside)
    results = listed(
        _while_grad(
            [tape, *starts, *outside], step=placed(traced, len(given), outside), count=len(given),
            constants=len(constants), specs=like([*variables, *constants]), name="Exit",
        )
    )  # fmt: skip
    for at, each in zip([*varied, *fixed], results, strict=True):
        made[at] = each
    return made
