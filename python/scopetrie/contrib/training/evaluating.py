"""Evaluating checkpoints as they appear: what waits for them, runs the metrics and writes summaries."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ...graph import Tensor
from ...ops.state.variable import assign_add
from ...public import v1
from ...summary.file_writer import FileWriterCache
from ...summary.ops import merge_all
from ...train.saving.checkpoint_state import latest_checkpoint
from ...train.sessions.hooks import SessionRunArgs, SessionRunContext, SessionRunHook, SessionRunValues
from ...train.sessions.monitored import MonitoredSession
from ...train.sessions.scaffold import ChiefSessionCreator, Scaffold
from ...train.sessions.step_hooks import FinalOpsHook
from ...train.steps import get_or_create_eval_step, get_or_create_global_step, global_step

__all__ = [
    "StopAfterNEvalsHook",
    "SummaryAtEndHook",
    "checkpoints_iterator",
    "evaluate_once",
    "evaluate_repeatedly",
    "wait_for_new_checkpoint",
]

_log = logging.getLogger("scopetrie")


@v1("contrib.training.wait_for_new_checkpoint")
def wait_for_new_checkpoint(
    checkpoint_dir: str, last_checkpoint: str | None = None, seconds_to_sleep: float = 1,
    timeout: float | None = None,
) -> str | None:  # fmt: skip
    """Waits until a folder has a checkpoint other than the last one.

    Args:
        checkpoint_dir: The folder.
        last_checkpoint: The path of the last checkpoint; None for none.
        seconds_to_sleep: The time between two looks.
        timeout: The longest time to wait; None to wait for ever.

    Returns:
        The path of the checkpoint; None when the time is over.
    """
    end = None if timeout is None else time.time() + timeout
    while True:
        found = latest_checkpoint(checkpoint_dir)
        if found is not None and found != last_checkpoint:
            return found
        if end is not None and time.time() + seconds_to_sleep > end:
            return None
        time.sleep(seconds_to_sleep)


@v1("train.checkpoints_iterator", "contrib.training.checkpoints_iterator")
def checkpoints_iterator(
    checkpoint_dir: str, min_interval_secs: float = 0, timeout: float | None = None,
    timeout_fn: Callable[[], Any] | None = None,
) -> Iterator[str]:  # fmt: skip
    """Gives the paths of the checkpoints of a folder, as they appear.

    Args:
        checkpoint_dir: The folder.
        min_interval_secs: The least time between two of them.
        timeout: The longest time to wait for one; None to wait for ever.
        timeout_fn: Called when that time is over: whether there will be no more. It ends then, by default.

    Returns:
        An iterator.

    >>> import scopetrie as tf
    >>> v = tf.Variable(1.0)
    >>> with tf.Session() as session:
    ...     session.run(v.initializer)
    ...     path = tf.train.Saver().save(session, "saved/model", global_step=3)
    >>> list(tf.train.checkpoints_iterator("saved", timeout=0))
    ['saved/model-3']
    """
    last: str | None = None
    while True:
        found = wait_for_new_checkpoint(checkpoint_dir, last, timeout=timeout)
        if found is None:
            if timeout_fn is None:
                _log.info("Timed-out waiting for a checkpoint.")
                return
            if timeout_fn():
                return
            continue
        start, last = time.time(), found
        yield found
        time.sleep(max(0.0, start + min_interval_secs - time.time()))


@v1("contrib.training.StopAfterNEvalsHook")
class StopAfterNEvalsHook(SessionRunHook):
    """Ends an evaluation after a number of runs; `evaluate_once` tells it their count.

    Args:
        num_evals: The number; None to go on until the data end.
        log_progress: Whether the count is logged.
    """

    def __init__(self, num_evals: int | None, log_progress: bool = True) -> None:
        self._num_evals = num_evals
        self._log_progress = log_progress
        self._evals_completed: Tensor | None = None

    def _set_evals_completed_tensor(self, updated_eval_step: Any) -> None:
        self._evals_completed = updated_eval_step

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        """Asks for the count.

        Args:
            run_context: The run.
        """
        return SessionRunArgs({"evals_completed": self._evals_completed})

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        """Ends the evaluation when the count is reached.

        Args:
            run_context: The run.
            run_values: The count.
        """
        done = run_values.results["evals_completed"]
        if self._log_progress:
            _log.info("Evaluation [%d%s]", done, "" if self._num_evals is None else f"/{self._num_evals}")
        if self._num_evals is not None and done >= self._num_evals:
            run_context.request_stop()


@v1("contrib.training.SummaryAtEndHook")
class SummaryAtEndHook(SessionRunHook):
    """Writes a summary when a session ends.

    Args:
        log_dir: The folder; not used where there is a writer.
        summary_writer: A `tf.summary.FileWriter`.
        summary_op: The summary; all that the graph has by default.
        feed_dict: What is fed to it.

    Raises:
        ValueError: If there is neither a folder nor a writer.
    """

    def __init__(
        self, log_dir: str | None = None, summary_writer: Any = None, summary_op: Any = None,
        feed_dict: Any = None,
    ) -> None:  # fmt: skip
        if log_dir is None and summary_writer is None:
            raise ValueError("One of log_dir or summary_writer should be used.")
        self._log_dir = log_dir
        self._writer = summary_writer
        self._summary = summary_op
        self._takes_all = summary_op is None
        self._feeds = feed_dict
        self._step: Any = None

    def begin(self) -> None:
        """Takes the summaries of the graph, if none was given."""
        if self._takes_all:
            self._summary = merge_all()
        self._step = get_or_create_global_step()

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Opens the file.

        Args:
            session: The session.
            coord: Its coordinator.
        """
        if self._writer is None and self._log_dir is not None:
            self._writer = FileWriterCache.get(self._log_dir)

    def end(self, session: Any) -> None:
        """Writes the summary.

        Args:
            session: The session.
        """
        if self._summary is not None:
            at = global_step(session, self._step)
            self._writer.add_summary(session.run(self._summary, self._feeds), at)
        self._writer.flush()


