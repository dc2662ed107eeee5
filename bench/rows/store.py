"""A Store against bare Python that does the same with dicts, and its elements against NumPy's by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..results import Result, Row, paired_row
from ..sampling import REPEATED, Effort, Names, Work, interleave, require
from .variables import bare_create, bare_hit, names_of

SHAPE = (64,)
# As many as the targets speak of; the quick form measures the same.
MANY, FLAT, FORKED, SUBTREE, ALL = 1000, 10_000, 100_000, 100, 1_000_000


def arguments(tf: Any) -> Names:
    """What the statements of calls name."""
    return {
        "float32": np.dtype("float32"),
        "np_float32": np.float32,
        "tf_float32": tf.float32,
        "zeros": tf.zeros_initializer(),
    }


def hit(tf: Any, statement: str, reuse: Any = True) -> Work:
    """Shares one existing variable by `statement`."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        store = tf.Store(seed=0)
        with store.scope("scope"):
            variable = store.get("w", (3,), np.float32)
            below = store.get("a/b/w", (3,), np.float32)
        with store.scope("scope", reuse=reuse):
            yield arguments(tf) | {"store": store, "variable": variable, "below": below}

    def check(names: Names, calls: int) -> None:
        require(names["store"].get("w") is names["variable"], "a hit is another object")
        require(len(names["store"]) == 2, "a hit made a variable")

    return Work(statement, prepare, check=check)


def create(tf: Any, statement: str) -> Work:
    """Makes lazy variables by `statement`, which has a name of its own each time."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        store = tf.Store(seed=0)
        with store.scope("scope"):
            yield arguments(tf) | {"store": store, "names": names_of(calls)}

    def check(names: Names, calls: int) -> None:
        store = names["store"]
        require(len(store) == calls, "not one variable per call")
        require(list(store)[-1] in (f"scope/w{calls - 1}", f"scope/a/b/w{calls - 1}"), "wrong path")

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


def put(tf: Any, statement: str) -> Work:
    """Stores arrays of 64 MiB, none of which is copied, by `statement`."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        array = np.zeros((16, 1024, 1024), np.float32)
        yield {"store": tf.Store(seed=0), "made": {}, "array": array, "names": names_of(calls)}

    def check(names: Names, calls: int) -> None:
        for held in names["store"].values() if len(names["store"]) else names["made"].values():
            require(np.shares_memory(np.asarray(held), names["array"]), "it was copied")

    return Work(statement, prepare, over="name in names", check=check)


