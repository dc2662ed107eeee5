"""Creations of variables with arguments, relative to creations with zeros in the same rounds.

Both sides get a name, a shape and an argument of their own for each call, so that nothing is measured that
only works for the same one again: shapes and arguments come in turns, with periods that have no divisor in
common.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from ..results import Row, paired_row
from ..sampling import Names, Work, require
from .variables import in_scope, names_of

SHAPES = ((3,), (2, 3), (), (4, 4, 2), (8, 2), (3, 3), (16,))
EACH = 9  # different arguments
ZEROS = "get_variable(name, shape, float32, zeros)"


class Creation(NamedTuple):
    """One way to create a variable.

    Attributes:
      title: The argument in words.
      statement: The call; `given` is the argument.
      arguments: Makes EACH different arguments.
      target: How many creations with zeros it may cost.
      reference: What it is compared with.
    """

    title: str
    statement: str
    arguments: Callable[[Any], Sequence[Any]]
    target: float = 1.5
    reference: str = ZEROS


def _initializer(title: str, made: Callable[[Any, int], Any]) -> Creation:
    return Creation(
        title,
        "get_variable(name, shape, float32, given)",
        lambda tf: [made(tf.initializers, i) for i in range(1, EACH + 1)],
    )


def _square(title: str, made: Callable[[Any, int], Any]) -> Creation:
    """An initializer of matrices or kernels only, all of one shape here."""
    return _initializer(title, made)._replace(statement="get_variable(name, (4, 4), float32, given)")


def _kernel(title: str, dims: str, made: Callable[[Any, int], Any]) -> Creation:
    return _initializer(title, made)._replace(statement=f"get_variable(name, ({dims}), float32, given)")


def _loss(tf: Any, i: int) -> Callable[[Any], Any]:
    return lambda variable: tf.nn.l2_loss(variable)


def _getter(i: int) -> Callable[..., Any]:
    return lambda getter, *arguments, **options: getter(*arguments, **options)


def _arrays(tf: Any) -> list[Any]:
    return [np.full(SHAPES[i % len(SHAPES)], i, np.float32) for i in range(EACH)]


# By key: the row's key is "create." and this.
CREATIONS: dict[str, Creation] = {
    "ones": Creation(
        "ones", "get_variable(name, shape, float32, given)", lambda tf: [tf.ones_initializer()] * EACH
    ),
    "constant": _initializer("constant", lambda of, i: of.constant(i / 8)),
    "uniform": _initializer("random_uniform", lambda of, i: of.random_uniform(-i / 8, i / 8)),
    "normal": _initializer("random_normal", lambda of, i: of.random_normal(stddev=i / 8)),
    "truncated": _initializer("truncated_normal", lambda of, i: of.truncated_normal(stddev=i / 8)),
    "scaled": _initializer("variance_scaling", lambda of, i: of.variance_scaling(i / 8)),
    "seeded": _initializer("variance_scaling with a seed", lambda of, i: of.variance_scaling(seed=i)),
    "glorot": _initializer("glorot_uniform", lambda of, i: of.glorot_uniform()),
    "unit": _initializer("uniform_unit_scaling", lambda of, i: of.uniform_unit_scaling(i / 8)),
    "identity": _square("identity", lambda of, i: of.identity(i / 8)),
    "orthogonal": _square("orthogonal", lambda of, i: of.orthogonal(i / 8)),
    "delta": _kernel(
        "convolutional_delta_orthogonal", "3, 2, 4", lambda of, i: of.convolutional_delta_orthogonal(i / 8)
    ),
    # The first of a shape is made in Python, of 94 operations: the calls that follow share its cost.
    "kernel": _kernel(
        "convolutional_orthogonal_1d", "3, 2, 4", lambda of, i: of.convolutional_orthogonal_1d(i / 8)
    )._replace(target=2.0),
    "class": Creation(
        "the class random_normal",
        "get_variable(name, shape, float32, given)",
        lambda tf: [tf.random_normal_initializer] * EACH,
    ),
    "number": Creation(
        "a number", "get_variable(name, initializer=given)", lambda tf: [i / 8 for i in range(EACH)]
    ),
    "array": Creation(
        "an array, over two creations with zeros and its copy",
        "get_variable(name, initializer=given)",
        _arrays,
        1.0,
        f"{ZEROS}; {ZEROS.replace('name', 'name + other')}; given.copy()",
    ),
    "trainable": Creation(
        "zeros, trainable=",
        "get_variable(name, shape, float32, zeros, trainable=given)",
        lambda tf: [i % 2 == 0 for i in range(EACH)],
    ),
    "collections": Creation(
        "zeros, collections=",
        "get_variable(name, shape, float32, zeros, collections=given)",
        lambda tf: [[f"mine{i}", tf.GraphKeys.GLOBAL_VARIABLES] for i in range(EACH)],
    ),
    "dtype": Creation(
        "zeros, dtype=",
        "get_variable(name, shape, dtype=given, initializer=zeros)",
        lambda tf: [(tf.float32, tf.float64, tf.int32, tf.float16, tf.int64)[i % 5] for i in range(EACH)],
    ),
    "regularizer": Creation(
        "zeros, regularizer= a function that adds an op",
        "get_variable(name, shape, float32, zeros, regularizer=given)",
        lambda tf: [_loss(tf, i) for i in range(EACH)],
        8.0,
    ),
    "getter": Creation(
        "zeros, custom_getter= a function that passes all on",
        "get_variable(name, shape, float32, zeros, custom_getter=given)",
        lambda tf: [_getter(i) for i in range(EACH)],
        8.0,
    ),
}


def create(tf: Any, key: str, reference: bool = False) -> Work:
    """Creates variables, each with another name, shape and argument.

    Args:
      tf: The module under test.
      key: One of CREATIONS.
      reference: Whether to make what the creation is compared with.

    Returns:
      The contender.
    """
    creation = CREATIONS[key]

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        arguments = creation.arguments(tf)
        with in_scope(tf):
            yield {
                "get_variable": tf.get_variable,
                "float32": tf.float32,
                "zeros": tf.zeros_initializer(),
                "other": "other",
                "rows": [
                    (name, SHAPES[i % len(SHAPES)], arguments[i % EACH])
                    for i, name in enumerate(names_of(calls))
                ],
            }

    def check(names: Names, calls: int) -> None:
        made = tf.get_default_graph()._variables()
        per_call = creation.reference.count("get_variable") if reference else 1
        require(len(made) == calls * per_call, f"{len(made)} variables after {calls} calls")
        require(
            made[-per_call].name == f"scope/w{calls - 1}:0", f"the last variable is {made[-per_call].name}"
        )

    statement = creation.reference if reference else creation.statement
    return Work(statement, prepare, over="name, shape, given in rows", check=check)


def rows(tf: Any) -> tuple[Row, ...]:
    """The rows, in the table's order.

    Args:
      tf: The module under test.

    Returns:
      Rows.
    """
    return tuple(
        paired_row(
            f"create.{key}",
            f"get_variable, create, {creation.title}",
            create(tf, key),
            create(tf, key, reference=True),
            against="zeros",
            target=creation.target,
        )
        for key, creation in CREATIONS.items()
    )
