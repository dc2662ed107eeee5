"""Gradients of loops: the rounds are gone through from the last to the first."""

from __future__ import annotations

from collections.abc import Sequence
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
from .products import (
    Factors,
    Product,
    ProductTotal,
    Total,
    factors_of,
    laid_out_transposed,
    only_transposed,
)

Grads = list[Tensor | None]


def _while_kernel(
    xp: Any, state: Any, step: Backward, count: int, products: tuple[Product | None, ...],
    turned: tuple[int, ...], specs: Any,
) -> Any:  # fmt: skip
    run = backward_runner(state, step)

    def compute(tape: Any, *values: Any) -> Any:
        carried, rest = list(values[:count]), list(values[count:])
        totals = [
            Total(xp, like) if product is None else ProductTotal(xp, like, product)
            for like, product in zip(rest, products, strict=False)
        ]
        rounds = tape[()]
        if len(rounds) > 1:
            for at in turned:
                rest[at] = laid_out_transposed(rest[at])
        for kept in reversed(rounds):
            made = run(kept, [*carried, *rest])
            carried, parts = made[:count], iter(made[count:])
            for total in totals:
                if isinstance(total, ProductTotal):
                    total.add_product(next(parts), next(parts))
                else:
                    total.add(next(parts))
        return alone([*carried, *(total.result() for total in totals)])

    return compute


_while_grad = define_op(
    "WhileGrad", mixed("inputs", host=False), rule=backward_specs, kernel=_while_kernel, stateful=True
)


def _with_factors(body: Body, carried: int, products: Sequence[Factors | None]) -> Body:
    """A body that gives the factors of products, instead of the products."""
    outputs = list(body.outputs[:carried])
    for value, found in zip(body.outputs[carried:], products, strict=True):
        outputs += [value] if found is None else [found.a._id, found.b._id]
    return body._replace(outputs=tuple(outputs))


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
    products = [factors_of(graph.tensor(each), traced.body) for each in traced.body.outputs[len(given) :]]
    traced = traced._replace(body=_with_factors(traced.body, len(given), products))
    outside_ids = [each._id for each in outside]
    turned = only_transposed(graph, traced.body, outside_ids)
    results = listed(
        _while_grad(
            [tape, *starts, *outside],
            step=placed(traced, len(given), outside),
            count=len(given),
            products=tuple(None if each is None else each.product for each in products),
            turned=tuple(at for at, each in enumerate(outside_ids) if each in turned),
            specs=like([*variables, *constants]),
            name="Exit",
        )
    )
    for at, each in zip([*varied, *fixed], results, strict=True):
        made[at] = each
    return made


@gradient("WhileGrad", "MapGrad", "FoldGrad", partial=True)
def _of_loop_grads(op: Operation, *grads: Tensor | None) -> Grads:
    raise TypeError(
        "Second-order gradient for while loops not supported.\n"
        f"{op.name} computes the gradient of a loop (while_loop, map_fn, scan, foldl, foldr), which has none "
        "of its own, as in TensorFlow 1. Write the rounds out in Python where their number is known, or take "
        "the first gradient inside of the loop's body."
    )
