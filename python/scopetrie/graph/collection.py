"""Collections of a graph: lists by key, and the live view that `get_collection_ref` gives."""

from __future__ import annotations

import re
from collections.abc import Iterable, MutableSequence
from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    from .graph import Graph


def filtered(items: list[Any], scope: str | None) -> list[Any]:
    """Returns the items whose name matches a scope filter at its start.

    Args:
        items: The items of a collection.
        scope: A regular expression, matched as `re.match` does; None keeps all. Items without a name never
            match.

    >>> filtered(["no name"], "a")
    []
    """
    if scope is None:
        return items
    match = re.compile(scope).match
    return [item for item in items if hasattr(item, "name") and match(item.name)]


class CollectionView(MutableSequence[Any]):
    """A live view of a collection, as a list.

    The graph stores its own tensors and variables by id, so that a collection never keeps its graph alive, as
    a list of handles would.

    >>> import scopetrie as tf
    >>> with tf.Graph().as_default():
    ...     losses = tf.get_collection_ref("mine")
    ...     losses.append("a")
    ...     tf.add_to_collection("mine", "b")
    ...     print(losses, len(losses))
    ['a', 'b'] 2
    """

    __slots__ = ("__weakref__", "_graph", "_key", "_own")

    def __init__(self, graph: Graph, key: Any) -> None:
        self._graph = graph
        self._key = key
        self._own: list[Any] | None = None  # the items, after the graph's collection was deleted

    def _items(self) -> list[Any]:
        return self._graph._collection(self._key) if self._own is None else self._own

    def _assign(self, items: list[Any]) -> None:
        if self._own is None:
            self._graph._assign_collection(self._key, items)

    def _detach(self) -> None:
        self._own = self._items()

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        return self._items()[index]

    def __setitem__(self, index: Any, value: Any) -> None:
        with self._graph._viewing:
            items = self._items()
            items[index] = value
            self._assign(items)

    def __delitem__(self, index: int | slice) -> None:
        with self._graph._viewing:
            items = self._items()
            del items[index]
            self._assign(items)

    def __len__(self) -> int:
        return len(self._items())

    def append(self, value: Any) -> None:
        """Appends a value."""
        with self._graph._viewing:
            if self._own is None:
                self._graph._collect(self._key, value)
            else:
                self._own.append(value)

    def insert(self, index: int, value: Any) -> None:
        """Inserts a value before the item at `index`."""
        with self._graph._viewing:
            items = self._items()
            items.insert(index, value)
            self._assign(items)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, CollectionView):
            return self._items() == other._items()
        return self._items() == other

    __hash__ = None  # type: ignore[assignment]

    def __add__(self, other: Iterable[Any]) -> list[Any]:
        return [*self._items(), *other]

    def __radd__(self, other: Iterable[Any]) -> list[Any]:
        return [*other, *self._items()]

    def __repr__(self) -> str:
        return repr(self._items())
