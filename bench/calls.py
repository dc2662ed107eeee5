"""One call of each hot public name, beside its bare-Python equivalent.

`rows(tf)` takes the module that offers v1's names: this package, or `tensorflow.compat.v1` as a peer. Every
sample starts from a fresh graph with one scope open, `scope/`, and checks afterwards what the calls left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from . import bare
from .results import Row, paired_row
from .sampling import Names, Work, require

FLOAT32 = np.dtype("float32")
SHAPE = (3,)


def rows(tf: Any) -> tuple[Row, ...]:
    """The rows of the speed table.

    Args:
      tf: The module under test.

    Returns:
      Rows, in the table's order.
    """
    return (*_variable_rows(tf), *_scope_rows(tf), *_node_rows(tf))


# --- fresh states -------------------------------------------------------------


@contextmanager
def in_scope(tf: Any, reuse: bool | None = None) -> Iterator[Any]:
    """A new default graph with `scope/` open; yields the graph."""
    graph = tf.Graph()
    with graph.as_default(), tf.variable_scope("scope", reuse=reuse):
        yield graph


@contextmanager
def bare_in_scope(reuse: bool | None = None) -> Iterator[bare.Graph]:
    """The same for the bare-Python equivalents."""
    graph = bare.start()
    with bare.Scope("scope", reuse):
        yield graph
    bare.start()


def names_of(calls: int) -> list[str]:
    """Names nobody has hashed yet, as a program makes them."""
    return [f"w{i}" for i in range(calls)]


# --- variables ----------------------------------------------------------------


def hit(tf: Any, statement: str) -> Work:
    """Sharing of one existing variable by `statement`."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        with tf.Graph().as_default():
            with tf.variable_scope("scope"):
                variable = tf.get_variable("w", SHAPE, tf.float32)
            with tf.variable_scope("scope", reuse=True):
                yield {"get_variable": tf.get_variable, "float32": tf.float32, "variable": variable}

    def check(names: Names, calls: int) -> None:
        require(names["get_variable"]("w") is names["variable"], "a hit is another object")
        require(len(tf.global_variables()) == 1, "a hit made a variable")

    return Work(statement, prepare, check=check)


def bare_hit(statement: str) -> Work:
    """The same on a dict."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        bare.start()
        with bare.Scope("scope"):
            variable = bare.get_variable("w", SHAPE, FLOAT32)
        with bare.Scope("scope", reuse=True):
            yield {"get_variable": bare.get_variable, "float32": FLOAT32, "variable": variable}

    def check(names: Names, calls: int) -> None:
        require(names["get_variable"]("w") is names["variable"], "a hit is another object")

    return Work(statement, prepare, check=check)


def create(tf: Any) -> Work:
    """Creation of small variables with zeros as initializer."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        with in_scope(tf):
            yield {
                "get_variable": tf.get_variable,
                "float32": tf.float32,
                "zeros": tf.zeros_initializer(),
                "names": names_of(calls),
            }

    def check(names: Names, calls: int) -> None:
        made = tf.global_variables()
        require(len(made) == calls, "not one variable per call")
        require(made[-1].name == f"scope/w{calls - 1}:0", "wrong variable name")
        require(made[0].shape.as_list() == [3] and made[0].dtype.base_dtype == tf.float32, "wrong variable")

    return Work("get_variable(name, (3,), float32, zeros)", prepare, over="name in names", check=check)


