"""Bare Python: the code that this package is measured against.

It is what a careful Python programmer writes who wants named variables, scopes and nodes, and nothing else:
module-level functions, slotted classes, dicts, f-strings, no validation beyond what is named below. It does
*less* than this package (no partial shapes, no initializer rules, no separate name scopes, no threads, no
creation sites, no helpful error messages), so it is a lower bound, not a strawman.

- reuse hit, `get_variable`: f-string of the open scope's prefix and the name, one dict lookup, the reuse
  check; shape and dtype compared when given.
- create, `get_variable`: the same lookup (a miss), a slotted object with name, shape, dtype and a zeroed
  array, put into the dict.
- create without value, `declare_variable`: as above, holding the initializer instead of an array.
- scope enter + exit, `Scope`: class-based context manager with a stack, the joined prefix, the inherited
  reuse flag and a count of openings.
- unique name, `unique_name`: dict of counters, a suffix loop for taken names, base and result recorded.
- op node, `add`, `Node.__add__`, `negative`: unique name in the open scope, dtype check, slotted node,
  appended to the graph's list.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Shape = tuple[int, ...]


class Variable:
    """A named value, shared by calls of `get_variable`."""

    __slots__ = ("dtype", "name", "shape", "value")

    def __init__(self, name: str, shape: Shape, dtype: Any, value: Any) -> None:
        self.name = name
        self.shape = shape
        self.dtype = dtype
        self.value = value


class Node:
    """One operation: a unique name, a type, its inputs, and its output's dtype and shape."""

    __slots__ = ("dtype", "inputs", "name", "shape", "type")

    def __init__(self, name: str, type: str, inputs: tuple[Any, ...], dtype: Any, shape: Shape) -> None:
        self.name = name
        self.type = type
        self.inputs = inputs
        self.dtype = dtype
        self.shape = shape

    def __add__(self, other: Node) -> Node:
        return add(self, other)

    def __mul__(self, other: Any) -> Node:
        # The scalar is an input as it is, as in torch.fx: one node, where v1 makes two.
        node = Node(unique_name("mul"), "Mul", (self, other), self.dtype, self.shape)
        _graph.nodes.append(node)
        return node


class Graph:
    """What one program builds: variables by full name, taken names with their counters, nodes."""

    __slots__ = ("names", "nodes", "variables")

    def __init__(self) -> None:
        self.variables: dict[str, Variable] = {}
        self.names: dict[str, int] = {}
        self.nodes: list[Node] = []


class Scope:
    """`with Scope("layer"):` prefixes names by `layer/` and inherits or sets the reuse flag."""

    __slots__ = ("name", "opened", "prefix", "reuse")

    opened: dict[str, int]
    prefix: str

    def __init__(self, name: str, reuse: bool | None = None) -> None:
        self.name = name
        self.reuse = reuse

    def __enter__(self) -> Scope:
        parent = _stack[-1]
        opened = parent.opened
        opened[self.name] = opened.get(self.name, 0) + 1
        self.prefix = f"{parent.prefix}{self.name}/"
        if self.reuse is None:
            self.reuse = parent.reuse
        self.opened = {}
        _stack.append(self)
        return self

    def __exit__(self, *exc: object) -> None:
        _stack.pop()


def _root() -> Scope:
    scope = Scope("")
    scope.prefix = ""
    scope.opened = {}
    return scope


_graph = Graph()
_stack = [_root()]


def start(graph: Graph | None = None) -> Graph:
    """Makes `graph` (a new one by default) the current graph, with only the root scope open."""
    global _graph
    _graph = Graph() if graph is None else graph
    _stack[:] = [_root()]
    return _graph


def get_variable(name: str, shape: Shape | None = None, dtype: Any = None) -> Variable:
    """Returns the variable `name` of the open scope: the existing one under reuse, else a new one."""
    scope = _stack[-1]
    full = f"{scope.prefix}{name}"
    variable = _graph.variables.get(full)
    if variable is not None:
        if not scope.reuse:
            raise ValueError(f"Variable {full} already exists")
        if shape is not None and shape != variable.shape:
            raise ValueError(f"Variable {full} has another shape")
        if dtype is not None and dtype is not variable.dtype:
            raise ValueError(f"Variable {full} has another dtype")
        return variable
    if scope.reuse or shape is None:
        raise ValueError(f"Variable {full} does not exist")
    variable = Variable(full, shape, dtype, np.zeros(shape, dtype))
    _graph.variables[full] = variable
    return variable


def declare_variable(name: str, shape: Shape, dtype: Any, initializer: Any) -> Variable:
    """Creates a variable like `get_variable`, but stores the initializer instead of making the value."""
    scope = _stack[-1]
    full = f"{scope.prefix}{name}"
    if full in _graph.variables:
        raise ValueError(f"Variable {full} already exists")
    variable = Variable(full, shape, dtype, initializer)
    _graph.variables[full] = variable
    return variable


def unique_name(name: str) -> str:
    """Returns `name` in the open scope, with the first free suffix if it is taken."""
    names = _graph.names
    full = f"{_stack[-1].prefix}{name}"
    taken = names.get(full, 0)
    names[full] = taken + 1
    if not taken:
        return full
    candidate = f"{full}_{taken}"
    while candidate in names:
        taken += 1
        candidate = f"{full}_{taken}"
    names[candidate] = 1
    return candidate


def add(x: Node, y: Node, name: str = "Add") -> Node:
    """The node `x + y`."""
    if x.dtype is not y.dtype:
        raise TypeError("dtypes differ")
    node = Node(unique_name(name), "AddV2", (x, y), x.dtype, x.shape)
    _graph.nodes.append(node)
    return node


def negative(x: Any, name: str = "Neg") -> Node:
    """The node `-x`."""
    node = Node(unique_name(name), "Neg", (x,), x.dtype, x.shape)
    _graph.nodes.append(node)
    return node


def placeholder(dtype: Any, shape: Shape, name: str = "Placeholder") -> Node:
    """A node without inputs."""
    node = Node(unique_name(name), "Placeholder", (), dtype, shape)
    _graph.nodes.append(node)
    return node
