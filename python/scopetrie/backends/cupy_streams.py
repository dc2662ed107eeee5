"""A stream for the runs of a session, and the copies that go by it through pinned memory.

What a run does has its order with what the caller's stream does: the run waits for what the caller has asked
for before, and what the caller asks for afterwards waits for the run. The host waits for neither.

Copies between host and device go through page-locked ("pinned") buffers, so that neither waits for the other:
a fed array may be changed as soon as the run has begun, and all fetches of a run are waited for once.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any, Final

import numpy as np

from ..locks import Lock
from .base import Array
from .cupy_graphs import Gate

# So many buffers of feeds are kept without a look at whether their copies are done.
_FEW: Final = 8


class Arriving:
    """A copy that is on its way to the host.

    Args:
        staged: The pinned array that gets it.
        stream: The stream that brings it.

    Attributes:
        stream: The stream.
    """

    __slots__ = ("_is_here", "_staged", "stream")

    def __init__(self, staged: np.ndarray[Any, Any], stream: Any) -> None:
        self._is_here = False
        self._staged = staged
        self.stream = stream

    def value(self) -> Any:
        """Returns what has arrived, in memory that is not pinned: that is scarce, and used again."""
        self._is_here = True
        host = np.array(self._staged, subok=False)
        return host if host.ndim else host[()]

    def __del__(self) -> None:
        # A run that failed lets go of its copies: the pool must not give a buffer away that one still writes.
        if not self._is_here:
            self.stream.synchronize()


class _Running(threading.local):
    """Whether a thread is in a run of a session.

    Attributes:
        depth: How many runs are within each other.
    """

    depth = 0


class Streams:
    """The stream of a backend, made at the first run, and its copies.

    Thread safety: runs of several threads share the stream, and so follow each other on the device.

    Args:
        cupy: CuPy.
        pinned: Makes a pinned array of a shape and a dtype.
        at: The device.
        first: That of a session's first device, where this is for another one.
        gate: What lets a thread record the stream while it is alone; None where nothing is recorded.
    """

    def __init__(
        self,
        cupy: Any,
        pinned: Callable[..., np.ndarray[Any, Any]],
        at: Any,
        first: Streams | None = None,
        gate: Gate | None = None,
    ) -> None:
        self._gate: Any = nullcontext() if gate is None else gate
        self._cupy = cupy
        self._cuda = cupy.cuda
        self._pinned = pinned
        self._at = at
        self._stream: Any = None
        self._making = Lock()
        self._running: _Running = _Running() if first is None else first._running
        self._feeds: deque[tuple[Any, np.ndarray[Any, Any]]] = deque()
        self._all: list[Streams] = [] if first is None else first._all
        self._all.append(self)

    def beside(self, at: Any) -> Streams:
        """Returns those for another device, which take part in the runs on this one."""
        return Streams(self._cupy, self._pinned, at, self)

    def stream(self) -> Any:
        """Returns the stream."""
        if self._stream is None:
            with self._making, self._at:
                if self._stream is None:
                    self._stream = self._cuda.Stream(non_blocking=True)
        return self._stream

    @property
    def is_running(self) -> bool:
        """Whether the calling thread is in a run."""
        return self._running.depth > 0

    def within(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Returns a function that runs in the stream, on the device."""

        def run(*arguments: Any) -> Any:
            with self._at:
                stream, caller = self.stream(), self._cuda.get_current_stream()
                if caller == stream:
                    return function(*arguments)
                with self._gate:
                    return in_stream(stream, caller, arguments)

        def in_stream(stream: Any, caller: Any, arguments: Sequence[Any]) -> Any:
            begin = self._recorded(caller)
            stream.wait_event(begin)
            others = [(each, each._begin(begin)) for each in self._all if each is not self]
            self._running.depth += 1
            try:
                with stream:
                    return function(*arguments)
            finally:
                self._running.depth -= 1
                for each, own in reversed(others):
                    each._end(own, caller)
                caller.use()  # CuPy forgets at the end of `with` what was chosen by `use`
                caller.wait_event(self._recorded(stream))

        return run

    def _begin(self, begin: Any) -> Any:
        """Lets the stream follow an event, and the device's current one, which it replaces; returns that."""
        with self._at:
            stream, own = self.stream(), self._cuda.get_current_stream()
            stream.wait_event(begin)
            stream.wait_event(self._recorded(own))
            # Not by `use`: CuPy's `get` has a `with` of its own, at whose end that is forgotten.
            stream.__enter__()
        return own

    def _end(self, own: Any, caller: Any) -> None:
        """Lets what was current before, and the caller's stream, follow the stream."""
        with self._at:
            end = self._recorded(self.stream())
            self.stream().__exit__(None, None, None)
            own.use()
            own.wait_event(end)
        caller.wait_event(end)

    def _recorded(self, stream: Any) -> Any:
        return stream.record(self._cuda.Event(disable_timing=True))

    def up(self, array: np.ndarray[Any, Any]) -> Array:
        """Begins to copy an array to the device; the array may be changed at once."""
        with self._at:
            made = self._cupy.empty(array.shape, array.dtype)
            if not array.size:
                return made
            staged = self._pinned(array.shape, array.dtype)
            staged[...] = array
            stream = self._cuda.get_current_stream()
            made.set(staged, stream)
            # The buffer must stay until the device has read it.
            self._feeds.append((self._recorded(stream), staged))
        while len(self._feeds) > _FEW:
            try:
                event, staged = self._feeds.popleft()
            except IndexError:  # another thread was faster
                break
            if not event.done:
                self._feeds.appendleft((event, staged))
                break
        return made

    def across(self, array: Array, home: Streams) -> Array:
        """Returns a copy of an array of another device.

        Args:
            array: The array.
            home: The streams of its device.
        """
        with home._at:
            source = self._cuda.get_current_stream()
            array = self._cupy.ascontiguousarray(array)  # CuPy copies others by no means
            begin = self._recorded(source)
        with self._at:
            target = self._cuda.get_current_stream()
            target.wait_event(begin)
            made = self._cupy.copy(array)
            end = self._recorded(target)
        with home._at:  # a null stream is that of the current device
            source.wait_event(end)  # the array's memory may be used again there
        return made

    def down(self, array: Array) -> Arriving:
        """Begins to copy an array of the device to the host; `arrived` waits for it."""
        staged = self._pinned(array.shape, array.dtype)
        with self._at:
            stream = self._cuda.get_current_stream()
            array.get(stream=stream, out=staged, blocking=False)
        return Arriving(staged, stream)

    def arrived(self, values: Sequence[Any], is_done: bool) -> list[Any]:
        """Returns values of a run with what was on its way to the host.

        Args:
            values: What the run gives.
            is_done: Whether the host has waited for this stream since the copies began.
        """
        streams = {each.stream for each in values if type(each) is Arriving}
        if is_done:
            streams.discard(self.stream())
        for stream in streams:
            stream.synchronize()
        return [each.value() if type(each) is Arriving else each for each in values]

    def forget(self) -> None:
        """Drops the buffers of feeds, when their copies are done."""
        for each in self._all:
            while each._feeds:
                event, _ = each._feeds[0]
                if not event.done:
                    event.synchronize()
                each._feeds.popleft()
