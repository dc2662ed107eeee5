"""Variables in parts, in files: saved as one, and restored from a whole, into one, or into other parts.

The parts of `w` are called `w/part_0`, `w/part_1` and so on, as partitioners name them. They belong together
if none is missing, and if they differ in their sizes along one axis at most.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeVar

import numpy as np

from ...printing import Facts

__all__ = ["fit_parts", "groups_of", "joint_axis", "joint_shape"]

_PART: Final = re.compile(r"(.+)/part_(0|[1-9]\d*)", re.DOTALL)
Found = TypeVar("Found", bound=Any)


def groups_of(paths: Iterable[str]) -> dict[str, list[str]]:
    """Returns the parts of each variable that is in parts, in order, by the name of the whole.

    >>> groups_of(["w/part_1", "b", "w/part_0", "v/part_1"])
    {'w': ['w/part_0', 'w/part_1']}
    """
    found: dict[str, dict[int, str]] = {}
    for path in paths:
        match = _PART.fullmatch(path) if "/part_" in path else None
        if match is not None:
            found.setdefault(match[1], {})[int(match[2])] = path
    return {
        whole: [parts[at] for at in range(len(parts))]
        for whole, parts in found.items()
        if max(parts) == len(parts) - 1
    }


def joint_shape(shapes: Sequence[tuple[int, ...]], axis: int) -> tuple[int, ...] | None:
    """Returns the shape of parts of some shapes joined along an axis; None if they do not fit."""
    first = shapes[0]
    if any(len(each) != len(first) for each in shapes):
        return None
    rest = {(*each[:axis], *each[axis + 1 :]) for each in shapes}
    if len(rest) > 1:
        return None
    return *first[:axis], sum(each[axis] for each in shapes), *first[axis + 1 :]


def joint_axis(shapes: Sequence[tuple[int, ...]]) -> int | None:
    """Returns the axis along which parts are joined: the first that fits, or None if none does.

    >>> joint_axis([(3, 2), (2, 2)]), joint_axis([(2, 3), (2, 2)]), joint_axis([(2, 2)] * 2)
    (0, 1, 0)
    >>> joint_axis([(3, 2), (2, 3)]), joint_axis([(), ()])
    (None, None)
    """
    return next((axis for axis in range(len(shapes[0])) if joint_shape(shapes, axis) is not None), None)


def fit_parts(
    wanted: Mapping[str, Facts],
    offered: Mapping[str, Found],
    make: Callable[..., Found],
    axis_of: Callable[[str], int | None],
) -> dict[str, Found]:
    """Returns what a source offers, with parts made of wholes, wholes of parts, and parts of other parts.

    Args:
        wanted: What is said of the variables to be restored, by path.
        offered: What the source has, by path.
        make: Makes an offer of (path in the source, facts, function that returns the elements).
        axis_of: The axis along which a wanted variable was cut, by the name of the whole; None if nobody
            knows.
    """
    result = dict(offered)
    theirs, ours = groups_of(offered), groups_of(wanted)
    for whole, parts in ours.items():
        shapes = [_shape(wanted[each]) for each in parts]
        if (
            whole in wanted
            or [offered[each].facts.shape if each in offered else None for each in parts] == shapes
        ):
            continue
        sources = [whole] if whole in offered else theirs.get(whole, [])
        found = _axes([_shape(offered[each].facts) for each in sources], shapes, axis_of(whole))
        if found is None:
            continue
        given, axis = found
        elements = partial(_joined, [offered[each] for each in sources], given)
        name = whole if whole in offered else f"{whole}/part_*"
        begin = 0
        for each, shape in zip(parts, shapes, strict=True):
            facts = offered[sources[0]].facts._replace(shape=shape, nbytes=wanted[each].nbytes)
            result[each] = make(name, facts, partial(_cut, elements, axis, begin, shape[axis]))
            begin += shape[axis]
        for each in sources:
            if each not in parts:
                del result[each]
    for whole, parts in theirs.items():
        if whole in offered or whole not in wanted or any(each in wanted for each in parts):
            continue
        found = _axes([_shape(offered[each].facts) for each in parts], [_shape(wanted[whole])])
        if found is None:
            continue
        facts = offered[parts[0]].facts._replace(shape=wanted[whole].shape, nbytes=wanted[whole].nbytes)
        elements = partial(_joined, [offered[each] for each in parts], found[0])
        result[whole] = make(f"{whole}/part_*", facts, elements)
        for each in parts:
            del result[each]
    return result


def _shape(facts: Facts) -> tuple[int, ...]:
    return tuple(size or 0 for size in facts.shape or ())


def _axes(
    given: list[tuple[int, ...]], wanted: list[tuple[int, ...]], known: int | None = None
) -> tuple[int, int] | None:
    """The axes along which two lists of parts are joined to one shape; None unless there is one way.

    The second is known where a partitioner cut the variable.
    """
    if not given or not given[0] or not wanted[0]:
        return None
    axes = [known] if known is not None else range(len(wanted[0]) if len(wanted) > 1 else 1)
    ways = []
    for one in range(len(given[0]) if len(given) > 1 else 1):
        whole = joint_shape(given, one)
        ways += [(one, other) for other in axes if whole is not None and joint_shape(wanted, other) == whole]
    return ways[0] if len(ways) == 1 else None


def _joined(parts: Sequence[Any], axis: int) -> np.ndarray[Any, Any]:
    arrays = [each.elements() for each in parts]
    joined: np.ndarray[Any, Any] = arrays[0] if len(arrays) == 1 else np.concatenate(arrays, axis)
    return joined


def _cut(
    elements: Callable[[], np.ndarray[Any, Any]], axis: int, begin: int, size: int
) -> np.ndarray[Any, Any]:
    return elements()[(slice(None),) * axis + (slice(begin, begin + size),)]
