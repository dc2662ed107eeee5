"""Kernels whose blocks take a row each: reductions over the last axis, with all that is computed of them.

A softmax, its cross entropy and the gradient are one launch: a block goes along its row once for each
reduction that needs the one before, and once for what it stores. What a pass needs of those before it is a
number of the row; elements are computed again in each pass.

Invariants: what a group takes are inputs of the trace, so nothing of it depends on another step.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

import numpy as np

from .expressions import EXPRESSIONS
from .trace import Node
from .types import ctype, literal

# Longer rows, or few of them, are the library's: there, a row is shared by several blocks.
_LONGEST: Final = 8192
_SHORT: Final = 1024
_FEW_ROWS: Final = 16
_LARGEST_BLOCK: Final = 256
_REDUCTIONS: Final = frozenset({"sum", "max", "min", "mean"})
_STEPS: Final = {"sum": "add", "mean": "add", "max": "maximum", "min": "minimum"}


class Rows:
    """A step that computes reductions of rows, and what belongs to them.

    Attributes:
        shape: The shape whose last axis is reduced.
        nodes: What it computes, in order.
        loads: What it loads: inputs.
        stores: What it stores.
    """

    __slots__ = ("loads", "nodes", "shape", "stores")

    def __init__(self, shape: tuple[int, ...], nodes: Sequence[Node], wanted: Collection[Node]) -> None:
        self.shape = shape
        self.nodes = list(nodes)
        own = set(nodes)
        self.loads = list(
            dict.fromkeys(
                each for node in nodes for each in node.inputs if each not in own and each.kind != "const"
            )
        )
        self.stores = [node for node in nodes if node in wanted]

    @property
    def length(self) -> int:
        """The length of a row."""
        return self.shape[-1]

    @property
    def count(self) -> int:
        """The number of rows."""
        return int(np.prod(self.shape[:-1], dtype=np.int64))

    @property
    def block(self) -> int:
        """The threads of a block."""
        threads = 32
        while threads < _LARGEST_BLOCK and threads < self.length:
            threads *= 2
        return threads


def find_rows(order: Sequence[Node], wanted: Collection[Node], strided: Collection[Node]) -> Rows | None:
    """Returns the largest group of a trace; None if there is none.

    Args:
        order: The nodes, each after what it needs.
        wanted: Those that are wanted at the end.
        strided: Inputs that are not in one piece.
    """
    shapes = dict.fromkeys(each.inputs[0].shape for each in order if _is_of_rows(each))
    groups = [each for shape in shapes if (each := _group(shape, order, wanted, strided)) is not None]
    return max(groups, key=lambda each: len(each.nodes), default=None)


def _is_of_rows(node: Node) -> bool:
    if node.kind != "reduce" or node.name not in _REDUCTIONS or node.dtype.kind != "f":
        return False
    shape = node.inputs[0].shape
    if node.value[0] != (len(shape) - 1,) or node.dtype != node.inputs[0].dtype or 0 in shape:
        return False
    length, count = shape[-1], int(np.prod(shape[:-1], dtype=np.int64))
    return 1 < length <= _LONGEST and (count >= _FEW_ROWS or length <= _SHORT)


def _group(
    shape: tuple[int, ...], order: Sequence[Node], wanted: Collection[Node], strided: Collection[Node]
) -> Rows | None:
    of_rows = (*shape[:-1], 1), shape[:-1]
    able: dict[Node, None] = {}
    after: set[Node] = set()  # what depends on a reduction of the group
    for node in order:
        if node.kind == "reduce":
            fits = _is_of_rows(node) and node.inputs[0].shape == shape
        elif node.kind == "view":
            fits = node.shape in of_rows and node.inputs[0].shape in of_rows and node.inputs[0] in able
        else:
            fits = node.kind in ("map", "cast") and (node.shape == shape or node.shape in of_rows)
        if fits and all(each in able or _is_loadable(each, node, shape, strided) for each in node.inputs):
            able[node] = None
            if node.kind == "reduce" or not after.isdisjoint(node.inputs):
                after.add(node)
    # What leads to a reduction, or is an operand of what follows; and of what follows, all.
    before: set[Node] = set()
    for node in reversed(list(able)):
        if node in before or node in after or node.kind == "reduce":
            before.update(each for each in node.inputs if each in able)
    group = [node for node in able if node in after or node in before]
    if not any(node.kind == "reduce" for node in group) or all(node.kind == "reduce" for node in group):
        return None
    own = set(group)
    used = {each for node in order if node not in own for each in node.inputs}
    needed = {node for node in after if node in used or node in wanted}
    return Rows(shape, _needed(group, needed), needed)


def _is_loadable(node: Node, by: Node, shape: tuple[int, ...], strided: Collection[Node]) -> bool:
    """Whether a node can read another one that is not of the group."""
    if node.kind == "const":
        return True
    if node.kind != "input" or node in strided:
        return False
    if node.size == 1:
        return True
    if by.kind == "reduce" or by.shape == shape:
        return node.shape in (shape, (*shape[:-1], 1)) or _is_column(node.shape, shape)
    return node.shape == by.shape


def _is_column(shape: tuple[int, ...], of: tuple[int, ...]) -> bool:
    return bool(shape) and shape[-1] == of[-1] and all(size == 1 for size in shape[:-1])


def _needed(group: Iterable[Node], wanted: Collection[Node]) -> list[Node]:
    kept: set[Node] = set()
    nodes = list(group)
    for node in reversed(nodes):
        if node in wanted or node in kept:
            kept.add(node)
            kept.update(each for each in node.inputs)
    return [node for node in nodes if node in kept]


# The source -------------------------------------------------------------------------------------------------


class _Writer:
    """Writes the body of a kernel.

    Args:
        rows: What it computes.
        express: Gives the expression of a node, with the names of what it needs.
    """

    def __init__(self, rows: Rows, express: Any) -> None:
        self._rows = rows
        self._express = express
        self._full = {node for node in rows.nodes if node.kind != "reduce" and node.shape == rows.shape}
        self._names: dict[Node, str] = {}
        self.lines: list[str] = []

    def _load(self, number: int, node: Node, of_row: bool) -> str:
        shape = self._rows.shape
        if node.name == "number":
            text = f"x{number}"
        elif node.size == 1:
            text = f"x{number}[0]"
        elif of_row or node.shape == (*shape[:-1], 1):
            text = f"x{number}[row]"
        else:
            text = f"x{number}[first + i]" if node.shape == shape else f"x{number}[i]"
        return ctype(node.dtype).load.format(text)

    def _elements(self, ends: Sequence[Node]) -> tuple[list[str], dict[Node, str]]:
        """Statements that compute elements of full nodes, and what is loaded."""
        kept: set[Node] = set(ends)
        for node in reversed(self._rows.nodes):
            if node in kept and node in self._full:
                kept.update(node.inputs)
        names = dict(self._names)
        lines: list[str] = []
        for number, node in enumerate(self._rows.loads):
            if node in kept:
                names[node] = f"a{number}"
                lines.append(
                    f"const {ctype(node.dtype).value} a{number} = {self._load(number, node, False)};"
                )
        for at, node in enumerate(self._rows.nodes):
            if node in kept and node in self._full:
                names[node] = f"v{at}"
                self._note_constants(node, names)
                lines.append(f"const {ctype(node.dtype).value} v{at} = {self._express(node, names)};")
        return lines, names

    def _note_constants(self, node: Node, names: dict[Node, str]) -> None:
        for each in node.inputs:
            if each.kind == "const":
                names[each] = literal(each.value, each.dtype)

    def _row_value(self, at: int, node: Node) -> None:
        """A number of the row, which each thread computes."""
        names = dict(self._names)
        for number, each in enumerate(self._rows.loads):
            if each in node.inputs:
                names[each] = self._load(number, each, True)
        self._note_constants(node, names)
        text = names[node.inputs[0]] if node.kind == "view" else self._express(node, names)
        self.lines.append(f"    const {ctype(node.dtype).value} w{at} = {text};")
        self._names[node] = f"w{at}"

    def _pass(self, found: Sequence[tuple[int, Node]]) -> None:
        """Reductions that do not need each other."""
        lines, names = self._elements([node.inputs[0] for _, node in found])
        for at, node in found:
            begin = {"sum": "0", "mean": "0", "max": "-infinity()", "min": "infinity()"}[node.name]
            self.lines.append(f"    {ctype(node.dtype).value} w{at} = ({ctype(node.dtype).value}){begin};")
        self.lines.append("    for (int i = threadIdx.x; i < n; i += blockDim.x) {")
        self.lines += [f"      {each}" for each in lines]
        for at, node in found:
            step = EXPRESSIONS[_STEPS[node.name]]["f"].format(f"w{at}", names[node.inputs[0]])
            self.lines.append(f"      w{at} = {step};")
        self.lines.append("    }")
        for at, node in found:
            self.lines += [
                f"    __shared__ {ctype(node.dtype).value} s{at}[{_LARGEST_BLOCK}];",
                f"    s{at}[threadIdx.x] = w{at};",
            ]
        self.lines.append("    __syncthreads();")
        self.lines.append("    for (int half = blockDim.x / 2; half > 0; half /= 2) {")
        for at, node in found:
            own = f"s{at}[threadIdx.x]"
            step = EXPRESSIONS[_STEPS[node.name]]["f"].format(own, f"s{at}[threadIdx.x + half]")
            self.lines.append(f"      if (threadIdx.x < half) {own} = {step};")
        self.lines += ["      __syncthreads();", "    }"]
        for at, node in found:
            share = " / n" if node.name == "mean" else ""
            self.lines.append(f"    w{at} = {ctype(node.dtype).rounded.format(f's{at}[0]{share}')};")
            self._names[node] = f"w{at}"
        self.lines.append("    __syncthreads();")

    def write(self) -> list[str]:
        """Returns the statements for one row."""
        depths: dict[Node, int] = {}
        for node in self._rows.nodes:
            own = max((depths.get(each, 0) for each in node.inputs), default=0)
            depths[node] = own + (node.kind == "reduce")
        for depth in range(max(depths.values()) + 1):
            found = [
                (at, node)
                for at, node in enumerate(self._rows.nodes)
                if depths[node] == depth and node.kind == "reduce"
            ]
            if found:
                self._pass(found)
            for at, node in enumerate(self._rows.nodes):
                if depths[node] == depth and node.kind != "reduce" and node not in self._full:
                    self._row_value(at, node)
        full = [(at, node) for at, node in enumerate(self._rows.stores) if node in self._full]
        if full:
            lines, names = self._elements([node for _, node in full])
            self.lines.append("    for (int i = threadIdx.x; i < n; i += blockDim.x) {")
            self.lines += [f"      {each}" for each in lines]
            for at, node in full:
                self.lines.append(f"      y{at}[first + i] = {ctype(node.dtype).store.format(names[node])};")
            self.lines.append("    }")
        for at, node in enumerate(self._rows.stores):
            if node not in self._full:
                stored = ctype(node.dtype).store.format(self._names[node])
                self.lines.append(f"    if (threadIdx.x == 0) y{at}[row] = {stored};")
        return self.lines


def source_of(rows: Rows, express: Any) -> tuple[list[str], list[str]]:
    """Returns the arguments of the kernel and its statements.

    Args:
        rows: What it computes.
        express: Gives the expression of a node, with the names of what it needs.
    """
    given = ["const int n", "const long long rows"]
    for number, node in enumerate(rows.loads):
        stored = ctype(node.dtype).stored
        given.append(f"const {stored} x{number}" if node.name == "number" else f"const {stored}* x{number}")
    given += [f"{ctype(node.dtype).stored}* y{at}" for at, node in enumerate(rows.stores)]
    body = [
        "  for (long long row = blockIdx.x; row < rows; row += gridDim.x) {",
        "    const long long first = row * n;",
        *_Writer(rows, express).write(),
        "  }",
    ]
    return given, body
