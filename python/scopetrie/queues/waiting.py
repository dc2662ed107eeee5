"""What a queue is in a session: elements, and the runs that wait for them or for room.

A run that waits holds no lock but the queue's, which it lets go while it waits: other runs of the session go
on. It ends with an element, with room, or with one of v1's errors.
"""

from __future__ import annotations

import collections
import contextlib
import heapq
import itertools
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

from ..errors import CancelledError, DeadlineExceededError, InvalidArgumentError, OutOfRangeError

Element: TypeAlias = tuple[Any, ...]


class Line:
    """Runs that wait for the same thing, first come first served."""

    def __init__(self) -> None:
        self._waiting: collections.deque[object] = collections.deque()

    def __len__(self) -> int:
        return len(self._waiting)

    @contextlib.contextmanager
    def joined(self, changed: threading.Condition) -> Iterator[Callable[[], bool]]:
        """Stands in the line for a block, which gets a function that says whether it is first."""
        self_ = object()
        self._waiting.append(self_)
        try:
            yield lambda: self._waiting[0] is self_
        finally:
            self._waiting.remove(self_)
            changed.notify_all()


class Waiting:
    """A queue in a session: first in, first out.

    Invariants:
        Elements are taken only by the first of the line, and put by the first of the other one.
        Once closed, no element comes but those of runs that were waiting to put one.

    Thread safety: all methods may be called by several threads at once.

    Args:
        name: The queue's name, for errors.
        kind: v1's class of it, for errors.
        capacity: The largest number of elements; negative for no limit.
    """

    def __init__(self, name: str, kind: str, capacity: int) -> None:
        self._title = f"{kind} '{name}'"
        self._capacity = capacity
        self._changed = threading.Condition()
        self._putting, self._taking = Line(), Line()
        self._wanted = 0  # the most elements that a run waits for: there has to be room for them
        self._is_closed = False
        self._puts_cancelled = False
        self._is_cancelled = False
        self._elements: Any = collections.deque()

    def _push(self, element: Element) -> None:
        self._elements.append(element)

    def _pop(self) -> Element:
        element: Element = self._elements.popleft()
        return element

    def _spare(self) -> int:
        """How many elements have to stay, so that there is a choice."""
        return 0

    def put(self, elements: Sequence[Element], deadline: float | None) -> None:
        """Puts elements, each as soon as there is room.

        Args:
            elements: The elements.
            deadline: When to give up.

        Raises:
            CancelledError: If the queue is closed, or the session.
            DeadlineExceededError: If it took too long.
        """
        with self._changed:
            if self._is_closed:
                raise CancelledError(None, None, f"{self._title} is closed.")
            with self._putting.joined(self._changed) as is_first:
                for element in elements:
                    self._wait(lambda: is_first() and self._has_room(), "Enqueue", deadline)
                    self._push(element)
                    self._changed.notify_all()

    def _has_room(self) -> bool:
        return self._capacity < 0 or len(self._elements) < max(self._capacity, self._wanted)

    def take(self, count: int, deadline: float | None, up_to: bool = False) -> list[Element]:
        """Takes elements, as soon as there are enough.

        Args:
            count: How many.
            deadline: When to give up.
            up_to: Whether fewer will do once the queue is closed.

        Returns:
            The elements.

        Raises:
            OutOfRangeError: If the queue is closed and has too few.
            CancelledError: If the session is closed.
            DeadlineExceededError: If it took too long.
        """
        if count < 0:
            raise InvalidArgumentError(None, None, f"Cannot dequeue {count} elements")
        with self._changed, self._taking.joined(self._changed) as is_first:

            def is_there() -> bool:
                if not is_first():
                    return False
                self._want(count)
                return self._is_ended() or len(self._elements) >= count + self._spare()

            self._wait(is_there, "Dequeue", deadline)
            found = len(self._elements)
            if found < count and not (up_to and found):
                raise OutOfRangeError(
                    None,
                    None,
                    f"{self._title} is closed and has insufficient elements (requested {count}, current size "
                    f"{found})",
                )
            taken = [self._pop() for _ in range(min(count, found))]
            self._wanted = 0
            self._changed.notify_all()
            return taken

    def _want(self, count: int) -> None:
        if count + self._spare() > self._wanted:
            self._wanted = count + self._spare()
            self._changed.notify_all()

    def _is_ended(self) -> bool:
        return self._is_closed and not len(self._putting)

    def _wait(self, holds: Callable[[], bool], what: str, deadline: float | None) -> None:
        while True:
            if self._is_cancelled or (what == "Enqueue" and self._puts_cancelled):
                raise CancelledError(None, None, f"{what} operation was cancelled")
            if holds():
                return
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise DeadlineExceededError(None, None, "Timed out waiting for notification")
            self._changed.wait(left)

    def end(self, cancel_pending: bool) -> None:
        """Closes the queue: nothing more is put, and what is there can still be taken.

        Args:
            cancel_pending: Whether runs that wait to put something are cancelled.
        """
        with self._changed:
            self._is_closed = True
            self._puts_cancelled = self._puts_cancelled or cancel_pending
            self._changed.notify_all()

    def close(self) -> None:
        """Ends all waiting: the session is closed."""
        with self._changed:
            self._is_closed = self._is_cancelled = True
            self._changed.notify_all()

    @property
    def is_closed(self) -> bool:
        """Whether the queue is closed."""
        with self._changed:
            return self._is_closed

    def __len__(self) -> int:
        with self._changed:
            return len(self._elements)


class Shuffling(Waiting):
    """A queue that gives any of its elements.

    Args:
        name: The queue's name.
        kind: v1's class of it.
        capacity: The largest number of elements.
        least: How many elements stay, as long as the queue is open.
        seeds: What the choice comes from; None for another one each time.
    """

    def __init__(self, name: str, kind: str, capacity: int, least: int, seeds: Any) -> None:
        super().__init__(name, kind, capacity)
        self._least = least
        self._random = random.Random(None if seeds is None else f"{seeds[0]} {seeds[1]}")
        self._elements = []

    def _pop(self) -> Element:
        elements = self._elements
        at = self._random.randrange(len(elements))
        elements[at], elements[-1] = elements[-1], elements[at]
        element: Element = elements.pop()
        return element

    def _spare(self) -> int:
        return 0 if self._is_closed else self._least


class Sorting(Waiting):
    """A queue that gives the element whose first component is smallest.

    Args:
        name: The queue's name.
        kind: v1's class of it.
        capacity: The largest number of elements.
    """

    def __init__(self, name: str, kind: str, capacity: int) -> None:
        super().__init__(name, kind, capacity)
        self._numbers = itertools.count()
        self._elements = []

    def _push(self, element: Element) -> None:
        heapq.heappush(self._elements, (int(element[0]), next(self._numbers), element))

    def _pop(self) -> Element:
        element: Element = heapq.heappop(self._elements)[2]
        return element
