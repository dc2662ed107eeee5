"""Which operations stand between the tensors that are differentiated and those they are differentiated by."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from .. import dtypes
from ..graph import Graph, Tensor

# What has derivatives; gradients do not pass through tensors of other dtypes.
TRAINABLE: Final = frozenset(
    (
        dtypes.float16, dtypes.float32, dtypes.float64, dtypes.bfloat16, dtypes.complex64, dtypes.complex128,
        dtypes.variant, dtypes.resource,
    )
)  # fmt: skip


# An operation on the way: its type, the id of its first output, how many outputs it has, and its inputs' ids.
Node: TypeAlias = tuple[str, int, int, tuple[int, ...]]


class Way(NamedTuple):
    """What the reverse pass goes through.

    Attributes:
        nodes: The operations from which something that is asked for can be reached, by id.
        maker: For each tensor that these take and make, the id of its operation.
        pending: For each of these operations, by how many inputs of others it is used on the way.
    """

    nodes: dict[int, Node]
    maker: dict[int, int]
    pending: dict[int, int]


def is_trainable(tensor: Tensor) -> bool:
    """Whether a tensor's dtype has derivatives."""
    return tensor.dtype.base_dtype in TRAINABLE


def way_between(graph: Graph, ys: Sequence[Tensor], xs: Collection[Tensor], within: bool = False) -> Way:
    """Finds the operations between tensors.

    Args:
        graph: The graph.
        ys: The tensors that are differentiated.
        xs: Those they are differentiated by.
        within: Whether nothing beyond `xs` is looked at.

    Returns:
        What is between, which takes time in proportion to what `ys` depend on.
    """
    pruned = graph.prune([each._id for each in ys], [], [each._id for each in xs] if within else [])
    if within:
        known = {op_id for op_id, *_ in pruned}
        for x in xs:
            op: Any = x.op
            if op._id not in known:
                known.add(op._id)
                outputs = op.outputs
                pruned.insert(0, (op._id, None, outputs[0]._id, len(outputs), (), None))
    maker: dict[int, int] = {}
    origins = {each.op._id for each in xs}
    passing: set[int] = set()  # tensors of reached operations, if gradients pass through them
    reached: list[tuple[int, Node]] = []
    passes: dict[int, bool] = {}  # by the number of a tensor's dtype and shape
    disjoint, spec_of = passing.isdisjoint, graph._spec_number
    for op_id, op_def, first, count, inputs, _ in pruned:
        if disjoint(inputs) and op_id not in origins:
            continue
        kind = graph.operation(op_id).type if op_def is None else op_def.type
        reached.append((op_id, (kind, first, count, inputs)))
        for each in range(first, first + count):
            maker[each] = op_id
            spec = spec_of(each)
            if spec not in passes:
                passes[spec] = is_trainable(graph.tensor(each))
            if passes[spec]:
                passing.add(each)
    ends = {each.op._id for each in ys}
    nodes: dict[int, Node] = {}
    wanted: set[int] = set()
    for op_id, node in reversed(reached):
        _, first, count, inputs = node
        if first in wanted or op_id in ends or (
            count > 1 and not wanted.isdisjoint(range(first, first + count))
        ):  # fmt: skip
            nodes[op_id] = node
            wanted.update(inputs)
    pending = dict.fromkeys(nodes, 0)
    for _, _, _, inputs in nodes.values():
        for each in inputs:
            of = maker.get(each)
            if of in pending:
                pending[of] += 1
    return Way(nodes, maker, pending)


def stops(way: Way, xs: Collection[Tensor], stop_gradients: Iterable[Tensor]) -> set[int]:
    """The operations at which the pass ends: those of `xs` that no other is before, and those named."""
    found = {each.op._id for each in stop_gradients}
    for each in xs:
        op: Any = each.op
        if all(way.pending.get(way.maker.get(given._id, -1), 0) <= 0 for given in op.inputs):
            found.add(op._id)
    return found
