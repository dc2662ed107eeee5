"""Checkpoints, relative to plain file calls with the same bytes."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..results import Row, paired_row
from ..sampling import REPEATED, Names, Work, require

AGAINST = "plain file calls"
QUICK_VARIABLES = 500
VARIABLES = 10_000
ELEMENTS = 1 << 30  # bytes of all of them together, at full size
QUICK_ELEMENTS = 1 << 24


def most_bytes() -> int:
    """How many bytes the variables may have: a tenth of the memory that is free, since there are copies."""
    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError):
        return ELEMENTS
    return min(ELEMENTS, max(QUICK_ELEMENTS, free // 10))


def plain_write(path: str, arrays: list[Any]) -> None:
    """Writes arrays one after the other, and waits for the disk."""
    with open(path, "wb", buffering=0) as file:
        for array in arrays:
            file.write(array)
        os.fsync(file.fileno())


def plain_read(path: str, arrays: list[Any]) -> None:
    """Reads them back into their memory."""
    with open(path, "rb", buffering=0) as file:
        for array in arrays:
            file.readinto(array)


def work(tf: Any, statement: str, count: int, size: int, check: Callable[[Names], None]) -> Work:
    """A contender: a store and a session with `count` variables of `size` bytes together, saved in files."""

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        shape = (size // count // 4,)
        paths = [f"layer_{i}/w" for i in range(count)]
        store = tf.Store()
        for number, path in enumerate(paths):
            store.put(path, np.full(shape, number, np.float32))
        arrays = [np.array(variable.array) for variable in store.values()]
        with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
            names = {
                "tf": tf,
                "store": store,
                "arrays": arrays,
                "plain_write": plain_write,
                "plain_read": plain_read,
                "path": os.path.join(folder, "model.safetensors"),
                "plain": os.path.join(folder, "plain"),
                "checkpoint": os.path.join(folder, "model"),
            }
            store.save(names["path"])
            plain_write(names["plain"], arrays)
            if "saver" in statement:
                stack.enter_context(tf.Graph().as_default())
                variables = [tf.get_variable(path, shape) for path in paths]
                session = stack.enter_context(tf.Session())
                for variable, array in zip(variables, arrays, strict=True):
                    variable.load(array, session)
                saver = tf.train.Saver(variables)
                saver.save(session, names["checkpoint"], write_meta_graph=False)
                names |= {"session": session, "saver": saver}
            yield names

    return Work(statement, prepare, over=REPEATED, check=lambda names, calls: check(names))


def rows(tf: Any, quick: bool) -> tuple[Row, ...]:
    """The rows.

    Args:
      tf: The package under test.
      quick: Whether the files are small.
    """
    count, size = (QUICK_VARIABLES, QUICK_ELEMENTS) if quick else (VARIABLES, most_bytes())
    title = f"of {size >> 20:,} MiB in {count:,} variables"

    def is_written(name: str) -> Callable[[Names], None]:
        return lambda names: require(
            os.path.getsize(names[name]) >= size // count // 4 * 4 * count, "the file is too short"
        )

    def is_read(names: Names) -> None:
        require(float(names["arrays"][-1][0]) == count - 1, "the values were not read")
        require(float(names["store"][f"layer_{count - 1}/w"].array[0]) == count - 1, "nor were these")

    def row(key: str, name: str, ours: str, theirs: str, check: Any, target: float | None) -> Row:
        contenders = (work(tf, statement, count, size, check) for statement in (ours, theirs))
        return paired_row(
            key, f"{name} {title}", *contenders, against=AGAINST, target=target, calls=1, quick_calls=1
        )

    def opening(key: str, title: str) -> Row:
        contenders = (
            work(tf, statement, count, size, is_read)
            for statement in ("tf.Store.open(path)", "plain_read(plain, arrays)")
        )
        return paired_row(
            key, f"Store.open {title}", *contenders, against=AGAINST, target=30e6, target_on="value", calls=1,
            quick_calls=1,
        )  # fmt: skip

    write, read = "plain_write(plain, arrays)", "plain_read(plain, arrays)"
    saved, ready = (
        "saver.save(session, checkpoint, write_meta_graph=False)",
        "saver.restore(session, checkpoint)",
    )
    return (
        row("files.save", "Store.save", "store.save(path)", write, is_written("plain"), 1.25),
        row("files.restore", "Store.restore", "store.restore(path)", read, is_read, 1.25),
        opening("files.open", title),
        row("files.saver_save", "Saver.save", saved, write, is_written("plain"), None),
        row("files.saver_restore", "Saver.restore", ready, read, is_read, None),
    )
