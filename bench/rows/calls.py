"""One call of each hot public name, relative to bare Python.

`rows(tf)` takes a module with v1's names: this package, or `tensorflow.compat.v1` as a peer. Every sample
starts from a new graph with one scope open, `scope/`, and checks afterwards what the calls made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from .. import bare
from ..results import Row, paired_row
from ..sampling import Names, Work, require
from . import variables
from .variables import FLOAT32, SHAPE, bare_in_scope, in_scope


def rows(tf: Any) -> tuple[Row, ...]:
    """The rows of the speed table.

    Args:
      tf: The module under test.

    Returns:
      Rows, in the table's order.
    """
    return (*variables.rows(tf), *_scope_rows(tf), *_names_rows(tf), *_node_rows(tf))


# --- scopes and names ---------------------------------------------------------


def scope(tf: Any, kind: str, argument: str) -> Work:
    """Enters and leaves `kind` ("variable_scope" or "name_scope"), by name or by a captured scope."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        with in_scope(tf) as graph:
            with tf.variable_scope("a") as captured:
                pass
            yield {"scope": getattr(tf, kind), "captured": captured, "graph": graph}

    def check(names: Names, calls: int) -> None:
        with names["scope"]("a" if argument == "'a'" else names["captured"]):
            inside = names["graph"].get_name_scope()
            path = tf.get_variable_scope().name
        require(inside == f"scope/a_{calls + 1}", f"the name scope after {calls} calls is {inside}")
        require(path == ("scope" if kind == "name_scope" else "scope/a"), f"the variable scope is {path}")
        require(tf.get_variable_scope().name == "scope", "a scope stayed open")

    return Work(f"with scope({argument}):\n    pass", prepare, check=check)


def bare_scope() -> Work:
    """The same with bare Python's context manager."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        with bare_in_scope():
            yield {"scope": bare.Scope}

    def check(names: Names, calls: int) -> None:
        with names["scope"]("a") as inside:
            require(inside.prefix == "scope/a/", "wrong prefix")
        require(bare._stack[-1].opened["a"] == calls + 1, "openings were not counted")

    return Work("with scope('a'):\n    pass", prepare, check=check)


def unique_name(tf: Any) -> Work:
    """Asks for the same base name repeatedly."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        with in_scope(tf) as graph:
            yield {"unique_name": graph.unique_name}

    def check(names: Names, calls: int) -> None:
        require(names["unique_name"]("a") == f"scope/a_{calls}", "wrong unique name")

    return Work("unique_name('a')", prepare, check=check)


BASES = ("conv", "matmul", "bias", "relu", "pool", "norm", "drop", "add")
IN_TURNS = "for base in bases:\n    unique_name(base)"


def names_unique(tf: Any, statement: str = "unique_name('a')") -> Work:
    """The same of `Names`, which needs no graph."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        names = tf.Names()
        with names.scope("scope"):
            yield {"unique_name": names.unique_name, "bases": BASES}

    def check(names: Names, calls: int) -> None:
        base = BASES[-1] if statement == IN_TURNS else "a"
        require(names["unique_name"](base) == f"scope/{base}_{calls}", "wrong unique name")

    return Work(statement, prepare, check=check)


def bare_names_unique(statement: str) -> Work:
    """The same with a dict of counters."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        with bare_in_scope():
            yield {"unique_name": bare.unique_name, "bases": BASES}

    def check(names: Names, calls: int) -> None:
        require(names["unique_name"](BASES[-1]) == f"scope/{BASES[-1]}_{calls}", "wrong unique name")

    return Work(statement, prepare, check=check)


def _names_rows(tf: Any) -> tuple[Row, ...]:
    if not hasattr(tf, "Names"):
        return ()
    return (
        paired_row(
            "names", "Names.unique_name('a')", names_unique(tf), bare_unique_name(), target=0.25, stretch=0.2
        ),
        paired_row(
            "names.turns",
            f"Names.unique_name, {len(BASES)} bases in turns",
            names_unique(tf, IN_TURNS),
            bare_names_unique(IN_TURNS),
            target=0.25,
        ),
    )


