"""The session that is the default in this thread."""

from __future__ import annotations

from ..public import v1
from .session import BaseSession
from .session_stack import stack


@v1("get_default_session")
def get_default_session() -> BaseSession | None:
    """Returns the innermost session that is the default in this thread, or None.

    A session is the default inside `with session:` and `with session.as_default():`.

    Example:
        >>> get_default_session() is None
        True
    """
    return stack.sessions[-1] if stack.sessions else None
