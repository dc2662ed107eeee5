"""Rows for get_variable, as a hit and as a creation; and the fresh states that rows start from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from .. import bare
from ..results import Row, paired_row
from ..sampling import Names, Work, require

FLOAT32 = np.dtype("float32")
SHAPE = (3,)


# --- fresh states -------------------------------------------------------------


@contextmanager
def in_scope(tf: Any, reuse: bool | None = None) -> Iterator[Any]:
    """Opens a new default graph and `scope/`; yields the graph."""
    graph = tf.Graph()
    with graph.as_default(), tf.variable_scope("scope", reuse=reuse):
        yield graph


@contextmanager
def bare_in_scope(reuse: bool | None = None) -> Iterator[bare.Graph]:
    """The same for bare Python."""
    graph = bare.start()
    with bare.Scope("scope", reuse):
        yield graph
    bare.start()


def names_of(calls: int) -> list[str]:
    """New strings, whose hash is not cached yet, as in a program that makes its names."""
    return [f"w{i}" for i in range(calls)]


# --- variables ----------------------------------------------------------------


def hit(tf: Any, statement: str) -> Work:
    """Looks up one existing variable by `statement`."""

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
    """Creates small variables with zeros as initializer."""

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


def bare_create(statement: str, beneath: str = "") -> Work:
    """The same into a dict, by `statement`, which gives names beneath that path in the scope."""

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
        require(len(made) == calls and f"scope/{beneath}w{calls - 1}" in made, "not one variable per call")

    return Work(statement, prepare, over="name in names", check=check)


def shared_or_made(tf: Any) -> Work:
    """A hit as layers write it: AUTO_REUSE, a list as shape, an initializer."""

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
    """Creates variables with v1's default initializer, glorot_uniform, whose value takes seven ops."""

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


def rows(tf: Any) -> tuple[Row, ...]:
    """The rows for get_variable.

    Args:
      tf: The module under test.

    Returns:
      Rows, in the table's order.
    """
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