def _counted(eval_ops: Any, hooks: Sequence[SessionRunHook]) -> Any:
    """What is run over and over, with the count of evaluations, of which the hooks are told."""
    if eval_ops is None:
        return None
    count = assign_add(get_or_create_eval_step(), 1)
    for hook in hooks:
        if isinstance(hook, StopAfterNEvalsHook):
            hook._set_evals_completed_tensor(count)
    if isinstance(eval_ops, dict):
        return {**eval_ops, "update_eval_step": count}
    return [*eval_ops, count] if isinstance(eval_ops, (tuple, list)) else [eval_ops, count]


def _evaluated(creator: ChiefSessionCreator, fetches: Any, feeds: Any, hooks: Sequence[Any]) -> None:
    with MonitoredSession(creator, hooks) as session:
        if fetches is not None:
            while not session.should_stop():
                session.run(fetches, feeds)


@v1("contrib.training.evaluate_once")
def evaluate_once(
    checkpoint_path: str, master: str = "", scaffold: Scaffold | None = None, eval_ops: Any = None,
    feed_dict: Any = None, final_ops: Any = None, final_ops_feed_dict: Any = None,
    hooks: Sequence[SessionRunHook] | None = None, config: Any = None,
) -> Any:  # fmt: skip
    """Restores a checkpoint, runs operations until a hook or the end of the data stops them, then some more.

    Args:
        checkpoint_path: The path of the checkpoint.
        master: Only the empty string.
        scaffold: The operations; made by default.
        eval_ops: What is run over and over; None for nothing.
        feed_dict: What is fed to it.
        final_ops: What is run at the end.
        final_ops_feed_dict: What is fed to that.
        hooks: The hooks: `StopAfterNEvalsHook` says how often `eval_ops` is run.
        config: The session's `ConfigProto`.

    Returns:
        What `final_ops` gave, or None.
    """
    fetches = _counted(eval_ops, hooks or ())
    last = FinalOpsHook(final_ops, final_ops_feed_dict)
    creator = ChiefSessionCreator(scaffold, master, config, checkpoint_filename_with_path=checkpoint_path)
    _evaluated(creator, fetches, feed_dict, [*(hooks or ()), last])
    return last.final_ops_values


@v1("contrib.training.evaluate_repeatedly")
def evaluate_repeatedly(
    checkpoint_dir: str, master: str = "", scaffold: Scaffold | None = None, eval_ops: Any = None,
    feed_dict: Any = None, final_ops: Any = None, final_ops_feed_dict: Any = None,
    eval_interval_secs: float = 60, hooks: Sequence[SessionRunHook] | None = None, config: Any = None,
    max_number_of_evaluations: int | None = None, timeout: float | None = None,
    timeout_fn: Callable[[], Any] | None = None,
) -> Any:  # fmt: skip
    """Evaluates each checkpoint of a folder, as `evaluate_once` does, when it appears.

    Args:
        checkpoint_dir: The folder.
        master: Only the empty string.
        scaffold: The operations; made by default.
        eval_ops: What is run over and over; None for nothing.
        feed_dict: What is fed to it.
        final_ops: What is run at the end of each evaluation.
        final_ops_feed_dict: What is fed to that.
        eval_interval_secs: The least time between two evaluations.
        hooks: The hooks.
        config: The session's `ConfigProto`.
        max_number_of_evaluations: How many there are at most; None for no limit.
        timeout: The longest time to wait for a checkpoint; None to wait for ever.
        timeout_fn: Called when that time is over: whether there will be no more checkpoints.

    Returns:
        What `final_ops` gave the last time, or None.
    """
    fetches = _counted(eval_ops, hooks or ())
    last = FinalOpsHook(final_ops, final_ops_feed_dict)
    found = checkpoints_iterator(checkpoint_dir, eval_interval_secs, timeout, timeout_fn)
    for number, path in enumerate(found, 1):
        creator = ChiefSessionCreator(scaffold, master, config, checkpoint_filename_with_path=path)
        _evaluated(creator, fetches, feed_dict, [*(hooks or ()), last])
        if number == max_number_of_evaluations:
            break
    return last.final_ops_values


# By these names v1's inner module (tensorflow.python.training.evaluation) has them.
_StopAfterNEvalsHook = StopAfterNEvalsHook
_evaluate_once = evaluate_once
_get_or_create_eval_step = get_or_create_eval_step
