"""Which variables threads are making by name at this moment."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from .. import _core


class Making:
    """The names of a graph's variables that are being made.

    What makes a variable is the program's in part, and may wait for another thread, which may ask for the
    same variable. So nobody waits here: each thread makes it, and the graph takes the first that is done.
    Meanwhile they share a name scope, so that the variable is called the same whoever is first.

    Thread safety: a lock is held while a name is noted, and never while anything of the program's runs.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._makers: dict[str, int] = {}
        self._scopes: dict[str, str] = {}

    def makers(self, key: str) -> int:
        """How many make the variable of this name in the store."""
        return self._makers.get(key, 0)

    @contextmanager
    def noted(self, graph: _core.Graph, key: str) -> Iterator[None]:
        """Notes a maker of the variable of this name in the graph's store, inside a `with` statement."""
        with self._lock:
            self._makers[key] = self._makers.get(key, 0) + 1
            graph._has_makers = True
        try:
            yield
        finally:
            with self._lock:
                self._makers[key] -= 1
                if not self._makers[key]:
                    del self._makers[key]
                    self._scopes.pop(key, None)
                graph._has_makers = bool(self._makers)

    def name_scope(self, key: str | None, name: str | None) -> _core.name_scope:
        """The name scope of a new variable: for its first maker a new one, for the others the same one.

        Args:
            key: The name in the store, noted; None for a variable that is not to be shared.
            name: The name scope's name.
        """
        if key is None:
            return _core.name_scope(name, "Variable")
        with self._lock:
            scope = self._scopes.get(key)
            if scope is None:
                # Left at once, for its name: to be entered by that as the others do.
                with _core.name_scope(name, "Variable") as scope:
                    self._scopes[key] = scope
            return _core.name_scope(scope)
