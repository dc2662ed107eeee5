"""Gradients of branches: the branch that ran computes them."""

from __future__ import annotations

from typing import Any

from ...backends import is_traced
from ...graph import Operation, Tensor
from ...ops.array.fill import identity
from ...ops.control.branch import selected, union
from ...ops.control.trace import Body
from ...ops.declare import mixed
from ...ops.registry import define_op, listed
from ..declare import attributes, gradient
from .bodies import (
    Backward,
    Traced,
    alone,
    backward_runner,
    backward_specs,
    like,
    placed,
    trace_again,
    trace_backward,
    trainable,
)


def _kernel(xp: Any, state: Any, then: Backward, otherwise: Backward, specs: Any) -> Any:
    bodies = backward_runner(state, otherwise), backward_runner(state, then)

    def compute(tape: Any, *values: Any) -> Any:
        chosen, kept = tape[()]
        if is_traced(chosen):  # both branches have run
            of_other, of_chosen = (run(each, values) for run, each in zip(bodies, kept, strict=True))
            return alone(selected(xp, state, chosen, of_chosen, of_other))
        return alone(bodies[chosen](kept, values))

    return compute


_if_grad = define_op(
    "IfGrad", mixed("inputs", host=False), rule=backward_specs, kernel=_kernel, stateful=True
)


@gradient("If", partial=True)
def _if(op: Operation, *grads: Tensor | None) -> list[Tensor | None]:
    found, inputs, tape = attributes(op), op.inputs, op.outputs[-1]
    chosen = trainable(grads[:-1])
    made: list[Tensor | None] = [None] * len(inputs)
    by = [at for at in trainable(inputs) if at]
    if not chosen or not by:
        return made
    xs = [inputs[at] for at in by]
    graph = op.graph
    given = [identity(grads[at], name="Switch") for at in chosen]
    traced = []
    for branch in ("then", "otherwise"):
        body: Body = found[branch]
        ys = [graph.tensor(body.outputs[at]) for at in chosen]
        last = identity(inputs[0], name="pred_id").op
        traced.append(trace_backward(body, 0, ys, xs, given, last))
    # An input that neither branch has a gradient by has none, as in v1: an optimizer makes no slots for it.
    reached = sorted({at for each in traced for at in each.reached})
    if reached:
        fewer = [each.only(reached) for each in traced]
        joined = _joined(tape, given, fewer, [xs[at] for at in reached], xs)
        for at, grad in zip(reached, joined, strict=True):
            made[by[at]] = grad
    return made


def _joined(
    tape: Tensor, given: list[Tensor], traced: list[Traced], xs: list[Tensor], also: list[Tensor]
) -> list[Tensor]:
    """The node that runs one of two traced bodies; `also` are inputs that only its own gradient is by."""
    outside = union(traced[0].outside, traced[1].outside, also)
    then, otherwise = (placed(each, len(given), outside) for each in traced)
    return listed(
        _if_grad([tape, *given, *outside], then=then, otherwise=otherwise, specs=like(xs), name="Merge")
    )


@gradient("IfGrad", partial=True)
def _of_if_grad(op: Operation, *grads: Tensor | None) -> list[Tensor | None]:
    found, (tape, *inputs), graph = attributes(op), op.inputs, op.graph
    chosen, by = trainable(grads), trainable(inputs)
    made: list[Tensor | None] = [None] * len(inputs)
    if not chosen or not by:
        return [None, *made]
    xs = [inputs[at] for at in by]
    given = [identity(grads[at], name="Switch") for at in chosen]
    forward, traced = tape.op, []
    for branch in ("then", "otherwise"):
        backward: Backward = found[branch]
        ys = [graph.tensor(backward.body.outputs[at]) for at in chosen]
        last = identity(forward.inputs[0], name="pred_id").op
        traced.append(trace_again(attributes(forward)[branch], backward.body, ys, xs, given, last))
    for at, each in zip(by, _joined(tape, given, traced, xs, xs), strict=True):
        made[at] = each
    return [None, *made]
