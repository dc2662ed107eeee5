"""A gate through which changes pass, but while a save marks the parts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Lets changes through at once, and holds them back while a save marks the parts.

    Thread safety: any thread may pass.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._passing = 0
        self._is_held = False

    def enter(self) -> None:
        """Begins a change of several parts, which a save sees all of or nothing."""
        with self._condition:
            while self._is_held:
                self._condition.wait()
            self._passing += 1

    def leave(self) -> None:
        """Ends a change."""
        with self._condition:
            self._passing -= 1
            self._condition.notify_all()

    @contextmanager
    def passing(self) -> Iterator[None]:
        """A change of several parts, which a save sees all of or nothing."""
        self.enter()
        try:
            yield
        finally:
            self.leave()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Waits for the changes on their way, and lets no other one begin."""
        with self._condition:
            while self._is_held:
                self._condition.wait()
            self._is_held = True
            while self._passing:
                self._condition.wait()
        try:
            yield
        finally:
            with self._condition:
                self._is_held = False
                self._condition.notify_all()
