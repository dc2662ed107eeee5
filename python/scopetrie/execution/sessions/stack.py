"""The stack of default sessions of each thread, innermost last."""

from __future__ import annotations

import threading
from typing import Any


class _SessionStack(threading.local):
    def __init__(self) -> None:
        self.sessions: list[Any] = []
        # The number of open interactive sessions.
        self.interactive = 0


stack = _SessionStack()


def push(session: Any) -> None:
    """Makes `session` the default of this thread."""
    stack.sessions.append(session)


def pop(session: Any, enforce_nesting: bool = True) -> None:
    """Undoes the innermost `push` of `session`.

    Args:
        session: The session.
        enforce_nesting: Whether it must be the current default.

    Raises:
        AssertionError: If it must be, and another session is.
    """
    sessions = stack.sessions
    if enforce_nesting:
        if not sessions or sessions[-1] is not session:
            raise AssertionError(f"Nesting violated for default stack of {type(session)} objects")
        sessions.pop()
        return
    # An interactive session may be closed while younger ones are open.
    for at in reversed(range(len(sessions))):
        if sessions[at] is session:
            del sessions[at]
            return
