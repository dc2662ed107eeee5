"""`tf.train.Coordinator`: threads that stop together, and `LooperThread`."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any

from ..errors import OutOfRangeError
from ..public import v1


@v1("train.Coordinator")
class Coordinator:
    """Lets threads stop together: each asks `should_stop()`, and any of them may ask all to stop.

    The first exception that is reported is raised in `join`; the end of input, `errors.OutOfRangeError`,
    is not an error.

    Args:
        clean_stop_exception_types: Exceptions that mean a clean stop; `errors.OutOfRangeError` by default.

    >>> import threading
    >>> import scopetrie as tf
    >>> coordinator = tf.train.Coordinator()
    >>> def work():
    ...     with coordinator.stop_on_exception():
    ...         while not coordinator.should_stop():
    ...             raise ValueError("no luck")
    >>> thread = threading.Thread(target=work)
    >>> thread.start()
    >>> coordinator.join([thread])
    Traceback (most recent call last):
    ...
    ValueError: no luck
    """

    def __init__(self, clean_stop_exception_types: tuple[type[BaseException], ...] | None = None) -> None:
        self._clean = clean_stop_exception_types or (OutOfRangeError,)
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._error: BaseException | None = None
        self._joined = False
        self._registered: set[threading.Thread] = set()

    @property
    def joined(self) -> bool:
        """Whether `join` has ended."""
        return self._joined

    def register_thread(self, thread: threading.Thread) -> None:
        """Adds a thread to those that `join` waits for.

        Args:
            thread: The thread.
        """
        with self._lock:
            self._registered.add(thread)

    def request_stop(self, ex: Any = None) -> None:
        """Asks all threads to stop.

        Args:
            ex: The exception to raise in `join`: an exception, or what `sys.exc_info()` returns.

        Raises:
            BaseException: `ex`, if the threads have been joined already.
        """
        error = ex[1] if isinstance(ex, tuple) else ex
        if isinstance(ex, tuple) and isinstance(error, BaseException) and error.__traceback__ is None:
            error = error.with_traceback(ex[2])
        if error is not None and not isinstance(error, BaseException):
            raise TypeError(f"`ex` must be an exception or sys.exc_info(), but got {type(ex).__name__!r}")
        with self._lock:
            clean = isinstance(error, self._clean)
            if self._joined:
                if error is not None and not clean:
                    raise error
                return
            if self._stopping.is_set():
                return
            if error is not None and not clean:
                logging.getLogger("scopetrie").info(
                    "Error reported to Coordinator: %s, %s", type(error), error
                )
                self._error = error
            self._stopping.set()

    def clear_stop(self) -> None:
        """Forgets that a stop was asked for: threads may be started again."""
        with self._lock:
            self._joined = False
            self._error = None
            self._stopping.clear()

    def should_stop(self) -> bool:
        """Whether a stop was asked for."""
        return self._stopping.is_set()

    @contextlib.contextmanager
    def stop_on_exception(self) -> Iterator[None]:
        """Reports an exception of the block to `request_stop` instead of raising it."""
        try:
            yield
        except BaseException as error:
            self.request_stop(error)

    def wait_for_stop(self, timeout: float | None = None) -> bool:
        """Waits until a stop is asked for.

        Args:
            timeout: The seconds to wait at most.

        Returns:
            Whether one was.
        """
        return self._stopping.wait(timeout)

    def join(
        self,
        threads: Iterable[threading.Thread] | None = None,
        stop_grace_period_secs: float = 120,
        ignore_live_threads: bool = False,
    ) -> None:
        """Waits for threads to end, and raises what was reported.

        Args:
            threads: The threads, besides those that were registered.
            stop_grace_period_secs: How long they may take to end once a stop was asked for.
            ignore_live_threads: Whether it is no error that some have not ended by then.

        Raises:
            RuntimeError: If a thread has not ended in time.
            BaseException: The exception that was reported.
        """
        with self._lock:
            found = [*self._registered.union(threads or ())]
        while any(each.is_alive() for each in found) and not self.wait_for_stop(0.05):
            pass
        until = time.monotonic() + stop_grace_period_secs
        for each in found:
            each.join(max(until - time.monotonic(), 0))
        with self._lock:
            self._joined = True
            self._registered.clear()
            error, self._error = self._error, None
            left = [each.name for each in found if each.is_alive()]
        if error is not None:
            raise error
        if left:
            fault = f"Coordinator stopped with threads still running: {' '.join(left)}"
            if not ignore_live_threads:
                raise RuntimeError(fault)
            logging.getLogger("scopetrie").info(fault)

    def raise_requested_exception(self) -> None:
        """Raises the exception that was reported, if any was.

        Raises:
            BaseException: That exception.
        """
        with self._lock:
            error, self._error = self._error, None
        if error is not None:
            raise error

    def __enter__(self) -> Coordinator:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.request_stop(error)


@v1("train.LooperThread")
class LooperThread(threading.Thread):
    """A thread that calls a function over and over until its coordinator says stop.

    Args:
        coord: The coordinator.
        timer_interval_secs: The seconds from one call to the next; None for none.
        target: The function; by default the method `run_loop`.
        args: Its arguments.
        kwargs: Its keywords.
    """

    def __init__(
        self,
        coord: Coordinator,
        timer_interval_secs: float | None,
        target: Callable[..., Any] | None = None,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        if not isinstance(coord, Coordinator):
            raise ValueError(f"'coord' argument must be a Coordinator: {coord}")
        super().__init__(daemon=True)
        self._coord = coord
        self._seconds = timer_interval_secs
        self._function = target
        self._arguments = args
        self._keywords = kwargs or {}
        coord.register_thread(self)

    @staticmethod
    def loop(
        coord: Coordinator,
        timer_interval_secs: float | None,
        target: Callable[..., Any],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> LooperThread:
        """Makes and starts one.

        Args:
            coord: The coordinator.
            timer_interval_secs: The seconds from one call to the next; None for none.
            target: The function.
            args: Its arguments.
            kwargs: Its keywords.

        Returns:
            The thread.
        """
        made = LooperThread(coord, timer_interval_secs, target, args, kwargs)
        made.start()
        return made

    def run(self) -> None:
        """Calls the function until the coordinator says stop."""
        with self._coord.stop_on_exception():
            self.start_loop()
            while not self._coord.should_stop():
                self.run_loop()
                if self._seconds is not None and self._coord.wait_for_stop(self._seconds):
                    break
            self.stop_loop()

    def start_loop(self) -> None:
        """Called when the thread starts."""

    def stop_loop(self) -> None:
        """Called when the thread stops."""

    def run_loop(self) -> None:
        """Called over and over: calls the function."""
        if self._function is not None:
            self._function(*self._arguments, **self._keywords)
