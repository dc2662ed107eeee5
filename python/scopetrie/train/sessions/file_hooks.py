"""Hooks that write files: checkpoints, summaries, rates and timelines."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from typing import Any

from ... import summary
from ...execution import RunOptions, Timeline
from ...graph import GraphKeys, get_default_graph
from ...public import v1
from ..graph_io import write_graph
from ..steps import get_global_step
from .hooks import SessionRunArgs, SessionRunContext, SessionRunHook, SessionRunValues
from .step_hooks import SecondOrStepTimer, require_global_step, steps_per_second

_log = logging.getLogger("scopetrie")


@v1("train.CheckpointSaverListener", "estimator.CheckpointSaverListener")
class CheckpointSaverListener:
    """The base class of what is called when a `CheckpointSaverHook` saves: override what is to be done."""

    def begin(self) -> None:
        """Called once, before the session is made."""

    def before_save(self, session: Any, global_step_value: int) -> None:
        """Called before a checkpoint is written.

        Args:
            session: The session.
            global_step_value: The global step.
        """

    def after_save(self, session: Any, global_step_value: int) -> bool | None:
        """Called after a checkpoint was written.

        Args:
            session: The session.
            global_step_value: The global step.

        Returns:
            True to stop the training.
        """
        return None

    def end(self, session: Any, global_step_value: int) -> None:
        """Called at the end.

        Args:
            session: The session.
            global_step_value: The global step.
        """


@v1("train.CheckpointSaverHook", "estimator.CheckpointSaverHook")
class CheckpointSaverHook(SessionRunHook):
    """Saves a checkpoint at the beginning, every so often, and at the end.

    Args:
        checkpoint_dir: The folder.
        save_secs: Every so many seconds.
        save_steps: Every so many steps.
        saver: The saver; by default that of `scaffold`, or of the collection of savers.
        checkpoint_basename: The beginning of the files' names.
        scaffold: A `Scaffold`.
        listeners: What is called before and after.
        save_graph_def: Whether the graph is written, too; needs the extra `tensorboard`.

    Raises:
        ValueError: If both saver and scaffold are given, or it is not said how often.
    """

    def __init__(
        self,
        checkpoint_dir: str,
        save_secs: float | None = None,
        save_steps: int | None = None,
        saver: Any = None,
        checkpoint_basename: str = "model.ckpt",
        scaffold: Any = None,
        listeners: Sequence[CheckpointSaverListener] | None = None,
        save_graph_def: bool = True,
    ) -> None:
        if saver is not None and scaffold is not None:
            raise ValueError("You cannot provide both saver and scaffold.")
        self._folder = checkpoint_dir
        self._path = os.path.join(checkpoint_dir, checkpoint_basename)
        self._saver = saver
        self._scaffold = scaffold
        self._timer = SecondOrStepTimer(every_secs=save_secs, every_steps=save_steps)
        self._listeners = list(listeners or ())
        self._writes_graph = save_graph_def

    def begin(self) -> None:
        """Finds the global step."""
        self._writer = _writer(self._folder, None)
        self._step = require_global_step("CheckpointSaverHook")
        for each in self._listeners:
            each.begin()

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Saves the first checkpoint.

        Args:
            session: The session.
            coord: Its coordinator.
        """
        step = int(session.run(self._step))
        os.makedirs(self._folder, exist_ok=True)
        if self._writes_graph:
            try:
                write_graph(session.graph, self._folder, "graph.pbtxt")
            except ImportError:
                _log.info("graph.pbtxt is not written: it needs the extra `tensorboard`")
            if self._writer is not None:
                self._writer.add_graph(session.graph)
        self._save(session, step)
        self._timer.update_last_triggered_step(step)

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        """Fetches the global step.

        Args:
            run_context: The run.
        """
        return SessionRunArgs(self._step)

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        """Saves, if it is time.

        Args:
            run_context: The run.
            run_values: The global step.
        """
        # What was fetched may be of before the step.
        if not self._timer.should_trigger_for_step(int(run_values.results) + 1):
            return
        step = int(run_context.session.run(self._step))
        if self._timer.should_trigger_for_step(step):
            self._timer.update_last_triggered_step(step)
            if self._save(run_context.session, step):
                run_context.request_stop()

    def end(self, session: Any) -> None:
        """Saves the last checkpoint.

        Args:
            session: The session.
        """
        step = int(session.run(self._step))
        if step != self._timer.last_triggered_step():
            self._save(session, step)
        for each in self._listeners:
            each.end(session, step)

    def _save(self, session: Any, step: int) -> bool:
        _log.info("Saving checkpoints for %d into %s.", step, self._path)
        for each in self._listeners:
            each.before_save(session, step)
        self._get_saver().save(session, self._path, global_step=step, write_meta_graph=self._writes_graph)
        if self._writer is not None:
            log = summary.SessionLog(status=summary.SessionLog.CHECKPOINT, checkpoint_path=self._path)
            self._writer.add_session_log(log, step)
        stops = [bool(each.after_save(session, step)) for each in self._listeners]
        return any(stops)

    def _get_saver(self) -> Any:
        if self._saver is not None:
            return self._saver
        if self._scaffold is not None:
            return self._scaffold.saver
        savers = get_default_graph().get_collection(GraphKeys.SAVERS)
        if len(savers) != 1:
            raise RuntimeError(
                f"CheckpointSaverHook: {len(savers)} savers in collection SAVERS. Please provide `saver` or "
                "`scaffold`."
            )
        return savers[0]