def bare_unique_name() -> Work:
    """The same with a dict of counters."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        with bare_in_scope():
            yield {"unique_name": bare.unique_name}

    def check(names: Names, calls: int) -> None:
        require(names["unique_name"]("a") == f"scope/a_{calls}", "wrong unique name")

    return Work("unique_name('a')", prepare, check=check)


def _scope_rows(tf: Any) -> tuple[Row, ...]:
    def row(key: str, title: str, kind: str, argument: str, target: float, stretch: float) -> Row:
        return paired_row(key, title, scope(tf, kind, argument), bare_scope(), target=target, stretch=stretch)

    return (
        row("scope.name", "variable_scope('a'), enter + exit", "variable_scope", "'a'", 0.8, 0.4),
        row(
            "scope.captured", "variable_scope(captured), enter + exit", "variable_scope", "captured", 0.8, 0.4
        ),
        row("scope.op", "name_scope('a'), enter + exit", "name_scope", "'a'", 0.6, 0.35),
        paired_row(
            "unique", "Graph.unique_name('a')", unique_name(tf), bare_unique_name(), target=0.3, stretch=0.2
        ),
    )


# --- nodes --------------------------------------------------------------------


def node(tf: Any, statement: str, type: str, last: Callable[[int], str], per_call: int = 1) -> Work:
    """Nodes made by `statement` from placeholders x and y; `last(calls)` is the name of the last node."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        with in_scope(tf) as graph:
            names = {"x": tf.placeholder(tf.float32, SHAPE), "y": tf.placeholder(tf.float32, SHAPE)}
            names |= {name: getattr(tf, name) for name in ("add", "negative", "exp", "reduce_sum")}
            yield names | {"graph": graph}

    def check(names: Names, calls: int) -> None:
        made = names["graph"].get_operations()
        require(len(made) == 2 + calls * per_call, f"{len(made)} nodes after {calls} calls")
        require(made[-1].name == last(calls) and made[-1].type == type, f"the last node is {made[-1].name}")
        output = made[-1].outputs[0]
        require(output.dtype == tf.float32, "wrong dtype")
        require(output.shape.as_list() == ([] if type == "Sum" else [3]), "wrong shape")

    return Work(statement, prepare, check=check)


def bare_node(statement: str) -> Work:
    """The same in bare Python."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        with bare_in_scope() as graph:
            x, y = bare.placeholder(FLOAT32, SHAPE), bare.placeholder(FLOAT32, SHAPE)
            yield {"x": x, "y": y, "add": bare.add, "negative": bare.negative, "graph": graph}

    def check(names: Names, calls: int) -> None:
        made = names["graph"].nodes
        require(len(made) == 2 + calls and made[-1].name.endswith(f"_{calls - 1}"), "not one node per call")

    return Work(statement, prepare, check=check)


def _node_rows(tf: Any) -> tuple[Row, ...]:
    def row(
        key: str,
        statement: str,
        type: str,
        name: str,
        against: str,
        target: float | None,
        stretch: float | None,
        per_call: int = 1,
    ) -> Row:
        ours = node(tf, statement, type, lambda calls: f"scope/{name}_{calls - 1}", per_call)
        return paired_row(key, statement, ours, bare_node(against), target=target, stretch=stretch)

    return (
        row("node.add", "add(x, y)", "AddV2", "Add", "add(x, y)", 0.4, 0.2),
        row("node.plus", "x + y", "AddV2", "add", "x + y", 0.4, 0.2),
        row("node.times", "x * 2.0", "Mul", "mul", "x * 2.0", 0.4, 0.2, per_call=2),
        row("node.negative", "negative(x)", "Neg", "Neg", "negative(x)", 0.8, 0.4),
        row("node.exp", "exp(x)", "Exp", "Exp", "negative(x)", 0.8, 0.4),
        row("node.reduce", "reduce_sum(x)", "Sum", "Sum", "negative(x)", 0.8, 0.4, per_call=2),
    )
