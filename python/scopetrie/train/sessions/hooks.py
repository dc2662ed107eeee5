"""Hooks of a session: what is called before and after each run."""

from __future__ import annotations

from typing import Any, NamedTuple

from ...public import v1


@v1("train.SessionRunArgs", "estimator.SessionRunArgs")
class SessionRunArgs(NamedTuple):
    """What a hook adds to a run.

    Attributes:
        fetches: What it fetches: as in `Session.run`; None for nothing.
        feed_dict: What it feeds.
        options: The `RunOptions` that it asks for.
    """

    fetches: Any
    feed_dict: Any = None
    options: Any = None


@v1("train.SessionRunValues", "estimator.SessionRunValues")
class SessionRunValues(NamedTuple):
    """What a hook gets of a run.

    Attributes:
        results: The values of what it fetched.
        options: The run's `RunOptions`.
        run_metadata: The run's `RunMetadata`.
    """

    results: Any
    options: Any
    run_metadata: Any


@v1("train.SessionRunContext", "estimator.SessionRunContext")
class SessionRunContext:
    """A run that hooks are called for.

    Args:
        original_args: What the program runs, as `SessionRunArgs`.
        session: The session.
    """

    def __init__(self, original_args: SessionRunArgs, session: Any) -> None:
        self._original_args = original_args
        self._session = session
        self._stop_requested = False

    @property
    def original_args(self) -> SessionRunArgs:
        """What the program runs."""
        return self._original_args

    @property
    def session(self) -> Any:
        """The session, without hooks."""
        return self._session

    @property
    def stop_requested(self) -> bool:
        """Whether a hook has asked to stop after this run."""
        return self._stop_requested

    def request_stop(self) -> None:
        """Asks to stop after this run: `should_stop` of the monitored session is True then."""
        self._stop_requested = True


@v1("train.SessionRunHook", "estimator.SessionRunHook")
class SessionRunHook:
    """The base class of hooks: override what is to be done.

    >>> import scopetrie as tf
    >>> class Count(tf.train.SessionRunHook):
    ...     def before_run(self, run_context):
    ...         return tf.train.SessionRunArgs("step:0")
    ...
    ...     def after_run(self, run_context, run_values):
    ...         if run_values.results == 3:
    ...             run_context.request_stop()
    >>> with tf.Graph().as_default():
    ...     step = tf.get_variable("step", initializer=0)
    ...     add = tf.assign_add(step, 1)
    ...     with tf.train.MonitoredSession(hooks=[Count()]) as session:
    ...         while not session.should_stop():
    ...             print(session.run(add))
    1
    2
    3
    """

    def begin(self) -> None:
        """Called once, before the session is made: the graph may still be changed."""

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Called when a session was made, also after a recovery: the graph may not be changed any more.

        Args:
            session: The session.
            coord: The coordinator of its threads.
        """

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs | None:
        """Called before each run.

        Args:
            run_context: The run.

        Returns:
            What to add to it, or None.
        """
        return None

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        """Called after each run that has not failed.

        Args:
            run_context: The run.
            run_values: What the hook has fetched.
        """

    def end(self, session: Any) -> None:
        """Called at the end, unless an error ended the session.

        Args:
            session: The session, which is still open.
        """
