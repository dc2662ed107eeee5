"""Locks that a forked child process finds free, whatever other threads of its parent held."""

from __future__ import annotations

import logging  # noqa: F401  # forks wait for its lock, too: first for ours, which is registered later
import os
import threading
import weakref
from typing import Final


class Lock:
    """A reentrant lock, for `with`.

    Other threads do not exist in a forked child, so what they held is nobody's there: it is replaced.
    """

    __slots__ = ("__weakref__", "_lock")

    def __init__(self) -> None:
        self._lock = threading.RLock()
        _locks.add(self)

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def _renew(self) -> None:
        if self._lock.acquire(blocking=False):  # it is free, or the forking thread's own
            self._lock.release()
        else:
            self._lock = threading.RLock()


_locks: Final[weakref.WeakSet[Lock]] = weakref.WeakSet()


class Imports:
    """The imports on demand that are under way, in any number of threads; for `with`.

    A fork waits until there is none, at most ten seconds, since Python's own locks of modules would stay held
    in the child. Imports do not wait for each other here: a thread may hold a module that another one needs.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0
        self._own = threading.local()

    def __enter__(self) -> None:
        with self._changed:
            self._count += 1
        self._own.count = self._of_this_thread() + 1

    def __exit__(self, *_: object) -> None:
        self._own.count -= 1
        with self._changed:
            self._count -= 1
            self._changed.notify_all()

    def _of_this_thread(self) -> int:
        count: int = getattr(self._own, "count", 0)
        return count

    def _before_fork(self) -> None:
        self._changed.acquire()
        self._changed.wait_for(lambda: self._count <= self._of_this_thread(), timeout=10.0)

    def _after_fork_in_parent(self) -> None:
        self._changed.release()

    def _after_fork_in_child(self) -> None:
        self._changed = threading.Condition()
        self._count = self._of_this_thread()


importing: Final = Imports()


def _after_fork_in_child() -> None:
    for lock in list(_locks):
        lock._renew()
    importing._after_fork_in_child()


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(
        before=importing._before_fork,
        after_in_parent=importing._after_fork_in_parent,
        after_in_child=_after_fork_in_child,
    )
