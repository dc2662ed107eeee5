"""How a kernel finds the elements of what it loads, along as few dimensions as possible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .schedule import Kernel
from .trace import Node


class Place(NamedTuple):
    """How a kernel finds an element of what it loads.

    Attributes:
        kind: "number" (an argument by value), "scalar" (one element), "same" (as the results) or "strided".
        strides: Of a strided one, how far to go along each of the kernel's dimensions, in elements.
    """

    kind: str
    strides: tuple[int, ...] = ()


def places_of(
    kernel: Kernel, strides: Mapping[Node, tuple[int, ...] | None]
) -> tuple[tuple[int, ...], list[Place]]:
    """Returns the dimensions that a kernel goes along, as few as possible, and how it finds what it loads.

    Args:
        kernel: The kernel.
        strides: For what it loads and is not in one piece, the strides in elements.
    """
    shape = kernel.shape
    rank = len(shape)
    own = _contiguous(shape)
    found: list[tuple[int, ...] | None] = []
    for node in kernel.loads:
        if node.name == "number" or node.size == 1:
            found.append(None)
            continue
        given = strides.get(node) or _contiguous(node.shape)
        lead = rank - len(node.shape)
        found.append(
            (0,) * lead
            + tuple(0 if size == 1 else step for size, step in zip(node.shape, given, strict=True))
        )
    dims: list[int] = []
    steps: list[list[int]] = []
    for at, size in enumerate(shape):
        if size == 1:
            continue
        column = [own[at], *(each[at] for each in found if each is not None)]
        if dims and all(before == after * size for before, after in zip(steps[-1], column, strict=True)):
            dims[-1] *= size
            steps[-1] = column
        else:
            dims.append(size)
            steps.append(column)
    places, row = [], 1
    for node, each in zip(kernel.loads, found, strict=True):
        if each is None:
            places.append(Place("number" if node.name == "number" else "scalar"))
            continue
        own_steps, column_steps = [step[0] for step in steps], [step[row] for step in steps]
        places.append(Place("same") if own_steps == column_steps else Place("strided", tuple(column_steps)))
        row += 1
    if all(each.kind != "strided" for each in places):
        return (kernel_size(shape),), places
    return tuple(dims), places


def kernel_size(shape: Sequence[int]) -> int:
    """Returns the number of elements of a shape."""
    size = 1
    for each in shape:
        size *= each
    return size


def _contiguous(shape: Sequence[int]) -> tuple[int, ...]:
    strides, step = [], 1
    for size in reversed(shape):
        strides.append(step)
        step *= size
    return tuple(reversed(strides))
