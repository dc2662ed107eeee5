"""Checks of values that a device has: noted while a plan runs, looked at once, when it is done.

A kernel that has to refuse some values (an index out of range, a divisor 0) would wait for the device to look
at them. It calls `defer` instead, with a function that computes on the device whether there is a fault. A run
that gives its caller values from the device, and so waits anyway, looks at all that was noted since the last
look, in one more copy; others leave it to a later one.

Thread safety: what is noted is a thread's own while a plan runs, and its session's afterwards.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from .base import Array

# Runs that give nothing back look, too, once there is so much to look at: it keeps arrays alive.
_MOST: Final = 256


class Fault(NamedTuple):
    """A fault that was found.

    Attributes:
        op_id: The operation.
        error: Its error.
    """

    op_id: int
    error: Exception


class _Noted(NamedTuple):
    op_id: int
    flag: Array
    array: Array
    check: Callable[[Any], None]


class _Current(threading.local):
    """What a thread runs.

    Attributes:
        checks: Those of the session that runs; None outside of runs.
        op_id: The operation that computes.
    """

    checks: Checks | None = None
    op_id = -1


_current: Final = _Current()


class Checks:
    """The checks of one session.

    Attributes:
        is_due: Whether the present run waits for the device, so that a look costs no wait of its own.
        looks: How often there was a look.
    """

    __slots__ = ("_around", "_noted", "is_due", "looks")

    def __init__(self) -> None:
        self._noted: list[_Noted] = []
        self._around: list[Checks | None] = []
        self.is_due = False
        self.looks = 0

    def __enter__(self) -> None:
        self._around.append(_current.checks)
        _current.checks = self

    def __exit__(self, *_: object) -> None:
        _current.checks = self._around.pop()

    def within(self, op_id: int, function: Callable[..., Any]) -> Callable[..., Any]:
        """Returns an operation's function which says, in its checks, that it is this operation's."""

        def compute(*arrays: Array) -> Any:
            _current.op_id = op_id
            return function(*arrays)

        return compute

    def look(
        self, gathered: Callable[[Sequence[Array]], Any], to_host: Callable[[Array], Any]
    ) -> Fault | None:
        """Returns the first fault that was noted, if it is time to look.

        Args:
            gathered: Copies arrays of rank 0 to the host.
            to_host: Copies an array to the host.
        """
        noted = self._noted
        if not noted or not (self.is_due or len(noted) >= _MOST):
            return None
        self._noted, self.is_due = [], False
        self.looks += 1
        flags = gathered([each.flag for each in noted])
        for each, is_faulty in zip(noted, flags.tolist(), strict=True):
            if is_faulty:
                try:
                    each.check(to_host(each.array))
                except Exception as error:
                    return Fault(each.op_id, error)
        return None

    def forget(self) -> None:
        """Drops what was noted."""
        self._noted, self.is_due = [], False


def is_deferring() -> bool:
    """Returns whether checks are put off: a kernel need not look at values itself.

    Example:
        >>> is_deferring()
        False
    """
    return _current.checks is not None


def defer(array: Array, flag: Callable[[Array], Array], check: Callable[[Any], None]) -> None:
    """Notes a check of an array, where checks are put off; elsewhere there is none.

    Args:
        array: The array.
        flag: Gives, on the device, an array of rank 0: whether there is a fault.
        check: Raises the error, with the array's elements on the host.
    """
    checks = _current.checks
    if checks is not None and 0 not in array.shape:
        checks._noted.append(_Noted(_current.op_id, flag(array), array, check))


def note(op_id: int, flag: Array, array: Array, check: Callable[[Any], None]) -> None:
    """Notes a check whose flag is computed already.

    Args:
        op_id: The operation.
        flag: An array of rank 0: whether there is a fault.
        array: What is checked.
        check: Raises the error, with the array's elements on the host.
    """
    checks = _current.checks
    if checks is not None:
        checks._noted.append(_Noted(op_id, flag, array, check))


@contextmanager
def within(op_id: int) -> Iterator[None]:
    """Says, in the checks of a block, that they are of an operation."""
    before, _current.op_id = _current.op_id, op_id
    try:
        yield
    finally:
        _current.op_id = before


def noted_by(function: Callable[[], Any]) -> list[tuple[int, Array, Array, Callable[[Any], None]]]:
    """Returns what a function defers, in place of noting it for the run: operation, flag, array and check.

    Args:
        function: What is called, with checks put off.

    Example:
        >>> noted_by(lambda: None)
        []
    """
    checks = Checks()
    with checks:
        function()
    return list(checks._noted)
