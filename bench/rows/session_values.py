"""The values of a Session's variables, relative to the same with a list of NumPy arrays."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..results import Result, Row, paired_row
from ..sampling import REPEATED, Effort, Names, Samples, Work, require
from .running import Floats, first_run

SHAPE = (64,)


def _zeros(count: int) -> list[Floats]:
    return [np.zeros(SHAPE, np.float32) for _ in range(count)]


def _one(statement: str, prepare: Any, check: Any = None) -> Work:
    """A statement that takes milliseconds."""
    return Work(statement, prepare, REPEATED, check)


def _list(statement: str, count: int) -> Work:
    """NumPy's side."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        yield {"np": np, "arrays": _zeros(count), "one": np.ones(SHAPE, np.float32), "count": count}

    return _one(statement, prepare)


def made(tf: Any, count: int) -> Any:
    """Makes variables and initializes them; the session is returned, and not freed while the clock runs."""
    zeros, float32, get_variable = tf.zeros_initializer(), tf.float32, tf.get_variable
    with tf.Graph().as_default() as graph:
        for i in range(count):
            get_variable(f"v{i}", SHAPE, float32, zeros)
        session = tf.Session(graph=graph)
        session.run(tf.global_variables_initializer())
    return session


def _make(tf: Any, count: int) -> Row:
    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        yield {"made": made, "tf": tf, "count": count, "kept": []}

    def check(names: Names, calls: int) -> None:
        for session in names["kept"]:
            require(len(session.store) == count, "not all variables have values")
            require(session.run(f"v{count - 1}:0").shape == SHAPE, "the last variable has no value")

    return paired_row(
        "values.make",
        f"make and initialize {count:,} variables of 64 floats (zeros)",
        _one("kept.append(made(tf, count))", prepare, check),
        _list("kept = [np.zeros((64,), np.float32) for _ in range(count)]", count),
        against="NumPy",
        target=1.5,
        calls=1,
        quick_calls=1,
    )


class Opened:
    """A session with initialized variables, made at the first use."""

    def __init__(self, tf: Any, count: int) -> None:
        self._tf = tf
        self._count = count
        self.names: Names = {}

    @contextmanager
    def prepare(self, calls: int) -> Iterator[Names]:
        """Opens it, and runs what is measured three times: from then on it is generated code."""
        if not self.names:
            tf = self._tf
            session = made(tf, self._count)
            with session.graph.as_default():
                variables = tf.global_variables()
                ones = tf.constant(np.ones(SHAPE, np.float32))
                with tf.control_dependencies([tf.assign_add(each, ones).op for each in variables]):
                    add = tf.constant(0.0)
            for _ in range(3):
                session.run(add)
                session.run(variables)
            one = np.ones(SHAPE, np.float32)
            for variable in variables:
                variable.load(one, session)
            self.names = {
                "session": session,
                "run": session.run,
                "variables": variables,
                "add": add,
                "one": one,
                "last": session.store[variables[-1].op.name].array,
            }
        self.names["last"][:] = 1
        yield self.names


def _on_opened(tf: Any, count: int) -> tuple[Row, ...]:
    opened = Opened(tf, count)

    def check(names: Names, calls: int) -> None:
        require(bool((names["last"] == 1).all()), f"the last variable has {names['last'][0]}")

    def row(key: str, title: str, ours: str, theirs: str, target: float) -> Row:
        return paired_row(
            key,
            title,
            _one(ours, opened.prepare, check),
            _list(theirs, count),
            against="NumPy",
            target=target,
            calls=2,
            quick_calls=1,
        )

    many = f"{count:,} variables of 64 floats"
    return (
        row(
            "values.fetch",
            f"fetch of {many}",
            "copies = run(variables)",
            "copies = [array.copy() for array in arrays]",
            1.2,
        ),
        row(
            "values.load",
            f"load of {many}",
            "for variable in variables: variable.load(one, session)",
            "for array in arrays: np.copyto(array, one)",
            1.5,
        ),
    )


def _add(tf: Any) -> Row:
    count = 1000
    opened = Opened(tf, count)

    def check(names: Names, calls: int) -> None:
        require(bool((names["last"] == 1 + calls).all()), f"the last variable has {names['last'][0]}")

    return paired_row(
        "values.add",
        f"assign_add on {count:,} variables of 64 floats",
        _one("run(add)", opened.prepare, check),
        _list("for array in arrays: np.add(array, one, out=array)", count),
        against="NumPy",
        target=1.0,
        calls=20,
        quick_calls=5,
    )


def visited(nodes: list[tuple[str, tuple[int, ...]]]) -> list[tuple[str, int, list[int]]]:
    """What any compiler of a graph does at least: visit each node, number its value, append a step."""
    numbers: dict[int, int] = {}
    steps: list[tuple[str, int, list[int]]] = []
    for node, (kind, inputs) in enumerate(nodes):
        number = numbers[node] = len(numbers)
        steps.append((kind, number, [numbers[each] for each in inputs]))
    return steps


OPERATIONS = 100_000
"""For the compilation, in the quick form as well: a plan of at most 20,000 steps becomes Python code in its
second run, which costs several times as much as the compilation, and is another question."""


def _compile(tf: Any) -> Row:
    count = OPERATIONS
    title = f"compile of a {count:,}-op fetch"
    nodes = [("x", ())] + [("add", (i - 1, 0)) for i in range(1, count)]

    def by_hand() -> float:
        gc.collect()
        start = time.perf_counter_ns()
        steps = visited(nodes)
        spent = time.perf_counter_ns() - start
        require(len(steps) == count, "not all nodes were visited")
        return float(spent)

    def measure(effort: Effort) -> Result:
        pairs = []
        for _ in range(effort.least):
            gc.disable()
            try:
                pairs.append((first_run(tf, count), by_hand()))
            finally:
                gc.enable()
        ours, theirs = (Samples(tuple(values)) for values in zip(*pairs, strict=True))
        ratio = Samples(tuple(a / b for a, b in pairs))
        return Result("values.compile", title, "ns", ours, theirs, "a plain loop", ratio, 4.0)

    return Row("values.compile", title, measure)


def rows(tf: Any, count: int) -> tuple[Row, ...]:
    """The rows for the values of sessions.

    Args:
      tf: The module under test.
      count: The number of variables.

    Returns:
      The rows.
    """
    return (_make(tf, count), *_on_opened(tf, count), _add(tf), _compile(tf))
