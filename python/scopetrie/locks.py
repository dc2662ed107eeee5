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

# Held while a module is imported on demand. A fork waits for it, since Python's own locks of modules would
# stay held in the child.
importing: Final = Lock()


def _renew_locks() -> None:
    for lock in list(_locks):
        lock._renew()
    importing.__exit__()


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(
        before=importing.__enter__, after_in_parent=importing.__exit__, after_in_child=_renew_locks
    )
