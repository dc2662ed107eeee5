"""`tf.train.Supervisor`: v1's older way to train with checkpoints and summaries, by threads."""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from ... import summary as summaries
from ...graph import Graph, GraphKeys, get_default_graph
from ...public import v1, whole
from ...variables import global_variables, global_variables_initializer, report_uninitialized_variables
from ..coordinator import Coordinator, LooperThread
from ..graph_io import write_graph
from ..saving.saver import Saver
from ..steps import get_global_step
from .scaffold import Scaffold
from .session_manager import SessionManager

_log = logging.getLogger("scopetrie")


@v1("train.Supervisor")
class Supervisor:
    """Makes a session that is initialized or restored, and saves checkpoints and summaries by threads.

    `MonitoredTrainingSession` does the same without threads. An operation that is 0 is made, or found in its
    collection; one that is None is left out.

    Args:
        graph: The graph; the default one if left out. It is finalized.
        ready_op: A tensor of the names of what is not initialized.
        ready_for_local_init_op: The same of what has to be initialized before `local_init_op`.
        is_chief: Only True: there are no other processes.
        init_op: Initializes the variables.
        init_feed_dict: What to feed to it.
        local_init_op: Initializes local variables and tables.
        logdir: The folder of checkpoints and summaries; without one, nothing is saved.
        summary_op: All summaries.
        saver: Saves and restores.
        global_step: The global step.
        save_summaries_secs: The seconds from one summary to the next.
        save_model_secs: The seconds from one checkpoint to the next.
        recovery_wait_secs: Accepted for v1's sake.
        stop_grace_secs: The seconds that threads may take to end.
        checkpoint_basename: The beginning of the checkpoints' names.
        session_manager: Makes the session.
        summary_writer: A `FileWriter`; None for no summaries.
        init_fn: Called with the session after `init_op`.
        local_init_run_options: The `RunOptions` of `local_init_op`.

    Raises:
        ValueError: If `is_chief` is False.

    >>> import tempfile
    >>> import scopetrie as tf
    >>> with tf.Graph().as_default(), tempfile.TemporaryDirectory() as folder:
    ...     w = tf.get_variable("w", initializer=1.0)
    ...     add = tf.assign_add(w, 1.0)
    ...     supervisor = tf.train.Supervisor(logdir=folder)
    ...     with supervisor.managed_session() as session:
    ...         while not supervisor.should_stop():
    ...             if session.run(add) > 3:
    ...                 supervisor.request_stop()
    ...         print(session.run(w))
    4.0
    """

    USE_DEFAULT: Final = 0

    @whole
    def __init__(
        self,
        graph: Graph | None = None,
        ready_op: Any = USE_DEFAULT,
        ready_for_local_init_op: Any = USE_DEFAULT,
        is_chief: bool = True,
        init_op: Any = USE_DEFAULT,
        init_feed_dict: Any = None,
        local_init_op: Any = USE_DEFAULT,
        logdir: str | None = None,
        summary_op: Any = USE_DEFAULT,
        saver: Any = USE_DEFAULT,
        global_step: Any = USE_DEFAULT,
        save_summaries_secs: float = 120,
        save_model_secs: float = 600,
        recovery_wait_secs: float = 30,
        stop_grace_secs: float = 120,
        checkpoint_basename: str = "model.ckpt",
        session_manager: SessionManager | None = None,
        summary_writer: Any = USE_DEFAULT,
        init_fn: Callable[[Any], Any] | None = None,
        local_init_run_options: Any = None,
    ) -> None:
        if not is_chief:
            raise ValueError(
                "Supervisor(is_chief=False): scopetrie trains in one process, whose session is the chief. "
                "Leave out `is_chief`."
            )
        found: Any = get_default_graph() if graph is None else graph
        self._graph = found
        self.coord = Coordinator()
        self.logdir = logdir
        self.save_summaries_secs = save_summaries_secs
        self.save_model_secs = save_model_secs
        self.save_path = os.path.join(logdir, checkpoint_basename) if logdir else None
        self.init_feed_dict = init_feed_dict
        self._stop_grace_secs = stop_grace_secs
        self._init_fn = init_fn
        get = Scaffold.get_or_default
        with found.as_default():
            self.ready_op = (
                get("ready_op", GraphKeys.READY_OP, report_uninitialized_variables)
                if ready_op is Supervisor.USE_DEFAULT
                else ready_op
            )
            self.ready_for_local_init_op = (
                get(
                    "ready_for_local_init_op",
                    GraphKeys.READY_FOR_LOCAL_INIT_OP,
                    lambda: report_uninitialized_variables(global_variables()),
                )
                if ready_for_local_init_op is Supervisor.USE_DEFAULT
                else ready_for_local_init_op
            )
            self.init_op = (
                get("init_op", GraphKeys.INIT_OP, global_variables_initializer)
                if init_op is Supervisor.USE_DEFAULT
                else init_op
            )
            self.local_init_op = (
                get("local_init_op", GraphKeys.LOCAL_INIT_OP, Scaffold.default_local_init_op)
                if local_init_op is Supervisor.USE_DEFAULT
                else local_init_op
            )
            self.saver = (
                get("saver", GraphKeys.SAVERS, lambda: Saver(allow_empty=True))
                if saver is Supervisor.USE_DEFAULT
                else saver
            )
            self.summary_op = (
                get("summary_op", GraphKeys.SUMMARY_OP, summaries.merge_all)
                if summary_op is Supervisor.USE_DEFAULT
                else summary_op
            )
            self.global_step = get_global_step() if global_step is Supervisor.USE_DEFAULT else global_step
            self.session_manager = session_manager or SessionManager(
                local_init_op=self.local_init_op,
                ready_op=self.ready_op,
                ready_for_local_init_op=self.ready_for_local_init_op,
                graph=found,
                recovery_wait_secs=recovery_wait_secs,
                local_init_run_options=local_init_run_options,
            )
        self.summary_writer = _writer(logdir) if summary_writer is Supervisor.USE_DEFAULT else summary_writer
        found.finalize()

    @property
    def is_chief(self) -> bool:
        """True: there are no other processes."""
        return True

    def prepare_or_wait_for_session(
        self,
        master: str = "",
        config: Any = None,
        wait_for_checkpoint: bool = False,
        max_wait_secs: float = 7200,
        start_standard_services: bool = True,
    ) -> Any:
        """Makes a session that is initialized or restored, and starts the threads.

        Args:
            master: Only the empty string: graphs run in this process.
            config: The session's `ConfigProto`.
            wait_for_checkpoint: Whether to wait for a checkpoint.
            max_wait_secs: The seconds to wait at most.
            start_standard_services: Whether to start the threads that save.

        Returns:
            The session.
        """
        self.coord.clear_stop()
        if self.summary_writer is not None:
            self.summary_writer.reopen()
        session = self.session_manager.prepare_session(
            master,
            init_op=self.init_op,
            saver=self.saver,
            checkpoint_dir=self.logdir,
            wait_for_checkpoint=wait_for_checkpoint,
            max_wait_secs=max_wait_secs,
            config=config,
            init_feed_dict=self.init_feed_dict,
            init_fn=self._init_fn,
        )
        try:
            self._write_graph()
            if start_standard_services:
                self.start_standard_services(session)
            self.start_queue_runners(session)
        except BaseException:
            session.close()
            raise
        return session

    def _write_graph(self) -> None:
        if self.logdir is None:
            return
        with contextlib.suppress(ImportError):  # without the extra `tensorboard`
            write_graph(self._graph, self.logdir, "graph.pbtxt")
            if self.summary_writer is not None:
                self.summary_writer.add_graph(self._graph)

    @contextlib.contextmanager
    def managed_session(
        self,
        master: str = "",
        config: Any = None,
        start_standard_services: bool = True,
        close_summary_writer: bool = True,
    ) -> Iterator[Any]:
        """Makes a session for a block, and ends it and the threads after it.

        Args:
            master: Only the empty string: graphs run in this process.
            config: The session's `ConfigProto`.
            start_standard_services: Whether to start the threads that save.
            close_summary_writer: Whether the writer of summaries is closed.

        Yields:
            The session.
        """
        session = None
        try:
            session = self.prepare_or_wait_for_session(
                master, config, start_standard_services=start_standard_services
            )
            yield session
        except Exception as error:
            self.request_stop(error)
        finally:
            self.coord.request_stop()
            try:
                if session is not None:
                    session._end_waiting()
                self.stop(close_summary_writer=close_summary_writer)
            finally:
                if session is not None:
                    session.close()

    def start_standard_services(self, sess: Any) -> list[LooperThread]:
        """Starts the threads that save: checkpoints, summaries, the rate of steps.

        Args:
            sess: The session.

        Returns:
            The threads.
        """
        made = []
        if self.logdir is None:
            _log.warning("Standard services need a 'logdir' passed to the SessionManager")
            return []
        if self.summary_writer is not None:
            self.summary_writer.add_session_log(
                summaries.SessionLog(status=summaries.SessionLog.START), self._step(sess)
            )
            if self.save_summaries_secs and self.summary_op is not None:
                made.append(LooperThread(self.coord, self.save_summaries_secs, self._summarize, (sess,)))
            if self.save_summaries_secs and self.global_step is not None:
                rate = _Rate(self, sess)
                made.append(LooperThread(self.coord, self.save_summaries_secs, rate.write))
        if self.saver is not None and self.save_model_secs:
            made.append(LooperThread(self.coord, self.save_model_secs, self._save, (sess,)))
        for each in made:
            each.start()
        return made

    def _step(self, sess: Any) -> int | None:
        return None if self.global_step is None else int(sess.run(self.global_step))

    def _save(self, sess: Any) -> None:
        if self.coord.should_stop():
            return
        self.saver.save(sess, self.save_path, global_step=self._step(sess))

    def _summarize(self, sess: Any) -> None:
        if self.coord.should_stop():
            return
        self.summary_writer.add_summary(sess.run(self.summary_op), self._step(sess))

    def start_queue_runners(self, sess: Any, queue_runners: Iterable[Any] | None = None) -> list[Any]:
        """Starts the threads that fill queues.

        Args:
            sess: The session.
            queue_runners: The runners; those of the graph's collection by default.

        Returns:
            The threads.
        """
        runners = (
            self._graph.get_collection(GraphKeys.QUEUE_RUNNERS) if queue_runners is None else queue_runners
        )
        return [
            thread
            for each in runners
            for thread in each.create_threads(sess, coord=self.coord, daemon=True, start=True)
        ]

    def loop(
        self,
        timer_interval_secs: float | None,
        target: Callable[..., Any],
        args: Any = None,
        kwargs: Any = None,
    ) -> LooperThread:
        """Starts a thread that calls a function over and over.

        Args:
            timer_interval_secs: The seconds from one call to the next.
            target: The function.
            args: Its arguments.
            kwargs: Its keywords.

        Returns:
            The thread.
        """
        return LooperThread.loop(self.coord, timer_interval_secs, target, tuple(args or ()), kwargs)

    def summary_computed(self, sess: Any, summary: Any, global_step: int | None = None) -> None:
        """Writes a summary.

        Args:
            sess: The session.
            summary: The summary, as a run has given it.
            global_step: The global step; asked of the session by default.

        Raises:
            TypeError: If `summary` is no bytes.
            RuntimeError: If nothing writes summaries.
        """
        if not isinstance(summary, bytes):
            raise TypeError("summary must be bytes, as a run of the summary has given them")
        if self.summary_writer is None:
            raise RuntimeError("Writing a summary requires a summary writer.")
        step = self._step(sess) if global_step is None else global_step
        self.summary_writer.add_summary(summary, step)

    def request_stop(self, ex: Any = None) -> None:
        """Asks all threads to stop.

        Args:
            ex: The exception to raise at the end.
        """
        self.coord.request_stop(ex)

    def should_stop(self) -> bool:
        """Whether a stop was asked for."""
        return self.coord.should_stop()

    def stop_on_exception(self) -> contextlib.AbstractContextManager[None]:
        """Reports an exception of a block to `request_stop` instead of raising it."""
        return self.coord.stop_on_exception()

    def wait_for_stop(self) -> None:
        """Waits until a stop is asked for."""
        self.coord.wait_for_stop()

    def stop(
        self, threads: Any = None, close_summary_writer: bool = True, ignore_live_threads: bool = False
    ) -> None:
        """Ends the threads.

        Args:
            threads: The threads, besides the supervisor's.
            close_summary_writer: Whether the writer of summaries is closed.
            ignore_live_threads: Whether it is no error that some have not ended in time.

        Raises:
            BaseException: What a thread has reported.
        """
        self.coord.request_stop()
        try:
            self.coord.join(threads, self._stop_grace_secs, ignore_live_threads)
        finally:
            if close_summary_writer and self.summary_writer is not None:
                self.summary_writer.add_session_log(summaries.SessionLog(status=summaries.SessionLog.STOP))
                self.summary_writer.close()

    # v1's older names
    PrepareSession = prepare_or_wait_for_session
    StartStandardServices = start_standard_services
    StartQueueRunners = start_queue_runners
    Loop = loop
    SummaryComputed = summary_computed
    RequestStop = request_stop
    ShouldStop = should_stop
    StopOnException = stop_on_exception
    WaitForStop = wait_for_stop
    Stop = stop


class _Rate:
    """Writes how many global steps there are in a second.

    Args:
        supervisor: The supervisor.
        session: Its session.
    """

    def __init__(self, supervisor: Supervisor, session: Any) -> None:
        self._supervisor = supervisor
        self._session = session
        step: Any = supervisor.global_step
        self._tag = f"{step.op.name}/sec"
        self._last = time.monotonic(), supervisor._step(session) or 0

    def write(self) -> None:
        """Writes the rate since the last time."""
        if self._supervisor.coord.should_stop():
            return
        now = time.monotonic(), self._supervisor._step(self._session) or 0
        seconds, steps = now[0] - self._last[0], now[1] - self._last[1]
        self._last = now
        if seconds > 0 and self._supervisor.summary_writer is not None:
            value = summaries.Summary.Value(tag=self._tag, simple_value=steps / seconds)
            self._supervisor.summary_writer.add_summary(summaries.Summary(value=[value]), now[1])


def _writer(logdir: str | None) -> Any:
    if logdir is None:
        return None
    try:
        return summaries.FileWriter(logdir)
    except ImportError:
        _log.warning("No summaries are written to %s: this needs the extra `tensorboard`", logdir)
        return None
