"""Flatness: what a call costs in a graph that is already large.

A graph is filled with n scopes, n variables (all in one scope, `flat/`) and n nodes; then the same statement
is timed on graphs of each size, interleaved. Small graphs are filled anew before every sample; large ones are
kept and grow by the samples' own calls. Samples are long (5,000 calls) because a kept graph's tables have
left the processor's caches when its turn comes again, while those of a graph just filled are still there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import bare
from ..results import Result, Row
from ..sampling import Effort, Names, Samples, Work, interleave, paired_ratios, require

SIZES = (1_000, 10_000, 100_000, 1_000_000)
QUICK_SIZES = (1_000, 20_000)
REBUILT_BELOW = 20_000
CALLS = 5000
WORKING_SET = 40


class Filled:
    """One graph with `size` scopes, variables and nodes, filled at first use."""

    def __init__(self, tf: Any, size: int) -> None:
        self.tf = tf
        self.size = size
        self.graph: Any = None
        self.rounds = 0

    def fill(self) -> None:
        """Makes the graph."""
        tf = self.tf
        self.graph = tf.Graph()
        with self.graph.as_default():
            x = tf.placeholder(tf.float32, (3,), "x")
            variable_scope, get_variable, negative = tf.variable_scope, tf.get_variable, tf.negative
            float32, zeros = tf.float32, tf.zeros_initializer()
            for i in range(self.size):
                with variable_scope(f"s{i}"):
                    pass
            with variable_scope("flat"):
                for i in range(self.size):
                    get_variable(f"w{i}", (3,), float32, zeros)
            for _ in range(self.size):
                negative(x)
            require(len(tf.global_variables()) == self.size, "the graph was not filled")

    @contextmanager
    def opened(self, reuse: bool) -> Iterator[Names]:
        """Makes the graph the default and opens `flat/`; yields the names that the statements use."""
        if self.graph is None or self.size < REBUILT_BELOW:
            self.fill()
        self.rounds += 1
        tf, graph = self.tf, self.graph
        with graph.as_default():
            x = graph.get_tensor_by_name("x:0")
            with tf.variable_scope("flat", reuse=reuse or None):
                yield {
                    "get_variable": tf.get_variable,
                    "variable_scope": tf.variable_scope,
                    "name_scope": tf.name_scope,
                    "unique_name": graph.unique_name,
                    "float32": tf.float32,
                    "zeros": tf.zeros_initializer(),
                    "x": x,
                    "y": x,
                    "add": tf.add,
                    "negative": tf.negative,
                    "round": self.rounds,
                }


def on_filled(filled: Filled, statement: str, over: str | None, reuse: bool) -> Work:
    """Calls of `statement` on one filled graph.

    Args:
      filled: The graph.
      statement: One call. Its loop may use `names` (new names), `near` (WORKING_SET existing variables in
        turn, as a program asks for the same ones again) and `far` (names drawn from all).
      over: The loop.
      reuse: Whether the scope is open for sharing.

    Returns:
      The contender.
    """
    random = np.random.default_rng(0)

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        with filled.opened(reuse) as names:
            size = filled.size
            names["names"] = [f"new{filled.rounds}_{i}" for i in range(calls)]
            near = [f"w{i * size // WORKING_SET}" for i in range(WORKING_SET)]
            names["near"] = near * (calls // WORKING_SET)
            names["far"] = [f"w{i}" for i in random.integers(0, size, calls).tolist()]
            if over == "name in near":
                for name in near:
                    names["get_variable"](name)
            yield names

    def check(names: Names, calls: int) -> None:
        if reuse:
            require(names["get_variable"](names["far"][-1]).name == f"flat/{names['far'][-1]}:0", "wrong hit")
        if statement == ONE_ZEROS:
            # Listing a million variables here would evict the tables from the caches before the next sample.
            with filled.tf.variable_scope(filled.tf.get_variable_scope(), reuse=True):
                for name in (names["names"][0], names["names"][-1]):
                    made = names["get_variable"](name)
                    require(made.name == f"flat/{name}:0", "a variable is missing")

    return Work(statement, prepare, over=over, check=check)


@dataclass(frozen=True)
class Call:
    """A statement to time at each size; see on_filled."""

    key: str
    title: str
    statement: str
    over: str | None = None
    reuse: bool = False
    target: float | None = 1.5


NEW = "name in names"
ONE_ZEROS = "get_variable(name, (3,), float32, zeros)"
CALLS_TIMED = (
    Call("hit", "reuse hit, 40 names in turn", "get_variable(name)", "name in near", True),
    Call("hit.random", "reuse hit, names drawn from all", "get_variable(name)", "name in far", True, None),
    Call("create", "get_variable, create", ONE_ZEROS, NEW),
    Call("scope", "variable_scope('a')", "with variable_scope('a'):\n    pass"),
    Call("scope.new", "variable_scope, new names", "with variable_scope(name):\n    pass", NEW),
    Call("name_scope", "name_scope('a')", "with name_scope('a'):\n    pass"),
    Call("unique", "Graph.unique_name('a')", "unique_name('a')"),
    Call("unique.new", "Graph.unique_name, new names", "unique_name(name)", NEW),
    Call("node", "add(x, y)", "add(x, y)"),
    Call("node.negative", "negative(x)", "negative(x)"),
)


class BareFilled:
    """Bare Python's dict with `size` variables: shows what processor caches alone cost at that size."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.graph: bare.Graph | None = None
        self.rounds = 0

    @contextmanager
    def prepare(self, calls: int) -> Iterator[Names]:
        """Opens `flat`; yields the names that the statements use."""
        if self.graph is None or self.size < REBUILT_BELOW:
            self.graph = bare.start()
            with bare.Scope("flat"):
                for i in range(self.size):
                    bare.declare_variable(f"w{i}", (3,), np.float32, np.zeros)
        self.rounds += 1
        random = np.random.default_rng(self.rounds)
        bare.start(self.graph)
        with bare.Scope("flat", reuse=True):
            yield {
                "get_variable": bare.get_variable,
                "declare_variable": bare.declare_variable,
                "float32": np.float32,
                "zeros": np.zeros,
                "names": [f"new{self.rounds}_{i}" for i in range(calls)],
                "far": [f"w{i}" for i in random.integers(0, self.size, calls).tolist()],
            }
        bare.start()


