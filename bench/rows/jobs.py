"""The whole job: many variables in nested scopes, then one op on each.

Each block has ten layers of ten variables. Names of scopes differ from block to block and layer to layer,
names of variables repeat, as in the definition of a network. Bare Python makes no arrays here
(`declare_variable`), since a v1 graph holds none. A sample is one whole job; freeing its graph is not timed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from .. import bare
from ..results import Row, paired_row
from ..sampling import Names, Work, require

LAYERS = 10
WEIGHTS = tuple(f"w{i}" for i in range(10))
PER_BLOCK = LAYERS * len(WEIGHTS)


def build(tf: Any, count: int) -> list[Any]:
    """Makes `count` variables and one node on each.

    Args:
      tf: The module under test.
      count: How many, a multiple of `PER_BLOCK`.

    Returns:
      The nodes.
    """
    variable_scope, get_variable, negative = tf.variable_scope, tf.get_variable, tf.negative
    float32, zeros = tf.float32, tf.zeros_initializer()
    variables: list[Any] = []
    for block in range(count // PER_BLOCK):
        with variable_scope(f"block{block}"):
            for layer in range(LAYERS):
                with variable_scope(f"layer{layer}"):
                    variables += [get_variable(name, (3,), float32, zeros) for name in WEIGHTS]
    return [negative(variable) for variable in variables]


def bare_build(count: int) -> list[Any]:
    """The same in bare Python."""
    variable_scope, declare_variable, negative = bare.Scope, bare.declare_variable, bare.negative
    float32, zeros = np.dtype("float32"), np.zeros
    variables: list[Any] = []
    for block in range(count // PER_BLOCK):
        with variable_scope(f"block{block}"):
            for layer in range(LAYERS):
                with variable_scope(f"layer{layer}"):
                    variables += [declare_variable(name, (3,), float32, zeros) for name in WEIGHTS]
    return [negative(variable) for variable in variables]


def job(tf: Any, count: int, collect: bool) -> Work:
    """The whole job as one call."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        with tf.Graph().as_default():
            names: Names = {"build": build, "tf": tf, "counts": [count] * calls}
            yield names
            names.clear()

    def check(names: Names, calls: int) -> None:
        variables = tf.global_variables()
        require(len(variables) == count, "not all variables were made")
        require(variables[-1].name == f"block{count // PER_BLOCK - 1}/layer9/w9:0", "wrong last variable")
        last = tf.get_default_graph().get_operation_by_name(f"Neg_{count - 1}")
        require(last.inputs[0].name == variables[-1].name.replace(":0", "/read:0"), "wrong input")

    return Work("made = build(tf, count)", prepare, over="count in counts", check=check, collect=collect)


def bare_job(count: int, collect: bool) -> Work:
    """The whole job of bare Python as one call."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        yield {"build": bare_build, "graph": bare.start(), "counts": [count] * calls}
        bare.start()

    def check(names: Names, calls: int) -> None:
        graph = names["graph"]
        require(len(graph.variables) == count and len(graph.nodes) == count, "not everything was made")
        require(graph.nodes[-1].name == f"Neg_{count - 1}", "wrong last node")

    return Work("made = build(count)", prepare, over="count in counts", check=check, collect=collect)


def rows(tf: Any, count: int = 100_000) -> tuple[Row, ...]:
    """The whole job with the garbage collector off, and with it on, as in a program.

    Args:
      tf: The module under test.
      count: Variables to make.

    Returns:
      The rows.
    """

    def row(key: str, title: str, collect: bool) -> Row:
        return paired_row(
            key,
            f"{count:,} variables in nested scopes, an op on each{title}",
            job(tf, count, collect),
            bare_job(count, collect),
            target=0.7,
            stretch=0.4,
            calls=1,
            quick_calls=1,
        )

    return row("job", "", False), row("job.gc", ", gc on", True)
