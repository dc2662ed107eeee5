"""Which operations of a graph are converted, and the error for those that cannot be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ..errors import UnimplementedError
from ..graph import Graph, Operation, Tensor
from ..ops.registry import OPS
from .refused import REFUSED

__all__ = ["needed", "onnx_name", "refusal"]

# What other operations may wait for without a trace in the model: it checks, prints or groups.
_DROPPED: Final = frozenset({"Assert", "Print", "PrintV2", "NoOp", "CheckNumerics"})


def onnx_name(tensor: Tensor) -> str:
    """The name of a tensor's value in a model: as GraphDefs have it, without ":0"."""
    return tensor.name.removesuffix(":0")


def refusal(op: Operation, reason: str) -> UnimplementedError:
    """The error for an operation that cannot be exported; it names the line that made it, and the cure."""
    site = op.traceback
    made = f"It was made at {site[-1][0]}:{site[-1][1]}, in {site[-1][2]}.\n" if site else ""
    first = op.outputs[0].name if op.outputs else ""
    cut = f'. Or make it an input of the model: export(..., feeds=["{first}"])' if first else ""
    return UnimplementedError(
        None, op, f"onnx.export: the operation '{op.name}' of type {op.type} has no ONNX counterpart: "
        f"{reason}\n{made}Fetch what does not depend on it{cut}.",
    )  # fmt: skip


def needed(graph: Graph, wanted: Iterable[Tensor], given: Iterable[int], first: int = 0) -> list[Operation]:
    """The operations that tensors are computed from, in the order in which they were made.

    Args:
        graph: The graph.
        wanted: The tensors.
        given: Ids of the tensors whose values are given.
        first: Operations before this one are left out.

    Raises:
        UnimplementedError: If one of them waits for an operation that changes something.
    """
    known, found = set(given), {}
    waiting = [each.op for each in wanted if each._id not in known]
    while waiting:
        op = waiting.pop()
        if op._id in found or op._id < first:
            continue
        found[op._id] = op
        waiting += [each.op for each in op.inputs if each._id not in known]
        for other in op.control_inputs:
            _check_effects(op, other)
    return [found[each] for each in sorted(found)]


def _check_effects(op: Operation, other: Operation) -> None:
    """Refuses an operation that waits for one with an effect, which a model does not have."""
    waiting, seen = [other], set()
    while waiting:
        each = waiting.pop()
        if each._id in seen:
            continue
        seen.add(each._id)
        known = OPS.get(each.type)
        if known is not None and known.stateful and each.type not in _DROPPED and each.type in REFUSED:
            raise refusal(op, f"it waits for '{each.name}' of type {each.type}, and {REFUSED[each.type]}")
        if each.type == "NoOp":
            waiting += each.control_inputs
