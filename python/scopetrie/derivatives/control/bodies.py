"""Bodies that compute gradients, of what the bodies of branches and loops kept.

A node that runs bodies has an output more than the program sees: its tape, with values of each run. Which
values is up to the gradients: one that is built adds those that it needs to `Body.kept`. The node of a
gradient takes the tape and runs a body of its own, to which these values are fed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ...graph import Operation, Tensor
from ...ops.array.fill import zeros_like
from ...ops.constant import convert_to_tensor
from ...ops.control.trace import Body, runner, trace_calls
from ..backprop import gradients_within
from ..between import is_trainable


class Backward(NamedTuple):
    """How a node runs a body that computes gradients.

    Attributes:
        body: The body.
        taken: Which of the kept values are fed to it first, by their places on the tape.
        places: Where the other values are among the node's inputs behind the tape.
    """

    body: Body
    taken: tuple[int, ...]
    places: tuple[int, ...]


class Traced(NamedTuple):
    """A body that computes gradients, and the tensors from outside that it takes behind what is given.

    Attributes:
        body: The body.
        taken: Which of the kept values are fed to it first.
        outside: The tensors from outside.
        reached: Which of its outputs are gradients; the others are zeros.
    """

    body: Body
    taken: tuple[int, ...]
    outside: list[Tensor]
    reached: list[int]

    def only(self, outputs: list[int]) -> Traced:
        """The same, with these outputs alone."""
        fewer = self.body._replace(outputs=tuple(self.body.outputs[at] for at in outputs))
        return self._replace(body=fewer, reached=[outputs.index(at) for at in self.reached if at in outputs])


def trainable(values: Sequence[Tensor | None]) -> list[int]:
    """Which of the tensors there are and have derivatives."""
    return [at for at, each in enumerate(values) if each is not None and is_trainable(each)]


def trace_backward(
    forward: Body, variables: int, ys: list[Tensor], xs: list[Tensor], given: list[Tensor], after: Operation
) -> Traced:
    """Builds a body that computes the gradients of a body's outputs.

    Args:
        forward: The body.
        variables: How many of its feeds, the first ones, have other values each time that it runs.
        ys: Those of its outputs that have derivatives.
        xs: Tensors that it is fed with; they have derivatives.
        given: The gradients by `ys`, tensors that are fed to the new body.
        after: The last operation that is outside.

    Returns:
        The new body, with a gradient for each of `xs`.
    """
    traced, reached = _trace(ys, xs, given, after)
    inside, constants = _made_in(forward)
    inside.update(forward.feeds[:variables])
    own = {each._id for each in given}
    rest = [each for each in traced.captured if each._id not in own and each._id not in constants]
    kept = [each._id for each in rest if each._id in inside]
    outside = [each for each in rest if each._id not in inside]
    return _body(forward, traced, kept, given, outside, reached)


def trace_again(
    forward: Body, backward: Body, ys: list[Tensor], xs: list[Tensor], given: list[Tensor], after: Operation
) -> Traced:
    """Builds a body that computes the gradients of the outputs of a body that computes gradients.

    It is fed with what the first body kept, and computes anew what the second one has made of that.

    Args:
        forward: The first body.
        backward: The second body, which computes gradients of the first one's outputs.
        ys: Those of its outputs whose gradients are given.
        xs: Tensors that either body is fed with; they have derivatives.
        given: The gradients by `ys`, tensors that are fed to the new body.
        after: The last operation that is outside.

    Returns:
        The new body, with a gradient for each of `xs`.
    """
    traced, reached = _trace(ys, xs, given, after)
    inside, constants = _made_in(forward)
    again, more = _made_in(backward)
    own = {each._id for each in given}
    fed = {each: forward.graph.tensor(each) for each in backward.feeds}
    fed.update((each._id, each) for each in traced.captured)
    rest = [each for each in fed.values() if each._id not in own | constants | more | again - inside]
    kept = [each._id for each in rest if each._id in inside]
    outside = [each for each in rest if each._id not in inside]
    return _body(forward, traced, kept, given, outside, reached)


def _trace(
    ys: list[Tensor], xs: list[Tensor], given: list[Tensor], after: Operation
) -> tuple[Any, list[int]]:
    reached: list[int] = []

    def build() -> list[Tensor]:
        made = gradients_within(ys, xs, list(given))
        reached[:] = [at for at, grad in enumerate(made) if grad is not None]
        return [
            zeros_like(x) if grad is None else convert_to_tensor(grad)
            for x, grad in zip(xs, made, strict=True)
        ]

    return trace_calls(build, (), after, "Identity", loop=False), reached


def _made_in(body: Body) -> tuple[set[int], set[int]]:
    """The tensors that a body makes: all but constants, and constants, which nobody has to keep."""
    inside: set[int] = set()
    constants: set[int] = set()
    for _, op_def, first, count, _, _ in body.graph.prune(body.outputs, (), body.feeds):
        made = range(first, first + count)
        (constants if op_def is not None and op_def.type == "Const" else inside).update(made)
    return inside, constants


def _body(
    forward: Body,
    traced: Any,
    kept: list[int],
    given: list[Tensor],
    outside: list[Tensor],
    reached: list[int],
) -> Traced:
    """A body that is fed with kept values, what is given, and tensors from outside."""
    forward.kept.extend(each for each in kept if each not in forward.kept)
    feeds = (*kept, *(each._id for each in given), *(each._id for each in outside))
    outputs = tuple(each._id for each in traced.outputs)
    body = Body(forward.graph, outputs, (), feeds, tuple(range(len(feeds))), traced.first, [])
    return Traced(body, tuple(forward.kept.index(each) for each in kept), outside, reached)


def placed(traced: Traced, given: int, outside: Sequence[Tensor], first: int = 0) -> Backward:
    """A traced body for a node whose inputs behind the tape are what is given, and then `outside`.

    Args:
        traced: The body.
        given: How many tensors are given.
        outside: The tensors from outside that the node has.
        first: How many inputs come before what is given.
    """
    where = {each._id: given + first + at for at, each in enumerate(outside)}
    places = (*range(first, first + given), *(where[each._id] for each in traced.outside))
    return Backward(traced.body, traced.taken, places)


def backward_runner(state: Any, backward: Backward) -> Callable[[Sequence[Any], Sequence[Any]], list[Any]]:
    """The function that runs a body, of the kept values of a run and the node's inputs behind the tape."""
    run = runner(state, backward.body, on_backend=True)

    def compute(kept: Sequence[Any], values: Sequence[Any]) -> list[Any]:
        fed = [kept[at] for at in backward.taken]
        return run([*fed, *(values[at] for at in backward.places)])[0]

    return compute


def alone(values: list[Any]) -> Any:
    """The results of a kernel: the only one by itself."""
    return values[0] if len(values) == 1 else values


def backward_specs(inputs: list[Tensor], specs: Any, **attrs: Any) -> list[Any]:
    """The rule of nodes that compute gradients."""
    return list(specs)


def like(values: Sequence[Tensor]) -> tuple[Any, ...]:
    """Dtypes and shapes of gradients by tensors."""
    return tuple((each.dtype.base_dtype, each._dims) for each in values)