def _writer(output_dir: str | None, summary_writer: Any) -> Any:
    """A writer of summaries; None where there is nowhere to write to, or the extra is not installed."""
    if summary_writer is not None or output_dir is None:
        return summary_writer
    try:
        return summary.FileWriterCache.get(output_dir)
    except ImportError:
        _log.warning("No summaries are written to %s: this needs the extra `tensorboard`", output_dir)
        return None


@v1("train.StepCounterHook", "estimator.StepCounterHook")
class StepCounterHook(SessionRunHook):
    """Logs, and writes as summary, how many global steps there are in a second.

    Args:
        every_n_steps: Every so many steps.
        every_n_secs: Every so many seconds.
        output_dir: The folder of the summaries.
        summary_writer: A `FileWriter`, instead.

    Raises:
        ValueError: If it is said in two ways how often.
    """

    def __init__(
        self,
        every_n_steps: int | None = 100,
        every_n_secs: float | None = None,
        output_dir: str | None = None,
        summary_writer: Any = None,
    ) -> None:
        if (every_n_steps is None) == (every_n_secs is None):
            raise ValueError("exactly one of every_n_steps and every_n_secs should be provided.")
        self._timer = SecondOrStepTimer(every_secs=every_n_secs, every_steps=every_n_steps)
        self._output_dir = output_dir
        self._given_writer = summary_writer

    def begin(self) -> None:
        """Finds the global step."""
        self._writer = _writer(self._output_dir, self._given_writer)
        self._step = require_global_step("StepCounterHook")
        self._tag = f"{self._step.op.name}/sec"

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        """Fetches the global step.

        Args:
            run_context: The run.
        """
        return SessionRunArgs(self._step)

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        """Logs the rate, if it is time.

        Args:
            run_context: The run.
            run_values: The global step.
        """
        if not self._timer.should_trigger_for_step(int(run_values.results) + 1):
            return
        step = int(run_context.session.run(self._step))
        if not self._timer.should_trigger_for_step(step):
            return
        seconds, steps = self._timer.update_last_triggered_step(step)
        if seconds is None:
            return
        rate = steps_per_second(seconds, steps)
        _log.info("%s: %g", self._tag, rate)
        if self._writer is not None:
            value = summary.Summary.Value(tag=self._tag, simple_value=rate)
            self._writer.add_summary(summary.Summary(value=[value]), step)


