"""Traced bodies of branches and loops: what a function builds, and the plan that runs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from ... import dtypes
from ..._core import Variable, get_default_graph
from ...graph import Graph, Operation, Tensor
from ..array.fill import identity
from ..constant import convert_to_tensor
from .outside import Outside


class Traced(NamedTuple):
    """The nodes that a function built.

    Attributes:
        structure: What it returned, with tensors.
        outputs: The tensors in it, in order.
        targets: The operations in it.
        captured: The tensors from outside that these need.
        awaited: The operations from outside that these wait for.
        first: The id of the first operation that may be inside.
    """

    structure: Any
    outputs: list[Tensor]
    targets: list[Operation]
    captured: list[Tensor]
    awaited: list[Operation]
    first: int


class Body(NamedTuple):
    """What a kernel needs to run a traced function.

    Attributes:
        graph: The graph.
        outputs: Ids of the tensors to compute.
        targets: Ids of the operations to run.
        feeds: Ids of the tensors whose values are passed.
        places: Where these values are among the node's inputs.
        first: The id of the first operation that may be inside.
        kept: Ids of the tensors whose values the node keeps, each time that the body runs, for its gradient:
            those that the gradients built so far need. It grows; a plan is compiled with those of its time.
    """

    graph: Graph
    outputs: tuple[int, ...]
    targets: tuple[int, ...]
    feeds: tuple[int, ...]
    places: tuple[int, ...]
    first: int
    kept: list[int]


# The last output of a node that runs bodies: what it keeps for its gradient. No program sees it.
TAPE: Final = (dtypes.variant, ())


def has_effects(body: Body) -> bool:
    """Returns whether a body does more than compute: changes variables, draws numbers, writes or waits."""
    wanted = [*body.outputs, *body.kept]
    for _, op_def, _, _, _, attrs in body.graph.prune(
        wanted, list(body.targets), list(body.feeds), body.first
    ):
        if op_def is None or not op_def.stateful:
            continue
        branches = [(attrs or {}).get(each) for each in ("then", "otherwise")]
        bodies: list[Any] = [getattr(each, "body", each) for each in branches]  # of a gradient, too
        if any(each is None or has_effects(each) for each in bodies):
            return True
    return False


def taped(record: Any) -> Any:
    """What a node keeps for its gradient, as an array."""
    made = np.empty((), object)
    made[()] = record
    return made


def flat(structure: Any, composites: bool = True) -> list[Any]:
    """The leaves of nested lists, tuples and dicts, in order (dicts by key).

    With `composites`, sparse tensors and IndexedSlices are the tensors that they consist of.
    """
    if composites and hasattr(structure, "_components"):
        structure = structure._components()
    if isinstance(structure, dict):
        return [leaf for key in sorted(structure) for leaf in flat(structure[key], composites)]
    if isinstance(structure, (list, tuple)):
        return [leaf for each in structure for leaf in flat(each, composites)]
    return [structure]


def packed(structure: Any, leaves: Sequence[Any], composites: bool = True) -> Any:
    """A structure like another one, with other leaves; see `flat`."""
    rest = iter(leaves)

    def build(each: Any) -> Any:
        if composites and hasattr(each, "_components"):
            return each._with_components(build(each._components()))
        if isinstance(each, dict):
            made = {key: build(each[key]) for key in sorted(each)}
            return type(each)((key, made[key]) for key in each)
        if isinstance(each, tuple) and hasattr(each, "_fields"):
            return type(each)(*(build(x) for x in each))
        if isinstance(each, (list, tuple)):
            return type(each)(build(x) for x in each)
        # A TensorArray is passed as the tensor of its rows.
        rebuild, leaf = getattr(each, "_with_flow", None), next(rest)
        return rebuild(leaf) if rebuild is not None and isinstance(leaf, Tensor) else leaf

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
    if hasattr(structure, "_components") or hasattr(other, "_components"):
        if type(structure) is not type(other):
            raise ValueError(fault)
        structure, other = structure._components(), other._components()
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


def trace_calls(
    function: Callable[..., Any],
    arguments: Sequence[Any],
    after: Operation,
    leaf: str,
    loop: bool = True,
    entry: Operation | None = None,
    own: Sequence[Tensor] = (),
    tensors: bool = False,
) -> Traced:
    """Calls a function that builds operations, and finds out what they use of those made until `after`.

    Args:
        function: The function.
        arguments: Its arguments.
        after: The last operation that is outside.
        leaf: The name of the nodes that hand on what it returns.
        loop: Whether the function is part of a loop, not a branch.
        entry: The last operation outside the loop, if `after` is inside.
        own: Tensors of a loop that were made before.
        tensors: Whether operations become boolean tensors though there is no tensor among them.

    Returns:
        What it built.
    """
    graph = get_default_graph()
    assert isinstance(graph, Graph)
    branches, loops = graph._placement.branches, graph._placement.loops
    around = loops[-1] if loops else -1
    outer, outer_loops = len(branches), len(loops)
    try:
        branches.append(after._id)
        if loop:
            loops.append(after._id)
        structure = function(*arguments)
    finally:
        while len(branches) > outer:
            branches.pop()
        while len(loops) > outer_loops:
            loops.pop()
    leaves: list[Tensor] = []
    targets: list[Operation] = []
    given = flat(structure)
    alone = not tensors and all(isinstance(each, Operation) for each in given)
    for each in given:
        if isinstance(each, Operation) and alone:
            targets.append(each)
        elif isinstance(each, Operation):
            # As v1: among tensors it stands for a boolean one that is there once it is done.
            with graph.control_dependencies([each]):
                leaves.append(identity(after.outputs[0], name=leaf))
        elif each is not None:
            # An identity, so that the result is inside even if it was made outside.
            leaves.append(identity(convert_to_tensor(each), name=leaf))
    outside = Outside(graph, after._id, around)
    if loop:
        outside.enter((entry or after)._id, {each._id for each in own})
    outside.find([*(each.op for each in leaves), *targets])
    targets = [each for each in targets if each._id > after._id]
    captured, awaited = list(outside.captured.values()), list(outside.awaited.values())
    return Traced(structure, leaves, targets, captured, awaited, after._id + 1)


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
        traced.first,
        [],
    )


def read_tensors(values: Any) -> list[Tensor]:
    """Tensors of the leaves of a structure; variables are read."""
    return [each.value() if isinstance(each, Variable) else convert_to_tensor(each) for each in flat(values)]


def runner(
    state: Any, body: Body, on_backend: bool = False
) -> Callable[[Sequence[Any]], tuple[list[Any], list[Any]]]:
    """The function of a node's input values that runs a body; compiled when it runs for the first time.

    Args:
        state: The session's state, for the node.
        body: The body.
        on_backend: Whether the outputs are arrays of the session's library, wherever they were computed.

    Returns:
        A function that gives the body's outputs, and what is kept for its gradient.
    """
    count = len(body.outputs)
    plan: Callable[..., Any] | None = None

    def run(values: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        nonlocal plan
        if plan is None:
            plan = state.plan(body.graph, (*body.outputs, *body.kept), body.targets, body.feeds, body.first)
        out = list(plan(*(values[place] for place in body.places)))
        return out[:count], out[count:]

    def run_and_place(values: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        out, kept = run(values)
        return [state.backend.place(each, on_host=False) for each in out], kept

    return run_and_place if on_backend and not state.backend.on_host else run
