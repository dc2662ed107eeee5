"""Stores, subtrees and variables as pytrees of JAX and optree, where the program has imported these.

A store or a subtree is its nested dict, and a variable its array. What is put together again is plain: nested
dicts of whatever the leaves have become. Nobody is imported for this; it is done when somebody makes a store,
or asks for a subtree or a tree.
"""

from __future__ import annotations

import contextlib
import sys
from typing import Any, Final

__all__ = ["register", "register_later"]

_types: Final[list[tuple[type, Any]]] = []  # with the functions that take them apart
_done: Final[set[str]] = set()


def register_later(kind: type, children: Any) -> None:
    """Says how a type is taken apart: `children(value)` is the one thing in it."""
    _types.append((kind, children))


def register() -> None:
    """Tells JAX and optree, if the program has imported them and they do not know yet."""
    for name, tell in (("jax.tree_util", _tell_jax), ("optree", _tell_optree)):
        if name in _done or name not in sys.modules:
            continue
        tell_one = getattr(sys.modules[name], "register_pytree_node", None)
        if tell_one is None:  # another thread is importing it
            continue
        _done.add(name)
        for kind, children in _types:
            with contextlib.suppress(ValueError):  # the program has registered it already
                tell(tell_one, kind, children)


def _tell_jax(tell: Any, kind: type, children: Any) -> None:
    tell(kind, lambda value: ((children(value),), None), lambda _, made: made[0])


def _tell_optree(tell: Any, kind: type, children: Any) -> None:
    # optree has no types of all namespaces: its functions take namespace="scopetrie".
    tell(
        kind,
        lambda value: ((children(value),), None),
        lambda _, made: next(iter(made)),
        namespace="scopetrie",
    )