@v1("train.SummarySaverHook", "estimator.SummarySaverHook")
class SummarySaverHook(SessionRunHook):
    """Writes summaries every so often.

    Args:
        save_steps: Every so many steps.
        save_secs: Every so many seconds.
        output_dir: The folder.
        summary_writer: A `FileWriter`, instead.
        scaffold: A `Scaffold`, whose `summary_op` is run.
        summary_op: The summaries: a string tensor, or a list of them.

    Raises:
        ValueError: If both summary_op and scaffold are given, or none, or it is not said how often.
    """

    def __init__(
        self,
        save_steps: int | None = None,
        save_secs: float | None = None,
        output_dir: str | None = None,
        summary_writer: Any = None,
        scaffold: Any = None,
        summary_op: Any = None,
    ) -> None:
        if (scaffold is None) == (summary_op is None):
            raise ValueError("Exactly one of scaffold or summary_op must be provided.")
        self._summary_op = summary_op
        self._scaffold = scaffold
        self._output_dir = output_dir
        self._given_writer = summary_writer
        self._timer = SecondOrStepTimer(every_secs=save_secs, every_steps=save_steps)

    def begin(self) -> None:
        """Finds the global step."""
        self._writer = _writer(self._output_dir, self._given_writer)
        self._next_step: int | None = None
        self._step = require_global_step("SummarySaverHook")

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        """Fetches the summaries, if it is time.

        Args:
            run_context: The run.
        """
        self._due = self._next_step is None or self._timer.should_trigger_for_step(self._next_step)
        fetches = {"global_step": self._step}
        summaries = self._summaries() if self._due else None
        if summaries is not None:
            fetches["summary"] = summaries
        return SessionRunArgs(fetches)

    def _summaries(self) -> Any:
        found = self._summary_op if self._summary_op is not None else self._scaffold.summary_op
        return found if found is None or isinstance(found, (list, tuple)) else [found]

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        """Writes them.

        Args:
            run_context: The run.
            run_values: The global step and the summaries.
        """
        step = int(run_values.results["global_step"])
        if self._next_step is None or self._due:
            step = int(run_context.session.run(self._step))
        if self._next_step is None and self._writer is not None:
            self._writer.add_session_log(summary.SessionLog(status=summary.SessionLog.START), step)
        if self._due:
            self._timer.update_last_triggered_step(step)
            for each in run_values.results.get("summary", ()) if self._writer is not None else ():
                self._writer.add_summary(each, step)
        self._next_step = step + 1

    def end(self, session: Any) -> None:
        """Writes what is buffered.

        Args:
            session: The session.
        """
        if self._writer is not None:
            self._writer.flush()


@v1("train.ProfilerHook", "estimator.ProfilerHook")
class ProfilerHook(SessionRunHook):
    """Writes the times of operations every so often: files `timeline-STEP.json` for Chrome's tracing.

    Args:
        save_steps: Every so many steps.
        save_secs: Every so many seconds.
        output_dir: The folder.
        show_dataflow: Whether they show which operation uses which.
        show_memory: Accepted for v1's sake.

    Raises:
        ValueError: If it is not said how often, or in two ways.
    """

    def __init__(
        self,
        save_steps: int | None = None,
        save_secs: float | None = None,
        output_dir: str = "",
        show_dataflow: bool = True,
        show_memory: bool = False,
    ) -> None:
        self._path = os.path.join(output_dir, "timeline-{}.json")
        self._show_dataflow = show_dataflow
        self._timer = SecondOrStepTimer(every_secs=save_secs, every_steps=save_steps)

    def begin(self) -> None:
        """Finds the global step."""
        self._next_step: int | None = None
        self._step = get_global_step()
        if self._step is None:
            raise RuntimeError("Global step should be created to use ProfilerHook.")

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        """Asks for the times, if it is time.

        Args:
            run_context: The run.
        """
        self._due = self._next_step is not None and self._timer.should_trigger_for_step(self._next_step)
        options = RunOptions(trace_level=RunOptions.FULL_TRACE) if self._due else None
        return SessionRunArgs(self._step, options=options)

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        """Writes them.

        Args:
            run_context: The run.
            run_values: The times.
        """
        step = int(run_values.results)
        if self._next_step is None:
            self._timer.update_last_triggered_step(step)
        if self._due:
            step = int(run_context.session.run(self._step))
            self._timer.update_last_triggered_step(step)
            trace = Timeline(run_values.run_metadata.step_stats).generate_chrome_trace_format(
                show_dataflow=self._show_dataflow
            )
            os.makedirs(os.path.dirname(self._path) or ".", exist_ok=True)
            with open(self._path.format(step), "w") as file:
                file.write(trace)
        self._next_step = step + 1
