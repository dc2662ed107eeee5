"""Bare Python's ops with arguments that become constant nodes: as many nodes as v1 makes, and their shapes.

As in `bare`, this is what a careful programmer writes: no partial shapes, no conversions, only the checks
that the shape rule needs. A constant is named below its operation without checking that the name is free.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from . import bare
from .bare import Node, Shape, unique_name


def _constant(name: str, value: Any, dtype: Any, shape: Shape) -> Node:
    node = Node(name, "Const", (value,), dtype, shape)
    bare._graph.nodes.append(node)
    return node


def _op(
    type: str, name: str, inputs: tuple[Node, ...], beneath: tuple[tuple[str, Any], ...], shape: Shape
) -> Node:
    """The node `type` of `inputs` and of a constant for each (name, value) in `beneath`."""
    full = unique_name(name)
    for label, value in beneath:
        shape_of = (len(value),) if value.__class__ is tuple else ()
        inputs = (*inputs, _constant(f"{full}/{label}", value, np.int32, shape_of))
    node = Node(full, type, inputs, inputs[0].dtype, shape)
    bare._graph.nodes.append(node)
    return node


def constant(value: Any, name: str = "Const") -> Node:
    """A node that holds a list of floats."""
    return _constant(unique_name(name), tuple(value), np.float32, (len(value),))


def variable(value: Any, name: str = "Variable") -> Node:
    """Four nodes: a constant, the variable, its first assignment, its read."""
    full = unique_name(name)
    initial = _constant(f"{full}/initial_value", value, np.float32, ())
    made = Node(full, "VariableV2", (), np.float32, ())
    assign = Node(f"{full}/Assign", "Assign", (made, initial), np.float32, ())
    read = Node(f"{full}/read", "Identity", (made,), np.float32, ())
    bare._graph.nodes += (made, assign, read)
    return made


def reduce_sum(x: Node, axis: int | None = None, name: str = "Sum") -> Node:
    """Two nodes: the axes, the sum."""
    if axis is None:
        axes = tuple(range(len(x.shape)))
        made = _constant(unique_name("Const"), axes, np.int32, (len(axes),))
        node = Node(unique_name(name), "Sum", (x, made), x.dtype, ())
        bare._graph.nodes.append(node)
        return node
    shape = x.shape[:axis] + x.shape[axis + 1 :]
    return _op("Sum", name, (x,), (("reduction_indices", axis),), shape)


def reshape(x: Node, shape: list[int], name: str = "Reshape") -> Node:
    """Two nodes: the sizes, the tensor."""
    sizes = tuple(shape)
    if -1 in sizes:
        rest = -math.prod(sizes)
        sizes = tuple(math.prod(x.shape) // rest if size < 0 else size for size in sizes)
    if math.prod(sizes) != math.prod(x.shape):
        raise ValueError("another number of elements")
    return _op("Reshape", name, (x,), (("shape", tuple(shape)),), sizes)


def transpose(x: Node, perm: list[int], name: str = "transpose") -> Node:
    """Two nodes: the order, the tensor."""
    return _op("Transpose", name, (x,), (("perm", tuple(perm)),), tuple([x.shape[axis] for axis in perm]))


def concat(values: list[Node], axis: int, name: str = "concat") -> Node:
    """Two nodes: the axis, the tensor."""
    lead, tail = values[0].shape[:axis], values[0].shape[axis + 1 :]
    size = 0
    for each in values:
        if each.shape[:axis] != lead or each.shape[axis + 1 :] != tail:
            raise ValueError("other sizes")
        size += each.shape[axis]
    return _op("ConcatV2", name, tuple(values), (("axis", axis),), (*lead, size, *tail))


def matmul(x: Node, y: Node, name: str = "MatMul") -> Node:
    """One node."""
    if x.dtype is not y.dtype or x.shape[1] != y.shape[0]:
        raise ValueError("they do not fit")
    return _op("MatMul", name, (x, y), (), (x.shape[0], y.shape[1]))


def cast(x: Node, dtype: Any, name: str = "Cast") -> Node:
    """One node."""
    node = Node(unique_name(name), "Cast", (x,), dtype, x.shape)
    bare._graph.nodes.append(node)
    return node


def item(x: Node, at: int, name: str = "strided_slice") -> Node:
    """Four nodes for `x[at]`: begin, end, strides, the slice."""
    if not -x.shape[0] <= at < x.shape[0]:
        raise IndexError(at)
    bounds = (("stack", (at,)), ("stack_1", (at + 1,)), ("stack_2", (1,)))
    return _op("StridedSlice", name, (x,), bounds, x.shape[1:])
