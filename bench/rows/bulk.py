"""Calls on arrays of names, relative to as many single calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..results import Result, Row, Unavailable, paired_row
from ..sampling import REPEATED, Effort, Names, Work, require

COUNT = 1000
OWN = "the names of Names"


def _in_scope(tf: Any, statement: str, last: str) -> Work:
    """One call of `statement` that handles COUNT items; afterwards the op `last` must exist."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        graph = tf.Graph()
        with graph.as_default(), tf.variable_scope("scope"):
            x = tf.placeholder(tf.float32, (3,), "x")
            names = [f"w{i}" for i in range(COUNT)]
            yield {
                "graph": graph,
                "tf": tf,
                "names": names,
                "zeros": tf.zeros_initializer(),
                "bases": ["a"] * COUNT,
                "shapes": [(3,)] * COUNT,
                "inputs": [(x,)] * COUNT,
                "x": x,
                "own": tf.Names() if hasattr(tf, "Names") else None,
            }

    def check(names: Names, calls: int) -> None:
        graph = names["graph"]
        if last == OWN:
            require(len(names["own"]) == COUNT, "the names were not taken")
        elif last:
            require(graph.get_operation_by_name(last) is not None, f"{last} is missing")
        else:
            require(graph.unique_name("a") == f"scope/a_{COUNT}", "the names were not taken")

    return Work(statement, prepare, over=REPEATED, check=check)


CALLS = (
    (
        "bulk.variables",
        f"get_variables of {COUNT:,}",
        ("tf", "get_variables"),
        "made = tf.get_variables(names, shapes)",
        "made = [tf.get_variable(name, shape) for name, shape in zip(names, shapes)]",
        f"scope/w{COUNT - 1}",
    ),
    (
        "bulk.zeros",
        f"get_variables of {COUNT:,}, zeros",
        ("tf", "get_variables"),
        "made = tf.get_variables(names, shapes, initializer=zeros)",
        "made = [tf.get_variable(name, shape, initializer=zeros) for name, shape in zip(names, shapes)]",
        f"scope/w{COUNT - 1}",
    ),
    (
        "bulk.unique",
        f"unique_names of {COUNT:,}",
        ("graph", "unique_names"),
        "made = graph.unique_names(bases)",
        "made = [graph.unique_name(base) for base in bases]",
        "",
    ),
    (
        "bulk.names",
        f"Names.unique_names of {COUNT:,}",
        ("tf", "Names"),
        "made = own.unique_names(bases)",
        "made = [own.unique_name(base) for base in bases]",
        OWN,
    ),
    (
        "bulk.ops",
        f"create_ops of {COUNT:,}",
        ("graph", "create_ops"),
        "made = graph.create_ops('Neg', inputs)",
        "made = [tf.negative(x) for (x,) in inputs]",
        f"scope/Neg_{COUNT - 1}",
    ),
)


def rows(tf: Any) -> tuple[Row, ...]:
    """The rows for bulk calls; a call that this version lacks is skipped.

    Args:
      tf: The module under test.

    Returns:
      The rows.
    """

    def row(key: str, title: str, needs: tuple[str, str], bulk: str, single: str, last: str) -> Row:
        owner, name = needs
        paired = paired_row(
            key,
            title,
            _in_scope(tf, bulk, last),
            _in_scope(tf, single, last),
            against="single calls",
            target=0.5 if last == OWN else 0.4,
            calls=1,
            quick_calls=1,
        )

        def measure(effort: Effort) -> Result:
            if not hasattr(tf if owner == "tf" else tf.Graph, name):
                raise Unavailable(f"no {name} in this version")
            return paired.measure(effort)

        return Row(key, title, measure)

    return tuple(row(*call) for call in CALLS)
