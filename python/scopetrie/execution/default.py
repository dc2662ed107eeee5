"""The stack of default sessions of each thread, innermost last."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ..public import v1

if TYPE_CHECKING:
    from .session import BaseSession


class _SessionStack(threading.local):
    def __init__(self) -> None:
        self.sessions: list[BaseSession] = []
        # The number of open interactive sessions.
        self.interactive = 0


stack = _SessionStack()


@v1("get_default_session")
def get_default_session() -> BaseSession | None:
    """Returns the innermost session that is the default in this thread, or None.

    A session is the default inside `with session:` and `with session.as_default():`.

    Example:
        >>> get_default_session() is None
        True
    """
    return stack.sessions[-1] if stack.sessions else None


def push(session: BaseSession) -> None:
    """Makes `session` the default of this thread."""
    stack.sessions.append(session)


def pop(session: BaseSession, enforce_nesting: bool = True) -> None:
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
