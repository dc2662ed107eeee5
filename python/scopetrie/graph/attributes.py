"""Attributes that a program sets on handles: `weights.decayed = True`.

A handle is 32 bytes, and made on demand, so an attribute belongs to what the handle stands for: it is kept in
the graph, by number, goes back with the graph, and every handle of the same tensor has it. Reading attributes
costs nothing more until a program sets one on a handle of the type.
"""

from __future__ import annotations

from typing import Any, Final

from .. import _core
from .notes import Notes

__all__ = ["keep_attributes"]

_MISSING: Final = object()
# How a graph gives a handle of each type back. A handle that a graph kept would keep the graph.
_FINDERS: Final[dict[type, Any]] = {
    _core.Tensor: _core.Graph.tensor, _core.Operation: _core.Graph.operation,
    _core.Variable: _core.Graph.variable,
}  # fmt: skip


class _Own:
    """A handle of the graph that keeps it, by number."""

    __slots__ = ("find", "number")

    def __init__(self, handle: Any) -> None:
        self.find = _FINDERS[type(handle)]
        self.number = handle._id


def _notes(graph: Any) -> Notes[Any, Any]:
    notes: Notes[Any, Any] = vars(graph).setdefault("_attributes", Notes())
    return notes


def _set(self: Any, name: str, value: Any) -> None:
    """Sets a member, or else an attribute that the graph keeps.

    Raises:
        AttributeError: If it is a member that cannot be set.
    """
    try:
        object.__setattr__(self, name, value)
    except AttributeError:
        kind, graph = type(self), self.graph
        if hasattr(kind, name):
            raise
        if type(value) in _FINDERS and value.graph is graph:
            value = _Own(value)
        _notes(graph).take(graph, (kind, self._id, name), value)
        if "__getattr__" not in vars(kind):
            kind.__getattr__ = _get


def _get(self: Any, name: str) -> Any:
    """Returns an attribute that the graph keeps; asked where there is no member of that name."""
    kind, graph = type(self), self.graph
    found = _MISSING if name.startswith("__") else _notes(graph).get((kind, self._id, name), _MISSING)
    if found is _MISSING:
        if hasattr(kind, name):  # a member that raised an AttributeError, which says more
            return object.__getattribute__(self, name)
        raise AttributeError(f"{kind.__name__!r} object has no attribute {name!r}", name=name, obj=self)
    return found.find(graph, found.number) if isinstance(found, _Own) else found


def _delete(self: Any, name: str) -> None:
    """Deletes an attribute that the graph keeps.

    Raises:
        AttributeError: If there is none of that name.
    """
    graph, key = self.graph, (type(self), self._id, name)
    if key not in _notes(graph):
        object.__delattr__(self, name)
    _notes(graph).drop(graph, key)


def keep_attributes(kind: Any) -> None:
    """Lets programs set attributes on the handles of a type.

    Args:
        kind: The extension's type.
    """
    kind.__setattr__ = _set
    kind.__delattr__ = _delete
