"""A Store against bare Python that does the same with dicts, and its elements against NumPy's by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from .results import Row, paired_row
from .sampling import REPEATED, Names, Work, require
from .variables import bare_create, bare_hit, names_of

MANY = 1000
SHAPE = (64,)


def hit(tf: Any, statement: str) -> Work:
    """Shares one existing variable by `statement`."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        store = tf.Store(seed=0)
        with store.scope("scope"):
            variable = store.get("w", (3,), np.float32)
        with store.scope("scope", reuse=True):
            yield {"store": store, "float32": np.dtype("float32"), "variable": variable}

    def check(names: Names, calls: int) -> None:
        require(names["store"].get("w") is names["variable"], "a hit is another object")

    return Work(statement, prepare, check=check)


def create(tf: Any, statement: str) -> Work:
    """Makes lazy variables by `statement`, which has a name of its own each time."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        store = tf.Store(seed=0)
        with store.scope("scope"):
            yield {
                "store": store,
                "float32": np.dtype("float32"),
                "zeros": tf.zeros_initializer(),
                "names": names_of(calls),
            }

    def check(names: Names, calls: int) -> None:
        store = names["store"]
        require(len(store) == calls, "not one variable per call")
        require(list(store)[-1] == f"scope/w{calls - 1}", "wrong path")

    return Work(statement, prepare, over="name in names", check=check)


def many(tf: Any, statement: str) -> Work:
    """Makes MANY variables by `statement`."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        store = tf.Store(seed=0)
        with store.scope("scope", reuse=tf.AUTO_REUSE):
            yield {"store": store, "names": names_of(MANY), "shapes": [SHAPE] * MANY}

    def check(names: Names, calls: int) -> None:
        require(len(names["store"]) == MANY, "not one variable per name")

    return Work(statement, prepare, over=REPEATED, check=check)


def first_look(tf: Any, initializer: str) -> Work:
    """Looks at variables for the first time."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        store = tf.Store(seed=0)
        yield {"names": store.get_many(names_of(calls), [SHAPE] * calls, initializer=initializer)}

    def check(names: Names, calls: int) -> None:
        require(all(variable.ready for variable in names["names"]), "a variable is not ready")

    return Work("name.array", prepare, over="name in names", check=check)


def by_hand(statement: str) -> Work:
    """Makes an array by `statement`."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        generator = np.random.Generator(np.random.Philox(0))
        yield {"np": np, "shape": SHAPE, "draw": generator.random, "names": range(calls)}

    return Work(statement, prepare, over="name in names")


def step(tf: Any, statement: str) -> Work:
    """One step of gradient descent on MANY variables by `statement`."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        store = tf.Store(seed=0)
        store.get_many(names_of(MANY), [SHAPE] * MANY, initializer="zeros")
        flat = store.flat()
        yield {
            "flat": flat,
            "gradient": np.ones_like(flat.data),
            "pairs": [(array, np.ones_like(array)) for array in flat.values()],
        }

    def check(names: Names, calls: int) -> None:
        require(bool((names["flat"].data < 0).all()), "nothing was changed")

    return Work(statement, prepare, over=REPEATED, check=check)


def fork(tf: Any, statement: str) -> Work:
    """Copies a store of MANY variables by `statement`."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        store = tf.Store(seed=0)
        for variable in store.get_many(names_of(MANY), [SHAPE] * MANY, initializer="ones"):
            require(variable.array.any(), "the elements are not made")
        yield {"store": store, "arrays": {path: variable.array for path, variable in store._items()}}

    return Work(statement, prepare, over=REPEATED)


def rows(tf: Any) -> tuple[Row, ...]:
    """The rows for Store.

    Args:
      tf: The module under test.

    Returns:
      Rows, in the table's order; none where the module has no Store.
    """
    if not hasattr(tf, "Store"):
        return ()
    full = "shape=(3,), dtype=float32"
    flat = "flat.data -= 0.1 * gradient"
    loop = "for array, each in pairs: array -= 0.1 * each"
    singly = "made = [store.get(name, shape) for name, shape in zip(names, shapes)]"
    return (
        paired_row(
            "store.hit", "Store.get, hit, name", hit(tf, "store.get('w')"), bare_hit("get_variable('w')"),
            target=0.25,
        ),
        paired_row(
            "store.hit.full", "Store.get, hit, name + shape= dtype=", hit(tf, f"store.get('w', {full})"),
            bare_hit(f"get_variable('w', {full})"), target=0.25,
        ),
        paired_row(
            "store.create", "Store.get, a new lazy variable",
            create(tf, "store.get(name, (3,), float32, zeros)"),
            bare_create("declare_variable(name, (3,), float32, zeros)"), target=0.5,
        ),
        paired_row(
            "store.create.default", "the same, of the default initializer",
            create(tf, "store.get(name, (3,))"),
            bare_create("declare_variable(name, (3,), float32, zeros)"), target=0.5,
        ),
        paired_row(
            "store.many", f"get_many of {MANY:,}", many(tf, "made = store.get_many(names, shapes)"),
            many(tf, singly), against="single calls", target=0.5,
        ),
        paired_row(
            "store.look.zeros", "first look at 64 zeros", first_look(tf, "zeros"),
            by_hand("np.zeros(shape, np.float32)"), against="np.zeros",
        ),
        paired_row(
            "store.look.glorot", "first look at 64 drawn floats", first_look(tf, "glorot_uniform"),
            by_hand("draw(shape, np.float32) * 0.2 - 0.1"), against="NumPy's generator", target=1.5,
        ),
        paired_row(
            "store.flat", f"a step on {MANY:,} variables of 64 in a flat buffer",
            step(tf, flat), step(tf, loop),
            against="a loop over them", target=0.05,
        ),
        paired_row(
            "store.fork", f"fork of {MANY:,} variables of 64", fork(tf, "made = store.fork()"),
            fork(tf, "made = {path: array.copy() for path, array in arrays.items()}"),
            against="copies in a dict",
        ),
    )  # fmt: skip
