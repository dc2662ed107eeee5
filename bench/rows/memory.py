"""Resident memory: what a million items add to a process, and whether dropping the graph frees it.

Each row runs in processes of its own (`python -m bench.rows.memory KIND COUNT`). A process prints as JSON how
much the resident set grew, and how much of that was left after the graph was dropped. Names are included;
values are not, since a graph holds none.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import bare
from ..results import Result, Row, Unavailable
from ..sampling import Effort, Samples, require

COUNT = 1_000_000
QUICK_COUNT = 50_000
PROCESSES = 3


def resident() -> int:
    """Bytes of this process in memory now.

    Raises:
      Unavailable: on a system without /proc.
    """
    gc.collect()
    try:
        with open("/proc/self/statm", encoding="ascii") as status:
            pages = int(status.read().split()[1])
    except OSError as error:
        raise Unavailable("resident memory is read from /proc/self/statm, which this system lacks") from error
    return pages * os.sysconf("SC_PAGE_SIZE")


class Nodes:
    """Nodes of one type, whose handles are dropped at once."""

    def __init__(self, tf: Any) -> None:
        self.graph = tf.Graph()
        with self.graph.as_default():
            self.x = tf.placeholder(tf.float32, (3,), "x")
        self.negative = tf.negative

    def grow(self, count: int) -> None:
        with self.graph.as_default():
            for _ in range(count):
                self.negative(self.x)

    def check(self, count: int) -> None:
        require(self.graph.get_operation_by_name(f"Neg_{count - 1}").type == "Neg", "nodes are missing")


class Handles(Nodes):
    """Tensors of existing nodes, kept in a list."""

    def __init__(self, tf: Any, count: int) -> None:
        super().__init__(tf)
        super().grow(count)
        self.kept: list[Any] = [None] * count
        self.names = [f"Neg_{i}:0" if i else "Neg:0" for i in range(count)]
        self.graph.get_tensor_by_name(self.names[-1])  # builds the index of names

    def grow(self, count: int) -> None:
        get, kept, names = self.graph.get_tensor_by_name, self.kept, self.names
        for i in range(count):
            kept[i] = get(names[i])


class Variables:
    """Small variables in one scope, whose handles are dropped at once."""

    def __init__(self, tf: Any) -> None:
        self.tf = tf
        self.graph = tf.Graph()

    def grow(self, count: int) -> None:
        tf = self.tf
        get_variable, float32, zeros = tf.get_variable, tf.float32, tf.zeros_initializer()
        with self.graph.as_default(), tf.variable_scope("scope"):
            for i in range(count):
                get_variable(f"w{i}", (3,), float32, zeros)

    def check(self, count: int) -> None:
        with self.graph.as_default(), self.tf.variable_scope("scope", reuse=True):
            require(self.tf.get_variable(f"w{count - 1}").shape.as_list() == [3], "variables are missing")


class Scopes(Variables):
    """Variable scopes, each entered and left once."""

    def grow(self, count: int) -> None:
        variable_scope = self.tf.variable_scope
        with self.graph.as_default():
            for i in range(count):
                with variable_scope(f"s{i}"):
                    pass

    def check(self, count: int) -> None:
        with self.graph.as_default():
            require(self.graph.unique_name(f"s{count - 1}") == f"s{count - 1}_1", "scopes are missing")


class LazyVariables:
    """Variables of a Store whose elements nobody has looked at."""

    shape = (64,)

    def __init__(self, tf: Any) -> None:
        self.store = tf.Store(seed=0)

    def grow(self, count: int) -> None:
        get, shape = self.store.get, self.shape
        with self.store.scope("scope"):
            for i in range(count):
                get(f"w{i}", shape)

    def check(self, count: int) -> None:
        require(len(self.store) == count and not self.store[f"scope/w{count - 1}"].ready, "they are not lazy")


class ReadyVariables(LazyVariables):
    """The same with their elements."""

    def grow(self, count: int) -> None:
        get, shape = self.store.get, self.shape
        with self.store.scope("scope"):
            for i in range(count):
                get(f"w{i}", shape).array  # noqa: B018  # the look makes the elements

    def check(self, count: int) -> None:
        require(len(self.store) == count and self.store[f"scope/w{count - 1}"].ready, "they are not ready")


class BareNodes:
    """Nodes of bare Python."""

    def __init__(self) -> None:
        self.graph = bare.start()
        self.x = bare.placeholder(np.dtype("float32"), (3,), "x")

    def grow(self, count: int) -> None:
        for _ in range(count):
            bare.negative(self.x)

    def check(self, count: int) -> None:
        require(len(self.graph.nodes) == count + 1, "nodes are missing")


class BareVariables(BareNodes):
    """Variables of bare Python, without values."""

    def grow(self, count: int) -> None:
        with bare.Scope("scope"):
            for i in range(count):
                bare.declare_variable(f"w{i}", (3,), np.dtype("float32"), np.zeros)

    def check(self, count: int) -> None:
        require(len(self.graph.variables) == count, "variables are missing")


def measure_growth(kind: str, count: int) -> dict[str, float]:
    """Makes `count` items of one kind in this process and measures what they take.

    Args:
      kind: A kind of `ROWS`, or "bare.node" or "bare.variable".
      count: How many.

    Returns:
      Bytes per item: `grown` by the items alone, `total` with the graph, `kept` after the graph was freed.
    """
    made: dict[str, Callable[[], Any]] = {"bare.node": BareNodes, "bare.variable": BareVariables}
    if not kind.startswith("bare."):
        tf = importlib.import_module("scopetrie")
        made = {
            "node": lambda: Nodes(tf),
            "handle": lambda: Handles(tf, count),
            "variable": lambda: Variables(tf),
            "scope": lambda: Scopes(tf),
            "store.lazy": lambda: LazyVariables(tf),
            "store.ready": lambda: ReadyVariables(tf),
        }
        Nodes(tf).grow(10)  # loads what the first call loads, which is not the graph's memory
        Variables(tf).grow(10)
        ReadyVariables(tf).grow(10)
    began = resident()
    state = made[kind]()
    before = resident()
    state.grow(count)
    grown = resident() - before
    state.check(count)
    total = resident() - began
    del state
    bare.start()
    kept = resident() - began
    return {"grown": grown / count, "total": total / count, "kept": kept / count}


def _in_process(kind: str, count: int) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.rows.memory", kind, str(count)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise Unavailable(ran.stderr.strip().splitlines()[-1] if ran.stderr else f"exit {ran.returncode}")
    measured: dict[str, float] = json.loads(ran.stdout)
    return measured


ROWS = (
    ("node", "node, its unique name included", 64 + len("Neg_999999")),
    ("handle", "retained Tensor handle", 48),
    ("variable", "variable, its name and v1's four ops included", 250),
    ("scope", "variable scope, its name included", None),
    ("store.lazy", "lazy variable of a Store, its name included", 160 + len("w999999")),
    ("store.ready", "ready variable of a Store with 64 floats, its name and data included", 200 + 7 + 256),
)


def _row(kind: str, title: str, target: float | None) -> Row:
    def measure(effort: Effort) -> Result:
        count = QUICK_COUNT if effort.quick else COUNT
        processes = 1 if effort.quick else PROCESSES
        ours = Samples(tuple(_in_process(kind, count)["grown"] for _ in range(processes)))
        theirs = None
        if kind in ("node", "variable"):
            theirs = Samples(tuple(_in_process(f"bare.{kind}", count)["grown"] for _ in range(processes)))
        ratio = None if theirs is None else Samples((ours.median / theirs.median,))
        against = "" if theirs is None else "bare Python"
        # With a small count, the growth is mostly spare room in tables: no target.
        bound = None if effort.quick else target
        key = f"memory.{kind}"
        return Result(key, title, "B", ours, theirs, against, ratio, bound, target_on="value", calls=count)

    return Row(f"memory.{kind}", title, measure)


def _freed_row() -> Row:
    title = "kept after a graph of variables is freed"

    def measure(effort: Effort) -> Result:
        count = QUICK_COUNT if effort.quick else COUNT
        got = _in_process("variable", count)
        kept, total = Samples((max(got["kept"], 0.0),)), Samples((got["total"],))
        ratio = Samples((kept.median / total.median,))
        bound = None if effort.quick else 0.1
        return Result("memory.freed", title, "B", kept, total, "while alive", ratio, bound, calls=count)

    return Row("memory.freed", title, measure)


def rows() -> tuple[Row, ...]:
    """The rows for memory."""
    return (*(_row(*row) for row in ROWS), _freed_row())


if __name__ == "__main__":
    print(json.dumps(measure_growth(sys.argv[1], int(sys.argv[2]))))
