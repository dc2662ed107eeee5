"""Traced bodies of branches and loops: what a function builds, and the plan that runs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ..._core import Variable, get_default_graph
from ...graph import Graph, Operation, Tensor
from ..array.fill import identity
from ..constant import convert_to_tensor


class Traced(NamedTuple):
    """The nodes that a function built.

    Attributes:
        structure: What it returned, with tensors.
        outputs: The tensors in it, in order.
        targets: The operations in it.
        captured: The tensors from outside that these need.
    """

    structure: Any
    outputs: list[Tensor]
    targets: list[Operation]
    captured: list[Tensor]


class Body(NamedTuple):
    """What a kernel needs to run a traced function.

    Attributes:
        graph: The graph.
        outputs: Ids of the tensors to compute.
        targets: Ids of the operations to run.
        feeds: Ids of the tensors whose values are passed.
        places: Where these values are among the node's inputs.
    """

    graph: Graph
    outputs: tuple[int, ...]
    targets: tuple[int, ...]
    feeds: tuple[int, ...]
    places: tuple[int, ...]


def flat(structure: Any) -> list[Any]:
    """The leaves of nested lists, tuples and dicts, in order (dicts by key)."""
    if isinstance(structure, dict):
        return [leaf for key in sorted(structure) for leaf in flat(structure[key])]
    if isinstance(structure, (list, tuple)):
        return [leaf for each in structure for leaf in flat(each)]
    return [structure]


def packed(structure: Any, leaves: Sequence[Any]) -> Any:
    """A structure like another one, with other leaves."""
    rest = iter(leaves)

    def build(each: Any) -> Any:
        if isinstance(each, dict):
            made = {key: build(each[key]) for key in sorted(each)}
            return type(each)((key, made[key]) for key in each)
        if isinstance(each, tuple) and hasattr(each, "_fields"):
            return type(each)(*(build(x) for x in each))
        if isinstance(each, (list, tuple)):
            return type(each)(build(x) for x in each)
        return next(rest)

    return build(structure)


def check_alike(structure: Any, other: Any) -> None:
    """Refuses two structures that are not nested alike.

    Args:
        structure: Nested lists, tuples and dicts.
        other: Another.

    Raises:
        TypeError: If one has a list where the other has a tuple, or the like.
        ValueError: If they differ otherwise.
    """
    fault = (
        "The two structures don't have the same nested structure.\n\n"
        f"First structure: {structure}\n\nSecond structure: {other}"
    )
    nested = isinstance(structure, (list, tuple, dict)), isinstance(other, (list, tuple, dict))
    if nested[0] != nested[1]:
        raise ValueError(fault)
    if not nested[0]:
        return
    if type(structure) is not type(other):
        raise TypeError(fault)
    if len(structure) != len(other) or (isinstance(structure, dict) and structure.keys() != other.keys()):
        raise ValueError(fault)
    for key in structure if isinstance(structure, dict) else range(len(structure)):
        check_alike(structure[key], other[key])


def trace_calls(function: Callable[..., Any], arguments: Sequence[Any], after: Operation) -> Traced:
    """Calls a function that builds operations, and finds out what they use of those made until `after`.

    Args:
        function: The function.
        arguments: Its arguments.
        after: The last operation that is outside.

    Returns:
        What it built.
    """
    graph = get_default_graph()
    assert isinstance(graph, Graph)
    branches = graph._placement.branches
    branches.append(after._id)
    try:
        structure = function(*arguments)
    finally:
        branches.pop()
    leaves = []
    targets = []
    for each in flat(structure):
        if isinstance(each, Operation):
            targets.append(each)
        elif each is not None:
            # An identity, so that the result is inside even if it was made outside.
            leaves.append(identity(convert_to_tensor(each)))
    captured: dict[int, Tensor] = {}
    waiting = [each.op for each in leaves] + targets
    seen = {op._id for op in waiting}
    while waiting:
        op = waiting.pop()
        for each in op.inputs:
            source = each.op
            # Feeds apply to the whole run, wherever the placeholder was made.
            outside = source._id <= after._id or source.type == "Placeholder"
            if outside and not each.dtype._is_ref_dtype:
                captured[each._id] = each
            elif not outside and source._id not in seen:
                seen.add(source._id)
                waiting.append(source)
        for source in op.control_inputs:
            if source._id > after._id and source._id not in seen:
                seen.add(source._id)
                waiting.append(source)
    return Traced(structure, leaves, targets, list(captured.values()))


def body_of(traced: Traced, given: Sequence[Tensor], inputs: Sequence[Tensor], first: int = 0) -> Body:
    """The part of a node that runs a traced function.

    Args:
        traced: The function.
        given: The tensors of its arguments; their values come first, in order.
        inputs: The node's inputs from outside, after those.
        first: The number of values before the arguments'.

    Returns:
        The description for the kernel.
    """
    places = {each._id: at + len(given) + first for at, each in enumerate(inputs)}
    own = {each._id for each in given}
    taken = [each for each in traced.captured if each._id not in own]
    graph = get_default_graph()
    assert isinstance(graph, Graph)
    return Body(
        graph,
        tuple(each._id for each in traced.outputs),
        tuple(each._id for each in traced.targets),
        (*(each._id for each in given), *(each._id for each in taken)),
        (*range(first, first + len(given)), *(places[each._id] for each in taken)),
    )


def read_tensors(values: Any) -> list[Tensor]:
    """Tensors of the leaves of a structure; variables are read."""
    return [each.value() if isinstance(each, Variable) else convert_to_tensor(each) for each in flat(values)]


def runner(state: Any, body: Body) -> Callable[[Sequence[Any]], list[Any]]:
    """The function of a node's input values that runs a body; compiled when it runs for the first time."""
    plan: Callable[..., Any] | None = None

    def run(values: Sequence[Any]) -> list[Any]:
        nonlocal plan
        if plan is None:
            plan = state.plan(body.graph, body.outputs, body.targets, body.feeds)
        out = plan(*(values[place] for place in body.places))
        return list(out)

    return run
