"""Monitored sessions: they initialize or restore themselves, call hooks, and recover."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Sequence
from numbers import Real
from types import TracebackType
from typing import Any, Final, NamedTuple, NoReturn, Self

from ...errors import AbortedError, OutOfRangeError, UnavailableError
from ...execution import RunMetadata, RunOptions
from ...graph import Graph, get_default_graph
from ...public import v1, whole
from ..coordinator import Coordinator
from ..queue_runner import start_queue_runners
from .file_hooks import CheckpointSaverHook, StepCounterHook, SummarySaverHook
from .hooks import SessionRunArgs, SessionRunContext, SessionRunHook, SessionRunValues
from .scaffold import ChiefSessionCreator, Scaffold, SessionCreator

_log = logging.getLogger("scopetrie")
# After these a session is made anew, from its checkpoint.
_RECOVERED: Final = (AbortedError, UnavailableError)


class StepContext(NamedTuple):
    """What a step function gets.

    Attributes:
        session: The session, without hooks.
        run_with_hooks: Its `run` with hooks.
    """

    session: Any
    run_with_hooks: Callable[..., Any]

    def request_stop(self) -> NoReturn:
        """Ends the training loop.

        Raises:
            StopIteration: Always.
        """
        raise StopIteration("step_fn has requested the iterations to stop.")


class _Live:
    """A session with its coordinator, from its creation to its end.

    Args:
        creator: Makes the session.
        hooks: The hooks.
    """

    def __init__(self, creator: SessionCreator, hooks: Sequence[SessionRunHook]) -> None:
        self.session = creator.create_session()
        self.coordinator = Coordinator()
        self.has_stopped = False
        self._hooks = hooks
        try:
            start_queue_runners(sess=self.session, coord=self.coordinator)
            for each in hooks:
                each.after_create_session(self.session, self.coordinator)
        except BaseException:
            self.close(0)
            raise

    def should_stop(self) -> bool:
        return self.has_stopped or self.coordinator.should_stop()

    def run(self, fetches: Any, feed_dict: Any, options: Any, run_metadata: Any) -> Any:
        """Runs with hooks."""
        if self.has_stopped:
            raise RuntimeError("Run called even after should_stop requested.")
        context = SessionRunContext(SessionRunArgs(fetches, feed_dict, options), self.session)
        wanted: dict[Any, Any] = {"caller": fetches}
        feeds: dict[Any, Any] = dict(feed_dict or {})
        for at, hook in enumerate(self._hooks):
            asked = hook.before_run(context)
            if asked is None:
                continue
            if asked.fetches is not None:
                wanted[at] = asked.fetches
            if asked.feed_dict:
                self._add_feeds(feeds, asked.feed_dict, feed_dict)
            if asked.options is not None:
                options = _merged(options, asked.options)
        if options is not None and run_metadata is None:
            run_metadata = RunMetadata()
        found = self._run(wanted, feeds, options, run_metadata)
        for at, hook in enumerate(self._hooks):
            hook.after_run(context, SessionRunValues(found.get(at), options, run_metadata))
        if context.stop_requested:
            self.has_stopped = True
        return found["caller"]

    def _run(
        self, wanted: dict[Any, Any], feeds: dict[Any, Any], options: Any, metadata: Any
    ) -> dict[Any, Any]:
        try:
            found: dict[Any, Any] = self.session.run(wanted, feeds, options, metadata)
        except _RECOVERED:
            raise
        except Exception as error:
            # What a queue runner has reported is the cause, where there is something.
            try:
                self.coordinator.raise_requested_exception()
            except Exception as reported:
                raise reported from error
            raise
        return found

    @staticmethod
    def _add_feeds(feeds: dict[Any, Any], more: Any, of_user: Any) -> None:
        for key, value in more.items():
            if key in feeds:
                raise RuntimeError(
                    "Same tensor is fed by a hook and user." if of_user and key in of_user
                    else "Same tensor is fed by two hooks."
                )  # fmt: skip
            feeds[key] = value

    def close(self, grace: float) -> None:
        """Ends the threads, and the session.

        Raises:
            BaseException: What a thread has reported.
        """
        self.coordinator.request_stop()
        self.session._end_waiting()
        try:
            self.coordinator.join(stop_grace_period_secs=grace, ignore_live_threads=True)
        finally:
            self.session.close()


def _merged(one: Any, other: Any) -> Any:
    made = RunOptions()
    for each in (one, other):
        if each is not None:
            made.trace_level = max(made.trace_level, each.trace_level)
            made.timeout_in_ms = max(made.timeout_in_ms, each.timeout_in_ms)
    return made


class _Monitored:
    """What `MonitoredSession` and `SingularMonitoredSession` have in common."""

    _recovers = True
    StepContext = StepContext

    def __init__(
        self,
        session_creator: SessionCreator | None,
        hooks: Sequence[SessionRunHook] | None,
        stop_grace_period_secs: float,
    ) -> None:
        seconds: Any = stop_grace_period_secs
        if not isinstance(seconds, Real):
            raise TypeError(f"stop_grace_period_secs: seconds are a number, but got {seconds!r}")
        self._graph_was_finalized = get_default_graph().finalized
        self._graph = get_default_graph()
        self._hooks = list(hooks or ())
        self._grace = stop_grace_period_secs
        self._creator = ChiefSessionCreator() if session_creator is None else session_creator
        self._live: _Live | None = None
        self._is_closed = False
        self._begin()

    @whole
    def _begin(self) -> None:
        for each in self._hooks:
            each.begin()
        self._live = self._created()

    def _created(self) -> _Live:
        while True:
            try:
                return _Live(self._creator, self._hooks)
            except _RECOVERED as error:
                if not self._recovers:
                    raise
                _log.info("An error was raised while a session was being created; again. Error: %s", error)

    def _tf_sess(self) -> Any:
        """The session itself, which runs without hooks. Agents of v1 ask for it by this name."""
        return self._session().session

    def _session(self) -> _Live:
        if self._is_closed:
            raise RuntimeError("Session is already closed.")
        if self._live is None:
            self._live = self._created()
        return self._live

    @property
    def graph(self) -> Graph:
        """The graph."""
        found: Any = self._graph
        graph: Graph = found
        return graph

    def run(self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None) -> Any:
        """As `Session.run`, with the hooks around it.

        Args:
            fetches: What to compute.
            feed_dict: Values by tensor.
            options: A `RunOptions`.
            run_metadata: A `RunMetadata`.

        Returns:
            The values.

        Raises:
            RuntimeError: If the session is closed or has stopped, or a tensor is fed twice.
            OpError: If an operation fails.
        """
        return self._again(lambda live: live.run(fetches, feed_dict, options, run_metadata))

    def run_step_fn(self, step_fn: Callable[..., Any]) -> Any:
        """Calls a function that runs several things as one step.

        Args:
            step_fn: A function of `step_context`, which has `session`, `run_with_hooks` and `request_stop`.

        Returns:
            What it returns.

        Raises:
            ValueError: If it takes other arguments.
            StopIteration: If it has called `request_stop`.
        """
        taken = tuple(inspect.signature(step_fn).parameters)
        if taken != ("step_context",):
            raise ValueError(
                "`step_fn` may either have one `step_context` argument, or `self` and `step_context` "
                f"arguments if it's an instance method. Got {taken} instead."
            )

        def step(live: _Live) -> Any:
            def run(
                fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None
            ) -> Any:
                return live.run(fetches, feed_dict, options, run_metadata)

            return step_fn(StepContext(live.session, run))

        return self._again(step)

    def _again(self, function: Callable[[_Live], Any]) -> Any:
        while True:
            live = self._session()
            try:
                return function(live)
            except _RECOVERED as error:
                if not self._recovers:
                    raise
                _log.info("An error was raised. The session will be recreated. Error: %s", error)
                self._live = None
                live.close(self._grace)

    def should_stop(self) -> bool:
        """Whether a hook, or a thread of a queue, has asked to stop."""
        if self._is_closed:
            return True
        return self._live is not None and self._live.should_stop()

    def close(self) -> None:
        """Calls the hooks' `end`, and closes the session.

        Raises:
            RuntimeError: If it is closed already.
        """
        self._close(None)

    def _close(self, kind: type[BaseException] | None) -> None:
        try:
            if kind is None:
                live = self._session()
                for each in self._hooks:
                    each.end(live.session)
        finally:
            live_one, self._live, self._is_closed = self._live, None, True
            try:
                if live_one is not None:
                    live_one.close(self._grace)
            finally:
                if not self._graph_was_finalized:
                    self.graph._unsafe_unfinalize()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        if kind is not None and issubclass(kind, (OutOfRangeError, StopIteration)):
            kind = None
        if not self._is_closed:
            self._close(kind)
        return kind is None


@v1("train.MonitoredSession")
class MonitoredSession(_Monitored):
    """A session that initializes or restores itself, calls hooks around each run, and recovers.

    After `errors.AbortedError` and `errors.UnavailableError` it makes a new session, by its creator, and
    repeats the run. The end of input, `errors.OutOfRangeError`, ends `with` without an error.

    Args:
        session_creator: Makes the session; by default a `ChiefSessionCreator`.
        hooks: The hooks.
        stop_grace_period_secs: The seconds that threads of queues may take to end.

    Raises:
        TypeError: If `stop_grace_period_secs` is no number. Nothing is left in the graph where this or
            something else fails.
    """

    def __init__(
        self,
        session_creator: SessionCreator | None = None,
        hooks: Sequence[SessionRunHook] | None = None,
        stop_grace_period_secs: float = 120,
    ) -> None:
        super().__init__(session_creator, hooks, stop_grace_period_secs)


@v1("train.SingularMonitoredSession")
class SingularMonitoredSession(_Monitored):
    """As `MonitoredSession`, without recovery: so the session inside can be used, too.

    Args:
        hooks: The hooks.
        scaffold: The operations; made by default.
        master: Only the empty string: graphs run in this process.
        config: The session's `ConfigProto`.
        checkpoint_dir: The folder of checkpoints, of which the latest is taken.
        stop_grace_period_secs: The seconds that threads of queues may take to end.
        checkpoint_filename_with_path: A checkpoint, instead.
    """

    _recovers = False

    def __init__(
        self,
        hooks: Sequence[SessionRunHook] | None = None,
        scaffold: Scaffold | None = None,
        master: str = "",
        config: Any = None,
        checkpoint_dir: str | None = None,
        stop_grace_period_secs: float = 120,
        checkpoint_filename_with_path: str | None = None,
    ) -> None:
        creator = ChiefSessionCreator(scaffold, master, config, checkpoint_dir, checkpoint_filename_with_path)
        super().__init__(creator, hooks, stop_grace_period_secs)

    def raw_session(self) -> Any:
        """The session inside."""
        return self._session().session


_DEFAULT: Final = object()


@v1("train.MonitoredTrainingSession")
def MonitoredTrainingSession(
    master: str = "",
    is_chief: bool = True,
    checkpoint_dir: str | None = None,
    scaffold: Scaffold | None = None,
    hooks: Sequence[SessionRunHook] | None = None,
    chief_only_hooks: Sequence[SessionRunHook] | None = None,
    save_checkpoint_secs: Any = _DEFAULT,
    save_summaries_steps: Any = _DEFAULT,
    save_summaries_secs: Any = _DEFAULT,
    config: Any = None,
    stop_grace_period_secs: float = 120,
    log_step_count_steps: int | None = 100,
    max_wait_secs: float = 7200,
    save_checkpoint_steps: Any = _DEFAULT,
    summary_dir: str | None = None,
    save_graph_def: bool = True,
) -> MonitoredSession:
    """Makes a session that trains, with checkpoints and summaries, and goes on where the last one has ended.

    Args:
        master: Only the empty string: graphs run in this process.
        is_chief: Only True: there are no other processes.
        checkpoint_dir: The folder of checkpoints; without one, nothing is saved.
        scaffold: The operations; made by default.
        hooks: The hooks.
        chief_only_hooks: More of them, which are called before the others.
        save_checkpoint_secs: Every so many seconds; 600 by default.
        save_summaries_steps: Every so many steps; 100 by default.
        save_summaries_secs: Every so many seconds.
        config: The session's `ConfigProto`.
        stop_grace_period_secs: The seconds that threads of queues may take to end.
        log_step_count_steps: Every so many steps the rate is logged.
        max_wait_secs: Accepted for v1's sake.
        save_checkpoint_steps: Every so many steps.
        summary_dir: The folder of summaries; by default that of checkpoints.
        save_graph_def: Whether the graph is written, too.

    Returns:
        The session.

    Raises:
        ValueError: If `is_chief` is False.

    >>> import tempfile
    >>> import scopetrie as tf
    >>> def train(folder, last_step):
    ...     with tf.Graph().as_default():
    ...         w = tf.get_variable("w", initializer=1.0)
    ...         step = tf.train.get_or_create_global_step()
    ...         train_op = tf.group(tf.assign_add(w, 1.0), tf.assign_add(step, 1))
    ...         stop = tf.train.StopAtStepHook(last_step=last_step)
    ...         with tf.train.MonitoredTrainingSession(checkpoint_dir=folder, hooks=[stop]) as session:
    ...             while not session.should_stop():
    ...                 _, value, at = session.run([train_op, w, step])
    ...         print(at, value)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     train(folder, 3)
    ...     train(folder, 5)
    3 4.0
    5 6.0
    """
    if not is_chief:
        raise ValueError(
            "MonitoredTrainingSession(is_chief=False): scopetrie trains in one process, whose session is "
            "the chief. Leave out `is_chief`."
        )
    if save_checkpoint_secs is _DEFAULT and save_checkpoint_steps is _DEFAULT:
        save_checkpoint_secs, save_checkpoint_steps = 600, None
    if save_summaries_steps is _DEFAULT and save_summaries_secs is _DEFAULT:
        save_summaries_steps, save_summaries_secs = 100, None
    checkpoint_secs, checkpoint_steps = _given(save_checkpoint_secs), _given(save_checkpoint_steps)
    summary_steps, summary_secs = _given(save_summaries_steps), _given(save_summaries_secs)
    scaffold = Scaffold() if scaffold is None else scaffold
    folder = summary_dir or checkpoint_dir
    added: list[SessionRunHook] = []
    if folder:
        if log_step_count_steps:
            added.append(StepCounterHook(output_dir=folder, every_n_steps=log_step_count_steps))
        if summary_steps or summary_secs:
            added.append(
                SummarySaverHook(
                    scaffold=scaffold, save_steps=summary_steps, save_secs=summary_secs, output_dir=folder
                )
            )
    if checkpoint_dir and (checkpoint_secs or checkpoint_steps):
        added.append(
            CheckpointSaverHook(
                checkpoint_dir,
                save_secs=checkpoint_secs,
                save_steps=checkpoint_steps,
                scaffold=scaffold,
                save_graph_def=save_graph_def,
            )
        )
    creator = ChiefSessionCreator(scaffold, master, config, checkpoint_dir)
    everyone = [*(chief_only_hooks or ()), *added, *(hooks or ())]
    return MonitoredSession(creator, everyone, stop_grace_period_secs)


def _given(value: Any) -> Any:
    return None if value is _DEFAULT or not value or value <= 0 else value
