"""Sums of values that nothing else wants: their functions may know how to sum without them.

The gradient of what a net uses many times, as the weights of a recurrent net, is a sum of as many gradients.
Each of them is as large as the weights; the arrays that they are computed of are much smaller mostly.
"""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Callable, Container, Sequence
from typing import Any, Final

from ...backends import Array
from ...graph import Graph
from ..failure import located
from .resolution import NEW, Call, Resolution

# What is summed alone: the number of its argument.
_VALUE: Final = None


class JoinedSum:
    """The sum of what some calls return, and of other values.

    Args:
        graph: The graph of the operations.
        op_id: The operation that sums.
        add: Its function.
        parts: Calls that are summed together; and `_VALUE` for each value that is there, at the end.
    """

    makes_new = True

    __slots__ = ("_add", "_graph", "_op_id", "_parts")

    def __init__(
        self, graph: Graph, op_id: int, add: Callable[..., Array], parts: Sequence[Sequence[Call] | None]
    ) -> None:
        self._add = add
        self._graph = graph
        self._op_id = op_id
        self._parts = parts

    def __call__(self, *arrays: Array) -> Array:
        """Returns the sum."""
        try:
            total = self._together(arrays)
        except Exception:
            total = None
        return self._one_by_one(arrays) if total is None else total

    def _together(self, arrays: Sequence[Array]) -> Array | None:
        """Returns the sum, or None where each function is to be called."""
        total: Any = None
        at = 0
        for calls in self._parts:
            if calls is _VALUE:
                each = arrays[at]
                at += 1
            else:
                given = []
                for _, function, arguments, _, _ in calls:
                    given.append((function, arrays[at : at + len(arguments)]))
                    at += len(arguments)
                together, _ = calls[0][1].summed
                each = together(given)
            if each is None or (total is not None and each.shape != total.shape):
                return None
            if total is None:  # the first part is of calls: their sum is a new array
                total = each
            else:
                total += each
        return total

    def _one_by_one(self, arrays: Sequence[Array]) -> Array:
        """Calls each function: they, or the sum, raise what is wrong, if it is."""
        values = []
        at = 0
        for calls in self._parts:
            if calls is _VALUE:
                values.append(arrays[at])
                at += 1
                continue
            for op_id, function, arguments, _, _ in calls:
                values.append(self._called(op_id, function, arrays[at : at + len(arguments)]))
                at += len(arguments)
        return self._called(self._op_id, self._add, values)

    def _called(self, op_id: int, function: Callable[..., Array], arrays: Sequence[Array]) -> Array:
        try:
            return function(*arrays)
        except Exception as error:
            shown = () if op_id == self._op_id else arrays
            raise located(error, self._graph.operation(op_id), function, shown) from error


def join_sums(resolved: Resolution, kept: Container[int]) -> list[Call]:
    """Joins sums with the calls whose results are summed, where their functions allow it.

    Args:
        resolved: What is known of the plan.
        kept: The values that are fetched: their calls stay.

    Returns:
        The calls of the plan.
    """
    calls = resolved.calls
    wanted = {value for at in resolved.sums for value in calls[at][2]}
    producers: dict[int, int] = {}
    for at, (_, function, _, results, _) in enumerate(calls):
        if len(results) == 1 and results[0] in wanted and hasattr(function, "summed"):
            producers[results[0]] = at
    if not producers:
        return calls
    uses = Counter(value for call in calls for value in call[2] if value in producers)
    made: dict[int, Call] = {}
    gone: set[int] = set()
    for at in resolved.sums:
        op_id, add, inputs, results, _ = calls[at]
        groups: dict[Any, list[int]] = {}
        alone = []
        changes = bisect(resolved.changes, at)
        for value in inputs:
            found = producers.get(value)
            # A call that changes a variable may change an argument, which then must be used before.
            if (
                found is None or uses[value] != 1 or value in kept
                or bisect(resolved.changes, found) != changes
            ):  # fmt: skip
                alone.append(value)
            else:
                groups.setdefault(calls[found][1].summed, []).append(found)
        parts: list[Sequence[Call] | None] = []
        arguments: list[int] = []
        for (_, is_worth), members in groups.items():
            group = [calls[each] for each in members]
            is_kept = len(group) < 2 or not (
                is_worth is None
                or all(is_worth([resolved.spec(each)[1] for each in call[2]], len(group)) for call in group)
            )
            if is_kept:
                alone += [call[3][0] for call in group]
                continue
            gone.update(members)
            parts.append(group)
            for call in group:
                arguments += call[2]
        if parts:
            parts += [_VALUE] * len(alone)
            joined = JoinedSum(resolved._graph, op_id, add, parts)
            made[at] = op_id, joined, (*arguments, *alone), results, NEW
    return [made.get(at, call) for at, call in enumerate(calls) if at not in gone]
