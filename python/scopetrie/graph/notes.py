"""What is noted of a graph's operations, tensors and variables besides the graph's own record of them."""

from __future__ import annotations

from typing import Any, Final, Generic, TypeVar

from .. import _core

Key = TypeVar("Key")
Value = TypeVar("Value")

_NOTHING: Final[Any] = object()


class Notes(Generic[Key, Value]):
    """A table by key that goes back with its graph: a rolled-back transaction undoes what it changed here.

    The graph is given with each change and not kept, so that it is freed with its last handle.

    >>> import scopetrie as tf
    >>> graph, notes = tf.Graph(), Notes()
    >>> with graph.transaction() as attempt:
    ...     notes.take(graph, "x", 1)
    ...     attempt.rollback()
    True
    >>> notes.get("x") is None
    True
    """

    __slots__ = ("_notes",)

    def __init__(self) -> None:
        self._notes: dict[Key, Value] = {}

    def get(self, key: Key, default: Any = None) -> Any:
        """Returns what is noted of a key, or the default."""
        return self._notes.get(key, default)

    def __contains__(self, key: object) -> bool:
        return key in self._notes

    def __getitem__(self, key: Key) -> Value:
        return self._notes[key]

    def __len__(self) -> int:
        return len(self._notes)

    def keys(self) -> list[Key]:
        """Returns the keys, in the order in which they were noted."""
        return list(self._notes)

    def take(self, graph: _core.Graph, key: Key, value: Value) -> None:
        """Notes a value of a key, in place of what was noted before."""
        graph._on_undo(self._restore, key, self._notes.get(key, _NOTHING))
        self._notes[key] = value

    def drop(self, graph: _core.Graph, key: Key) -> None:
        """Forgets what is noted of a key."""
        graph._on_undo(self._restore, key, self._notes.get(key, _NOTHING))
        self._notes.pop(key, None)

    def _restore(self, key: Key, before: Any) -> None:
        if before is _NOTHING:
            self._notes.pop(key, None)
        else:
            self._notes[key] = before