def step(tf: Any, statement: str) -> Work:
    """One step of gradient descent on FLAT variables by `statement`."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        store = tf.Store(seed=0)
        store.get_many(names_of(FLAT), [SHAPE] * FLAT, initializer="zeros")
        flat = store.flat()
        yield {
            "flat": flat,
            "gradient": np.ones_like(flat.data),
            "pairs": [(array, np.ones_like(array)) for array in flat.values()],
        }

    def check(names: Names, calls: int) -> None:
        require(bool((names["flat"].data < 0).all()), "nothing was changed")

    return Work(statement, prepare, over=REPEATED, check=check)


class Forked:
    """A store of FORKED variables with elements, and their arrays by path; made once.

    Args:
      tf: The module under test.
      is_looked_at: Whether somebody looks at all of them before each fork.
    """

    def __init__(self, tf: Any, is_looked_at: bool) -> None:
        self.tf = tf
        self.is_looked_at = is_looked_at
        self.made: Names | None = None

    @contextmanager
    def prepare(self, calls: int) -> Iterator[Names]:
        """Yields the store and the arrays."""
        one = np.ones(SHAPE, np.float32)
        if self.made is None:
            store = self.tf.Store(seed=0)
            for variable in store.get_many(names_of(FORKED), [SHAPE] * FORKED):
                variable.assign(one)
            self.made = {"store": store, "arrays": {name: one.copy() for name in names_of(FORKED)}}
        if self.is_looked_at:
            for variable in self.made["store"].values():
                require(variable.array[0] == 1, "the elements are wrong")
        yield dict(self.made)


class Large:
    """A store of ALL variables, SUBTREE of them in each scope; made once."""

    def __init__(self, tf: Any) -> None:
        self.tf = tf
        self.made: Names | None = None

    @contextmanager
    def prepare(self, calls: int) -> Iterator[Names]:
        """Yields the store."""
        if self.made is None:
            store = self.tf.Store(seed=0)
            for first in range(0, ALL, SUBTREE):
                with store.scope(f"s{first // SUBTREE}"):
                    store.get_many(names_of(SUBTREE), [SHAPE] * SUBTREE)
            require(len(store) == ALL and len(store["s7"]) == SUBTREE, "the store was not filled")
            self.made = {"store": store}
        yield dict(self.made)


def subtree(large: Large, key: str, title: str, statement: str) -> Row:
    """A row about a small part of a large store, in nanoseconds."""
    work = Work(statement, large.prepare)

    def measure(effort: Effort) -> Result:
        (samples,) = interleave([work], 100, effort)
        return Result(key, title, "ns", samples, target=20_000, target_on="value", calls=100)

    return Row(key, title, measure)


def rows(tf: Any) -> tuple[Row, ...]:
    """The rows for Store.

    Args:
      tf: The module under test.

    Returns:
      Rows, in the table's order; none where the module has no Store.
    """
    if not hasattr(tf, "Store"):
        return ()
    return (*_calls(tf), *_elements(tf), *_many(tf))


HITS = (
    ("store.hit", "'w'", "'w'"),
    ("store.hit.full", "'w', shape=(3,), dtype=float32", None),
    ("store.hit.list", "'w', [3]", "'w', (3,)"),
    ("store.hit.type", "'w', (3,), np_float32", "'w', (3,), float32"),
    ("store.hit.text", "'w', (3,), 'float32'", "'w', (3,), float32"),
    ("store.hit.tf", "'w', (3,), tf_float32", "'w', (3,), float32"),
    ("store.hit.initializer", "'w', (3,), float32, zeros", "'w', (3,), float32"),
    ("store.hit.rule", "'w', (3,), float32, 'zeros'", "'w', (3,), float32"),
    ("store.hit.path", "'a/b/w'", "'w'"),
)
CREATIONS = (
    ("store.create", "name, (3,), float32, zeros"),
    ("store.create.default", "name, (3,)"),
    ("store.create.list", "name, [3], float32, zeros"),
    ("store.create.type", "name, (3,), np_float32, zeros"),
    ("store.create.text", "name, (3,), 'float32', 'zeros'"),
    ("store.create.tf", "name, (3,), tf_float32, zeros"),
    ("store.create.keywords", "name, shape=(3,), initializer='ones', trainable=False"),
    ("store.create.path", "'a/b/' + name, (3,), float32, zeros"),
)


def _calls(tf: Any) -> tuple[Row, ...]:
    """One call that shares or makes a variable, with various arguments."""
    hits = [
        paired_row(
            key, f"Store.get({given}), hit", hit(tf, f"store.get({given})"),
            bare_hit(f"get_variable({like or given})"), target=0.25,
        )
        for key, given, like in HITS
    ]  # fmt: skip
    creations = [
        paired_row(
            key, f"Store.get({given}), new", create(tf, f"store.get({given})"),
            bare_create(f"declare_variable({before}name, (3,), float32, zeros)", beneath),
            target=0.5,
        )
        for key, given in CREATIONS
        for before, beneath in [("'a/b/' + ", "a/b/") if "a/b/" in given else ("", "")]
    ]  # fmt: skip
    return (*hits, *creations)


def _elements(tf: Any) -> tuple[Row, ...]:
    """First looks at elements, and elements that are brought along."""
    return (
        paired_row(
            "store.look.zeros", "first look at 64 zeros", first_look(tf, "zeros"),
            by_hand("np.zeros(shape, np.float32)"), against="np.zeros", target=1000, target_on="difference",
        ),
        paired_row(
            "store.look.glorot", "first look at 64 drawn floats", first_look(tf, "glorot_uniform"),
            by_hand("draw(shape, np.float32) * 0.2 - 0.1"), against="NumPy's generator", target=1.5,
        ),
        paired_row(
            "store.put", "put(name, array) of 64 MiB, not copied", put(tf, "store.put(name, array)"),
            put(tf, "made[name] = array"), against="a dict", calls=100, quick_calls=20,
        ),
    )  # fmt: skip


def _many(tf: Any) -> tuple[Row, ...]:
    """Many variables at once."""
    large = Large(tf)
    singly = "made = [store.get(name, shape) for name, shape in zip(names, shapes)]"
    loop = "for array, each in pairs: array -= 0.1 * each"
    copies = "made = {path: array.copy() for path, array in arrays.items()}"
    of = f"{SUBTREE} among {ALL:,}"
    return (
        paired_row(
            "store.many", f"get_many of {MANY:,}", many(tf, "made = store.get_many(names, shapes)"),
            many(tf, singly), against="single calls", target=0.5, calls=10, quick_calls=2,
        ),
        subtree(large, "store.subtree.list", f"list of {of}", "list(store['s7'])"),
        subtree(large, "store.subtree.len", f"len of {of}", "len(store['s7'])"),
        subtree(large, "store.subtree.nbytes", f"nbytes of {of}", "store['s7'].nbytes"),
        paired_row(
            "store.flat", f"a step on {FLAT:,} variables of 64 in a flat buffer",
            step(tf, "flat.data -= 0.1 * gradient"), step(tf, loop),
            against="a loop over them", target=0.05, calls=5, quick_calls=1,
        ),
        *(
            paired_row(
                key, f"fork of {FORKED:,} variables of 64 that {who} looked at",
                Work("made = store.fork()", forked.prepare, over=REPEATED),
                Work(copies, forked.prepare, over=REPEATED),
                against="copies in a dict", target=5_000_000, target_on="value", calls=1, quick_calls=1,
            )
            for key, who, forked in (
                ("store.fork", "nobody has", Forked(tf, False)),
                ("store.fork.seen", "somebody has", Forked(tf, True)),
            )
        ),
    )  # fmt: skip