def bare_create(statement: str) -> Work:
    """The same into a dict, by `statement`."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        with bare_in_scope() as graph:
            yield {
                "get_variable": bare.get_variable,
                "declare_variable": bare.declare_variable,
                "float32": FLOAT32,
                "zeros": np.zeros,
                "names": names_of(calls),
                "graph": graph,
            }

    def check(names: Names, calls: int) -> None:
        made = names["graph"].variables
        require(len(made) == calls and f"scope/w{calls - 1}" in made, "not one variable per call")

    return Work(statement, prepare, over="name in names", check=check)


def shared_or_made(tf: Any) -> Work:
    """The hit that layers make of their weights: AUTO_REUSE, a list as shape, an initializer given."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        zeros = tf.zeros_initializer()
        with tf.Graph().as_default(), tf.variable_scope("scope", reuse=tf.AUTO_REUSE):
            variable = tf.get_variable("w", [3], initializer=zeros)
            yield {"get_variable": tf.get_variable, "zeros": zeros, "variable": variable}

    def check(names: Names, calls: int) -> None:
        require(names["get_variable"]("w", [3]) is names["variable"], "a hit is another object")
        require(len(tf.global_variables()) == 1, "a hit made a variable")

    return Work("get_variable('w', [3], initializer=zeros)", prepare, check=check)


def create_by_default(tf: Any) -> Work:
    """Creation with v1's default initializer, glorot_uniform, which makes seven ops for the initial value."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        with in_scope(tf):
            yield {"get_variable": tf.get_variable, "names": names_of(calls)}

    def check(names: Names, calls: int) -> None:
        made = tf.global_variables()
        require(len(made) == calls, "not one variable per call")
        require(made[-1].name == f"scope/w{calls - 1}:0", "wrong variable name")
        require(made[0].op.inputs == () or len(made[0].op.inputs) == 0, "a variable has no inputs")

    return Work("get_variable(name, [3, 3])", prepare, over="name in names", check=check)


def _variable_rows(tf: Any) -> tuple[Row, ...]:
    name = "get_variable('w')"
    full = "get_variable('w', shape=(3,), dtype=float32)"
    listed = "get_variable('w', [3])"
    return (
        paired_row(
            "hit.name",
            "get_variable, reuse hit, name",
            hit(tf, name),
            bare_hit(name),
            target=0.8,
            stretch=0.5,
        ),
        paired_row(
            "hit.full",
            "get_variable, reuse hit, name + shape= dtype=",
            hit(tf, full),
            bare_hit(full),
            target=0.9,
            stretch=0.6,
        ),
        paired_row(
            "hit.list",
            "get_variable, reuse hit, name and [3]",
            hit(tf, listed),
            bare_hit("get_variable('w', tuple([3]))"),
        ),
        paired_row(
            "hit.auto",
            "get_variable('w', [3], initializer=zeros), AUTO_REUSE",
            shared_or_made(tf),
            bare_hit("get_variable('w', tuple([3]))"),
        ),
        paired_row(
            "create",
            "get_variable, create, small, zeros",
            create(tf),
            bare_create("get_variable(name, (3,), float32)"),
            target=1.4,
            stretch=0.8,
        ),
        paired_row(
            "create.novalue",
            "the same; bare Python makes no array either",
            create(tf),
            bare_create("declare_variable(name, (3,), float32, zeros)"),
        ),
        paired_row(
            "create.default",
            "get_variable, create, [3, 3], glorot by default",
            create_by_default(tf),
            bare_create("get_variable(name, (3, 3), float32)"),
            target=1.4,
            stretch=0.8,
        ),
    )


# --- scopes and names ---------------------------------------------------------


def scope(tf: Any, kind: str, argument: str) -> Work:
    """Entering and leaving `kind` ("variable_scope" or "name_scope") by name or by a captured object."""

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
    """The same with the class-based context manager."""

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
    """The same base name again and again."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        with in_scope(tf) as graph:
            yield {"unique_name": graph.unique_name}

    def check(names: Names, calls: int) -> None:
        require(names["unique_name"]("a") == f"scope/a_{calls}", "wrong unique name")

    return Work("unique_name('a')", prepare, check=check)


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
    """Nodes made by `statement` from the placeholders x and y; `last(calls)` is the last one's name."""

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
    """The same with slotted nodes."""

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
        row("node.reduce", "reduce_sum(x)", "Sum", "Sum", "negative(x)", None, None, per_call=2),
    )
