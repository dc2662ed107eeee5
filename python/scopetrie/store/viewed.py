"""What of a Store are its subtrees, patterns, and where its variables come from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self
from weakref import WeakValueDictionary

from .. import _core
from ..backends import Backend, get_backend
from ..locks import Lock
from ..printing import Outline, plural, printed
from .audit import Audit
from .outline import store_outline
from .partitioned_variable import PartitionedStoreVariable
from .pytrees import register
from .subtree import Subtree, lookup, matches, subtree_of
from .why import Why, why

__all__ = ["ViewedStore"]


@printed
class ViewedStore(_core.Store):
    """The part of `Store` that shows what is in it."""

    __slots__ = ("_backend", "_viewing", "_wholes")

    def __init__(self, seed: int | None = None, backend: Any = None) -> None:
        register()
        self._backend = None if backend is None else get_backend(backend)
        self._keep_wholes()

    @property
    def backend(self) -> Backend:
        """The array library in which `value` of the variables gives their elements.

        >>> import scopetrie as st
        >>> st.Store(backend="numpy").backend
        <scopetrie backend numpy>
        """
        given: Backend | None = getattr(self, "_backend", None)  # object.__new__ gives it none
        return get_backend() if given is None else given

    def fork(self) -> Self:  # noqa: D102  it has the extension's text
        copy = super().fork()
        copy._backend = getattr(self, "_backend", None)
        copy._keep_wholes()
        return copy

    fork.__doc__ = _core.Store.fork.__doc__

    def __missing__(self, path: Any) -> Any:
        """What `store[path]` gives where there is no variable of this path: one in parts, or the subtree."""
        return lookup(self, path)

    def _keep_wholes(self) -> None:
        self._viewing = Lock()
        self._wholes: WeakValueDictionary[int, PartitionedStoreVariable] = WeakValueDictionary()

    def _in_parts(
        self, number: int, shape: tuple[int, ...], partitions: tuple[int, ...], parts: tuple[Any, ...]
    ) -> PartitionedStoreVariable:
        """The object of a variable in parts: the same one as long as somebody has it."""
        if not hasattr(self, "_viewing"):  # object.__new__ gives it none
            self._keep_wholes()
        with self._viewing:
            living: PartitionedStoreVariable | None = self._wholes.get(number)
            if living is None or living.parts != parts:  # a number is given again after an undo
                living = PartitionedStoreVariable(self, shape, partitions, parts)
                self._wholes[number] = living
        return living

    def _axis_of(self, path: str) -> int | None:
        """The axis along which a variable is cut; None for one that no partitioner has cut."""
        found = self._find_parts(path)
        return None if found is None else found.axis

    def subtree(self, path: str) -> Subtree:
        """Returns what is beneath a path, as a mapping.

        `store[path]` does the same where there is no variable of just this path.

        Args:
            path: The path, without a slash at its end; "" for the whole store.

        Returns:
            A Subtree: a view, which has what the store has at any time.

        Raises:
            KeyError: If nothing is beneath the path.
            TypeError: If it is no str.

        >>> import scopetrie as st
        >>> store = st.Store()
        >>> made = store.get("w", (2,)), store.get("w/momentum", (2,))
        >>> store["w"], store.subtree("w")
        (<Variable 'w' float32[2] lazy>, <Subtree 'w': 1 variable>)
        """
        return subtree_of(self, path)

    def match(self, patterns: str | Iterable[str]) -> list[Any]:
        """Returns the variables whose paths match, in the order in which they were made.

        Args:
            patterns: One pattern or several. `*` stands for one part of a path, or a piece of one; `**` for
                any number of parts.

        Raises:
            ValueError: If `**` is not a whole part of a pattern.
            TypeError: If a pattern is no str.

        >>> import scopetrie as st
        >>> store = st.Store()
        >>> made = store.get_many(["a/w", "a/b", "a/deep/w", "w"], [(1,)] * 4)
        >>> [v.path for v in store.match("a/*")], [v.path for v in store.match(["**/w", "*/b"])]
        (['a/w', 'a/b'], ['a/w', 'a/b', 'a/deep/w', 'w'])
        """
        return matches("Store.match", self, patterns)

    def tree(self) -> dict[str, Any]:
        """Returns the variables in nested dicts, by the parts of their paths.

        A path that is both a variable and a scope is a dict in which "" is the variable.

        Where the program has imported JAX, the dicts are a pytree whose leaves are the variables' arrays, and
        so are a Store and a Subtree; for optree with namespace="scopetrie".

        >>> import scopetrie as st
        >>> store = st.Store()
        >>> made = store.get_many(["a/w", "a/b"], [(2,)] * 2)
        >>> store.tree()
        {'a': {'w': <Variable 'a/w' float32[2] lazy>, 'b': <Variable 'a/b' float32[2] lazy>}}
        """
        return Subtree(self, "").tree()

    def why(self, path: str) -> Why:
        """Returns where a variable was made, and who took the names before its own.

        Args:
            path: The variable's path, or a path that variables are beneath; then the first one counts.

        Returns:
            A Why: `print` it.

        Raises:
            KeyError: If there is no such path.

        >>> import scopetrie as st
        >>> store = st.Store()
        >>> for _ in range(2):
        ...     with store.scope(None, "layer"):
        ...         made = store.get("w", (2,))
        >>> print(store.why("layer_1/w"))
        layer_1/w: made at <doctest ...>:3, in <module>
          layer was taken by layer/w, made at <doctest ...>:3, in <module>
        """
        return why(self, path)

    def audit(self) -> Audit:
        """Returns a `with` block that notes which variables it makes, rather than reuses.

        Returns:
            A context manager that gives the Audit: `print` it after the block.

        >>> import scopetrie as st
        >>> store = st.Store()
        >>> made = store.get("tower/weights", (2,))
        >>> with store.audit() as audit, store.scope("tower", reuse=st.AUTO_REUSE):
        ...     made = store.get("wieghts", (2,)), store.get("weights")
        >>> print(audit)
        1 variable was made
          tower/wieghts  float32[2]  8 B  at <doctest ...>:2; near to tower/weights
        """
        return Audit(self)

    def __repr__(self) -> str:
        return f"<Store: {plural(len(self), 'variable')}>"

    def _outline(self) -> Outline:
        return store_outline("Store", self)