BARE_CALLS = (
    Call("bare.hit.random", "bare Python, hits drawn from all", "get_variable(name)", "name in far"),
    Call("bare.create", "bare Python, create", "declare_variable(name, (3,), float32, zeros)", NEW),
)


def _row(call: Call, works: Sequence[Work], sizes: Sequence[int], target: float | None) -> Row:
    large, small = sizes[-1], sizes[0]
    key, heading = f"flat.{call.key}", f"{call.title}: at {large:,} vs {small:,}"

    def measure(effort: Effort) -> Result:
        taken = interleave(works, CALLS, effort)
        return Result(
            key,
            heading,
            "ns",
            taken[-1],
            taken[0],
            f"at {small:,}",
            paired_ratios(taken[-1], taken[0]),
            target,
            calls=CALLS,
            curve={size: samples.median for size, samples in zip(sizes, taken, strict=True)},
        )

    return Row(key, heading, measure)


def _adverse_row(tf: Any, sizes: Sequence[int]) -> Row:
    """`unique_name('a')`, n times, after a_n, ..., a_1 were taken one by one."""

    def adverse(size: int) -> Work:
        @contextmanager
        def prepare(calls: int) -> Iterator[Names]:
            graph = tf.Graph()
            for suffix in range(size, 0, -1):
                graph.unique_name(f"a_{suffix}")
            yield {"unique_name": graph.unique_name, "each": range(size), "graph": graph}

        def check(names: Names, calls: int) -> None:
            require(names["unique_name"]("a") == f"a_{2 * size}", "wrong unique name")

        return Work("unique_name('a')", prepare, over="_ in each", check=check)

    large, small = sizes[-1], sizes[0]
    title = f"unique_name('a') after a_n, ..., a_1: n = {large:,} vs {small:,}"

    def measure(effort: Effort) -> Result:
        # Each contender makes `size` calls in one sample, while Work.sample divides by 1: divide here.
        whole = interleave([adverse(size) for size in sizes], 1, effort)
        taken = [
            Samples(tuple(value / size for value in samples.values))
            for size, samples in zip(sizes, whole, strict=True)
        ]
        return Result(
            "flat.unique.adverse",
            title,
            "ns",
            taken[-1],
            taken[0],
            f"at {small:,}",
            paired_ratios(taken[-1], taken[0]),
            1.5,
            curve={size: samples.median for size, samples in zip(sizes, taken, strict=True)},
        )

    return Row("flat.unique.adverse", title, measure)


def rows(tf: Any, sizes: Sequence[int] = SIZES) -> tuple[Row, ...]:
    """The flat rows.

    Args:
      tf: The module under test.
      sizes: Numbers of scopes, variables and nodes already there, ascending.

    Returns:
      The rows; they share the filled graphs, which live as long as the rows.
    """
    graphs = {size: Filled(tf, size) for size in sizes}
    bares = [BareFilled(size) for size in sizes]
    made = []
    for call in CALLS_TIMED:
        works = [on_filled(graph, call.statement, call.over, call.reuse) for graph in graphs.values()]
        made.append(_row(call, works, sizes, call.target))
    for call in BARE_CALLS:
        works = [Work(call.statement, filled.prepare, call.over) for filled in bares]
        made.append(_row(call, works, sizes, None))
    return (*made, _adverse_row(tf, sizes))
