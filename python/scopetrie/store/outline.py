"""A store's variables, as they are printed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from .. import _core
from ..printing import Facts, Outline, facts_of, grow

__all__ = ["store_outline", "variable_facts"]


def variable_facts(variable: _core.StoreVariable, *notes: str) -> Facts:
    """Returns what is said of a variable.

    Args:
        variable: The variable.
        *notes: What else is not ordinary about it.
    """
    return _facts(variable.dtype, variable.shape, variable.trainable, variable.ready, *notes)


@lru_cache(maxsize=1024)
def _facts(
    dtype: np.dtype[Any], shape: tuple[int, ...], is_trainable: bool, is_ready: bool, *notes: str
) -> Facts:
    trained = "" if is_trainable else "not trainable"
    return facts_of(dtype.name, dtype.itemsize, shape, trained, "" if is_ready else "lazy", *notes)


def store_outline(title: str, store: _core.Store, path: str = "") -> Outline:
    """Returns the tree of the variables beneath a path.

    Args:
        title: What is printed.
        store: The store.
        path: The path; all of its variables by default.
    """
    return Outline(title, (), grow(_rows(store, path)))


def _rows(store: _core.Store, top: str) -> Iterator[tuple[str, Facts]]:
    prefix = f"{top}/" if top else ""
    for path, variable in store._items(top):
        try:
            own = variable.path
            notes = () if own == prefix + path else (f"alias of {own}",)
            yield path, variable_facts(variable, *notes)
        except RuntimeError:  # another thread has deleted it meanwhile
            continue
