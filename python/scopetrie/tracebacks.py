"""Tracebacks that end in the user's lines: the package's own frames are left out of `Session.run`'s errors.

Example:
    >>> is_traceback_filtering_enabled()
    True
"""

from __future__ import annotations

import os
from types import TracebackType
from typing import Final

import numpy as np

from .public import v1

__all__ = [
    "disable_traceback_filtering",
    "enable_traceback_filtering",
    "is_traceback_filtering_enabled",
    "shorten",
]

# The package, code that it generates, and the array library inside its kernels.
_NUMPY: Final = os.path.dirname(np.__file__)
_INNER: Final = (
    os.path.dirname(__file__) + os.sep,
    "<scopetrie",
    _NUMPY + os.sep,
    os.path.join(os.path.dirname(_NUMPY), "array_api_compat") + os.sep,
)
# A program that debugs the package itself sets this in its environment.
_VARIABLE: Final = "SCOPETRIE_FULL_TRACEBACKS"


class _Setting:
    filters = not os.environ.get(_VARIABLE)


def shorten(error: BaseException) -> None:
    """Leaves the package's frames out of a traceback, but for the first: the call that was made.

    Frames of functions that the package calls (a `py_func`, a conversion) stay. An exception that it was
    raised from stays where such a frame is in its traceback; where none is, the one behind it
    takes its place.

    Args:
        error: An exception that was just caught.
    """
    if not _Setting.filters:
        return
    _drop_inner(error.__traceback__)
    cause = error.__cause__
    while cause is not None:
        first = _Entry(cause.__traceback__)
        _drop_inner(first)
        cause.__traceback__ = first.tb_next
        if first.tb_next is not None:
            break
        cause = cause.__cause__
    if error.__cause__ is not cause:
        error.__cause__ = cause


class _Entry:
    """Stands before a traceback, whose first frame may be dropped."""

    def __init__(self, tb_next: TracebackType | None) -> None:
        self.tb_next = tb_next


def _drop_inner(kept: TracebackType | _Entry | None) -> None:
    while kept is not None:
        after = kept.tb_next
        while after is not None and after.tb_frame.f_code.co_filename.startswith(_INNER):
            after = after.tb_next
        if kept.tb_next is not after:
            kept.tb_next = after
        kept = after


@v1("debugging.enable_traceback_filtering")
def enable_traceback_filtering() -> None:
    """Leaves the package's own frames out of the tracebacks of `Session.run`; so it is at first."""
    _Setting.filters = True


@v1("debugging.disable_traceback_filtering")
def disable_traceback_filtering() -> None:
    """Keeps all frames in tracebacks; so does the environment variable `SCOPETRIE_FULL_TRACEBACKS=1`."""
    _Setting.filters = False


@v1("debugging.is_traceback_filtering_enabled")
def is_traceback_filtering_enabled() -> bool:
    """Returns whether the package's own frames are left out of tracebacks."""
    return _Setting.filters
