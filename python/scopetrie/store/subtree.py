"""What is beneath a path of a store, as a mapping."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterable, Iterator, Mapping, ValuesView
from itertools import takewhile
from typing import Any, final

from .. import _core
from ..printing import Outline, plural, printed
from .errors import missing
from .globs import Glob, glob
from .outline import store_outline
from .pytrees import register

__all__ = ["Subtree", "lookup", "matches", "nested"]


@final
@printed
class Subtree(Mapping[str, Any]):
    """The variables beneath a path of a store, by their paths from there, in the order of their creation.

    It is a view: it has what the store has at any time, and looking at it takes as long as there is something
    beneath its path, however much else the store has. `print(subtree)` shows it as a tree.

    >>> import scopetrie as st
    >>> store = st.Store()
    >>> for layer in range(2):
    ...     with store.scope(f"encoder/layer_{layer}"):
    ...         made = store.get("w", (2, 2)), store.get("b", (2,), initializer="zeros")
    >>> encoder = store["encoder"]
    >>> list(encoder), encoder.path, encoder.size, encoder.nbytes
    (['layer_0/w', 'layer_0/b', 'layer_1/w', 'layer_1/b'], 'encoder', 12, 48)
    >>> encoder["layer_1"]["b"] is encoder["layer_1/b"] is store["encoder/layer_1/b"]
    True
    """

    __slots__ = ("_path", "_store")

    def __init__(self, store: _core.Store, path: str) -> None:
        register()
        self._store = store
        self._path = path

    @property
    def path(self) -> str:
        """The path; "" for all of the store."""
        return self._path

    @property
    def store(self) -> Any:
        """The store."""
        return self._store

    @property
    def size(self) -> int:
        """How many elements the variables have; each variable counts once, whatever names it has."""
        return self._store._measure(self._path)[1]

    @property
    def nbytes(self) -> int:
        """How many bytes the elements take, made or not."""
        return self._store._measure(self._path)[2]

    def __getitem__(self, path: str) -> Any:
        return lookup(self._store, self._whole(path))

    def __delitem__(self, path: str) -> None:
        if not isinstance(path, str):
            raise missing(path, self._store)
        del self._store[self._whole(path)]

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self._whole(path) in self._store

    def __len__(self) -> int:
        return self._store._measure(self._path)[0]

    def __iter__(self) -> Iterator[str]:
        return iter(self._store._paths(self._path))

    def values(self) -> ValuesView[Any]:
        """The variables, as a mapping has them."""
        return _Values(self)

    def items(self) -> ItemsView[str, Any]:
        """Pairs of a path and its variable, as a mapping has them."""
        return _Items(self)

    def subtree(self, path: str) -> Subtree:
        """What is beneath a path, also where there is a variable of just this path: see `Store.subtree`."""
        return subtree_of(self._store, self._whole(path))

    def tree(self) -> dict[str, Any]:
        """Returns the variables in nested dicts: see `Store.tree`."""
        register()
        return nested(self.items())

    def match(self, patterns: str | Iterable[str]) -> list[Any]:
        """Returns the variables whose paths from here match: see `Store.match`."""
        return matches("Subtree.match", self._store, patterns, self._path)

    def freeze(self, frozen: bool = True) -> None:
        """Freezes the variables beneath the path: see `Store.freeze`.

        Args:
            frozen: False lets them be changed again.
        """
        for variable in self.values():
            self._store._freeze(variable.path, frozen)

    def flat(self, where: Callable[[Any], object] | None = None) -> Any:
        """Moves the elements of the variables into one buffer: see `Store.flat`.

        Args:
            where: Which of them are taken: a function of a variable.

        >>> import scopetrie as st
        >>> store = st.Store()
        >>> made = store.get_many(["tower/w", "tower/b", "v"], [(2,)] * 3, initializer="ones")
        >>> flat = store["tower"].flat()
        >>> flat.data += 1
        >>> store["tower/b"].array.tolist(), store["v"].array.tolist()
        ([2.0, 2.0], [1.0, 1.0])
        """
        store: Any = self._store  # the Python class has it
        return store.flat(self._path, where)

    def _whole(self, path: str) -> str:
        return f"{self._path}/{path}" if self._path else path

    def __repr__(self) -> str:
        return f"<Subtree {self._path!r}: {plural(len(self), 'variable')}>"

    def _outline(self) -> Outline:
        return store_outline(f"Subtree {self._path!r}", self._store, self._path)


class _Values(ValuesView[Any]):
    """The variables of a subtree, which the store lists faster than one after the other."""

    _mapping: Subtree

    def __iter__(self) -> Iterator[Any]:
        return iter(self._mapping._store._variables(self._mapping._path))


class _Items(ItemsView[str, Any]):
    """Pairs of a path and a variable of a subtree."""

    _mapping: Subtree

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter(self._mapping._store._items(self._mapping._path))


def lookup(store: _core.Store, path: Any) -> Any:
    """Returns the variable of a path, perhaps one in parts, or what is beneath it.

    Raises:
        KeyError: If there is neither.
    """
    if isinstance(path, str):
        found = store._find(path)
        if found is not None:
            return found
        if path and store._is_scope(path):
            in_parts = store._find_parts(path)
            return Subtree(store, path) if in_parts is None else in_parts
    raise missing(path, store)


def subtree_of(store: _core.Store, path: str) -> Subtree:
    """Returns what is beneath a path, also where there is a variable of just this path.

    Raises:
        KeyError: If nothing is.
        TypeError: If the path is no str.
    """
    if not isinstance(path, str):
        raise TypeError(f"Store.subtree({path!r}): a path is a str, not {type(path).__name__}")
    if path and not store._is_scope(path):
        raise missing(path, store)
    return Subtree(store, path)


def nested(items: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Returns nested dicts of pairs of a path and a variable.

    A path that is both a variable and a scope is a dict in which "" is the variable.

    >>> nested([("w", 1), ("w/momentum", 2), ("b", 3)])
    {'w': {'': 1, 'momentum': 2}, 'b': 3}
    """
    root: dict[str, Any] = {}
    places: dict[str, dict[str, Any]] = {}
    for path, value in items:
        scope, slash, name = path.rpartition("/")
        place = root if not slash else places.get(scope)
        if place is None:
            place = root
            for part in scope.split("/"):
                inner = place.get(part)
                if not isinstance(inner, dict):
                    inner = place[part] = {} if inner is None else {"": inner}
                place = inner
            places[scope] = place
        if isinstance(place.get(name), dict):
            place[name][""] = value
        else:
            place[name] = value
    return root


def matches(call: str, store: _core.Store, patterns: str | Iterable[str], top: str = "") -> list[Any]:
    """Returns the variables beneath a path whose paths from there match one of some patterns.

    Raises:
        TypeError: If a pattern is no str.
        ValueError: If one is wrong.
    """
    if isinstance(patterns, str):
        patterns = [patterns]
    compiled: list[Glob] = []
    for pattern in patterns:
        if not isinstance(pattern, str):
            raise TypeError(f"{call}: a pattern is a str, not {type(pattern).__name__}")
        compiled.append(glob(pattern))
    if len(compiled) == 1 and not compiled[0].wildcards:
        found = store._find("/".join(filter(None, [top, compiled[0].pattern])))
        return [] if found is None or not compiled[0].pattern else [found]
    if not compiled:
        return []
    place = _common([each.place.split("/") for each in compiled])
    scope = "/".join(filter(None, [top, place]))
    prefix = f"{place}/" if place else ""
    return [
        variable
        for path, variable in store._items(scope)
        if any(each.match(prefix + path) is not None for each in compiled)
    ]


def _common(places: list[list[str]]) -> str:
    """The scope that several have in common."""
    first, last = min(places), max(places)
    parts = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "/".join(part for part, _ in parts)
