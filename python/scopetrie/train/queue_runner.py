"""`tf.train.QueueRunner`: threads that fill a queue."""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Sequence
from typing import Any

from ..errors import CancelledError, OpError, OutOfRangeError
from ..execution import get_default_session
from ..graph import GraphKeys, Operation, get_default_graph
from ..public import v1
from ..queues.queue import QueueBase
from .coordinator import Coordinator


@v1("train.QueueRunner")
class QueueRunner:
    """Fills a queue: each of its operations is run over and over, by a thread of its own.

    The threads end with the input, when the coordinator says stop, or when the session is closed.
    They close the queue then, so that nobody waits for elements that do not come.

    Args:
        queue: The queue.
        enqueue_ops: The operations.
        close_op: Closes the queue; by default one that lets those that wait for room go on.
        cancel_op: Closes it at once; by default one that cancels those that wait for room.
        queue_closed_exception_types: Errors that mean the end of input; `errors.OutOfRangeError` by default.

    Raises:
        ValueError: If `queue` or `enqueue_ops` is missing.
        TypeError: If `queue_closed_exception_types` is no tuple of errors.
    """

    def __init__(
        self,
        queue: QueueBase | None = None,
        enqueue_ops: Sequence[Operation] | None = None,
        close_op: Operation | None = None,
        cancel_op: Operation | None = None,
        queue_closed_exception_types: tuple[type[Exception], ...] | None = None,
    ) -> None:
        if queue is None or not enqueue_ops:
            raise ValueError("queue and enqueue_ops are required.")
        types: Any = queue_closed_exception_types or (OutOfRangeError,)
        if not isinstance(types, tuple) or not all(issubclass(each, OpError) for each in types):
            raise TypeError(
                "queue_closed_exception_types, when provided, must be a tuple of tf.error types, but saw: "
                f"{queue_closed_exception_types}"
            )
        self._queue = queue
        self._enqueue_ops = list(enqueue_ops)
        self._close_op = queue.close() if close_op is None else close_op
        self._cancel_op = queue.close(cancel_pending_enqueues=True) if cancel_op is None else cancel_op
        self._types = types
        self._lock = threading.Lock()
        self._running: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self._exceptions: list[Exception] = []

    @property
    def queue(self) -> QueueBase:
        """The queue."""
        return self._queue

    @property
    def name(self) -> str:
        """The queue's name."""
        return self._queue.name

    @property
    def enqueue_ops(self) -> list[Operation]:
        """The operations that fill it."""
        return self._enqueue_ops

    @property
    def close_op(self) -> Operation:
        """The operation that closes it."""
        return self._close_op

    @property
    def cancel_op(self) -> Operation:
        """The operation that closes it at once."""
        return self._cancel_op

    @property
    def queue_closed_exception_types(self) -> tuple[type[Exception], ...]:
        """Errors that mean the end of input."""
        return self._types

    @property
    def exceptions_raised(self) -> list[Exception]:
        """Errors of threads that have no coordinator."""
        return self._exceptions

    def create_threads(
        self, sess: Any, coord: Coordinator | None = None, daemon: bool = False, start: bool = False
    ) -> list[threading.Thread]:
        """Makes the threads: one for each operation, and one that waits for the coordinator to stop.

        Args:
            sess: The session.
            coord: The coordinator.
            daemon: Whether Python may end without waiting for them.
            start: Whether to start them.

        Returns:
            The threads; none if those of an earlier call still run in the session.
        """
        with self._lock:
            if self._running.get(sess, 0) > 0:
                return []
            self._running[sess] = len(self._enqueue_ops)
            self._exceptions = []
        prefix = f"QueueRunnerThread-{self.name}-"
        made = [
            threading.Thread(target=self._run, args=(sess, op, coord), name=prefix + op.name, daemon=daemon)
            for op in self._enqueue_ops
        ]
        if coord is not None:
            made.append(
                threading.Thread(
                    target=self._close_on_stop,
                    args=(sess, coord),
                    name=f"{prefix}close_on_stop",
                    daemon=daemon,
                )
            )
            for each in made:
                coord.register_thread(each)
        if start:
            for each in made:
                each.start()
        return made

    def _run(self, sess: Any, op: Operation, coord: Coordinator | None) -> None:
        closes = True
        try:
            while coord is None or not coord.should_stop():
                sess.run(op)
        except self._types:
            pass
        except Exception as error:
            if _is_end(error, sess):
                closes = False
            elif coord is not None:
                coord.request_stop(error)
            else:
                logging.getLogger("scopetrie").error("Exception in QueueRunner: %s", error)
                with self._lock:
                    self._exceptions.append(error)
        finally:
            with self._lock:
                left = self._running.get(sess, 1) - 1
                self._running[sess] = left
            if closes and left == 0:
                _quietly(sess, self._close_op)

    def _close_on_stop(self, sess: Any, coord: Coordinator) -> None:
        coord.wait_for_stop()
        _quietly(sess, self._cancel_op)


def _is_end(error: Exception, sess: Any) -> bool:
    """Whether an error only says that the session or the queue was closed meanwhile."""
    return isinstance(error, CancelledError) or (isinstance(error, RuntimeError) and sess._closed)


def _quietly(sess: Any, op: Operation) -> None:
    try:
        sess.run(op)
    except (OpError, RuntimeError) as error:  # the session is closed
        logging.getLogger("scopetrie").debug("Ignored exception: %s", error)


@v1("train.add_queue_runner")
def add_queue_runner(qr: QueueRunner, collection: str = GraphKeys.QUEUE_RUNNERS) -> None:
    """Adds a runner to a collection of the default graph.

    Args:
        qr: The runner.
        collection: The collection's key.
    """
    get_default_graph().add_to_collection(collection, qr)


@v1("train.start_queue_runners")
def start_queue_runners(
    sess: Any = None,
    coord: Coordinator | None = None,
    daemon: bool = True,
    start: bool = True,
    collection: str = GraphKeys.QUEUE_RUNNERS,
) -> list[threading.Thread]:
    """Starts the runners of a collection.

    Args:
        sess: The session; the default one if left out.
        coord: The coordinator of the threads.
        daemon: Whether Python may end without waiting for them.
        start: Whether to start them.
        collection: The collection's key.

    Returns:
        The threads.

    Raises:
        ValueError: If there is no session.
    """
    session = get_default_session() if sess is None else sess
    if session is None:
        raise ValueError(
            "Cannot start queue runners: No default session is registered. Use `with sess.as_default()` or "
            "pass an explicit session to tf.start_queue_runners(sess=sess)"
        )
    with session.graph.as_default():
        found = session.graph.get_collection(collection)
    return [
        thread
        for runner in found
        for thread in runner.create_threads(session, coord=coord, daemon=daemon, start=start)
    ]
